"""Words with their places -> lines in the order in which a person reads them: column by column, tables row by row.

A column begins where several lines begin one below the other with white to the left of them. What crosses that white (a title over
two columns) parts the page into bands; inside a band the left column is read before the right one, each cut again in the same way.
White between short cells or figures, level with each other, parts the cells of a table: its rows are read across.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from amp_assistant.documents.page_words import Word, with_power

# Words whose baselines differ by less than this share of their size stand on one line; small raised figures by a little more.
_SAME_LINE = 0.45
_RAISED_LINE = 0.6
_SMALL = 0.85
# White wider than this, in letter sizes, parts columns or cells; a space in justified text is narrower.
_GUTTER = 1.1
# Left edges within so many points are one edge.
_EDGE = 4.0
# So many lines one below the other make a column.
_COLUMN_LINES = 3
# Cells are short, or figures; prose in the narrowest column of the corpus has 24 characters a line.
_CELL_CHARACTERS = 16
_LEVEL_ROWS = 0.6
_DIGITS = 0.3


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of a line with no wide white between them, and where they begin and end."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a page as read: its ``cells`` are its parts with wide white between them, one where the line is prose.

    Lengths are in points from the upper left corner; ``first_word`` is the length of the first word.
    """

    cells: tuple[Cell, ...]
    baseline: float
    size: float
    first_word: float
    bold: bool = False

    @property
    def text(self) -> str:
        """The words of the line."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        """Where the line begins."""
        return self.cells[0].left

    @property
    def right(self) -> float:
        """Where the line ends."""
        return self.cells[-1].right


@dataclass(frozen=True, slots=True)
class _Run:
    """Words on one line with no wide white between them."""

    words: tuple[Word, ...]
    row: int

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return self.words[-1].right

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def size(self) -> float:
        return max(self.words, key=lambda word: len(word.text)).size


def read_columns(words: Sequence[Word]) -> list[PrintedLine]:
    """The lines of a page, or of a part of it, in reading order."""
    return list(_read(list(_runs(words))))


def _runs(words: Sequence[Word]) -> Iterator[_Run]:
    """The words of each line from left to right, cut at wide white; lines from top to bottom."""
    for number, row in enumerate(_rows(words)):
        run: list[Word] = []
        for word in sorted(row, key=lambda word: word.left):
            if run and word.left - run[-1].right > _GUTTER * min(word.size, run[-1].size):
                yield _run(run, number)
                run = []
            run.append(word)
        yield _run(run, number)


def _run(words: Sequence[Word], row: int) -> _Run:
    main = max(words, key=lambda word: word.size)
    return _Run(tuple(with_power(word, main) for word in words), row)


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.baseline):
        first = rows[-1][0] if rows else word
        share = _SAME_LINE if min(word.size, first.size) > _SMALL * max(word.size, first.size) else _RAISED_LINE
        if rows and word.baseline - first.baseline <= share * max(word.size, first.size):
            rows[-1].append(word)
        else:
            rows.append([word])
    return rows


def _read(runs: list[_Run]) -> Iterator[PrintedLine]:
    edge = _best_edge(runs)
    if edge is None:
        yield from (_line(list(row)) for _, row in groupby(runs, key=lambda run: run.row))
        return
    for band in _bands(runs, edge):
        left, right = _sides(band, edge)
        if _is_column_band(left, right):
            yield from _read(left)
            yield from _read(right)
        else:
            yield from _read(band)


def _best_edge(runs: Sequence[_Run]) -> float | None:
    """The left edge that parts most lines into two columns."""
    starts = Counter(round(run.left / _EDGE) for run in runs)
    first = min(starts, default=0)
    edges = [start * _EDGE for start, count in starts.items() if start > first and count + starts[start + 1] >= _COLUMN_LINES]
    parted = {edge: sum(_parted(band, edge) for band in _bands(runs, edge)) for edge in edges}
    best = max(parted, key=lambda edge: (parted[edge], -edge), default=None)
    return best if best is not None and parted[best] else None


def _parted(band: Sequence[_Run], edge: float) -> int:
    left, right = _sides(band, edge)
    return len(band) if _is_column_band(left, right) else 0


def _bands(runs: Sequence[_Run], edge: float) -> list[list[_Run]]:
    """The lines parted where what crosses the edge begins and ends."""
    crossing = {run.row for run in runs if run.left < edge - _EDGE and run.right > edge}
    return [list(band) for _, band in groupby(runs, key=lambda run: run.row in crossing)]


def _sides(band: Sequence[_Run], edge: float) -> tuple[list[_Run], list[_Run]]:
    return [run for run in band if run.left < edge - _EDGE], [run for run in band if run.left >= edge - _EDGE]


def _is_column_band(left: Sequence[_Run], right: Sequence[_Run]) -> bool:
    """Whether two sides are columns of text beside each other, and not the cells of a table nor text above and below."""
    if min(len({run.row for run in side}) for side in (left, right)) < _COLUMN_LINES:
        return False
    if max(run.right for run in left) > min(run.left for run in right):
        return False
    rows_left, rows_right = {run.row for run in left}, {run.row for run in right}
    beside = min(max(rows_left), max(rows_right)) - max(min(rows_left), min(rows_right)) + 1
    return beside >= _COLUMN_LINES and not _is_tabular(left, right)


def _is_tabular(left: Sequence[_Run], right: Sequence[_Run]) -> bool:
    """Whether most lines of the shorter side have a partner level with them, and one side holds short cells or figures."""
    rows_left, rows_right = {run.row for run in left}, {run.row for run in right}
    level = len(rows_left & rows_right) >= _LEVEL_ROWS * min(len(rows_left), len(rows_right))
    return level and any(_holds_cells(side) for side in (left, right))


def _holds_cells(side: Sequence[_Run]) -> bool:
    texts = [run.text for run in side]
    characters = "".join(texts)
    digits = sum(character.isdecimal() for character in characters)
    return median(map(len, texts)) <= _CELL_CHARACTERS or digits >= _DIGITS * len(characters)


def _line(row: Sequence[_Run]) -> PrintedLine:
    main = max(row, key=lambda run: len(run.text))
    return PrintedLine(
        cells=tuple(Cell(run.text, run.left, run.right) for run in row),
        baseline=main.words[0].baseline,
        size=main.size,
        first_word=row[0].words[0].right - row[0].left,
        bold=all(word.bold for run in row for word in run.words),
    )
