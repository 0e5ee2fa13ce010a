"""Corrections of the register that need no code: `corpus/corrections.toml`.

    [[hide]]                        # a row that should not be there
    row = "dispositif:1a2b3c4d5e"
    reason = "doublon"

    [[merge]]                       # one dispositif told under several names: the first row stays, with the proofs of all
    rows = ["dispositif:1a2b3c4d5e", "dispositif:6f7a8b9c0d"]
    reason = "le même fonds"

    [[change]]                      # a field that is wrong, with the quotation that proves the new value
    row = "cible:1a2b3c4d5e"
    field = "value"
    value = 730
    quote = "l'équivalent de 730 ha en 2027"

    [[add]]                         # a fact that was missed, as an enrichment line would state it
    type = "dispositif"
    document = "agenda-developpement-economique-2022"
    name = "..."
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from amp_assistant.errors import RegisterError
from amp_assistant.folding import numbers
from amp_assistant.passages import Nature
from amp_assistant.register.facts import RowBuilder, with_proofs
from amp_assistant.register.merging import merged_under
from amp_assistant.register.rows import Dispositif, Row

_KINDS = ("add", "change", "hide", "merge")
_FIXED = frozenset({"id", "document", "document_date", "section", "page", "proofs", "nature", "orientation", "levier", "action"})
"""Fields that are read off the document and cannot be changed."""


class _Hide(BaseModel):
    model_config = ConfigDict(extra="forbid")

    row: str
    reason: str


class _Merge(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: list[str] = Field(min_length=2)
    reason: str


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    row: str
    field: str
    value: Any
    quote: str


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrections of a file, each with the file and line that errors name."""

    entries: Mapping[str, tuple[tuple[str, Mapping[str, Any]], ...]]

    @classmethod
    def read(cls, path: Path) -> "Corrections":
        """Read a file of corrections; there are none where there is no such file.

        :raises RegisterError: it is no TOML, or holds something else than corrections.
        """
        if not path.is_file():
            return cls({})
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RegisterError(f"{path.name} : le fichier n'est pas du TOML ({error}) : corrigez cette ligne.") from error
        if unknown := set(tables) - set(_KINDS):
            raise RegisterError(f"{path.name} : « {min(unknown)} » n'est pas une correction : choisissez parmi {', '.join(_KINDS)}.")
        entries = {}
        for kind in tables:
            lines = [text.count("\n", 0, match.start(1)) + 1 for match in re.finditer(rf"^\s*(\[)\[\s*{kind}\s*\]\]", text, re.MULTILINE)]
            entries[kind] = tuple((f"{path.name}, ligne {line}", entry) for line, entry in zip(lines, tables[kind], strict=False))
        return cls(entries)

    def added(self, builder: RowBuilder) -> list[Row]:
        """The rows that are added.

        :raises RegisterError: a fact is incomplete or its quotation is not in its document; the message names file and line.
        """
        rows = []
        for source, entry in self.entries.get("add", ()):
            rows.append(builder.row(str(entry.get("document", "")), entry, source, Nature.DESCRIPTION)[0])
        return rows

    def applied(self, rows: Iterable[Row], builder: RowBuilder) -> list[Row]:
        """The rows, some merged, with their changes, without those that are hidden.

        :raises RegisterError: a correction names no row, no field or no quotation; the message names file and line.
        """
        held = {row.id: row for row in rows}
        for kind, step in (("merge", _merge), ("change", _change), ("hide", _hide)):
            for source, entry in self.entries.get(kind, ()):
                try:
                    step(held, entry, source, builder)
                except ValidationError as error:
                    field = ".".join(map(str, error.errors()[0]["loc"]))
                    raise RegisterError(f"{source} : « {field} » manque ou ne convient pas dans [[{kind}]] : corrigez-le.") from error
        return list(held.values())


def _hide(held: dict[str, Row], entry: Mapping[str, Any], source: str, builder: RowBuilder) -> None:
    hidden = _Hide.model_validate(entry)
    _row(held, hidden.row, source)
    del held[hidden.row]


def _merge(held: dict[str, Row], entry: Mapping[str, Any], source: str, builder: RowBuilder) -> None:
    named = _Merge.model_validate(entry).rows
    rows = [_row(held, identifier, source) for identifier in named]
    dispositifs = [row for row in rows if isinstance(row, Dispositif)]
    if len({row.id for row in dispositifs}) < len(named):
        raise RegisterError(f"{source} : seuls des dispositifs différents sont réunis : corrigez la liste « rows ».")
    held[named[0]] = merged_under(dispositifs[0], dispositifs)
    for identifier in named[1:]:
        del held[identifier]


def _change(held: dict[str, Row], entry: Mapping[str, Any], source: str, builder: RowBuilder) -> None:
    change = _Change.model_validate(entry)
    row = _row(held, change.row, source)
    name = next((name for name, field in type(row).model_fields.items() if change.field in (name, field.alias)), None)
    if name is None or name in _FIXED:
        raise RegisterError(f"{source} : « {change.field} » n'est pas un champ que l'on corrige : voyez les champs de la ligne {row.id}.")
    proof = builder.prover.cite([builder.quotation(row.document, change.quote, source)])
    if isinstance(change.value, int | float) and float(change.value) not in numbers(change.quote):
        raise RegisterError(f"{source} : {change.value} n'est pas dans la citation « {change.quote[:60]} » : citez la phrase qui le dit.")
    fields = {**{name: getattr(row, name) for name in type(row).model_fields}, name: change.value, "proofs": proof}
    held[row.id] = with_proofs(type(row).model_validate(fields), row.proofs)


def _row(held: Mapping[str, Row], identifier: str, source: str) -> Row:
    if identifier not in held:
        raise RegisterError(f"{source} : aucune ligne du registre n'a l'identifiant « {identifier} » : reprenez-le de l'export.")
    return held[identifier]
