"""The table of contents of a document: taken out of the text, and used as evidence for what a title is.

A title set without number or mark tells nothing of its depth; the table of contents does. What it lists in capitals is a part,
what it lists in small letters a section; and titles under which a numbered series (« Levier 1 ») begins anew each time are
themselves a series, named by a title that counts them (« cinq orientations »).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum

from amp_assistant.documents.capitals import is_capitals
from amp_assistant.documents.markup import clean_markup
from amp_assistant.folding import fold, squash


class Rank(IntEnum):
    """What opens inside what: a heading closes every open heading of the same or a greater rank."""

    PART = 10
    SECTION = 20
    LABEL = 21
    NUMBER = 35
    LETTER = 36
    MARKED = 40
    DASH = 50
    CAPITALS = 60
    LINE = 70
    TITLE = 99


LABELS = ("titre", "partie", "chapitre", "orientation", "axe", "levier", "action")

_TITLES = frozenset({"sommaire", "tabledesmatieres", "contents", "tableofcontents"})
_PAGE = re.compile(  # a run of spaces and dots that ends like a leader, taken at once: to try its parts takes the cube of its length
    r"(?<![\s.…])[\s.…]++(?:(?<=\s\s)|(?<=\t)|(?<=…)|(?<=\.{3})|(?<=…\s)|(?<=\.{3}\s))(?:[Pp]\.?\s*)?\d+(?:\s?/\s?\d+)?\s*$"
)
_LABELLED = re.compile(rf"(?:{'|'.join(LABELS)})s?\s+(\d+|[ivx]+)\b")
_NUMBERED = re.compile(r"(?:\d+|[a-z])[.)]\s")
_NUMBERS = ("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_COUNTED = re.compile(rf"\b({'|'.join(_NUMBERS)}|\d+) ({'|'.join(LABELS)})s\b")
# Lines without a page number that may stand between two entries, and the fewest entries that make a table.
_LONGEST_GAP = 2
_FEWEST_ENTRIES = 3
# Titles are reworded a little in the table (« stratège », « stratégique »); two titles of one document differ more.
_SAME_TITLE = 0.85


@dataclass(frozen=True, slots=True)
class Entry:
    """A title of the table of contents that carries no number, its rank, and its label if it belongs to a series (« Orientation 2 »)."""

    title: str
    rank: Rank
    label: str = ""


def take_contents(lines: Sequence[str]) -> tuple[list[list[str]], list[Entry], str]:
    """The lines before and after the table of contents, its entries without number, and its text (empty where there is none)."""
    for start, line in enumerate(lines):
        if squash(line) in _TITLES:
            end = _table_end(lines, start)
            if end:
                table = [line for line in lines[start + 1 : end] if line.strip()]
                return [list(lines[:start]), list(lines[end:])], _entries(table), "\n".join([lines[start], *table])
    return [list(lines)], [], ""


def best_match(entry: Entry, titles: Sequence[str]) -> int | None:
    """The index of the title nearest to the entry, or None when none is the same title."""
    wanted = squash(entry.title)
    ratios = [SequenceMatcher(None, wanted, squash(title), autojunk=False).ratio() for title in titles]
    best = max(range(len(titles)), key=ratios.__getitem__, default=None)
    return best if best is not None and ratios[best] >= _SAME_TITLE else None


def _table_end(lines: Sequence[str], start: int) -> int:
    end = gap = found = 0
    for position in range(start + 1, len(lines)):
        if _PAGE.search(lines[position]):
            end, gap, found = position + 1, 0, found + 1
        elif lines[position].strip("- \t"):
            gap += 1
            if gap > _LONGEST_GAP:
                break
    return end if found >= _FEWEST_ENTRIES else 0


def _entries(table: Sequence[str]) -> list[Entry]:
    titles = [clean_markup(_PAGE.sub("", line)) for line in table]
    entries: list[Entry] = []
    parents: list[int] = []
    for title in titles:
        labelled = _LABELLED.match(fold(title))
        if labelled and labelled[1] in ("1", "i") and entries:
            parents.append(len(entries) - 1)
        if not labelled and not title.startswith(("- ", "•")) and not _NUMBERED.match(fold(title)):
            entries.append(Entry(title, Rank.PART if is_capitals(title) else Rank.SECTION))
    if len(parents) < 2:  # a series that never begins anew has no series above it
        return entries
    noun = next((match[2] for title in titles if (match := _COUNTED.search(fold(title)))), "")
    for number, parent in enumerate(parents, 1):
        entries[parent] = Entry(entries[parent].title, Rank.SECTION, f"{noun.capitalize()} {number}" if noun else "")
    return entries
