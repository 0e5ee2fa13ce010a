"""The questions of `tests/questions` put to documents as they are and as files that were made of them: is the proof found as often, and
is the page that is cited the one on which it was printed?"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from presses import Maker, printed_pages
from printing import CORPUS

from amp_assistant.assistant import Assistant
from amp_assistant.documents import read_document
from amp_assistant.documents.manifest import read_manifest
from amp_assistant.documents.model import Document
from amp_assistant.evaluation import Gold, GoldQuestion, holds, read_questions
from amp_assistant.folding import FoldedText, squash
from amp_assistant.index import Index, understood_texts
from amp_assistant.lexical import LexicalIndex
from amp_assistant.passages import Passage, split_document
from amp_assistant.understanding import Query

QUESTIONS = Path(__file__).parent / "questions"
HITS = 5
SHORTEST_PART = 8
"""Letters that a quotation has on a page at least, where it goes over two."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How often the proofs were found among the first HITS passages, and how often the page was right among those with pages."""

    proofs: int
    found: int
    paged: int
    right: int
    wrong: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def recall(self) -> float:
        """The share of the proofs that were found."""
        return self.found / self.proofs

    @property
    def right_pages(self) -> float | None:
        """The share of the right pages; None where no file told pages."""
        return self.right / self.paged if self.paged else None


@dataclass(frozen=True, slots=True)
class Made:
    """A document read from a file that was made of it: the pages as printed, and the seconds that the reading took."""

    document: Document
    pages: tuple[str, ...]
    seconds: float


@cache
def plain_documents() -> Mapping[str, Document]:
    """The documents of the corpus as they are, by id."""
    manifest = read_manifest(CORPUS)
    paths = [path for path in sorted(CORPUS.iterdir()) if path.suffix in (".md", ".txt")]
    return {document.id: document for document in (read_document(path, manifest) for path in paths)}


def make(name: str, maker: Maker, folder: Path) -> Made:
    """Make a file of a document and read it as one that nobody has described."""
    plain = plain_documents()[name]
    folder.mkdir(parents=True)
    path = maker(plain.reading.blocks, folder)
    begun = time.perf_counter()
    reading = read_document(path, {}).reading
    seconds = time.perf_counter() - begun
    return Made(replace(plain, reading=reading), tuple(map(squash, printed_pages(path))), seconds)


class Finder:
    """Searches the corpus, some of its documents replaced by files that were made of them, without enrichment and with the
    encoder of one index for all."""

    def __init__(self, index: Index) -> None:
        self._built = index
        self._questions = [question for question in read_questions(QUESTIONS) if question.gold]
        self._plain: dict[frozenset[str], Finding] = {}

    def plain(self, names: Sequence[str]) -> Finding:
        """What is found of some documents in the corpus as it is."""
        key = frozenset(names)
        if key not in self._plain:
            self._plain[key] = self._find(plain_documents(), dict.fromkeys(names, ()))
        return self._plain[key]

    def made(self, made: Sequence[Made]) -> Finding:
        """What is found of the documents that were made."""
        replaced = {one.document.id: one.document for one in made}
        return self._find({**plain_documents(), **replaced}, {one.document.id: one.pages for one in made})

    def _find(self, documents: Mapping[str, Document], pages: Mapping[str, Sequence[str]]) -> Finding:
        assistant = Assistant(self._index(documents))
        proofs, paged = 0, 0
        wrong, missed = [], []
        for question in self._questions:
            golds = [gold for gold in question.gold if gold.document in pages]
            hits = [hit.passage for hit in assistant.find(_query(assistant, question))[:HITS]] if golds else []
            for gold in golds:
                proofs += 1
                passage = next((one for one in hits if one.document == gold.document and holds(one.text, gold.quote)), None)
                printed = pages_of(gold.quote, pages[gold.document])
                if passage is None:
                    missed.append(f"{question.id}: {gold.quote[:60]}")
                elif printed:
                    paged += 1
                    if not _cites(passage, gold, printed):
                        wrong.append(f"{question.id}: {gold.quote[:60]} ({sorted(printed)})")
        return Finding(proofs, proofs - len(missed), paged, paged - len(wrong), tuple(wrong), tuple(missed))

    def _index(self, documents: Mapping[str, Document]) -> Index:
        """An index in memory of the text alone."""
        passages = tuple(passage for document in documents.values() for passage in split_document(document))
        vectors = self._built.encoder.encode_passages([passage.placed_text for passage in passages])
        return replace(
            self._built,
            documents=documents,
            passages=passages,
            units=(),
            questions=(),
            passage_vectors=vectors,
            question_vectors=vectors[:0],
            question_details=self._built.question_details[:0],
            lexical=LexicalIndex.build(understood_texts(passages, ())),
        )


def _query(assistant: Assistant, question: GoldQuestion) -> Query:
    return assistant.understand(question.question, question.history)


def pages_of(quote: str, pages: Sequence[str]) -> set[int]:
    """The pages (1 is the first) on which the printing of a quotation began, wherever it stands; ``pages`` are squashed. A running head
    may stand between its two parts."""
    words = squash(quote)
    whole = {page for page, text in enumerate(pages, 1) if words in text}
    cuts = range(SHORTEST_PART, len(words) - SHORTEST_PART + 1)
    over = {
        page for page, (one, other) in enumerate(pairwise(pages), 1) if any(words[:cut] in one and words[cut:] in other for cut in cuts)
    }
    return whole | over


def _cites(passage: Passage, gold: Gold, printed: set[int]) -> bool:
    """Whether the page that is cited for a quotation is one where it was printed; of one that a passage border cuts, any page of the
    passage."""
    found = FoldedText.of(passage.text).find(gold.quote)
    if found:
        return passage.page_at(found[0]) in printed
    return passage.first_page is not None and passage.last_page is not None and bool(
        printed & set(range(passage.first_page, passage.last_page + 1))
    )
