"""Quotations of the register: found in their document word for word, cited from the passage that holds them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from amp_assistant.citations import Citation, Quotation, Statement, number_statements
from amp_assistant.documents.model import Document
from amp_assistant.folding import FoldedText, numbers, tokens
from amp_assistant.passages import Passage

SHORTEST_PART = 0.4
"""Share of a quotation's words that one passage must hold where a passage border or a line left out cuts the quotation."""
MOST_LOST = 0.2
"""Share of a quotation's words that may be missing where the reader of the document left a line out: a note, a page number."""
ENOUGH_ALONE = (8, 2 / 3)
"""Words, and share of the quotation, of a part that does without the other: a heading that the reader left out stood before it."""
LONGEST_GAP = 200
"""Characters between the two parts of a quotation that such a line cuts: about two lines."""


@dataclass(frozen=True, slots=True)
class HeadingQuotation(Quotation):
    """Words of a heading above a passage, or of its document's title: what has no text of its own to be quoted from."""

    words: str

    @property
    def text(self) -> str:
        """The words themselves, on one line."""
        return self.words


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of one document as its passages hold it, headings included; `starts` tells where each passage begins in it."""

    folded: FoldedText
    passages: tuple[Passage, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, passages: Sequence[Passage], title: str) -> "DocumentText":
        """Join the passages of one document below its title, each below those of its headings that the one before does not have."""
        text = f"{title}\n"
        starts: list[int] = []
        above: tuple[str, ...] = ()
        for passage in passages:
            path = passage.heading_path
            new = next((depth for depth, heading in enumerate(path) if above[depth : depth + 1] != (heading,)), len(path))
            above = path
            text += "\n".join([*path[new:], ""])
            starts.append(len(text))
            text += passage.text + "\n"
        return cls(FoldedText.of(text), tuple(passages), tuple(starts))

    def start_of(self, passage: Passage, offset: int = 0) -> int:
        """The offset in the document of an offset in one of its passages."""
        return self.starts[passage.position - self.passages[0].position] + offset

    def places(self, words: str, near: int = 0) -> Iterator[tuple[int, int]]:
        """Offsets of every place where some words stand, those after `near` first."""
        for begin, end in ((near, len(self.folded.text)), (0, near)):
            place = self.folded.find(words, begin)
            while place and place[0] < end:
                yield place
                place = self.folded.find(words, place[0] + 1)

    def has(self, words: str) -> bool:
        """Whether some words stand somewhere in the document."""
        return self.folded.find(words) is not None

    def quotations(self, start: int, end: int) -> list[Quotation]:
        """The parts of a stretch of the document that its passages hold, the longest first."""
        parts = []
        for at in range(max(bisect_right(self.starts, start) - 1, 0), bisect_right(self.starts, end)):
            passage = self.passages[at]
            first, last = max(start - self.starts[at], 0), min(end - self.starts[at], len(passage.text))
            if first < last and passage.text[first:last].strip():
                parts.append(Quotation(passage, first, last))
        return sorted(parts, key=lambda part: part.start - part.end)


class Prover:
    """Finds the quotations of facts in the passages of a corpus."""

    def __init__(self, passages: Sequence[Passage], documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._passages = passages
        self._rows: dict[str, list[int]] = {}
        for row, passage in enumerate(passages):
            self._rows.setdefault(passage.document, []).append(row)
        self._texts: dict[str, DocumentText] = {}

    def date_of(self, document: str) -> str:
        """The date of a document, ISO 8601."""
        return self._documents[document].date

    def find(self, document: str, words: str, near: tuple[Passage, int] | None = None) -> Quotation | None:
        """The place of some words in a document, or None.

        Where a passage border cuts the words it is the part with most of their figures, and of several the longest, that one passage
        holds; where a line that the reader of the document left out stands among them, the longer part beside it. Words that stand
        in a heading only are quoted from there. `near` is a passage and an offset in it from where the search begins.
        """
        text = self._text(document)
        if text is None or not tokens(words):
            return None
        origin = text.start_of(*near) if near else 0
        enough = SHORTEST_PART * len(tokens(words))
        for piece in chain([words], _parts_beside_a_gap(words, text)):
            for place in text.places(piece, origin):
                parts = [part for part in text.quotations(*place) if len(tokens(part.text)) >= enough]
                if parts:
                    wanted = set(numbers(words))
                    return max(parts, key=lambda part: len(wanted.intersection(numbers(part.text))))
            if quotation := self._heading(document, text, piece):
                return quotation
        return None

    def _text(self, document: str) -> DocumentText | None:
        """The text of a document, joined when it is first searched: most documents of a large corpus prove no fact."""
        if document not in self._texts and document in self._rows:
            held = [self._passages[row] for row in self._rows[document]]
            self._texts[document] = DocumentText.of(held, self._documents[document].title)
        return self._texts.get(document)

    def _heading(self, document: str, text: DocumentText, words: str) -> Quotation | None:
        """The words in a heading of the document, or in its title."""
        passages = text.passages
        headings = {heading: passage for passage in reversed(passages) for heading in passage.heading_path}
        for heading, passage in {self._documents[document].title: passages[0], **headings}.items():
            if place := FoldedText.of(heading).find(words):
                return HeadingQuotation(passage, 0, 0, " ".join(heading[slice(*place)].split()))
        return None

    def cite(self, quotations: Iterable[Quotation]) -> tuple[Citation, ...]:
        """The citations of some quotations, numbered from 1."""
        return number_statements([Statement("", tuple(dict.fromkeys(quotations)))], self._documents)[1]


def _parts_beside_a_gap(words: str, text: DocumentText) -> Iterator[str]:
    """The longest beginning and the longest end of a quotation, the longer first, where together or alone they say most of it."""
    every, said = words.split(), len(tokens(words))
    beginning = " ".join(every[: _longest(len(every), lambda length: text.has(" ".join(every[:length])))])
    end = " ".join(every[len(every) - _longest(len(every), lambda length: text.has(" ".join(every[-length:]))) :])
    shorter, longer = sorted((beginning, end), key=len)
    least, share = ENOUGH_ALONE
    lost = set(numbers(words)) - set(numbers(f"{beginning} {end}"))
    if lost and _has_other_figures(beginning, end, text):
        return  # a line or the number of a note may be left out; a figure may not be another
    if len(tokens(longer)) >= max(least, share * said):
        yield longer
    elif len(tokens(shorter)) + len(tokens(longer)) >= (1 - MOST_LOST) * said and _are_near(beginning, end, text):
        yield from (longer, shorter)


def _are_near(beginning: str, end: str, text: DocumentText) -> bool:
    starts = [place[0] for place in text.places(end)]
    return any(abs(start - place[1]) <= LONGEST_GAP + len(end) for place in text.places(beginning) for start in starts)


def _has_other_figures(beginning: str, end: str, text: DocumentText) -> bool:
    """Whether, wherever the two parts stand near each other, the document has figures between them."""
    between = [
        text.folded.text[first[1] : second[0]]
        for first in text.places(beginning)
        for second in text.places(end)
        if 0 <= second[0] - first[1] <= LONGEST_GAP
    ]
    return bool(between) and all(map(numbers, between))


def _longest(most: int, stands: Callable[[int], bool]) -> int:
    """The greatest length up to `most` for which a condition holds that holds for every shorter one (0: for none)."""
    return bisect_left(range(1, most + 1), True, key=lambda length: not stands(length))
