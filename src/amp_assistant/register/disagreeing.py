"""Figures that disagree: the same indicator in the same unit with another value, in one document or across.

The rule is made for precision: two figures are of one indicator where their indicators have the same content words, their units
are the same and no date, horizon or quotation says that they are two things.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

from amp_assistant.folding import fold, plain
from amp_assistant.lexical import terms
from amp_assistant.register.facts import ID_DIGITS
from amp_assistant.register.rows import Cible, Conflict, Figure, Resultat

_BRACKETS = re.compile(r"\([^()]*\)")
_EMPTY = frozenset(
    terms("nombre part taux montant surface métropole métropolitain métropolitaine territoire aix marseille provence environ près")
)
"""Words of an indicator that do not tell it from another."""
_SAME_UNIT = {"hectares": "ha", "hectare": "ha", "euros": "€", "m€": "€", "millions d'euros": "€", "million d'euros": "€"}
_SCALES = {"m€": 1e6, "millions d'euros": 1e6, "million d'euros": 1e6, "millions d'habitants": 1e6, "million d'habitants": 1e6}
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

Measured = Cible | Resultat


def disagreements(rows: Iterable[Measured]) -> list[Conflict]:
    """The conflicts among some figures, in the order of their first."""
    groups: dict[tuple[frozenset[str], str], list[Measured]] = {}
    for row in rows:
        words = _words(row.indicator)
        if row.value is not None and words:
            groups.setdefault((words, _unit(row)), []).append(row)
    return [_conflict(group) for group in map(_comparable, groups.values()) if len({_amount(row) for row in group}) > 1]


def _comparable(group: Sequence[Measured]) -> list[Measured]:
    """The figures of a group that stand against another one."""
    return [row for row in group if any(_disagree(row, other) for other in group)]


def _disagree(one: Measured, other: Measured) -> bool:
    if _amount(one) == _amount(other) or one.forecast != other.forecast or type(one) is not type(other):
        return False
    years, other_years = _years(one), _years(other)
    if years and other_years and years != other_years:
        return False
    return one.proofs[0].quote != other.proofs[0].quote and one.proofs[0].passage != other.proofs[0].passage


def _years(row: Measured) -> set[str]:
    return set(_YEAR.findall((row.horizon if isinstance(row, Cible) else row.date) or ""))


def _words(indicator: str) -> frozenset[str]:
    words = frozenset(terms(_BRACKETS.sub(" ", indicator)))
    return words - _EMPTY or words


def _unit(row: Measured) -> str:
    folded = plain(_BRACKETS.sub(" ", row.unit or ""))
    folded = _SAME_UNIT.get(folded, folded)
    return "" if folded.split("/")[0].rstrip("s") in fold(row.indicator) else folded


def _amount(row: Measured) -> float:
    folded = plain(row.unit or "")
    return float(row.value or 0) * _SCALES.get(folded, 1)


def _conflict(group: Sequence[Measured]) -> Conflict:
    figures = tuple(
        Figure(
            value=row.value,
            unit=row.unit,
            date=row.horizon if isinstance(row, Cible) else row.date,
            row=row.id,
            proofs=row.proofs,
        )
        for row in group
    )
    digest = hashlib.blake2b("\n".join(row.id for row in group).encode()).hexdigest()[:ID_DIGITS]
    return Conflict(id=f"conflit:{digest}", indicator=group[0].indicator, figures=figures)
