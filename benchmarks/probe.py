"""One method over one corpus, in a process of its own: what it takes to open, in memory, on the disk and for an answer.

Run by `benchmarks.speed`: ``python -m benchmarks.probe METHOD FOLDER [QUESTION]`` prints what it measured as JSON, or with a question
answers that one and ends, as a program started for one question would.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from amp_assistant.dense import DenseIndex
from amp_assistant.evaluation import GoldQuestion, evaluate, read_questions
from amp_assistant.settings import ROOT, Settings, close_network
from amp_assistant.thesaurus import expansion
from benchmarks.measures import DEPTH, Found, ranks

QUESTIONS = ROOT / "tests" / "questions"
WARM_UP = 10
ASKED = {"small": 200, "large": 60}
"""Questions that are timed; fewer over more passages than SMALL."""
SMALL = 20_000
READ_BYTES, DEPTH_OF_A_ROW = 2**28, 256
"""What is read to measure the memory: a quarter of a gigabyte, far more than the caches, in rows as long as a vector."""

FIELDS = {"terms": "bras : mots, synonymes", "grams": "bras : groupes de lettres"}
"""The arms of the lexical index, as a reader is told them."""

Ask = Callable[[str, Sequence[str]], Any]


def main() -> None:
    """Measure, or answer one question."""
    close_network()
    method, folder, *question = sys.argv[1:]
    begun, spent = perf_counter(), process_time()
    opened = METHODS[method](Path(folder))
    if question:
        opened.search(question[0])
        return
    opening = {"open": perf_counter() - begun, "open cpu": process_time() - spent}
    sys.stdout.write(json.dumps({**opening, **opened.measured()}) + "\n")


class Ours:
    """The assistant: timed are whole answers, from the question as typed to the text with its citations."""

    def __init__(self, folder: Path) -> None:
        from amp_assistant.assistant import Assistant
        from amp_assistant.index import open_index

        self._assistant = Assistant(open_index(Settings(index=folder)))
        self._assistant.register  # noqa: B018 -- built on first use, which is part of opening

    def search(self, question: str, history: Sequence[str] = ()) -> object:
        """Answer a question."""
        return self._assistant.ask(question, history)

    def measured(self) -> dict[str, object]:
        """Times and memory, by stage too, and how good the answers are."""
        asked, size = read_questions(QUESTIONS, "dev"), len(self._assistant.index.passages)
        results = evaluate([question for question in asked if question.gold], self._assistant.ask)
        recall = float(np.mean([result.recall[5] for result in results]))
        must = float(np.mean([result.must for result in results if result.question.must]))
        whole = timed(self.search, asked, size)
        with stages() as spent:
            for question in chosen(asked, size):
                self.search(question.question, question.history)
        by_stage = {name: seconds / len(chosen(asked, size)) for name, seconds in spent.items()}
        told = {**whole, "stages": by_stage, "bytes": self._bytes(chosen(asked, size)), **memory()}
        return {"passages": size, "rappel@5": recall, "must": must, **told, "bandwidth": bandwidth()}

    def _bytes(self, asked: Sequence[GoldQuestion]) -> dict[str, float]:
        """Bytes that each arm has to read for a question, the mean."""
        index = self._assistant.index
        texts = [self._assistant.understand(question.question, question.history).search_text for question in asked]
        words = [index.lexical.bytes_of("terms", text) + index.lexical.bytes_of("terms", expansion(text)) for text in texts]
        return {
            "bras : produits scalaires": float(DenseIndex(index.passage_vectors).bytes_read + index.question_vectors.nbytes),
            FIELDS["terms"]: float(np.mean(words)),
            FIELDS["grams"]: float(np.mean([index.lexical.bytes_of("grams", text) for text in texts])),
        }


class Bm25s:
    """bm25s alone over the same texts, opened from its own files."""

    def __init__(self, folder: Path) -> None:
        import bm25s
        import Stemmer

        self._stemmer = Stemmer.Stemmer("french")
        self._index = bm25s.BM25.load(str(folder / "bm25s"), load_corpus=False, show_progress=False)
        self._folder = folder

    def search(self, question: str, history: Sequence[str] = ()) -> Sequence[int]:
        """The rows of the best passages."""
        import bm25s

        text = " ".join([*history[-1:], question])
        query = bm25s.tokenize([text], stopwords="fr", stemmer=self._stemmer, return_ids=False, show_progress=False)
        rows, _ = self._index.retrieve(query, k=DEPTH, show_progress=False)
        return [int(row) for row in rows[0]]

    def measured(self) -> dict[str, object]:
        """Times and memory, and how good the search is."""
        from amp_assistant.rows import read_passages

        asked = read_questions(QUESTIONS, "dev")
        size = int(self._index.scores["num_docs"])
        whole = {**timed(self.search, asked, size), **memory()}
        passages = read_passages(self._folder / "rows")
        found = {question.id: [passages[row] for row in self.search(question.question, question.history)] for question in asked}
        recall = _recall(asked, {name: [Found(one.document, one.text) for one in held] for name, held in found.items()})
        return {"passages": size, "rappel@5": recall, **whole}


class LangChain:
    """LangChain's tutorial: its splitter, Chroma and all-MiniLM-L6-v2, opened from Chroma's files."""

    def __init__(self, folder: Path) -> None:
        from langchain_chroma import Chroma

        from amp_assistant.langchain_bridge import LangChainEncoder
        from benchmarks.methods import minilm

        self._store = Chroma(persist_directory=str(folder), embedding_function=LangChainEncoder(minilm()))

    def search(self, question: str, history: Sequence[str] = ()) -> list[Any]:
        """The best chunks."""
        return self._store.similarity_search(" ".join([*history[-1:], question]), k=DEPTH)

    def measured(self) -> dict[str, object]:
        """Times and memory, and how good the search is."""
        asked = read_questions(QUESTIONS, "dev")
        size = len(self._store.get(include=[])["ids"])
        whole = {**timed(self.search, asked, size), **memory()}
        found = {question.id: self.search(question.question, question.history) for question in asked}
        recall = _recall(asked, {name: [Found(one.metadata["document"], one.page_content) for one in held] for name, held in found.items()})
        return {"passages": size, "rappel@5": recall, **whole}


METHODS: dict[str, Callable[[Path], Any]] = {"ours": Ours, "bm25s": Bm25s, "langchain": LangChain}


def chosen(asked: Sequence[GoldQuestion], size: int) -> Sequence[GoldQuestion]:
    """The questions that are timed, spread over all of them."""
    number = ASKED["small" if size <= SMALL else "large"]
    return asked[:: max(1, len(asked) // number)][:number]


def timed(search: Ask, asked: Sequence[GoldQuestion], size: int) -> dict[str, float]:
    """Seconds of a warm search: the median, the 95th and 99th percentiles, and the median of the processor's time."""
    for question in asked[:WARM_UP]:
        search(question.question, question.history)
    walls, processors = [], []
    for question in chosen(asked, size):
        wall, processor = perf_counter(), process_time()
        search(question.question, question.history)
        walls.append(perf_counter() - wall)
        processors.append(process_time() - processor)
    median, p95, p99 = map(float, np.percentile(walls, [50, 95, 99]))
    return {"median": median, "p95": p95, "p99": p99, "cpu": float(np.median(processors)), "cpu p95": float(np.percentile(processors, 95))}


def bandwidth() -> float:
    """Bytes a second that one core reads from memory, where nothing is in its caches: the best of some rounds."""
    array = np.ones(READ_BYTES // 4, dtype=np.float32)
    other = np.ones(DEPTH_OF_A_ROW, dtype=np.float32)
    rows = array.reshape(-1, DEPTH_OF_A_ROW)
    best = float("inf")
    for _ in range(5):
        begun = perf_counter()
        rows @ other
        best = min(best, perf_counter() - begun)
    return READ_BYTES / best


def memory() -> dict[str, int]:
    """Bytes resident: the process's own, and those of files that it has mapped, which the system takes back when it needs them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Rss")}
    return {"own": kilobytes["RssAnon"] * 1024, "mapped": kilobytes["RssFile"] * 1024}


def _recall(asked: Sequence[GoldQuestion], found: dict[str, list[Found]]) -> float:
    shares = []
    for question in asked:
        if question.gold:
            held = ranks(question, found[question.id])
            shares.append(sum(rank is not None and rank <= 5 for rank in held) / len(held))
    return float(np.mean(shares))


@contextmanager
def stages() -> Iterator[dict[str, float]]:
    """Seconds of the processor by stage, without those of the stages within it, while the block runs."""
    from amp_assistant import assistant, retrieval
    from amp_assistant.answers import advised, doubt, extractive, listing
    from amp_assistant.encoder import StaticEncoder
    from amp_assistant.lexical import LexicalIndex

    spent: dict[str, float] = defaultdict(float)
    running: list[float] = []
    kept: list[tuple[Any, str, Any]] = []

    def watch(owner: Any, attribute: str, name: Callable[..., str] | str) -> None:
        function = getattr(owner, attribute)
        kept.append((owner, attribute, function))

        @wraps(function)
        def watched(*given: Any, **named: Any) -> Any:
            running.append(0.0)
            begun = process_time()
            try:
                return function(*given, **named)
            finally:
                whole = process_time() - begun
                spent[name if isinstance(name, str) else name(*given)] += whole - running.pop()
                if running:
                    running[-1] += whole

        setattr(owner, attribute, watched)

    watch(assistant.Assistant, "ask", "reste")
    watch(assistant.Expert, "understand", "compréhension")
    watch(assistant.Expert, "_joined", "fusion et tri")
    watch(assistant.Expert, "_of_parts", "fusion et tri")
    watch(LexicalIndex, "scores", lambda index, field, text: FIELDS[field])
    watch(DenseIndex, "scores", "bras : produits scalaires")
    watch(retrieval, "similar", "bras : produits scalaires")
    watch(retrieval.Retriever, "_pooled", "bras : produits scalaires")
    watch(StaticEncoder, "encode_queries", "encodage de la question")
    watch(extractive.ExtractiveAnswerer, "judge", "phrases jugées")
    watch(extractive.ExtractiveAnswerer, "statements", "réponse rédigée")
    watch(doubt.Doubter, "reason", "refus")
    watch(listing.Lister, "listing", "registre")
    watch(assistant.Expert, "_outcome", "registre")
    watch(assistant.Expert, "_notices", "registre")
    watch(advised.Advised, "listing", "registre")
    try:
        yield spent
    finally:
        for owner, attribute, function in kept:
            setattr(owner, attribute, function)


if __name__ == "__main__":
    main()
