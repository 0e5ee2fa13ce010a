"""Enrichment written by a language model, over real HTTP: what is right is kept, what is wrong is dropped, and nothing is lost."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Reply, ScriptedServer, fails, says

from amp_assistant.cli import main
from amp_assistant.documents import read_corpus, read_document
from amp_assistant.documents.manifest import read_manifest
from amp_assistant.documents.model import Document
from amp_assistant.enriching import LONGEST_ANCHOR, Report, anchor_of, enrich_document, text_units
from amp_assistant.enrichment import read_enrichment
from amp_assistant.errors import LanguageModelError
from amp_assistant.folding import FoldedText
from amp_assistant.language_model import LanguageModel
from amp_assistant.passages import split_document
from amp_assistant.settings import Settings

ARCEAUX: dict[str, Any] = {
    "nature": "engagement",
    "summary": "De quoi attacher son cycle est posé chaque année devant les classes et les trains, 250 fois.",
    "questions": [
        {"q": "où garer ma bicyclette sans payer ?", "answer": "reste gratuit pour les habitants"},
        {"q": "combien de nouvelles places pour les cyclistes tous les ans ?", "answer": "La ville installe 250 arceaux par an"},
        {"q": "combien de bicyclettes sur un support ?", "answer": "Chaque arceau accueille deux vélos"},
        {"q": "c'est posé à quel endroit ?", "answer": "près des écoles et des gares"},
    ],
    "words": "parking bicyclette cycle garer attacher antivol bike rack",
    "facts": [
        {
            "type": "cible",
            "quote": "La ville installe 250 arceaux par an près des écoles et des gares.",
            "indicator": "arceaux installés",
            "value": 250,
            "unit": "arceaux/an",
        },
        {"type": "engagement", "quote": "La ville installe 250 arceaux par an", "what": "Poser 250 arceaux chaque année"},
    ],
}
ATELIER: dict[str, Any] = {
    "nature": "resultat",
    "summary": "Un lieu communal remet des cycles en état.",
    "questions": [
        {"q": "combien de bicyclettes remises en état tous les ans ?", "answer": "répare 1 200 vélos chaque année"},
        {"q": "qui travaille là ?", "answer": "avec des personnes en insertion"},
        {"q": "quels jours puis-je venir ?", "answer": "Il ouvre du mardi au samedi."},
    ],
    "words": "réparation bicyclette cycle garage chômeurs emploi repair",
    "facts": [
        {"type": "resultat", "quote": "L'atelier municipal répare 1 200 vélos chaque année", "indicator": "vélos réparés", "value": 1200},
    ],
}


def written(line: dict[str, Any], **changed: Any) -> Reply:
    return says(json.dumps({**line, **changed}, ensure_ascii=False))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def document(tiny_corpus: Path) -> Document:
    return read_document(tiny_corpus / "charte-velo.md", read_manifest(tiny_corpus))


Enrich = Callable[..., Report]


@pytest.fixture
def path(tiny_corpus: Path) -> Path:
    return tiny_corpus / "enrichment" / "charte-velo.jsonl"


@pytest.fixture
def enrich(server: ScriptedServer, document: Document, path: Path) -> Enrich:
    model = LanguageModel.open(Settings(llm="openai:test", llm_base_url=server.url, llm_seconds=2))

    def run(*replies: Reply) -> Report:
        server.then(*replies)
        return enrich_document(document, model, path, lambda report: None)

    return run


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_unit_gets_a_line_that_the_index_can_read(enrich: Enrich, server: ScriptedServer, document: Document, path: Path) -> None:
    report = enrich(written(ARCEAUX), written(ATELIER))
    assert (report.units, report.present, report.written, +report.dropped) == (2, 0, 2, {})
    assert (report.usage.input_tokens, len(server.requests)) == (200, 2)
    first, second = lines(path)
    assert first["anchor"] == "La ville installe 250 arceaux par"
    assert [fact["type"] for fact in first["facts"]] == ["cible", "engagement"]
    assert second["facts"][0] == {**ATELIER["facts"][0], "type": "resultat"}
    read = read_enrichment(path.parent, split_document(document))
    assert read.warnings == ()
    assert [len(unit.questions) for unit in read.units] == [4, 3]
    assert all(question.stretch for unit in read.units for question in unit.questions)


def test_a_second_run_asks_nothing_and_changes_nothing(enrich: Enrich, path: Path) -> None:
    enrich(written(ARCEAUX), written(ATELIER))
    before = path.read_bytes()
    report = enrich()
    assert (report.present, report.written) == (2, 0)
    assert path.read_bytes() == before


def test_a_run_goes_on_where_it_stopped_and_keeps_what_a_person_wrote(enrich: Enrich, path: Path) -> None:
    by_hand = json.dumps({"document": "charte-velo", "anchor": "La ville installe 250 arceaux par an", "nature": "cible", "questions": []})
    path.parent.mkdir()
    path.write_text(f'{by_hand}\n{{"document": "charte-ve', encoding="utf-8")
    report = enrich(written(ATELIER))
    assert (report.present, report.written) == (1, 1)
    kept, cut_off, added = path.read_text(encoding="utf-8").splitlines()
    assert (kept, cut_off) == (by_hand, '{"document": "charte-ve')
    assert json.loads(added)["summary"] == ATELIER["summary"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {"questions": [*ARCEAUX["questions"], {"q": "et à Lyon ?", "answer": "La ville installe 300 arceaux"}]},
            "question : réponse absente de l'unité",
        ),
        (
            {"questions": [*ARCEAUX["questions"], {"q": "la ville installe 250 arceaux ?", "answer": "La ville installe 250 arceaux"}]},
            "question : mots de l'unité recopiés",
        ),
        ({"questions": [*ARCEAUX["questions"], "pourquoi ?"]}, "question : forme inconnue"),
        ({"facts": [{**ARCEAUX["facts"][0], "value": 300}]}, "fait : nombre absent de la citation"),
        ({"facts": [{**ARCEAUX["facts"][0], "horizon": "2030"}]}, "fait : nombre absent de la citation"),
        ({"facts": [{**ARCEAUX["facts"][0], "quote": "La ville installe 250 arceaux chaque mois"}]}, "fait : citation absente de l'unité"),
        ({"facts": [{"type": "cible", "quote": "La ville installe 250 arceaux par an"}]}, "fait : champ manquant"),
        ({"facts": [{"type": "promesse", "quote": "La ville installe 250 arceaux par an"}]}, "fait : forme inconnue"),
        ({"nature": "recit"}, "fait dans un récit"),
    ],
)
def test_what_is_wrong_is_dropped_and_counted_and_the_rest_kept(enrich: Enrich, path: Path, changed: dict[str, Any], reason: str) -> None:
    report = enrich(written(ARCEAUX, **changed), written(ATELIER))
    assert report.dropped[reason] == (2 if reason == "fait dans un récit" else 1)
    assert report.written == 2
    assert len(lines(path)[0]["questions"]) == 4
    assert not any(fact.get("value") == 300 for fact in lines(path)[0]["facts"])


@pytest.mark.parametrize(
    "bad",
    [
        written(ARCEAUX, questions=ARCEAUX["questions"][:2]),
        written(ARCEAUX, summary="Posé 999 fois."),
        written(ARCEAUX, words="ville arceaux vélos"),
        written(ARCEAUX, nature="promesse"),
        says("Je ne peux pas."),
        says('{"nature": "cib', finish="length"),
        fails(400),
    ],
    ids=["few questions", "false summary", "few words", "unknown nature", "no object", "cut off", "rejected"],
)
def test_a_unit_that_fails_is_left_for_the_next_run(enrich: Enrich, path: Path, bad: Reply) -> None:
    report = enrich(bad, *([fails(400)] if bad.status == 400 else []), written(ATELIER))
    assert (report.written, report.dropped["unité"]) == (1, 1)
    assert enrich(written(ARCEAUX)).written == 1
    assert len(lines(path)) == 2


def test_a_server_that_is_down_ends_the_run_with_a_sentence(enrich: Enrich, tiny_corpus: Path, server: ScriptedServer, path: Path) -> None:
    document = next(found for found in read_corpus(Settings().corpus).documents if found.id.startswith("spaser"))
    model = LanguageModel.open(Settings(llm="openai:test", llm_base_url=server.url))
    server.then(*[fails(401)] * 3)
    with pytest.raises(LanguageModelError, match="refuse la clé"):
        enrich_document(document, model, path, lambda report: None)
    assert server.unused == 0
    assert not path.exists()


def test_every_unit_of_the_corpus_has_its_anchor() -> None:
    for document in read_corpus(Settings().corpus).documents:
        whole = FoldedText.of("\n".join(block.text for block in document.reading.blocks))
        units = list(text_units(document))
        anchors = [anchor_of(unit, whole) for unit in units]
        found = [anchor for anchor in anchors if anchor]
        print(f"{document.id}: {len(units)} units, {len(units) - len(found)} without anchor")
        assert len(found) >= 0.93 * len(units)  # what a document says twice in the same words has none
        assert len(set(found)) == len(found)
        assert all(len(anchor) <= LONGEST_ANCHOR and whole.find(anchor) for anchor in found)


def test_the_command_says_what_was_done(
    server: ScriptedServer, tiny_corpus: Path, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMP_CORPUS", str(tiny_corpus))
    monkeypatch.setenv("AMP_LLM", "openai:test")
    monkeypatch.setenv("AMP_LLM_BASE_URL", server.url)
    server.then(written(ARCEAUX), written(ATELIER, words="vélos"))
    with pytest.raises(SystemExit) as end:
        main(["enrich", "charte-velo.md"])
    said = re.sub(r"\s+", " ", capsys.readouterr().out)
    assert end.value.code in (0, None)
    assert "2 unités : 0 déjà décrites, 1 écrites" in said
    assert "200 jetons lus" in said
    assert "- écarté, unité : 1" in said
    assert len(lines(path)) == 1


def test_an_unknown_document_is_answered_with_those_there_are(
    tiny_corpus: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMP_CORPUS", str(tiny_corpus))
    monkeypatch.setenv("AMP_LLM", "openai:test")
    monkeypatch.setenv("AMP_LLM_BASE_URL", server.url)
    with pytest.raises(SystemExit) as end:
        main(["enrich", "charte-auto"])
    assert end.value.code == 2
    assert "choisissez parmi charte-velo" in re.sub(r"\s+", " ", capsys.readouterr().err)
