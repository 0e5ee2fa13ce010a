"""What a page shows but nobody reads as text: folios, map scales, vertical captions, calendar axes, running heads,
repeated boxes.

Each rule has a name, under which what it leaves out is listed, so that a reader can check that nothing was lost.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from amp_assistant.documents.lines import Line
from amp_assistant.documents.model import LeftOut
from amp_assistant.folding import squash

# A line that stands at the edge of at least this many pages is a running head; twice may be chance.
_RUNNING_HEAD_PAGES = 3
# Vertical captions come out letter by letter: so many short lines in a row hold no words.
_SHREDS_IN_A_ROW = 5
_LONGEST_SHRED = 8
_AVERAGE_SHRED = 3
# Boxes that were read before, word for word, one after the other: shorter texts repeat by nature (« Comment ? », a
# table's cells).
_REPEATED_LETTERS = 80
_FIGURES_IN_A_ROW = 3
_CONTENTS_IN_A_ROW = 2
# A label that comes again on so many pages belongs to a series, not to the text.
_SERIES_PAGES = 4
_LONGEST_LABEL = 25

_LINE_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("map scale", re.compile(r"\d+(?:[ ,.]\d+)* ?(?:k?m|miles?)(?: \d+(?: \d+)* k?m)*")),
    ("calendar axis", re.compile(r"(?:T[1-4]\s*)+|(?:(?:19|20)\d\d\s+)+(?:19|20)\d\d")),
    ("letter-spaced label", re.compile(r"(?:\S ){4,}\S(?: {2,}(?:\S ?)+)*\d*")),
    ("rule or ornament", re.compile(r"[\W_]+")),
)
_FOLIO = re.compile(r"(?:[-–] ?)?(\d{1,4})(?: ?[-–])?(?:\s*/\s*\d{1,4})?")
_CONTENTS = re.compile(r"(\d{1,2}(?:\.\d{1,2})+)\.?\s+[^\W_]")
_FIGURE = re.compile(r"[\d.,]+ ?[%€]?")


def leave_out(lines: list[Line], *, paged: bool) -> tuple[list[Line], list[LeftOut]]:
    """The lines that are text, and the others with the name of the rule that left them out. Titles of the outline
    always stay.

    ``paged`` tells that the sheets are the pages of the file: only then do the lines at their edges tell running heads.
    """
    rules = (
        *((_running_heads,) if paged else ()),
        _folios,
        _contents,
        _shreds,
        _ornaments,
        _loose_figures,
        _repeated_boxes,
        _recurring_labels,
    )
    left: list[LeftOut] = []
    for find in rules:
        names = find(lines)
        left += [LeftOut(names[index], lines[index].text) for index in sorted(names)]
        lines = _without(lines, names)
    return lines, left


def _without(lines: list[Line], names: dict[int, str]) -> list[Line]:
    """The lines that no rule names; the gap of a line that goes is handed on to the next."""
    kept: list[Line] = []
    gap = 0
    for index, line in enumerate(lines):
        if index in names:
            gap += line.gap
        else:
            kept.append(replace(line, gap=line.gap + gap))
            gap = 0
    return kept


def _running_heads(lines: list[Line]) -> dict[int, str]:
    """Lines that stand at the top or the foot of many pages, digits apart: the title of the work, the chapter, the
    folio."""
    edges = [
        index for _, sheet in groupby(range(len(lines)), key=lambda i: lines[i].sheet) for index in _edges(list(sheet))
    ]
    keys = {index: _head_key(lines[index]) for index in edges if not lines[index].title and not lines[index].row}
    pages = Counter(keys.values())
    recurring = [index for index, key in keys.items() if key and pages[key] >= _RUNNING_HEAD_PAGES]
    return {index: "folio" if _FOLIO.fullmatch(lines[index].text) else "running head" for index in recurring}


def _head_key(line: Line) -> str:
    """What the running heads of a series have in common: the words, or the distance of the page number from the
    page."""
    folio = _FOLIO.fullmatch(line.text)
    if folio:
        return str(int(folio.group(1)) - line.sheet)
    words = squash(re.sub(r"\d", "", line.text))
    return words if len(words) >= 3 else ""


def _edges(indices: list[int]) -> set[int]:
    """The first and the last line of a page, and their neighbours."""
    return set(indices[:2] + indices[-2:])


def _folios(lines: list[Line]) -> dict[int, str]:
    """Page numbers that stand on a line of their own, apart from the text or at the edge of a page; « 9595 » is one
    printed twice."""
    names: dict[int, str] = {}
    for index, line in enumerate(lines):
        after = lines[index + 1] if index + 1 < len(lines) else None
        apart = line.gap > 0 or index == 0 or lines[index - 1].sheet != line.sheet
        apart_after = after is None or after.gap > 0 or after.sheet != line.sheet
        if not line.title and _FOLIO.fullmatch(line.text) and (apart and apart_after):
            names[index] = "folio"
    return names


def _contents(lines: list[Line]) -> dict[int, str]:
    """The sections of a chapter listed on its first page: numbered titles of one depth, one below the other, with no
    text between them."""
    names: dict[int, str] = {}
    listed = {box[0]: box for box in boxes(lines)}
    for depth, group in groupby(listed, key=lambda i: _number_depth(lines[i])):
        run = list(group)
        if depth and len(run) >= _CONTENTS_IN_A_ROW:
            names |= {index: "table of contents" for first in run for index in listed[first]}
    return names


def _number_depth(line: Line) -> int:
    """How many numbers stand before a numbered title: 2 for « 1.4 Faire confiance », 0 for other lines and for titles
    of the outline."""
    match = None if line.title else _CONTENTS.match(line.text)
    return match.group(1).count(".") + 1 if match else 0


def _shreds(lines: list[Line]) -> dict[int, str]:
    names: dict[int, str] = {}
    for short, group in groupby(range(len(lines)), key=lambda i: _is_shred(lines[i])):
        run = list(group)
        letters = sum(len(lines[index].text) for index in run)
        if short and len(run) >= _SHREDS_IN_A_ROW and letters <= _AVERAGE_SHRED * len(run):
            names |= dict.fromkeys(run, "vertical caption")
    return names


def _is_shred(line: Line) -> bool:
    return not line.title and len(line.text) <= _LONGEST_SHRED and not line.text.endswith((".", "%"))


def _ornaments(lines: list[Line]) -> dict[int, str]:
    return {
        index: name
        for index, line in enumerate(lines)
        if not line.title
        for name, pattern in _LINE_RULES
        if pattern.fullmatch(line.text)
    }


def _loose_figures(lines: list[Line]) -> dict[int, str]:
    """Values of a chart without their labels: at least three bare figures in a row."""
    names: dict[int, str] = {}
    for bare, group in groupby(range(len(lines)), key=lambda i: bool(_FIGURE.fullmatch(lines[i].text))):
        run = list(group)
        if bare and len(run) >= _FIGURES_IN_A_ROW:
            names |= dict.fromkeys(run, "figures without labels")
    return names


def _repeated_boxes(lines: list[Line]) -> dict[int, str]:
    """Boxes (lines between empty lines) that were read before, word for word, alone or several in a row."""
    names: dict[int, str] = {}
    seen: set[str] = set()
    run: list[int] = []
    read = 0
    for box in [*boxes(lines), []]:
        letters = squash("".join(lines[index].text for index in box))
        if letters in seen and not any(lines[index].title for index in box):
            run += box
            read += len(letters)
            continue
        if read >= _REPEATED_LETTERS:
            names |= dict.fromkeys(run, "repeated box")
        run, read = [], 0
        seen.add(letters)
    return names


def _recurring_labels(lines: list[Line]) -> dict[int, str]:
    """Labels of a series of pages (« Engagements pour… » and « VIVRE MIEUX »): short boxes side by side that both come
    again."""
    listed = [box for box in boxes(lines) if not lines[box[0]].title]
    letters = [squash("".join(lines[index].text for index in box)) for box in listed]
    counts = Counter(letters)
    names: dict[int, str] = {}
    for one, other in pairwise(range(len(listed))):
        pair = (letters[one], letters[other])
        series = min(counts[pair[0]], counts[pair[1]]) >= 2 and max(counts[pair[0]], counts[pair[1]]) >= _SERIES_PAGES
        if (
            series
            and pair[0] != pair[1]
            and max(map(len, pair)) <= _LONGEST_LABEL
            and not any(c.isdigit() for c in "".join(pair))
        ):
            names |= dict.fromkeys([*listed[one], *listed[other]], "recurring label")
    return names


def boxes(lines: list[Line]) -> Iterator[list[int]]:
    """The indices of the lines that stand together: no empty line, no page break, no title of the outline between
    them."""
    box: list[int] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else line
        if box and (line.gap or line.sheet != before.sheet or line.title or before.title):
            yield box
            box = []
        box.append(index)
    if box:
        yield box
