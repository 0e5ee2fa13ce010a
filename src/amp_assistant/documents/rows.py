"""The rows of a table -> one text a row, each with the headers repeated, so that a row says what it is about when it stands alone."""

import re
from collections.abc import Sequence

# A cell with more digits than this share of it is a figure.
_DIGITS = 0.3
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def row_texts(rows: Sequence[Sequence[str]], *, headed: bool | None = None) -> list[str]:
    """« Indicateur : ... ; 2025 : ... » for each row below the header, or the cells alone where there is none.

    ``headed`` says whether the first row is a header; None: it is one if its cells are filled, differ and are not figures (years
    are names of columns). A table of a header alone is given as one row.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return []
    if len(filled) == 1 or not (_is_header(filled[0]) if headed is None else headed):
        return [" ; ".join(cell for cell in row if cell) for row in filled]
    header, *body = filled
    names = [*header, *[""] * max(len(row) - len(header) for row in [header, *body])]
    return [_with_names(names, row) for row in body]


def header_of(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The names of the columns that the first row of a table gives, empty where it gives none."""
    first = [" ".join(cell.split()) for cell in rows[0]]
    return tuple(first) if len(rows) > 1 and _is_header(first) else ()


def _with_names(names: Sequence[str], row: Sequence[str]) -> str:
    pairs = zip(names, row, strict=False)
    return " ; ".join(f"{name} : {cell}" if name and name != cell else cell for name, cell in pairs if cell)


def _is_header(header: Sequence[str]) -> bool:
    names = header if header[0] else header[1:]  # the corner above the names of the rows is often empty
    is_named = all(names) and len(set(names)) == len(names) and len(header) > 1
    return is_named and not any(_is_figure(name) for name in names)


def _is_figure(cell: str) -> bool:
    rest = _YEAR.sub("", cell)
    return sum(map(str.isdecimal, rest)) > _DIGITS * len(rest)
