"""Rows of the register as files: JSON for programs, CSV and XLSX for spreadsheets set to French.

A row becomes one line; its first proof gives the columns of the quotation, further proofs follow in one cell, one a line.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from amp_assistant.citations import RECOGNISED
from amp_assistant.errors import UsageError
from amp_assistant.register.rows import Conflict, Row

Format = Literal["json", "csv", "xlsx"]

FORMATS: tuple[Format, ...] = ("json", "csv", "xlsx")

_HEADERS: Mapping[str, str] = {
    "id": "Identifiant",
    "name": "Nom",
    "acronym": "Sigle",
    "other_names": "Autres noms",
    "kind": "Nature de l'aide",
    "for": "Pour qui",
    "also_for": "Aussi pour",
    "conditions": "Conditions",
    "benefit": "Ce qui est apporté",
    "operator": "Opérateur",
    "needs": "Besoins",
    "status": "Statut",
    "what": "Engagement",
    "theme": "Thème",
    "indicator": "Indicateur",
    "value": "Valeur",
    "unit": "Unité",
    "horizon": "Échéance",
    "date": "Date du chiffre",
    "reference": "Référence",
    "who": "Qui",
    "when": "Quand",
    "forecast": "Prévision",
    "cible": "Cible",
    "resultat": "Résultat",
    "gap": "Écart",
    "comparable": "Comparable",
    "caution": "Précaution",
    "note": "Pourquoi ils diffèrent",
    "reviewed": "Relu",
    "figures": "Chiffres",
    "orientation": "Orientation",
    "levier": "Levier",
    "action": "Action",
    "axis": "Partie",
    "section": "Titres",
    "quote": "Citation",
    "nature": "Nature du texte",
    "document": "Document",
    "document_date": "Date du document",
    "page": "Page",
    "page_label": "Page imprimée",
    "reading": "Lecture",
    "more_proofs": "Autres citations",
}
"""The columns in their order, by the field they show."""
_HARMFUL = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A spreadsheet runs a cell that begins like this as a formula (CWE-1236; the list is OWASP's)."""
_LONGEST_CELL = 32_000
"""Characters; a cell of an XLSX file holds 32 767."""
_WIDEST = 60
"""Characters of the widest column; longer cells are wrapped."""


def export(rows: Sequence[Row | Conflict], form: Format, path: Path | None = None, title: str = "registre") -> str:
    """Write rows in a format; returns the text, or an empty text where a file was written.

    :raises UsageError: the file cannot be written, or XLSX is asked for without a file.
    """
    if form == "xlsx" and path is None:
        raise UsageError("Un classeur XLSX ne s'affiche pas : indiquez un fichier avec --output.")
    try:
        if path is None:
            return _text(rows, form)
        aside = path.with_name(path.name + ".new")
        if form == "xlsx":
            _write_workbook(rows, aside, title)
        else:
            aside.write_text(_text(rows, form), encoding="utf-8-sig" if form == "csv" else "utf-8", newline="")
        aside.replace(path)
    except OSError as error:
        raise UsageError(f"Le fichier « {path} » ne peut pas être écrit ({error.strerror}) : donnez un autre chemin.") from error
    return ""


def records(rows: Sequence[Row | Conflict]) -> list[dict[str, Any]]:
    """The rows as JSON objects, as the contract of the command line has them."""
    return [row.model_dump(mode="json") for row in rows]


def csv_text(table: Sequence[Sequence[Any]]) -> str:
    """A table, its header first, as a French spreadsheet reads it: semicolons, decimal commas, no cell that it would run."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerows([_french(_harmless(cell)) for cell in line] for line in table)
    return stream.getvalue()


def _text(rows: Sequence[Row | Conflict], form: Format) -> str:
    if form == "json":
        return json.dumps(records(rows), ensure_ascii=False, indent=2) + "\n"
    return csv_text(_table(rows))


def _write_workbook(rows: Sequence[Row | Conflict], path: Path, title: str) -> None:
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    table = _table(rows)
    for line in table:
        sheet.append([_harmless(cell)[:_LONGEST_CELL] if isinstance(cell, str) else cell for cell in line])
    for column, cells in enumerate(zip(*table, strict=True), 1):
        longest = max(len(line) for cell in cells for line in str(cell if cell is not None else "").split("\n"))
        sheet.column_dimensions[get_column_letter(column)].width = min(longest, _WIDEST) + 2
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    workbook.save(path)


def _table(rows: Sequence[Row | Conflict]) -> list[list[Any]]:
    """A header and a line a row; only the columns that some row fills."""
    lines = [_cells(row) for row in rows]
    fields = [field for field in _HEADERS if any(line.get(field) not in (None, "") for line in lines)]
    return [[_HEADERS[field] for field in fields], *([line.get(field) for field in fields] for line in lines)]


def _cells(row: Row | Conflict) -> dict[str, Any]:
    fields = row.model_dump(mode="json")
    proofs = fields.pop("proofs", [])
    cells = {field: _cell(value) for field, value in fields.items()}
    cells["section"] = " > ".join(fields.get("section", []))
    if proofs:
        cells["quote"] = proofs[0]["quote"]
        cells["document"] = proofs[0]["title"]
        cells["page_label"] = proofs[0]["page_label"]
        cells["reading"] = RECOGNISED if proofs[0]["ocr"] else None
        cells["more_proofs"] = "\n".join(_place(proof) for proof in proofs[1:])
    return cells


def _cell(value: Any) -> Any:
    """What a cell shows of a field's value."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return "\n".join(_part(part) for part in value)
    return _part(value) if isinstance(value, dict) else value


def _part(part: Any) -> str:
    """A condition, a target, a result or a figure as one line."""
    if not isinstance(part, dict):
        return str(part)
    if "criterion" in part:
        return f"{part['criterion']} : {part['text']}"
    value = " ".join(_french(part[field]) for field in ("value", "unit") if part.get(field) is not None)
    measure = ", ".join(filter(None, [value, part.get("horizon"), part.get("date")]))
    return " — ".join(filter(None, [measure, *(_place(proof) for proof in part.get("proofs", []))]))


def _place(proof: Mapping[str, Any]) -> str:
    label, page = proof["page_label"], proof["page"]
    told = [proof["title"], proof["date"], f"page {label or page}" if page else "", RECOGNISED if proof["ocr"] else ""]
    return f"« {proof['quote']} » ({', '.join(filter(None, told))})"


def _harmless(cell: Any) -> Any:
    """The cell, so written that no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_HARMFUL) else cell


def _french(value: Any) -> str:
    """The value as a French spreadsheet reads it, with a decimal comma; nothing for nothing."""
    if value is None:
        return ""
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)
