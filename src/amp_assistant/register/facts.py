"""Facts of the enrichment -> rows: each with its place and its proof."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from amp_assistant.citations import Citation, Quotation
from amp_assistant.enrichment import Unit
from amp_assistant.errors import RegisterError
from amp_assistant.folding import squash
from amp_assistant.index import Index
from amp_assistant.passages import Nature
from amp_assistant.register.placing import Placer
from amp_assistant.register.proofs import Prover
from amp_assistant.register.rows import Cible, Condition, Dispositif, Engagement, Resultat, Row
from amp_assistant.register.scope import is_elsewhere, is_expected, is_forecast

ID_DIGITS = 10

AnyRow = TypeVar("AnyRow", bound=Row)

ROWS: Mapping[str, type[Row]] = {"dispositif": Dispositif, "engagement": Engagement, "cible": Cible, "resultat": Resultat}
"""The model of each type of fact."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something a document says that became no row: its words, and the reason in French."""

    document: str
    text: str
    reason: str


class RowBuilder:
    """Makes rows of one index's facts."""

    def __init__(self, index: Index) -> None:
        self.prover = Prover(index.passages, index.documents)
        self._passages = index.passages
        self._placer = Placer(index.passages)

    def rows(self, units: Iterable[Unit], left_out: list[LeftOut]) -> list[tuple[Row, Quotation]]:
        """The rows of all facts of some units with their quotations; what is no row of the Métropole goes to `left_out`.

        :raises RegisterError: a fact is incomplete, or its quotation is not in its document; the message names file and line.
        """
        rows: list[tuple[Row, Quotation]] = []
        for unit in units:
            start = (self._passages[unit.stretch.passage], unit.stretch.start)
            for fact in unit.facts:
                row, quotation = self.row(unit.document, fact, unit.source, unit.nature, start)
                path = quotation.passage.heading_path
                if isinstance(row, Cible | Resultat) and is_elsewhere(unit.nature, path, row.indicator):
                    left_out.append(LeftOut(unit.document, quotation.text, "chiffre d'un autre territoire ou d'un futur imaginé"))
                elif unit.nature is Nature.RECIT:
                    left_out.append(LeftOut(unit.document, quotation.text, "futur imaginé"))
                else:
                    rows.append((row, quotation))
        return rows

    def row(
        self, document: str, fact: Mapping[str, Any], source: str, nature: Nature, near: tuple[Any, int] | None = None
    ) -> tuple[Row, Quotation]:
        """The row of one fact and its quotation; `source` is the file and line that errors name.

        :raises RegisterError: the fact is incomplete, or its quotation is not in the document.
        """
        quotation = self.quotation(document, str(fact.get("quote", "")), source, near)
        kind = ROWS.get(str(fact.get("type")))
        if kind is None:
            raise RegisterError(f"{source} : un fait est de type « {fact.get('type')} » : choisissez parmi {', '.join(ROWS)}.")
        try:
            row = kind.model_validate({**fact, **self._place(quotation), "nature": nature})
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise RegisterError(f"{source} : le champ « {field} » d'un fait ne convient pas ({first['msg']}) : corrigez-le.") from error
        return self._judged(row, quotation.text), quotation

    def quotation(self, document: str, words: str, source: str, near: tuple[Any, int] | None = None) -> Quotation:
        """The place of a quotation in a document.

        :raises RegisterError: it is not there, word for word.
        """
        found = self.prover.find(document, words, near)
        if found is None:
            raise RegisterError(f"{source} : la citation « {words[:80]} » n'est pas dans « {document} » mot pour mot : recopiez-la.")
        return found

    def of_quotation(self, make: Callable[..., Row], quotation: Quotation, nature: Nature, **fields: Any) -> Row:
        """A row with the place and the proof of a quotation."""
        return _identified(make(**{**self._place(quotation), "nature": nature, **fields}))

    def _place(self, quotation: Quotation) -> dict[str, Any]:
        place = self._placer.place(quotation)
        citation = self.prover.cite([quotation])[0]
        return {
            "document": citation.document,
            "document_date": citation.date,
            "section": citation.section,
            "page": citation.page,
            "proofs": (citation,),
            "orientation": place.orientation,
            "levier": place.levier,
            "action": place.action,
            "axis": place.axis,
        }

    def _judged(self, row: Row, quote: str) -> Row:
        changed: dict[str, Any] = {}
        if isinstance(row, Resultat):
            changed["forecast"] = is_forecast(row.value, row.date, quote, row.document_date)
        elif isinstance(row, Cible):
            changed["forecast"] = is_expected(row.value, quote)
        elif isinstance(row, Dispositif):
            changed["conditions"] = tuple(condition for condition in row.conditions if _stands(condition, quote))
        return _identified(row.model_copy(update=changed))


def together(rows: Iterable[Row]) -> list[Row]:
    """The rows, those of one id as one row with every proof, in the order of their first."""
    merged: dict[str, Row] = {}
    for row in rows:
        known = merged.get(row.id)
        merged[row.id] = with_proofs(known, row.proofs) if known else row
    return list(merged.values())


def with_proofs(row: AnyRow, proofs: Iterable[Citation]) -> AnyRow:
    """The row with further proofs, each once, numbered from 1."""
    every = {(proof.passage, proof.quote): proof for proof in (*row.proofs, *proofs)}
    return row.model_copy(update={"proofs": tuple(replace(proof, number=n) for n, proof in enumerate(every.values(), 1))})


def _identified(row: Row) -> Row:
    """The row with its id: the table's noun and a hash of document, fact and quotation."""
    measured = [str(getattr(row, field, "") or "") for field in ("value", "unit", "horizon", "date")]
    content = "\n".join([row.document, squash(row.subject), *map(squash, measured), *(squash(proof.quote) for proof in row.proofs)])
    return row.model_copy(update={"id": f"{type(row).__name__.lower()}:{hashlib.blake2b(content.encode()).hexdigest()[:ID_DIGITS]}"})


def _stands(condition: Condition, quote: str) -> bool:
    return squash(condition.text) in squash(quote)
