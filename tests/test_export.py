"""The register as files that open in a French spreadsheet."""

import csv
import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from amp_assistant.assistant import Assistant
from amp_assistant.errors import UsageError
from amp_assistant.export import export
from amp_assistant.register import TABLES, Register, Resultat, Table
from amp_assistant.settings import Settings


@pytest.fixture(scope="module")
def register(assistant: Assistant, settings: Settings) -> Register:
    return Register.of(assistant.index, settings)


def _csv(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("table", TABLES)
def test_json_has_the_fields_of_the_contract(register: Register, table: Table) -> None:
    rows = json.loads(export(register.table(table), "json"))
    fields = {
        "dispositifs": {"name", "acronym", "kind", "for", "conditions", "needs", "status"},
        "engagements": {"what", "who", "when", "orientation", "levier", "action"},
        "cibles": {"indicator", "value", "unit", "horizon"},
        "resultats": {"indicator", "value", "unit", "date", "forecast"},
        "suivi": {"indicator", "cible", "resultat", "status", "gap", "caution"},
    }[table]
    assert len(rows) == len(register.table(table))
    for row in rows:
        assert {"id", "proofs", "document", "section", "page"} | fields <= row.keys()
        proof = row["proofs"][0]
        assert set(proof) == {"number", "document", "title", "date", "page", "section", "quote", "passage", "nature", "page_label", "ocr"}


def test_csv_opens_in_a_french_spreadsheet(register: Register, tmp_path: Path) -> None:
    path = tmp_path / "resultats.csv"
    export(register.resultats, "csv", path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    header, *lines = _csv(path)
    assert header[:2] == ["Identifiant", "Indicateur"]
    assert len(lines) == len(register.resultats)
    by_id = {line[0]: line for line in lines}
    decimal = next(row for row in register.resultats if isinstance(row.value, float))
    assert by_id[decimal.id][header.index("Valeur")] == str(decimal.value).replace(".", ",")


@pytest.mark.parametrize("harmful", ["=1+1", "+33", "-2 ha", "@cmd", "\t=1"])
def test_no_cell_is_taken_for_a_formula(tmp_path: Path, harmful: str) -> None:
    row = Resultat(id="resultat:1", indicator=harmful, value=-2)
    export([row], "csv", tmp_path / "a.csv")
    export([row], "xlsx", tmp_path / "a.xlsx")
    header, line = _csv(tmp_path / "a.csv")
    assert line[header.index("Indicateur")] == f"'{harmful}"
    assert line[header.index("Valeur")] == "-2", "a number stays one"
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)


@pytest.mark.parametrize("table", TABLES)
def test_xlsx_has_a_frozen_header_and_a_filter(register: Register, tmp_path: Path, table: Table) -> None:
    path = tmp_path / f"{table}.xlsx"
    export(register.table(table), "xlsx", path, title=table)
    sheet = load_workbook(path).active
    assert sheet.title == table
    assert sheet.max_row == len(register.table(table)) + 1
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions


def test_an_empty_table_is_a_file_all_the_same(tmp_path: Path) -> None:
    assert export([], "json") == "[]\n"
    for form in ("csv", "xlsx"):
        export([], form, tmp_path / f"empty.{form}")
        assert (tmp_path / f"empty.{form}").is_file()


def test_a_workbook_needs_a_file_and_a_file_a_folder(register: Register, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--output"):
        export(register.cibles, "xlsx")
    with pytest.raises(UsageError, match="ne peut pas être écrit"):
        export(register.cibles, "csv", tmp_path / "missing" / "x.csv")
