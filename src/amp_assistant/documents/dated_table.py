"""A table of dated meetings that lost its cells: one row a date, the columns found again by what they have in
common."""

import re

from amp_assistant.documents.lines import is_capitals, tidy

DATE = re.compile(r"^\d{1,2}/\d{1,2}/(?:19|20)\d\d(?=\s|$)")
_COLUMNS = 4
_GAP = re.compile(r" {2,}")
_PLACE = re.compile(r"(?:L[ae]s? )?[A-ZÀ-Ý][\w’'-]*(?: (?:en|de|du|la|le|les|sur) [A-ZÀ-Ý][\w’'-]*)*$")


def is_table_head(line: str) -> bool:
    """Whether a line is the head of such a table: four headings in capitals, the first of them the dates."""
    words = line.split()
    return len(words) == _COLUMNS and is_capitals(line) and words[0] in ("DATE", "DATES")


def read_rows(lines: list[str]) -> list[str]:
    """The rows of a flattened table as « 19/9/2018 ; theme ; place ; participants », words kept verbatim and in order.

    ``lines`` are the lines below the head, with their inner spacing; each row begins with a date. The columns' names
    are not put before the cells: a row stays quotable word for word. The last column is known by its values coming
    again from row to row, the place by coming again or by its capitals; a cell that cannot be told apart stays with the
    theme.
    """
    rows: list[list[str]] = []
    for line in lines:
        rows.append([line.strip()]) if DATE.match(line.strip()) else rows[-1].append(line.strip())
    wide = {tidy(_GAP.split(row[-1])[-1]).lower() for row in rows if _GAP.search(row[-1])}
    last_cells = {cell for cell in wide if not any(cell.endswith(" " + other) for other in wide)}
    places = {tidy(_cut_end(row[-1], last_cells)[0]) for row in rows if len(row) > 2}
    return [_row(row, last_cells, {place for place in places if _PLACE.fullmatch(place)}) for row in rows]


def _row(row: list[str], last_cells: set[str], places: set[str]) -> str:
    match = DATE.match(row[0])
    date = match.group() if match else ""
    lines = [row[0][len(date) :].strip(), *row[1:]]
    rest, last = _cut_end(lines[-1], last_cells)
    before, place = _cut_place(rest, places, alone=len(row) > 2)
    theme = tidy(" ".join([*lines[:-1], before]))
    return " ; ".join(cell for cell in (date, theme, place, last) if cell)


def _cut_end(line: str, last_cells: set[str]) -> tuple[str, str]:
    """The line without its last cell, and that cell: one known from the rows with wide gaps, else what the last capital
    begins."""
    known = [cell for cell in last_cells if line.lower().endswith(cell)]
    if known:
        start = len(line) - max(map(len, known))
        return line[:start].strip(), line[start:]
    words = line.split()
    capital = max((n for n in range(1, len(words)) if words[n][0].isupper()), default=len(words))
    return " ".join(words[:capital]), " ".join(words[capital:])


def _cut_place(text: str, places: set[str], *, alone: bool) -> tuple[str, str]:
    """The text without the place at its end, and the place; ``alone`` tells that the place may fill the line."""
    wide = _GAP.split(text)
    if len(wide) > 1:
        return " ".join(wide[:-1]), wide[-1]
    before, question, after = text.rpartition("? ")
    if question:
        return before + "?", after
    if alone:
        return "", text
    known = [place for place in places if text.endswith(" " + place)]
    match = _PLACE.search(text)
    place = max(known, key=len) if known else match.group() if match else ""
    return text.removesuffix(place).strip(), place
