"""Plain text taken from a PDF -> Reading."""

import re
from collections.abc import Sequence

from amp_assistant.documents.lines import Line, seen, tidy
from amp_assistant.documents.model import Reading
from amp_assistant.documents.outline import Title
from amp_assistant.documents.unwrapping import unwrap

_NEWLINE = re.compile(r"\r\n?|\n|\u2028|\u2029|\v")
_TAB = re.compile(r"\t ?")
# Text in a title's font comes out with tabs between its words; one tab may be a column's.
_FEWEST_TABS = 1


def read_plain(text: str, outline: Sequence[Title] = ()) -> Reading:
    """Read text as an extraction from a PDF leaves it: hard-wrapped, with or without empty lines between the lines.

    Pages are known where form feeds part them. Where there are none, a line that follows the one before it directly and
    begins with a space is taken for the first of a page, but pages are not numbered: a page without text leaves no
    trace. ``outline`` names the titles of a document whose layout no longer tells them.
    """
    sheets = text.split("\f")
    paged = len(sheets) > 1
    unwrapped = unwrap(to_lines(sheets, paged=paged), outline, pages=paged)
    if not paged:
        return Reading(unwrapped.blocks, unwrapped.left_out)
    unreadable = tuple(number for number, sheet in enumerate(sheets, 1) if not sheet.strip())
    return Reading(unwrapped.blocks, unwrapped.left_out, pages=len(sheets), unreadable_pages=unreadable)


def to_lines(sheets: Sequence[str], *, paged: bool) -> list[Line]:
    """The lines with text of each sheet. Where the sheets are not ``paged``, pages are told by the space before their
    first line."""
    lines: list[Line] = []
    extra = 0
    for number, sheet in enumerate(sheets):
        gap = 0
        for raw in _NEWLINE.split(sheet):
            if not tidy(raw):
                gap += 1
                continue
            indented = raw[:1] == " "
            if not paged and indented and gap == 0 and lines:
                extra += 1
            marked = raw.count("\t") >= _FEWEST_TABS
            lines.append(
                Line(_TAB.sub(" ", seen(raw)).strip(), number + extra, gap, marked=marked, indented=indented and gap > 0)
            )
            gap = 0
    return lines
