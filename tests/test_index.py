"""The index: built once, told apart when stale, never half-built, honest about what failed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.building import build_index
from amp_assistant.errors import CorpusError, SettingError, StoreError
from amp_assistant.index import is_current, open_index
from amp_assistant.settings import Settings


@pytest.fixture
def tiny(tiny_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=tiny_corpus, index=tmp_path / "index")


def test_the_whole_corpus_is_indexed_in_time(assistant: Assistant) -> None:
    built = assistant.index.built_from
    print(f"{built.passages} passages, {built.questions} questions, {dict(built.seconds)}")
    assert built.documents == 5
    assert 600 < built.passages < 900
    assert built.questions > 6_000
    assert len(assistant.index.passage_vectors) == built.passages
    assert np.allclose(np.linalg.norm(assistant.index.passage_vectors, axis=1), 1, atol=1e-3)


def test_a_document_without_manifest_or_enrichment_is_indexed_and_named(tiny: Settings) -> None:
    built = build_index(tiny)
    assert any("charte-velo" in warning for warning in built.warnings)
    answer = Assistant(open_index(tiny), settings=tiny).ask("Combien de vélos l'atelier répare-t-il chaque année ?")
    assert "1 200 vélos" in answer.text
    assert answer.citations[0].document == "charte-velo"


def test_an_index_is_stale_when_a_document_changes(tiny: Settings) -> None:
    build_index(tiny)
    assert is_current(tiny)
    document = tiny.corpus / "charte-velo.md"
    with document.open("a", encoding="utf-8") as file:
        file.write("\n\nLe prêt de vélos cargos est ouvert à tous les commerces.\n")
    assert not is_current(tiny)
    answer = Assistant.open(tiny).ask("Qui peut emprunter un vélo cargo ?")
    assert "commerces" in answer.text


def test_a_failed_build_leaves_the_index_in_use(tiny: Settings) -> None:
    build_index(tiny)
    shutil.rmtree(tiny.corpus)
    tiny.corpus.mkdir()
    with pytest.raises(CorpusError, match="aucun document"):
        build_index(tiny)
    assert Assistant(open_index(tiny), settings=tiny).ask("Combien d'arceaux par an ?").citations


def test_two_builds_rank_alike(tiny: Settings) -> None:
    build_index(tiny)
    first = Assistant(open_index(tiny), settings=tiny).ask("stationnement près des gares")
    build_index(tiny, force=True)
    second = Assistant(open_index(tiny), settings=tiny).ask("stationnement près des gares")
    assert [hit.passage.id for hit in first.hits] == [hit.passage.id for hit in second.hits]


def test_a_damaged_index_says_so(tiny: Settings) -> None:
    build_index(tiny)
    folder = tiny.index / (tiny.index / "CURRENT").read_text(encoding="utf-8").strip()
    (folder / "units.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match=r"endommagé.*--force"):
        open_index(tiny)


def test_a_damaged_store_of_vectors_says_so(tiny: Settings) -> None:
    build_index(tiny)
    folder = tiny.index / (tiny.index / "CURRENT").read_text(encoding="utf-8").strip()
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"SQLite format 3\x00" + b"\x00" * 500)
    with pytest.raises(StoreError, match="endommagé"):
        open_index(tiny)


def test_a_broken_enrichment_line_is_named_and_the_rest_used(tiny: Settings) -> None:
    folder = tiny.enrichment
    folder.mkdir()
    good = {
        "document": "charte-velo",
        "anchor": "L'atelier municipal répare",
        "nature": "resultat",
        "summary": "Des bicyclettes sont remises en état.",
        "words": "bicyclette réparation garage solidaire chantier",
        "questions": [{"q": "où remettre ma bécane en état ?", "answer": "L'atelier municipal répare 1 200 vélos"}],
        "facts": [],
    }
    (folder / "charte-velo.jsonl").write_text(json.dumps(good) + "\n{ceci n'est pas du JSON\n", encoding="utf-8")
    built = build_index(tiny)
    assert any("charte-velo.jsonl, ligne 2" in warning for warning in built.warnings)
    assert built.questions == 1
    assert "atelier municipal" in Assistant(open_index(tiny), settings=tiny).ask("où remettre ma bécane en état ?").text


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_says_so(tiny: Settings) -> None:
    tiny.index.mkdir()
    tiny.index.chmod(0o500)
    with pytest.raises(StoreError, match="ne peut pas être écrit"):
        build_index(tiny)


def test_an_index_path_that_is_a_file_says_so(tiny: Settings) -> None:
    tiny.index.write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="ne peut pas être écrit"):
        build_index(tiny)


def test_a_missing_corpus_says_so(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="n'existe pas"):
        Assistant.open(Settings(corpus=tmp_path / "rien", index=tmp_path / "index"))


def test_an_encoder_that_cannot_be_loaded_says_what_to_do(tiny: Settings) -> None:
    named = tiny.model_copy(update={"encoder": "nulle-part/modele"})
    with pytest.raises(SettingError, match="AMP_ENCODER"):
        build_index(named)


NO_OUTSIDE = """
import socket
real = socket.socket.connect
def connect(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
        raise AssertionError(f"outbound connection to {address}")
    return real(self, address)
socket.socket.connect = connect
def refuse(*arguments, **options):
    raise AssertionError(f"name looked up: {arguments}")
socket.getaddrinfo = refuse
from amp_assistant.cli import main
for arguments in (["index"], ["ask", "Combien d'arceaux par an ?"]):
    try:
        main(arguments)
    except SystemExit as stop:
        assert not stop.code, stop.code
"""


def test_nothing_ever_calls_out(tiny: Settings) -> None:
    environment = {**os.environ, "AMP_CORPUS": str(tiny.corpus), "AMP_INDEX": str(tiny.index)}
    done = subprocess.run([sys.executable, "-c", NO_OUTSIDE], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "250 arceaux" in done.stdout
