"""The command line as a person or a program uses it: outputs, exit codes, one sentence an error."""

import json
from pathlib import Path

import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.citations import MARK
from amp_assistant.cli import main
from amp_assistant.evaluation import unproved_figures
from amp_assistant.folding import FoldedText
from amp_assistant.settings import Settings


@pytest.fixture(autouse=True)
def _environment(settings: Settings, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMP_CORPUS", str(settings.corpus))
    monkeypatch.setenv("AMP_INDEX", str(settings.index))


def run(*arguments: str) -> int:
    try:
        main(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_ask_prints_the_answer_and_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "Quel est le montant annuel des achats de la Métropole ?") == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "1,3 milliard d'euros" in printed
    assert "[1]" in printed and "2021-11-19" in printed


def test_ask_json_follows_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "Quel est le montant annuel des achats de la Métropole ?", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {"id", "question", "answer", "abstained", "engine", "citations", "passages", "notices", "seconds"}
    citation = record["citations"][0]
    assert set(citation) == {"number", "document", "title", "date", "page", "section", "quote", "passage", "nature", "page_label", "ocr"}
    passage = record["passages"][0]
    assert set(passage) == {"passage", "document", "text", "score", "section", "page"}
    assert len(record["passages"]) == 10


def test_batch_answers_every_line_in_order_and_proves_it(tmp_path: Path, assistant: Assistant) -> None:
    questions = [
        {"id": "a", "question": "Combien d'entreprises le centre de relation entreprises veut-il accompagner par an ?"},
        {"id": "b", "question": "et combien d'emplois ?", "history": ["Combien d'entreprises le CREM veut-il accompagner par an ?"]},
        {"id": "c", "question": "   "},
        {"id": "d", "question": "<script>alert(1)</script> aide à l'immobilier"},
        {"id": "e", "question": "什么补助"},
    ]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(json.dumps(question) for question in questions), encoding="utf-8")
    assert run("batch", str(source), str(target)) == 0
    answers = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == list("abcde")
    assert "2000 entreprises par an" in answers[0]["answer"]
    assert "8000 emplois" in answers[1]["answer"]
    assert answers[2]["abstained"] and "vide" in answers[2]["answer"]
    assert answers[4]["abstained"] and "lettres latines" in answers[4]["answer"]
    for answer in answers:
        marks = {int(mark) for mark in MARK.findall(answer["answer"])}
        assert marks == {citation["number"] for citation in answer["citations"]}
        for citation in answer["citations"]:
            assert FoldedText.of(assistant.passage(citation["passage"]).text).find(citation["quote"])


def test_every_figure_of_an_answer_stands_in_a_quotation(assistant: Assistant) -> None:
    for question in ("Quels sont les chiffres clés de 2025 ?", "Combien d'hectares pour les zones d'activités ?", "emplois du port"):
        assert unproved_figures(assistant.ask(question)) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ask", ""), 2, "vide"),
        (("ask", "a" * 20_000), 2, "20000 caractères"),
        (("batch", "absent.jsonl", "out.jsonl"), 2, "absent.jsonl"),
        (("evaluate", "absent.jsonl"), 2, "absent.jsonl"),
        (("frobnicate",), 2, "frobnicate"),
    ],
)
def test_misuse_is_one_sentence_and_code_2(arguments: tuple[str, ...], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == code
    captured = capsys.readouterr()
    assert words in " ".join(captured.err.split())
    assert "Traceback" not in captured.err


def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AMP_PORT", "quatre-vingt")
    assert run("ask", "aides ?") == 2
    assert "AMP_PORT" in capsys.readouterr().err


def test_a_missing_corpus_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AMP_CORPUS", str(tmp_path / "rien"))
    assert run("ask", "aides ?") == 1
    assert "n'existe pas" in " ".join(capsys.readouterr().err.split())


def test_a_line_that_is_no_question_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"question": "ok ?"}\n{"id": 3}\n', encoding="utf-8")
    assert run("batch", str(source), str(tmp_path / "out.jsonl")) == 2
    assert "ligne 2" in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()
