"""What is printed on a page as its number: « iv », « 12 », where it differs from its place in the file."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from amp_assistant.documents.lines import Line

if TYPE_CHECKING:
    from pypdf import PdfReader

_FOLIO = re.compile(r"(?:[-–—] ?|page )?(\d{1,4})(?: ?[-–—])?(?: ?(?:/|sur) ?\d{1,4})?", re.IGNORECASE)
# Fewer pages that agree may be chance: the last figure of a table, a year.
_FEWEST_FOLIOS = 3
_SHARE_OF_PAGES = 0.5


def read_labels(reader: "PdfReader", lines: Sequence[Line]) -> tuple[str, ...]:
    """The label of each page, in order; empty where the labels are 1, 2, 3...

    The file's own labels come first; where it has none, the folios at the edges of the pages, if half of the pages agree on how far
    they are from the place in the file.
    """
    count = len(reader.pages)
    own = tuple(map(str, reader.page_labels)) if "/PageLabels" in reader.root_object else _from_folios(lines, count)
    return () if len(own) != count or own == tuple(str(number) for number in range(1, count + 1)) else own


def _from_folios(lines: Sequence[Line], count: int) -> tuple[str, ...]:
    shifts: Counter[int] = Counter()
    for sheet, group in groupby(lines, key=lambda line: line.sheet):
        page = list(group)
        folios = (_FOLIO.fullmatch(line.text) for line in (*page[:2], *page[-2:]))
        shifts.update({int(folio[1]) - sheet for folio in folios if folio})
    shift, agreeing = max(shifts.items(), key=lambda item: item[1], default=(1, 0))
    if agreeing < max(_FEWEST_FOLIOS, _SHARE_OF_PAGES * count):
        return ()
    return tuple(str(sheet + shift) if sheet + shift > 0 else "" for sheet in range(count))
