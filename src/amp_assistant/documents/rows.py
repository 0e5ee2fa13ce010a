"""The rows of a table -> one text a row, each with the headers repeated, so that a row says what it is about when it stands alone."""

from collections.abc import Sequence

_DIGITS = 0.3


def row_texts(rows: Sequence[Sequence[str]], *, headed: bool | None = None) -> list[str]:
    """« Indicateur : ... ; 2025 : ... » for each row below the header, or the cells alone where there is none.

    ``headed`` says whether the first row is a header; None: it is one if none of its cells is empty and they differ, and it holds
    fewer figures than the rows below. A table of a header alone is given as one row.
    """
    filled = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    if not filled:
        return []
    if len(filled) == 1 or not (_is_header(filled) if headed is None else headed):
        return [" ; ".join(cell for cell in row if cell) for row in filled]
    header, *body = filled
    names = [*header, *[""] * max(len(row) - len(header) for row in [header, *body])]
    return [_with_names(names, row) for row in body]


def _with_names(names: Sequence[str], row: Sequence[str]) -> str:
    pairs = zip(names, row, strict=False)
    return " ; ".join(f"{name} : {cell}" if name and name != cell else cell for name, cell in pairs if cell)


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    header, *body = rows
    names = header if header[0] else header[1:]  # the corner above the names of the rows is often empty
    is_named = all(names) and len(set(names)) == len(names) > 1
    return is_named and _share_of_figures([header[1:]]) <= _share_of_figures([row[1:] for row in body])


def _share_of_figures(rows: Sequence[Sequence[str]]) -> float:
    """The share of cells that are mostly figures."""
    cells = [cell for row in rows for cell in row if cell]
    return sum(sum(map(str.isdecimal, cell)) >= _DIGITS * len(cell) for cell in cells) / max(len(cells), 1)
