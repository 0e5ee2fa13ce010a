"""A request -> the rows of the register that it asks for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from amp_assistant.communes import Communes
from amp_assistant.figures import tells_quantity
from amp_assistant.folding import fold, squash
from amp_assistant.lexical import terms
from amp_assistant.register.asking import Request, Thing
from amp_assistant.register.build import Register
from amp_assistant.register.rows import Cible, Dispositif, Resultat, Row
from amp_assistant.register.selecting import actor_of, select, years_of
from amp_assistant.register.theming import Themes

_NOT_OF_A_COMMUNE = re.compile(r"\b(?:metropole (?:d')?)?aix[- ]marseille(?:[- ](?:provence|universite))?\b")
"""Names that hold those of two communes and are of neither; folded."""


def choose(register: Register, request: Request, themes: Themes, communes: Communes) -> list[Row]:
    """The rows that a request asks for, in the order of the register, each quotation once; what is only expected is none of them.

    Engagements with a figure are also the cibles that have one.
    """
    tables = [request.selection.table]
    if request.thing is Thing.ENGAGEMENTS and request.is_quantified:
        tables.append("cibles")
    rows = [row for table in tables for row in select(register, replace(request.selection, table=table)) if _passes(row, request)]
    if request.communes:
        rows = [row for row in rows if set(request.communes) <= set(communes.named(_told(row)))]
    if actor := set(terms(request.actor)):
        rows = [row for row in rows if actor <= set(terms(f"{actor_of(row) or ''} {_told(row)}"))]
    return _told_once(themes.about(rows, request.theme))


def _passes(row: Row, request: Request) -> bool:
    selection = request.selection
    if isinstance(row, Cible | Resultat) and row.forecast:
        return False
    if selection.levier is not None and row.levier != selection.levier:
        return False
    if selection.action is not None and row.action != selection.action:
        return False
    if request.is_due and selection.year not in years_of(row.model_copy(update={"document_date": ""})):
        return False
    return not request.is_quantified or _has_figure(row)


def _has_figure(row: Row) -> bool:
    if isinstance(row, Cible | Resultat):
        return row.value is not None
    return any(tells_quantity(proof.quote) for proof in row.proofs)


def _told(row: Row) -> str:
    return _NOT_OF_A_COMMUNE.sub(" ", fold(" ".join([row.subject, *(proof.quote for proof in row.proofs)])).replace("’", "'"))


def _told_once(rows: Iterable[Row]) -> list[Row]:
    """The rows without those whose quotation is a part of another's, or that a document says twice in the same words.

    A dispositif has a name of its own, so that two may be told in one sentence.
    """
    listed = list(rows)
    quotes = [squash(row.proofs[0].quote) for row in listed]
    first: dict[tuple[str, str], int] = {}
    quoted: dict[str, list[str]] = {}
    for at, row in enumerate(listed):
        first.setdefault((row.document, quotes[at]), at)
        quoted.setdefault(row.proofs[0].passage, []).append(quotes[at])
    return [
        row
        for at, row in enumerate(listed)
        if isinstance(row, Dispositif)
        or (first[row.document, quotes[at]] == at and not _is_within(quotes[at], quoted[row.proofs[0].passage]))
    ]


def _is_within(quote: str, others: Iterable[str]) -> bool:
    """Whether a quotation is a part of another of its passage."""
    return any(quote in other and quote != other for other in others)


def documents_of(rows: Sequence[Row]) -> list[str]:
    """The documents of the first proofs of some rows, in their order."""
    return list(dict.fromkeys(row.document for row in rows))
