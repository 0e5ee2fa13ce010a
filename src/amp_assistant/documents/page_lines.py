"""The printed lines of a document's pages -> lines as `unwrapping` takes them.

What stands apart has an empty line before it, what is set in a title's type has its rank, and the rows of tables are whole.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby, pairwise
from statistics import median

from amp_assistant.documents.aligned_tables import with_tables
from amp_assistant.documents.columns import PrintedLine, read_columns
from amp_assistant.documents.continued_tables import Flow, PrintedTable, with_headers
from amp_assistant.documents.hyphens import Lexicon
from amp_assistant.documents.lines import Line, tidy
from amp_assistant.documents.page_tables import Box, RuledTable
from amp_assistant.documents.page_words import Word
from amp_assistant.documents.rows import row_texts

# Lines farther apart than this share above the usual distance have an empty line between them.
_APART = 1.25
# Letters so much larger than the text's are a title's, so much smaller a note's.
_TITLE_SIZE = 1.12
_NOTE_SIZE = 0.93
_LONGEST_TITLE = 200
# Lines of one column begin within so many points of each other; a space is about so wide, in letter sizes.
_INDENT = 30.0
_SPACE = 0.25


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """The words of a page by the direction of their text, the main one first, and its ruled tables (see `page_words`, `page_tables`)."""

    words: dict[int, list[Word]]
    tables: tuple[RuledTable, ...] = ()


def to_printed_lines(pages: Sequence[PrintedPage]) -> list[Line]:
    """The lines of all pages in reading order; sizes are judged against the size in which most of the document is set."""
    sizes = Counter[float]()
    for page in pages:
        for words in page.words.values():
            for word in words:
                sizes[_rounded(word.size)] += len(word.text)
    body = max(sizes, key=lambda size: sizes[size], default=0.0)
    ranks = {size: rank for rank, size in enumerate(sorted((s for s in sizes if s >= _TITLE_SIZE * body), reverse=True), 1)}
    lexicon = Lexicon.of([word.text for page in pages for words in page.words.values() for word in words])
    type_ = _Type(body, ranks)
    main = with_headers([_main_flow(page) for page in pages])
    lines: list[Line] = []
    for sheet, (page, flow) in enumerate(zip(pages, main, strict=True)):
        for other in (flow, *(with_tables(read_columns(words)) for words in list(page.words.values())[1:])):
            lines += _lines(other, sheet, type_, lexicon)
    return lines


@dataclass(frozen=True, slots=True)
class _Type:
    """The size of the text, and the sizes of titles with their ranks, 1 the largest."""

    body: float
    ranks: dict[float, int]

    def rank(self, line: PrintedLine) -> int:
        """How high a title in the type of this line stands; 0 for the type of the text."""
        if len(line.text) > _LONGEST_TITLE:
            return 0
        found = self.ranks.get(_rounded(line.size), 0)
        return found or (len(self.ranks) + 1 if line.bold and line.size >= self.body * _NOTE_SIZE else 0)


def _main_flow(page: PrintedPage) -> Flow:
    """The lines and tables of a page, those whose text has the main direction."""
    words = next(iter(page.words.values()), [])
    filled = [(table, table.texts(words)) for table in page.tables]
    tables = [(table.box, PrintedTable(rows, table.edges)) for table, rows in filled if rows]
    flow: list[PrintedLine | tuple[Box, PrintedTable]] = []
    flow += read_columns([word for word in words if not any(box.holds(word) for box, _ in tables)])
    for box, table in tables:
        flow.insert(_place(flow, box), (box, table))
    return list(_with_tables(flow))


def _place(flow: Sequence[object], box: Box) -> int:
    """Where a table belongs: before the first line of its own column that stands below it."""
    for index, line in enumerate(flow):
        if isinstance(line, PrintedLine) and line.left < box.right and line.right > box.left and line.baseline > box.bottom:
            return index
    return len(flow)


def _with_tables(flow: Sequence[PrintedLine | tuple[Box, PrintedTable]]) -> Iterator[PrintedLine | PrintedTable]:
    """The flow with its tables, ruled or not."""
    for is_line, group in groupby(flow, key=lambda item: isinstance(item, PrintedLine)):
        items = list(group)
        if is_line:
            yield from with_tables([item for item in items if isinstance(item, PrintedLine)])
        else:
            yield from (item[1] for item in items if isinstance(item, tuple))


def _lines(flow: Flow, sheet: int, type_: _Type, lexicon: Lexicon) -> Iterator[Line]:
    printed = [item for item in flow if isinstance(item, PrintedLine)]
    leading = _leading(printed)
    previous: PrintedLine | None = None
    for item in flow:
        if isinstance(item, PrintedLine):
            rank = type_.rank(item)
            is_apart = previous is None or _stands_apart(previous, item, leading)
            flows = previous is not None and not is_apart and not _has_room(previous, item, printed)
            yield Line(tidy(item.text), sheet, int(is_apart), marked=rank > 0, rank=rank, flows=flows)
            previous = item
        else:
            yield from (Line(text, sheet, gap=1, row=True) for text in _row_texts(item, lexicon))
            previous = None


def _row_texts(table: PrintedTable, lexicon: Lexicon) -> list[str]:
    rows = [[_joined(cell, lexicon) for cell in row] for row in table.rows]
    if table.header is None:
        return row_texts(rows)
    return row_texts([list(table.header), *rows], headed=bool(table.header))


def _joined(cell: str, lexicon: Lexicon) -> str:
    """The lines of a cell as one."""
    return reduce(lexicon.join, filter(None, map(tidy, cell.split("\n"))), "").strip()


def _leading(lines: Sequence[PrintedLine]) -> float:
    """The usual distance of a line from the one above it, in letter sizes."""
    pitches = [(b.baseline - a.baseline) / b.size for a, b in pairwise(lines) if b.baseline > a.baseline and b.size]
    near = [pitch for pitch in pitches if pitch <= 2 * min(pitches)]
    return median(near) if near else 0.0


def _stands_apart(above: PrintedLine, line: PrintedLine, leading: float) -> bool:
    """Whether white, another column or another type parts a line from the one before it."""
    pitch = line.baseline - above.baseline
    sizes = sorted((above.size, line.size))
    return not 0 < pitch <= _APART * leading * sizes[1] or sizes[0] < _NOTE_SIZE * sizes[1] or above.bold != line.bold


def _has_room(above: PrintedLine, line: PrintedLine, printed: Sequence[PrintedLine]) -> bool:
    """Whether the first word of a line would have fitted at the end of the line above it."""
    right = max(other.right for other in printed if abs(other.left - above.left) <= _INDENT)
    return above.right + line.first_word + _SPACE * line.size <= right


def _rounded(size: float) -> float:
    """Sizes in half points: smaller differences are the printer's."""
    return round(size * 2) / 2
