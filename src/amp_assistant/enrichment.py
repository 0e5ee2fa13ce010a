"""What was understood of each unit of a document beforehand: who would ask what, which stretch answers, which facts it states.

Reads the files described in ``corpus/enrichment/FORMAT.md`` and hangs each unit on the passages that hold its words. Enrichment
is for finding: it is never shown as text of a document and never cited.
"""

import logging
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from amp_assistant.folding import FoldedText
from amp_assistant.passages import Nature, Passage

logger = logging.getLogger(__name__)

_ENOUGH_WORDS = 5
"""First or last words of an anchor that are enough to find its unit where a heading or a page break lies across the rest."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a passage's text: the passage's position in the index, and start and end offsets in its text."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a unit answers, and the stretch that answers it (None where it was not found again)."""

    text: str
    stretch: Stretch | None


@dataclass(frozen=True, slots=True)
class Unit:
    """What an enrichment line describes, hung on the passages: `stretch` goes from the anchor to the next unit's anchor or
    to the end of the passage, and `facts` are the line's own objects, checked by `register`."""

    source: str
    document: str
    nature: Nature
    summary: str
    words: str
    questions: tuple[Question, ...]
    facts: tuple[dict[str, Any], ...]
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Enrichment:
    """The units of the corpus in document order, and a French sentence for each line that could not be used."""

    units: tuple[Unit, ...]
    warnings: tuple[str, ...]


class _Asked(BaseModel):
    q: str
    answer: str = ""


class _Line(BaseModel):
    document: str
    anchor: str
    nature: Nature
    summary: str = ""
    words: str = ""
    questions: list[_Asked] = []
    facts: list[dict[str, Any]] = []
    source: str = ""


def read_enrichment(folder: Path, passages: Sequence[Passage]) -> Enrichment:
    """Read the enrichment of a corpus and hang it on its passages.

    A line that is broken, that names an unknown document or whose anchor is not found is left out with a warning; the rest is
    used. `passages` are in document order; the stretches of the result hold positions in this sequence.
    """
    warnings: list[str] = []
    lines: dict[str, list[_Line]] = {}
    for line in _read_lines(folder, warnings):
        lines.setdefault(line.document, []).append(line)
    units: list[Unit] = []
    for document, of_document in sorted(lines.items()):
        places = _Places.of(passages, document)
        if not places.starts:
            warnings.append(f"L'enrichissement de « {document} » n'est pas utilisé : ce document n'est pas dans le corpus.")
            continue
        units += _hang(of_document, places, warnings)
    for warning in warnings:
        logger.warning("%s", warning)
    return Enrichment(tuple(units), tuple(warnings))


def with_natures(passages: Sequence[Passage], enrichment: Enrichment) -> list[Passage]:
    """The passages, each with the nature of the longest share of its text; an imagined part makes the whole imagined."""
    shares: list[dict[Nature, int]] = [{} for _ in passages]
    for unit in enrichment.units:
        share = shares[unit.stretch.passage]
        share[unit.nature] = share.get(unit.nature, 0) + unit.stretch.end - unit.stretch.start
    return [
        replace(passage, nature=Nature.RECIT if Nature.RECIT in share else max(share, key=share.__getitem__)) if share else passage
        for passage, share in zip(passages, shares, strict=True)
    ]


def _read_lines(folder: Path, warnings: list[str]) -> Iterator[_Line]:
    for path in sorted(folder.glob("*.jsonl")):
        for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if not text.strip():
                continue
            source = f"{path.name}, ligne {number}"
            try:
                yield _Line.model_validate_json(text).model_copy(update={"source": source})
            except ValidationError:
                warnings.append(f"{source} : cette ligne d'enrichissement est illisible ou incomplète, elle est ignorée.")


@dataclass(frozen=True, slots=True)
class _Places:
    """The text of one document as its passages hold it, headings included, and where each passage's own text starts."""

    folded: FoldedText
    starts: list[int]
    positions: list[int]
    lengths: list[int]

    @classmethod
    def of(cls, passages: Sequence[Passage], document: str) -> "_Places":
        text, starts, positions, lengths = "", [], [], []
        above: tuple[str, ...] = ()
        for position, passage in enumerate(passages):
            if passage.document != document:
                continue
            common = sum(1 for _ in _while_equal(above, passage.heading_path))
            above = passage.heading_path
            text += "\n".join([*above[common:], ""])
            starts.append(len(text))
            positions.append(position)
            lengths.append(len(passage.text))
            text += passage.text + "\n"
        return cls(FoldedText.of(text), starts, positions, lengths)

    def find(self, quotation: str, near: int = 0) -> tuple[int, int] | None:
        """Offsets in the document of the quotation: the first place after `near`, else the first of all."""
        return self.folded.find(quotation, near) or (self.folded.find(quotation) if near else None)

    def stretch(self, start: int, end: int) -> Stretch:
        """The part of the offsets that lies in the passage that holds the start (the next one where a heading holds it)."""
        at = max(bisect_right(self.starts, start) - 1, 0)
        if start >= self.starts[at] + self.lengths[at] and at + 1 < len(self.starts):
            at += 1
        begin = self.starts[at]
        return Stretch(self.positions[at], max(start - begin, 0), max(0, min(end - begin, self.lengths[at])))


def _while_equal(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    for left, right in zip(one, other, strict=False):
        if left != right:
            return
        yield left


def _hang(lines: Sequence[_Line], places: _Places, warnings: list[str]) -> list[Unit]:
    found: list[tuple[int, _Line]] = []
    for line in lines:
        place = next(filter(None, map(places.find, _clues(line))), None)
        if place is None:
            warnings.append(f"{line.source} : l'ancre « {line.anchor[:60]} » n'est pas dans le document, la ligne est ignorée.")
        else:
            found.append((place[0], line))
    found.sort(key=lambda pair: pair[0])
    ends = [start for start, _ in found[1:]] + [len(places.folded.text)]
    return [_unit(line, places, start, end) for (start, line), end in zip(found, ends, strict=True)]


def _clues(line: _Line) -> Iterator[str]:
    """Words that tell where a unit stands, the surest first."""
    words = line.anchor.split()
    yield line.anchor
    yield " ".join(words[:_ENOUGH_WORDS])
    yield " ".join(words[-_ENOUGH_WORDS:])
    yield from (asked.answer for asked in line.questions)


def _unit(line: _Line, places: _Places, start: int, end: int) -> Unit:
    questions = []
    for asked in line.questions:
        place = places.find(asked.answer, start)
        questions.append(Question(asked.q, places.stretch(*place) if place else None))
    return Unit(
        source=line.source,
        document=line.document,
        nature=line.nature,
        summary=line.summary,
        words=line.words,
        questions=tuple(questions),
        facts=tuple(line.facts),
        stretch=places.stretch(start, end),
    )
