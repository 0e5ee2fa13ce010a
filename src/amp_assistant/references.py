"""References to the parts of a plan: « levier 3 de l'orientation 2 », « action 87 », « le 7e engagement ».

The numbers of leviers start again in each orientation, those of actions in each levier, so that a reference is a set of numbered levels
and a passage is meant where its place has them all. A document may also tell a number in its text alone (« Action 87 ») or number
nothing: engagements below a heading that announces several are counted in their order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from amp_assistant.folding import fold, plain
from amp_assistant.passages import Passage
from amp_assistant.quantities import in_digits

Reference = frozenset[tuple[str, int]]
"""Levels and their numbers: {("orientation", 2), ("levier", 3)}."""

NESTED = ("orientation", "levier", "action")
"""What is numbered below one another: leviers in an orientation, actions in a levier."""
LEVELS = (*NESTED, "engagement", "partie")
"""What is numbered."""
_NAMES = {"lever": "levier", "commitment": "engagement", "part": "partie"}
"""English names of levels."""
_LEVEL = rf"(?P<level>{'|'.join((*LEVELS, *_NAMES))})s?"
_NUMBERED = re.compile(rf"\b{_LEVEL} (?:n ?[°o]? ?|numero |number )?(?P<numbers>\d{{1,3}}\b(?:(?:, | et | & | and |,)\d{{1,3}}\b)*)(?! ?%)")
_ORDINALS = {"premi": 1, "deuxi": 2, "second": 2, "troisi": 3, "quatri": 4, "cinqui": 5, "sixi": 6, "septi": 7, "huiti": 8, "neuvi": 9} | {
    "dixi": 10, "onzi": 11, "douzi": 12
}  # fmt: skip
_ORDERED = re.compile(
    rf"\b(?:(?P<number>\d{{1,2}}) ?(?:er|ere|re|e|eme|nd|nde)|(?P<word>{'|'.join(_ORDINALS)})(?:ere?|eme|er|e)?) {_LEVEL}\b"
)
_CLEAR_ORDINAL = 3
"""From « troisième » on an ordinal counts what is numbered; a first and a second may be just what comes first."""
_HEADING = re.compile(rf"^{_LEVEL} (?P<number>\d+) [–-] (?P<title>.+)$", re.MULTILINE | re.IGNORECASE)
_ANNOUNCED = re.compile(r"\b(?P<count>\d+) engagements? pour\b")
"""A heading such as « 3 engagements pour… Vivre Mieux »: so many of the headings below it are engagements."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A level and a number that a text names, and where; offsets are those of the text read.

    One that `is_loose` may be meant otherwise: « la première action contre le bruit ».
    """

    level: str
    number: int
    start: int
    end: int
    is_loose: bool = False


def read_mentions(text: str) -> list[Mention]:
    """The numbered levels that a plain text names, in their order; numbers may be written in words once `in_digits` has read it."""
    found = []
    for match in _NUMBERED.finditer(text):
        found += [Mention(_level(match), int(number), *match.span()) for number in re.findall(r"\d+", match["numbers"])]
    for match in _ORDERED.finditer(text):
        level, number = _level(match), int(match["number"] or _ORDINALS[match["word"]])
        is_loose = number < _CLEAR_ORDINAL and level not in ("orientation", "levier")
        found.append(Mention(level, number, *match.span(), is_loose))
    return sorted(found, key=lambda mention: mention.start)


def read_references(question: str) -> tuple[Reference, ...]:
    """What a question refers to, in its order; each deepest level with the level above it that goes with it.

    « leviers 2 et 3 de l'orientation 1 » are two references.
    """
    mentions = read_mentions(in_digits(plain(question)))
    if len(mentions) == 1 and mentions[0].is_loose:
        return ()
    references: dict[Reference, None] = {}
    above_ones: set[Mention] = set()
    for mention in sorted(mentions, key=lambda mention: -LEVELS.index(mention.level)):
        if mention in above_ones:
            continue
        above = _above(mention, mentions)
        above_ones.update(above)
        references[frozenset((one.level, one.number) for one in (mention, *above))] = None
    return tuple(references)


def _level(match: re.Match[str]) -> str:
    level = match["level"].lower()
    return _NAMES.get(level, level)


def _above(mention: Mention, mentions: Sequence[Mention]) -> list[Mention]:
    """The mention of each level above one, where the plan has levels above: where the question goes from the small to the large, the next;
    else the last before."""
    if mention.level not in NESTED:
        return []
    goes_up = any(LEVELS.index(one.level) > LEVELS.index(other.level) for one, other in list(pairwise(mentions))[:1])
    above = []
    for level in NESTED[: NESTED.index(mention.level)]:
        of_level = [other for other in mentions if other.level == level]
        behind = [other for other in of_level if other.start > mention.start]
        before = [other for other in of_level if other.start < mention.start]
        if of_level:
            above.append(behind[0] if behind and (goes_up or not before) else before[-1])
    return above


class Outline:
    """The places of the passages of an index, and the headings that stand there."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._headed: dict[Reference, list[tuple[str, int]]] = {}
        self._told: dict[Reference, list[tuple[str, int]]] = {}
        self._titles: dict[Reference, str] = {}
        engagements: dict[str, dict[str, Reference]] = {}
        for row, passage in enumerate(passages):
            counted = engagements.setdefault(passage.document, {})
            for place, title in _headings(passage, counted):
                self._headed.setdefault(place, []).append((passage.document, row))
                self._titles.setdefault(place, title)
            for mention in read_mentions(plain(passage.text)):
                self._told.setdefault(frozenset({(mention.level, mention.number)}), []).append((passage.document, row))

    def places(self, reference: Reference, documents: Sequence[str] = ()) -> list[Reference]:
        """The places that a reference may mean, in the order of the documents, one below another left out."""
        held = [place for place, rows in self._headed.items() if reference <= place and _of(rows, documents)]
        return [place for place in held if not any(other < place for other in held)]

    def rows(self, reference: Reference, documents: Sequence[str] = ()) -> list[int]:
        """The rows of the passages at the places that a reference may mean; where no heading has its number, of those that name it."""
        headed = [row for place, rows in self._headed.items() if reference <= place for row in _of(rows, documents)]
        return sorted(set(headed or _of(self._told.get(reference, []), documents)))

    def title(self, place: Reference) -> str:
        """The heading at a place, without its number."""
        return self._titles.get(place, "")


def told(reference: Reference) -> str:
    """A reference in French words, the smallest part first: « levier 3, orientation 2 »."""
    return ", ".join(f"{level} {number}" for level, number in sorted(reference, key=lambda one: -LEVELS.index(one[0])))


def _of(rows: Iterable[tuple[str, int]], documents: Sequence[str]) -> list[int]:
    return [row for document, row in rows if not documents or document in documents]


def _headings(passage: Passage, counted: dict[str, Reference]) -> Iterator[tuple[Reference, str]]:
    """The places of a passage with their titles; headings of small sections stand as lines in the text.

    `counted` holds the engagements of the document met so far, by their headings.
    """
    place: Reference = frozenset()
    for match in _HEADING.finditer("\n".join([*passage.heading_path, passage.text])):
        place = frozenset({*_kept(place, _level(match)), (_level(match), int(match["number"]))})
        yield place, match["title"]
    for above, heading in pairwise(passage.heading_path):
        if announced := _ANNOUNCED.search(fold(above)):
            of_heading = [key for key in counted if key.startswith(f"{above}\n")]
            if len(of_heading) < int(announced["count"]):
                counted.setdefault(f"{above}\n{heading}", frozenset({("engagement", len(counted) + 1)}))
            if engagement := counted.get(f"{above}\n{heading}"):
                yield engagement, heading


def _kept(place: Reference, level: str) -> Iterator[tuple[str, int]]:
    """The levels above one: a new levier has no action yet."""
    return ((name, number) for name, number in place if LEVELS.index(name) < LEVELS.index(level))
