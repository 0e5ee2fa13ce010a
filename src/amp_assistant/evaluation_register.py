"""How complete and how right the register is: gold rows and situations, read from the documents by a person, to figures."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from amp_assistant.answers.aids import Advice, Aid
from amp_assistant.errors import UsageError
from amp_assistant.evaluation import holds
from amp_assistant.folding import fold, numbers, squash, tokens
from amp_assistant.index import Index
from amp_assistant.lexical import terms
from amp_assistant.passages import Nature
from amp_assistant.register.build import Register
from amp_assistant.register.merging import name_words
from amp_assistant.register.rows import Cible, Resultat, Row, Table
from amp_assistant.situation import Fields

_SCALE = {"k": 1e3, "m": 1e6, "md": 1e9, "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9}
_WORD_NUMBERS = {
    word: value
    for value, word in enumerate(
        "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
    )
}
_MONEY = re.compile(r"(k|m|md)?€")
_RANK = re.compile(r"\b(place|rang|[1-9]?(er|re|eme|e))\b")


class GoldRow(BaseModel):
    """A row that the register should have, and a place of the document that proves it."""

    table: Table
    document: str
    quote: str
    value: float | None = None
    unit: str | None = None


class Expected(BaseModel):
    """The verdict that an aid should get, and a place of the document that proves it."""

    name: str
    verdict: Literal["match", "confirm", "no"]
    document: str
    quote: str


class GoldSituation(BaseModel):
    """Somebody's situation in their own words and as flags, with some aids' expected verdicts."""

    id: str
    text: str
    flags: Fields
    expected: list[Expected]


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one expected verdict: `given` is None where the aid is not in the advice."""

    situation: GoldSituation
    expected: Expected
    given: str | None

    @property
    def is_right(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.given == self.expected.verdict


@dataclass(frozen=True, slots=True)
class TableFigures:
    """How one table compares with its gold rows.

    `recall` and `precision` are shares from 0 to 1; a row is right where its quotation stands in its document and holds its value, it
    is not imagined, and what is only expected is marked so. `missing` are the gold rows not found, `wrong` the rows that are not right.
    """

    table: Table
    gold: int
    rows: int
    recall: float
    precision: float
    missing: tuple[GoldRow, ...]
    wrong: tuple[Row, ...]


_Line = TypeVar("_Line", bound=BaseModel)


def read_lines(path: Path, model: type[_Line]) -> list[_Line]:
    """The objects of a JSON Lines file.

    :raises UsageError: the file is missing or a line is wrong.
    """
    if not path.is_file():
        raise UsageError(f"Il n'y a pas de fichier « {path} » : lancez la commande depuis le dossier du projet.")
    lines = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            if text.strip():
                lines.append(model.model_validate_json(text))
        except ValidationError as error:
            raise UsageError(f"{path.name}, ligne {number} : {error.errors()[0]['msg']}.") from error
    return lines


def compare(register: Register, index: Index, gold: Iterable[GoldRow]) -> list[TableFigures]:
    """The figures of each table that has gold rows."""
    wanted: dict[Table, list[GoldRow]] = {}
    for row in gold:
        wanted.setdefault(row.table, []).append(row)
    texts = {passage.id: squash(passage.text) for passage in index.passages}
    headings = {document: squash(entry.title) for document, entry in index.documents.items()}
    for passage in index.passages:
        headings[passage.document] += "".join(map(squash, passage.heading_path))
    figures = []
    for table, golden in wanted.items():
        rows = register.table(table)
        missing = tuple(row for row in golden if not any(_same(row, held) for held in rows))
        wrong = tuple(row for row in rows if not _is_right(row, texts, headings))
        figures.append(
            TableFigures(table, len(golden), len(rows), 1 - len(missing) / len(golden), 1 - len(wrong) / max(len(rows), 1), missing, wrong)
        )
    return figures


def judge_situations(
    situations: Iterable[GoldSituation], advise: Callable[[str, Fields], Advice], *, with_flags: bool = False
) -> list[Judged]:
    """Ask for advice in each situation, by its sentence alone or with its flags, and compare the expected verdicts."""
    judged = []
    for situation in situations:
        advice = advise(situation.text, situation.flags if with_flags else Fields())
        judged += [Judged(situation, expected, _given(advice.aids, expected)) for expected in situation.expected]
    return judged


def _given(aids: Iterable[Aid], expected: Expected) -> str | None:
    """The verdict on the expected aid: the one whose quotation it is, and of several the one whose name it is."""
    named = name_words(expected.name)
    ranked = sorted(aids, key=lambda aid: named != name_words(aid.dispositif.name))
    for aid in ranked:
        if any(proof.document == expected.document and holds(proof.quote, expected.quote) for proof in aid.dispositif.proofs):
            return aid.verdict
    return next((aid.verdict for aid in ranked if named == name_words(aid.dispositif.name)), None)


def _same(gold: GoldRow, row: Row) -> bool:
    """Whether a row is the gold row: a proof holds its quotation or is held by it, and value and unit agree where given."""
    proofs = [proof for proof in row.proofs if proof.document == gold.document]
    if not any(holds(proof.quote, gold.quote) or holds(gold.quote, proof.quote) for proof in proofs):
        return False
    if gold.value is None or not isinstance(row, Cible | Resultat):
        return True
    if row.value is None:
        return gold.value in _figures(row.indicator)
    return _amount(row.value, row.unit) == _amount(gold.value, gold.unit) and _units_agree(row, gold)


def _amount(value: float | None, unit: str | None) -> float | None:
    """The value in its unit's base: 1.5 for « million d'euros » is 1 500 000."""
    first = fold(unit or "").replace("€", " euro").split()
    return None if value is None else round(value * _SCALE.get(first[0], 1.0), 6) if first else value


def _units_agree(row: Cible | Resultat, gold: GoldRow) -> bool:
    """Whether the units share a word, with the indicator's words where a unit is left to it."""
    said = set(_unit_words(f"{row.unit or ''} {row.indicator}"))
    return not gold.unit or not said.isdisjoint(_unit_words(gold.unit))


def _unit_words(unit: str) -> list[str]:
    plain = _RANK.sub(" rang ", _MONEY.sub(" euro ", fold(unit))).replace("%", " pourcent ")
    return terms(re.sub(r"\bhectares?\b", "ha", plain))


def _is_right(row: Row, texts: dict[str, str], headings: dict[str, str]) -> bool:
    quotes = [squash(proof.quote) for proof in row.proofs]
    verbatim = bool(row.proofs) and all(
        quote in texts[proof.passage] or quote in headings[proof.document] for quote, proof in zip(quotes, row.proofs, strict=True)
    )
    value = getattr(row, "value", None)
    stated = value is None or any(_states(proof.quote, value) for proof in row.proofs)
    return verbatim and stated and row.nature is not Nature.RECIT


def _states(quote: str, value: float) -> bool:
    return float(value) in _figures(quote)


def _figures(text: str) -> set[float]:
    """The numbers of a text, in digits or in words up to sixteen."""
    return {*numbers(text), *(float(_WORD_NUMBERS[token]) for token in tokens(text) if token in _WORD_NUMBERS)}
