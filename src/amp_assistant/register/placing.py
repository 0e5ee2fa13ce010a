"""Where a row stands in its document: orientation, levier and action of a plan, or the part of another document."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from unicodedata import digit

from amp_assistant.citations import Quotation
from amp_assistant.folding import tokens
from amp_assistant.passages import Passage

NUMBERED = re.compile(r"^(Orientation|Levier|Action) (\d+) [–-] (.+)$", re.MULTILINE)
"""A heading of the plan: its level, number and title."""
_CIRCLED = re.compile(r"^- ([\u2460-\u2468])")
_TELLING_WORDS = 4
_ENGAGEMENTS = re.compile(r"\bengagements? pour\b", re.IGNORECASE)
"""A heading such as « 3 engagements pour… Vivre Mieux »: each heading below it is one engagement."""


@dataclass(frozen=True, slots=True)
class Place:
    """The numbers of the headings above a quotation, and the part of the document where there are none."""

    orientation: int | None = None
    levier: int | None = None
    action: int | None = None
    axis: str | None = None


class Placer:
    """Reads the place of a quotation off the headings above it."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        headings = {(passage.document, heading) for passage in passages for heading in passage.heading_path}
        self._orientations: Mapping[tuple[str, str], int] = {
            (document, _beginning(match[3])): int(match[2])
            for document, heading in headings
            if (match := NUMBERED.match(heading)) and match[1] == "Orientation"
        }

    def place(self, quotation: Quotation) -> Place:
        """The place of a quotation.

        Headings of small sections stand as lines in the text of a passage; a synthesis repeats the titles of the orientations
        without their numbers, and lists their leviers as ①, ②...
        """
        passage = quotation.passage
        above = [*passage.heading_path, *passage.text[: quotation.start].splitlines()]
        found: dict[str, int] = {}
        for line in above:
            if match := NUMBERED.match(line):
                found = {**_above(match[1].lower(), found), match[1].lower(): int(match[2])}
            elif orientation := self._orientations.get((passage.document, _beginning(line))):
                found = {"orientation": orientation}
        if "orientation" in found and "levier" not in found and (circled := _CIRCLED.match(above[-1])):
            found["levier"] = int(digit(circled[1]))
        return Place(**found, axis=None if found else _axis(passage.heading_path))


def _beginning(title: str) -> str:
    """The first words of a title: a synthesis says the rest in other words."""
    return " ".join(tokens(title)[:_TELLING_WORDS])


def _above(level: str, found: Mapping[str, int]) -> dict[str, int]:
    """The numbers of the levels above one: a new levier has no action yet."""
    levels = ("orientation", "levier", "action")
    return {name: found[name] for name in levels[: levels.index(level)] if name in found}


def _axis(path: tuple[str, ...]) -> str | None:
    """The engagement below a heading that announces several, else the outermost heading."""
    below = next((depth + 1 for depth, heading in enumerate(path) if _ENGAGEMENTS.search(heading)), None)
    if below is not None and below < len(path):
        return path[below]
    return path[0] if path else None
