"""A table that goes on over the page: its columns keep the names that stand above them on the page where it begins."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from amp_assistant.documents.columns import PrintedLine
from amp_assistant.documents.rows import header_of
from amp_assistant.folding import squash

# Columns whose left edges differ by less than so many points are the same.
_EDGE = 3.0
# So many lines at most stand between a table and the edge of its page: running heads and folios, which recur on so many pages.
_EDGE_LINES = 2
_RECURRING_PAGES = 2


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """The rows of a table on one page, each line of a cell on a line of its own, and the left edges of its columns in points.

    ``header`` names the columns where the page does not, None where the table is not known to go on from the page before; it is
    empty where it does and its columns have no names.
    """

    rows: tuple[tuple[str, ...], ...]
    edges: tuple[float, ...]
    header: tuple[str, ...] | None = None


Flow = Sequence[PrintedLine | PrintedTable]
"""The lines and tables of a page in reading order."""


def with_headers(flows: Sequence[Flow]) -> list[Flow]:
    """The flows of all pages, each table that goes on from the page before with the header of its beginning."""
    recurring = Counter(key for flow in flows for key in {_key(line) for line in _edge_lines(flow)})
    known: list[Flow] = []
    for flow in flows:
        begun = _last_table(known[-1], recurring) if known else None
        first = _first_table(flow, recurring)
        if begun is None or first is None or not _goes_on(begun, first):
            known.append(flow)
            continue
        header = header_of(begun.rows) if begun.header is None else begun.header
        repeats = [squash(cell) for cell in first.rows[0]] == [squash(cell) for cell in header]
        continued = replace(first, rows=first.rows[1:] if repeats else first.rows, header=header)
        known.append([continued if item is first else item for item in flow])
    return known


def _goes_on(begun: PrintedTable, table: PrintedTable) -> bool:
    has_same_columns = len(begun.edges) == len(table.edges) > 1
    return has_same_columns and all(abs(one - other) < _EDGE for one, other in zip(begun.edges, table.edges, strict=True))


def _edge_lines(flow: Flow) -> Iterator[PrintedLine]:
    for part in (flow[:_EDGE_LINES], flow[-_EDGE_LINES:]):
        yield from (item for item in part if isinstance(item, PrintedLine))


def _key(line: PrintedLine) -> str:
    """What the running heads and folios of a series have in common."""
    return "".join(character for character in squash(line.text) if not character.isdigit())


def _first_table(flow: Flow, recurring: Counter[str]) -> PrintedTable | None:
    """The table with which a page begins, running heads apart."""
    return next((_table(flow, at) for at, item in enumerate(flow[: _EDGE_LINES + 1]) if not _is_head(item, recurring)), None)


def _last_table(flow: Flow, recurring: Counter[str]) -> PrintedTable | None:
    """The table with which a page ends."""
    return _first_table(flow[::-1], recurring)


def _table(flow: Flow, at: int) -> PrintedTable | None:
    item = flow[at]
    return item if isinstance(item, PrintedTable) else None


def _is_head(item: PrintedLine | PrintedTable, recurring: Counter[str]) -> bool:
    return isinstance(item, PrintedLine) and recurring[_key(item)] >= _RECURRING_PAGES
