"""Tables without rules: lines whose cells stand one below the other, with white between the columns."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from amp_assistant.documents.columns import Cell, PrintedLine
from amp_assistant.documents.continued_tables import PrintedTable
from amp_assistant.documents.lines import BULLET

# So many lines with several cells, near each other, make a table.
_FEWEST_ROWS = 3
# Lines farther apart than this, in letter sizes, are not of one table.
_FARTHEST = 4.0
# A row begins with at most so many lines of its first cell alone, and a table goes over a page at most.
_LINES_OF_A_CELL = 3
_LONGEST_TABLE = 120
# White between two rows is so much wider than between the lines of a cell.
_APART = 1.25



def with_tables(lines: Sequence[PrintedLine]) -> list[PrintedLine | PrintedTable]:
    """The lines of a page in reading order, those that make a table put together as its rows."""
    found: list[PrintedLine | PrintedTable] = []
    start = 0
    while start < len(lines):
        stop = _table_end(lines, start)
        columns = _columns(lines[start:stop])
        if sum(len(line.cells) > 1 for line in lines[start:stop]) >= _FEWEST_ROWS and len(columns) > 1:
            rows = tuple(tuple(_row(group, columns)) for group in _groups(lines[start:stop]))
            found.append(PrintedTable(rows, edges=tuple(left for left, _ in columns)))
            start = stop
        else:
            found.append(lines[start])
            start += 1
    return found


def _table_end(lines: Sequence[PrintedLine], start: int) -> int:
    """Where the lines end that may be of one table with the first: near, level with a column, leaving white between the columns."""
    stop = start + 1
    has_cells = any(len(line.cells) > 1 for line in lines[start : start + _LINES_OF_A_CELL])
    if not has_cells or BULLET.match(lines[start].text):
        return stop
    while stop < min(len(lines), start + _LONGEST_TABLE) and _is_below(lines[stop - 1], lines[stop]):
        columns = _columns(lines[start : stop + 1])
        spans = max(len(line.cells) for line in lines[start : stop + 1])
        if len(columns) < max(spans, 2) and spans > 1:
            break
        stop += 1
    # A paragraph below the table is no line of a cell, though it may end within the first column.
    while stop > start + 1 and len(lines[stop - 1].cells) == 1:
        stop -= 1
    return stop


def _is_below(above: PrintedLine, line: PrintedLine) -> bool:
    return 0 < line.baseline - above.baseline <= _FARTHEST * line.size and not BULLET.match(line.text)


def _columns(lines: Sequence[PrintedLine]) -> list[tuple[float, float]]:
    """The stretches from left to right that hold cells, white between them."""
    columns: list[tuple[float, float]] = []
    for cell in sorted((cell for line in lines for cell in line.cells), key=lambda cell: cell.left):
        if columns and cell.left <= columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], cell.right))
        else:
            columns.append((cell.left, cell.right))
    return columns


def _groups(lines: Sequence[PrintedLine]) -> Iterator[list[PrintedLine]]:
    """The lines of each row: parted by wider white, or, where all lines are as far apart, one row for each line with a first cell."""
    pitches = [below.baseline - above.baseline for above, below in pairwise(lines)]
    is_parted = max(pitches) > _APART * min(pitches)
    first = min(line.cells[0].left for line in lines)
    group = [lines[0]]
    for pitch, line in zip(pitches, lines[1:], strict=True):
        begins = pitch > _APART * min(pitches) if is_parted else len(line.cells) > 1 and line.cells[0].left <= first + line.size
        if begins:
            yield group
            group = []
        group.append(line)
    yield group


def _row(lines: Sequence[PrintedLine], columns: Sequence[tuple[float, float]]) -> list[str]:
    cells = [cell for line in lines for cell in line.cells]
    return ["\n".join(cell.text for cell in cells if _is_in(cell, column)) for column in columns]


def _is_in(cell: Cell, column: tuple[float, float]) -> bool:
    return column[0] <= cell.left <= column[1]
