"""What a figure is worth: expected or measured, of the Métropole or of another city."""

import re
from collections.abc import Sequence

from amp_assistant.folding import numbers, plain
from amp_assistant.passages import Nature

Figure = int | float

_EXPECTED = re.compile(
    r"\b(attendue?s?|prevue?s?|previsions?|previsionnel\w*|projections?|projetee?s?|potentiellement|a terme|devrai\w+|"
    r"(a l'|l')horizon|d'ici|si la tendance)\b"
)
"""Words by which a sentence only expects a figure; folded, apostrophes straight."""
_FUTURE = re.compile(r"\b(?!opera\b|camera\b|sera bien\b)\w{2,}(era|eront|ira|iront|dra|dront|erait|eraient|irait|iraient|drait|draient)\b")
"""Third persons of the future and the conditional."""
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_CLAUSE = re.compile(r"[,;:()](?!\d)|\b(?:dont|afin de|pour (?=\w+er\b)|face a)\b")

_ELSEWHERE = re.compile(r"source\w* d'inspiration|^[^()]+ \([a-z' -]+\)$")
"""Headings of examples from elsewhere: « 12 sources d'inspiration », « Turin (Italie) »; folded, apostrophes straight."""
_METROPOLES = """
    bordeaux brest clermont dijon grenoble lille lyon metz montpellier nancy nantes nice orleans paris rennes rouen saint-etienne
    strasbourg toulon toulouse tours
"""
"""The other métropoles of France (law of 27 January 2014 and after), by their first name."""
_OTHER = re.compile(rf"\b({'|'.join(_METROPOLES.split())})\b")
_COMPARED = re.compile(r"\b(par rapport|comparee?s?|hors|apres|rang|ecart|avec)\b")
"""Words by which an indicator measures the Métropole against another city."""


def is_forecast(value: Figure | None, date: str | None, quote: str, published: str) -> bool:
    """Whether a quotation expects a result rather than reports it.

    It does where the result's date begins after the document's (`published`, ISO 8601), or where the clause that holds its value is
    in the future or speaks of a forecast. Without a value only the date tells.
    """
    years = [int(year.group()) for year in _YEAR.finditer(date or "")]
    if years and published[:4].isdigit() and min(years) > int(published[:4]):
        return True
    return value is not None and _speaks_of(_clause(value, plain(quote)), _EXPECTED, _FUTURE)


def is_expected(value: Figure | None, quote: str) -> bool:
    """Whether a quotation expects a target to come about of itself (« attendu », « projection ») rather than aims at it."""
    expected = re.compile(r"\b(attendue?s?|previsions?|previsionnel\w*|projections?|projetee?s?|produira|generera\w*)\b")
    return value is not None and _speaks_of(_clause(value, plain(quote)), expected)


def is_elsewhere(nature: Nature, heading_path: Sequence[str], indicator: str) -> bool:
    """Whether a figure is of an imagined future or of another city, so that it is no figure of the Métropole."""
    if nature is Nature.RECIT or any(_ELSEWHERE.search(plain(heading)) for heading in heading_path):
        return True
    subject = plain(indicator)
    return bool(_OTHER.search(subject)) and not _COMPARED.search(subject)


def _clause(value: Figure, quote: str) -> str:
    """The clause of a quotation that holds a value, or the whole where none or several do."""
    clauses = _CLAUSE.split(quote)
    holding = [clause for clause in clauses if clause and float(value) in numbers(clause)]
    return holding[0] if len(holding) == 1 else quote


def _speaks_of(clause: str, *patterns: re.Pattern[str]) -> bool:
    return any(pattern.search(clause) for pattern in patterns)
