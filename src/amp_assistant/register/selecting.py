"""The rows of a table that somebody looks for: by place in the plan, document, nature, status, year, actor and words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from amp_assistant.folding import fold
from amp_assistant.register.build import Register
from amp_assistant.register.placing import NUMBERED
from amp_assistant.register.rows import Cible, Dispositif, Engagement, Resultat, Row, Suivi, Table

Place = tuple[int, ...]
"""Orientation, levier and action, as far as they are told: (1,), (1, 2), (1, 2, 4)."""

_YEARS = re.compile(r"\b((?:19|20)\d\d)(?:\s*[-–à]\s*((?:19|20)\d\d))?\b")
_LEVELS = ("Orientation", "Levier", "Action")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is looked for; what is empty or None asks nothing.

    `natures`, `documents` (ids) and `statuses` each let a row pass that is one of them. `year` is that of a row's deadline or figure;
    where the row names none, of its document. `actor` is looked for in who acts and in the quotations, `words` everywhere: each word
    must begin a word of the row, whatever the accents.
    """

    table: Table = "engagements"
    orientation: int | None = None
    levier: int | None = None
    action: int | None = None
    natures: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    year: int | None = None
    actor: str = ""
    words: str = ""

    @property
    def place(self) -> Place:
        """The place in the plan, as far as it is told without a gap."""
        numbers = (self.orientation, self.levier, self.action)
        told = next((depth for depth, number in enumerate(numbers) if number is None), len(numbers))
        return tuple(number for number in numbers[:told] if number is not None)


def select(register: Register, selection: Selection) -> list[Row]:
    """The rows of the selection's table that it asks for, in the order of the register."""
    return [row for row in register.table(selection.table) if _is_asked(row, selection)]


def place_of(row: Row) -> Place:
    """Where a row stands in its plan; empty for a document that is not divided into orientations."""
    numbers = (row.orientation, row.levier, row.action)
    told = next((depth for depth, number in enumerate(numbers) if number is None), len(numbers))
    return tuple(number for number in numbers[:told] if number is not None)


def counts(rows: Iterable[Row]) -> Counter[Place]:
    """How many of some rows stand at each place, those below it counted in."""
    return Counter(place[:depth] for place in map(place_of, rows) for depth in range(1, len(place) + 1))


def titles(register: Register) -> Mapping[Place, str]:
    """The title of each place, without its number, as the headings have it."""
    found: dict[Place, str] = {}
    for row in (*register.engagements, *register.dispositifs, *register.cibles, *register.resultats):
        place = place_of(row)
        for heading in row.section:
            match = NUMBERED.match(heading)
            if match and (depth := _LEVELS.index(match[1]) + 1) <= len(place) and place[depth - 1] == int(match[2]):
                found.setdefault(place[:depth], match[3])
    return found


def actor_of(row: Row) -> str | None:
    """Who acts, where the document says so."""
    if isinstance(row, Dispositif):
        return row.operator
    if isinstance(row, Engagement | Cible):
        return row.who
    return row.cible.who if isinstance(row, Suivi) else None


def years_of(row: Row) -> frozenset[int]:
    """The years of a row's deadline or figure, both ends of a period and those between; else that of its document."""
    told = " ".join(filter(None, _dates(row))) or row.document_date
    matches = list(_YEARS.finditer(told)) or list(_YEARS.finditer(row.document_date))
    return frozenset(year for found in matches for year in range(int(found[1]), int(found[2] or found[1]) + 1))


def _dates(row: Row) -> list[str | None]:
    if isinstance(row, Engagement):
        return [row.when]
    if isinstance(row, Cible):
        return [row.horizon]
    if isinstance(row, Resultat):
        return [row.date]
    return [row.cible.horizon, row.resultat.date if row.resultat else None] if isinstance(row, Suivi) else []


def _is_asked(row: Row, selection: Selection) -> bool:
    place = selection.place
    return (
        place_of(row)[: len(place)] == place
        and (not selection.natures or row.nature in selection.natures)
        and (not selection.documents or row.document in selection.documents)
        and (not selection.statuses or getattr(row, "status", None) in selection.statuses)
        and (selection.year is None or selection.year in years_of(row))
        and _holds(_acting(row), selection.actor)
        and _holds(_whole(row), selection.words)
    )


def _holds(text: str, wanted: str) -> bool:
    """Whether each wanted word begins a word of the text."""
    words = _folded(wanted).split()
    return not words or all(f" {word}" in _folded(text) for word in words)


@lru_cache(maxsize=16384)
def _folded(text: str) -> str:
    """The words of a text, folded, a blank before each."""
    return "".join(f" {word}" for word in re.findall(r"[^\W_]+", fold(text)))


def _acting(row: Row) -> str:
    return " ".join([actor_of(row) or "", row.subject, *_quotes(row)])


def _whole(row: Row) -> str:
    more: tuple[str | None, ...] = ()
    if isinstance(row, Dispositif):
        more = (row.acronym, *row.other_names, row.beneficiary, row.benefit)
    elif isinstance(row, Suivi):
        more = (row.theme, row.caution)
    return " ".join([_acting(row), *filter(None, more), *row.section])


def _quotes(row: Row) -> list[str]:
    proofs = [*row.proofs, *(row.cible.proofs if isinstance(row, Suivi) else ())]
    if isinstance(row, Suivi) and row.resultat:
        proofs += row.resultat.proofs
    return [proof.quote for proof in proofs]
