"""What a page shows, as the query string of its address: a link reopens it, a file and a drawing are of the same.

The names are those that a visitor reads in the address bar. What cannot be read is told, not guessed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qs, urlencode

from amp_assistant.errors import UsageError
from amp_assistant.folding import join_thousands, plain
from amp_assistant.quantities import MONEY, amount, as_number
from amp_assistant.register import TABLES
from amp_assistant.register.selecting import Selection
from amp_assistant.situation import Fields
from amp_assistant.vocabulary import NEEDS

LONGEST_WORDS = 500
"""Characters of a field of text that is searched for; nobody writes more."""

_DIGITS = re.compile(r"\d{1,12}(?:[.,]\d{1,6})?", re.ASCII)
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Situated:
    """What the form of the aids holds: a sentence, and what its fields tell; `stage` is one of STAGES or empty."""

    sentence: str = ""
    stage: str = ""
    employees: int | None = None
    age_years: float | None = None
    turnover: float | None = None
    sector: str = ""
    commune: str = ""
    needs: tuple[str, ...] = ()

    @property
    def fields(self) -> Fields:
        """The fields as the adviser reads them: who has no firm yet has neither staff nor turnover."""
        is_firm = self.stage in ("", "entreprise")
        return Fields(
            employees=self.employees if is_firm else None,
            age_years=self.age_years if is_firm else None,
            turnover=self.turnover if is_firm else None,
            needs=tuple(dict.fromkeys([*self.needs, *([] if is_firm else [self.stage])])),
            sector=self.sector or None,
            commune=self.commune.strip() or None,
        )


STAGES = ("entreprise", "creation", "reprise")
"""There is a firm; it is not created yet; somebody else's is to be taken over. The latter two are needs of the documents too."""
NAMES = frozenset("phrase etape salaries age ca secteur commune besoin".split())
"""What a situation is told by in a query string."""


def selection_of(query: str) -> tuple[Selection, int]:
    """The selection that a query string tells, and the page of its rows, from 1.

    :raises UsageError: the table does not exist, or a number is none.
    """
    said = _read(query)
    table = said.get("table", ["engagements"])[0]
    if table not in TABLES:
        raise UsageError(f"Le tableau « {table} » n’existe pas : choisissez parmi {', '.join(TABLES)}.")
    selection = Selection(
        table=next(name for name in TABLES if name == table),
        orientation=_number(said, "orientation", int),
        levier=_number(said, "levier", int),
        action=_number(said, "action", int),
        natures=tuple(said.get("nature", ())),
        documents=tuple(said.get("document", ())),
        statuses=tuple(said.get("statut", ())),
        year=_number(said, "annee", int),
        actor=_text(said, "acteur"),
        words=_text(said, "mots"),
    )
    return selection, _number(said, "page", int) or 1


def query_of_selection(selection: Selection, page: int = 1) -> str:
    """The query string that `selection_of` reads back."""
    return _written(
        {
            "table": selection.table,
            "orientation": selection.orientation,
            "levier": selection.levier,
            "action": selection.action,
            "nature": selection.natures,
            "document": selection.documents,
            "statut": selection.statuses,
            "annee": selection.year,
            "acteur": selection.actor.strip(),
            "mots": selection.words.strip(),
            "page": page if page > 1 else None,
        }
    )


def situated_of(query: str) -> Situated:
    """The situation that a query string tells.

    :raises UsageError: a number is none, or a stage or need does not exist.
    """
    said = _read(query)
    stage = said.get("etape", [""])[0]
    if stage and stage not in STAGES:
        raise UsageError(f"L’étape « {stage} » n’existe pas : choisissez parmi {', '.join(STAGES)}.")
    if unknown := set(said.get("besoin", ())) - set(NEEDS):
        raise UsageError(f"Le besoin « {min(unknown)} » n’existe pas : choisissez parmi {', '.join(NEEDS)}.")
    return Situated(
        sentence=said.get("phrase", [""])[0],
        stage=stage,
        employees=_number(said, "salaries", int),
        age_years=_number(said, "age", float),
        turnover=_number(said, "ca", float),
        sector=_text(said, "secteur"),
        commune=_text(said, "commune"),
        needs=tuple(dict.fromkeys(said.get("besoin", ()))),
    )


def query_of_situated(situated: Situated) -> str:
    """The query string that `situated_of` reads back."""
    return _written(
        {
            "phrase": situated.sentence.strip(),
            "etape": situated.stage,
            "salaries": situated.employees,
            "age": _short(situated.age_years),
            "ca": _short(situated.turnover),
            "secteur": situated.sector,
            "commune": situated.commune.strip(),
            "besoin": situated.needs,
        }
    )


def euros(written: str) -> float | None:
    """The euros that somebody writes: 400000.0 for « 400 k€ », « 400 000 » or « 0,4 million »; None for nothing.

    :raises UsageError: it is no amount.
    """
    if not written.strip():
        return None
    found = MONEY.fullmatch(join_thousands(plain(written)))
    if not found:
        raise UsageError(f"Le chiffre d’affaires « {written.strip()} » n’est pas un montant : écrivez par exemple « 400 k€ ».")
    return amount(found)


def number_of(written: str, kind: Callable[[float], Number]) -> Number:
    """A number of things that somebody writes, 0 or more: 1200 for « 1 200 », 1.5 for « 1,5 ».

    :raises ValueError: it is none.
    """
    digits = join_thousands(written.strip())
    if not _DIGITS.fullmatch(digits):
        raise ValueError(written)
    return kind(as_number(digits))


def _read(query: str) -> Mapping[str, Sequence[str]]:
    return parse_qs(query.removeprefix("?"))


def _number(said: Mapping[str, Sequence[str]], name: str, kind: Callable[[float], Number]) -> Number | None:
    if name not in said:
        return None
    try:
        return number_of(said[name][0], kind)
    except ValueError as error:
        raise UsageError(f"« {said[name][0]} » n’est pas un nombre ({name}) : corrigez l’adresse, ou choisissez sur la page.") from error


def _text(said: Mapping[str, Sequence[str]], name: str) -> str:
    return said.get(name, [""])[0][:LONGEST_WORDS]


def _short(number: float | None) -> int | float | None:
    return int(number) if number is not None and number.is_integer() else number


def _written(values: Mapping[str, object]) -> str:
    return urlencode({name: value for name, value in values.items() if value not in (None, "", ())}, doseq=True)
