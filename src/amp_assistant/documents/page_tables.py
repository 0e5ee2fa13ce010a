"""The ruled tables of a page of a PDF, by pdfplumber: where they stand and what their cells hold."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amp_assistant.documents.naming import DAMAGE

if TYPE_CHECKING:
    from pdfplumber.table import Table
    from pypdfium2 import PdfPage

logger = logging.getLogger(__name__)

# Fewer drawn lines than these rule no table of two rows and two columns; more are a map or a drawing, slow to look through.
_FEWEST_RULES = 4
_MOST_DRAWINGS = 3_000
# What has emptier cells is a form or an ornament; what has longer ones is a page laid out in frames.
_FILLED_CELLS = 0.5
_LONGEST_CELL = 600


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table and its rows of cells, each line of a cell on a line of its own.

    The box, and the left ``edges`` of its columns, are in points from the upper left corner, as in `page_words`.
    """

    left: float
    top: float
    right: float
    bottom: float
    rows: tuple[tuple[str, ...], ...]
    edges: tuple[float, ...] = ()

    def holds(self, x: float, y: float) -> bool:
        """Whether a point of the page lies in the table."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def may_have_tables(page: "PdfPage") -> bool:
    """Whether enough is drawn on the page to rule a table, and not so much that it must be a map."""
    from pypdfium2 import raw

    count = sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=2))
    return _FEWEST_RULES <= count <= _MOST_DRAWINGS


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
                found[page.page_number - 1] = [table for table in tables if _is_table(table)]
                page.close()
    except (PDFException, PdfminerException, *DAMAGE) as error:
        # The words of the page are known already: without the table they are read as lines.
        logger.info("No tables can be read from %s: %s", path.name, error)
    return found


def _ruled(table: "Table", corner: Sequence[float]) -> RuledTable:
    """The table, measured from the upper left corner of the sheet, which pdfplumber gives the coordinates that the file does."""
    x, y = corner
    left, top, right, bottom = table.bbox
    rows = tuple(tuple(cell or "" for cell in row) for row in table.extract())
    edges = tuple(sorted({cell[0] - x for cell in table.cells}))
    return RuledTable(left - x, top - y, right - x, bottom - y, rows, edges)


def _is_table(table: RuledTable) -> bool:
    cells = [cell for row in table.rows for cell in row]
    is_grid = len(table.rows) >= 2 and min(map(len, table.rows)) >= 2
    filled = sum(map(bool, cells))
    return is_grid and filled >= _FILLED_CELLS * len(cells) and max(map(len, cells)) <= _LONGEST_CELL
