"""Files of the corpus that a person has reviewed line by line: pairs of cible and resultat, and figures that disagree.

`suivi.jsonl` and `conflicts.jsonl` hold one JSON object a line; each quotation in them is checked against its document.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from amp_assistant.citations import Citation
from amp_assistant.errors import RegisterError
from amp_assistant.passages import Nature
from amp_assistant.register.facts import RowBuilder
from amp_assistant.register.rows import Aim, Conflict, Figure, Number, Outcome, Suivi


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid")

    document: str
    quote: str
    value: Number | None = None
    unit: str | None = None
    horizon: str | None = None
    date: str | None = None
    who: str | None = None
    reference: "_Place | None" = None


class _Pair(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    theme: str
    indicator: str
    cible: _Place
    resultat: _Place | None
    status: str
    comparability: str
    comparable: bool
    gap: Number | None = None


class _Disagreement(BaseModel):
    model_config = ConfigDict(extra="forbid")

    indicator: str
    note: str
    places: list[_Place]


_Line = TypeVar("_Line", bound=BaseModel)


def read_suivi(path: Path, builder: RowBuilder) -> list[Suivi]:
    """The reviewed pairs of cible and resultat; none where there is no such file.

    :raises RegisterError: a line is wrong or a quotation is not in its document; the message names file and line.
    """
    rows = []
    for source, pair in _read(path, _Pair):
        quotation = builder.quotation(pair.cible.document, pair.cible.quote, source)
        row = builder.of_quotation(
            Suivi,
            quotation,
            Nature.CIBLE,
            theme=pair.theme,
            indicator=pair.indicator,
            cible=Aim(
                **_fields(pair.cible),
                reference=_outcome(pair.cible.reference, source, builder),
                proofs=builder.prover.cite([quotation]),
            ),
            resultat=_outcome(pair.resultat, source, builder),
            status=pair.status,
            gap=pair.gap,
            comparable=pair.comparable,
            caution=pair.comparability,
        )
        proofs = (*row.proofs, *(row.resultat.proofs if isinstance(row, Suivi) and row.resultat else ()))
        rows.append(row.model_copy(update={"id": f"suivi:{pair.id}", "proofs": _numbered(proofs)}))
    return [row for row in rows if isinstance(row, Suivi)]


def read_conflicts(path: Path, builder: RowBuilder) -> list[Conflict]:
    """The reviewed disagreements; none where there is no such file.

    :raises RegisterError: a line is wrong or a quotation is not in its document; the message names file and line.
    """
    conflicts = []
    for number, (source, line) in enumerate(_read(path, _Disagreement), 1):
        figures = tuple(
            Figure(value=place.value, unit=place.unit, date=place.date or place.horizon, proofs=_prove(place, source, builder))
            for place in line.places
        )
        conflicts.append(Conflict(id=f"conflit:{number}", indicator=line.indicator, note=line.note, reviewed=True, figures=figures))
    return conflicts


def _read(path: Path, model: type[_Line]) -> Iterator[tuple[str, _Line]]:
    if not path.is_file():
        return
    for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if text.strip():
            source = f"{path.name}, ligne {number}"
            try:
                yield source, model.model_validate_json(text)
            except ValidationError as error:
                first = error.errors()[0]
                field = ".".join(map(str, first["loc"])) or "la ligne"
                raise RegisterError(f"{source} : « {field} » ne convient pas ({first['msg']}) : corrigez cette ligne.") from error


def _outcome(place: _Place | None, source: str, builder: RowBuilder) -> Outcome | None:
    return Outcome(**_fields(place), proofs=_prove(place, source, builder)) if place else None


def _prove(place: _Place, source: str, builder: RowBuilder) -> tuple[Citation, ...]:
    return builder.prover.cite([builder.quotation(place.document, place.quote, source)])


def _fields(place: _Place) -> dict[str, object]:
    return place.model_dump(exclude={"document", "quote", "reference"})


def _numbered(proofs: tuple[Citation, ...]) -> tuple[Citation, ...]:
    return tuple(replace(proof, number=number) for number, proof in enumerate(proofs, 1))
