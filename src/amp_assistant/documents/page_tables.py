"""The ruled tables of a page of a PDF, by pdfplumber: where they and their cells stand.

What the cells hold is told by the words of the page (see `page_words`), which are read once and in one way.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amp_assistant.documents.columns import read_columns
from amp_assistant.documents.naming import DAMAGE
from amp_assistant.documents.page_words import Word

if TYPE_CHECKING:
    from pdfplumber.table import Table
    from pypdfium2 import PdfObject, PdfPage

logger = logging.getLogger(__name__)

# Fewer drawn lines than these rule no table of two rows and two columns; more are a map or a drawing, slow to look through.
_FEWEST_RULES = 4
_MOST_DRAWINGS = 3_000
# Points that a rule of a table is long at least.
_SHORTEST_RULE = 8
# What has emptier cells is a form or an ornament; what has longer ones is a page laid out in frames.
_FILLED_CELLS = 0.5
_LONGEST_CELL = 600


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a page, in points from the upper left corner, as in `page_words`."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, word: Word) -> bool:
        """Whether the middle of a word lies in the box."""
        x, y = (word.left + word.right) / 2, word.baseline - word.size / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table and its rows of cells; None for one that is merged with a neighbour."""

    box: Box
    rows: tuple[tuple[Box | None, ...], ...]

    @property
    def edges(self) -> tuple[float, ...]:
        """The left edges of its columns."""
        return tuple(sorted({round(cell.left) for row in self.rows for cell in row if cell}))

    def texts(self, words: Sequence[Word]) -> tuple[tuple[str, ...], ...]:
        """What the cells hold, each line of a cell on a line of its own; empty if it is no table after all."""
        rows = tuple(tuple(_text(cell, words) for cell in row) for row in self.rows)
        cells = [cell for row in rows for cell in row]
        is_filled = sum(map(bool, cells)) >= _FILLED_CELLS * len(cells)
        return rows if is_filled and max(map(len, cells)) <= _LONGEST_CELL else ()


def _text(cell: Box | None, words: Sequence[Word]) -> str:
    return "\n".join(line.text for line in read_columns([word for word in words if cell.holds(word)])) if cell else ""


def may_have_tables(page: "PdfPage") -> bool:
    """Whether enough is drawn on the page to rule a table, and not so much that it must be a map; drawn bullets do not count."""
    from pypdfium2 import raw

    count = sum(map(_is_long, page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2)))
    return _FEWEST_RULES <= count <= _MOST_DRAWINGS


def _is_long(drawn: "PdfObject") -> bool:
    left, bottom, right, top = drawn.get_bounds()
    return bool(max(right - left, top - bottom) >= _SHORTEST_RULE)


def read_tables(path: Path, pages: Sequence[int], password: str = "") -> dict[int, list[RuledTable]]:
    """The ruled tables of some pages (0 is the first), by page; a page that pdfplumber cannot read has none."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    found: dict[int, list[RuledTable]] = {}
    if not pages:
        return found
    try:
        with pdfplumber.open(path, pages=[number + 1 for number in pages], password=password) as pdf:
            for page in pdf.pages:
                tables = [_ruled(table, corner=page.bbox[:2]) for table in page.find_tables()]
                found[page.page_number - 1] = [table for table in tables if len(table.rows) >= 2 and min(map(len, table.rows)) >= 2]
                page.close()
    except (PDFException, PdfminerException, *DAMAGE) as error:
        # The words of the page are known already: without the table they are read as lines.
        logger.info("No tables can be read from %s: %s", path.name, error)
    return found


def _ruled(table: "Table", corner: Sequence[float]) -> RuledTable:
    """The table, measured from the upper left corner of the sheet, which pdfplumber gives the coordinates that the file does."""
    x, y = corner

    def box(sides: Sequence[float]) -> Box:
        left, top, right, bottom = sides
        return Box(left - x, top - y, right - x, bottom - y)

    return RuledTable(box(table.bbox), tuple(tuple(box(cell) if cell else None for cell in row.cells) for row in table.rows))
