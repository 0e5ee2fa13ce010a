"""Filters on the real corpus: what is found and cited stays within them, and what they leave nothing of is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from amp_assistant import cli
from amp_assistant.assistant import Assistant
from amp_assistant.errors import QuestionError
from amp_assistant.filters import Filters, read_filters
from amp_assistant.passages import Nature

AGENDA, REPORT = "agenda-developpement-economique-2022", "rapport-developpement-durable-2025"
QUESTIONS = (
    "Où en est l'objectif de clauses environnementales dans les marchés publics ?",
    "J'ai 15 salariés, quelles aides pour mon entreprise ?",
    "Que fait la Métropole pour l'eau ?",
    "Quels sont les engagements pour l'emploi ?",
)


@pytest.mark.parametrize("document", [AGENDA, REPORT, "spaser-communique-2021", "pcaem-mobilisation"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_kept_to_a_document_cites_and_finds_that_document_alone(assistant: Assistant, question: str, document: str) -> None:
    answer = assistant.ask(question, filters=Filters(documents=frozenset({document})))
    assert {citation.document for citation in answer.citations} <= {document}
    assert {hit.passage.document for hit in answer.hits} == {document}
    assert any("limitée à" in notice for notice in answer.notices)


def test_without_filters_the_same_questions_draw_on_several_documents(assistant: Assistant) -> None:
    cited = {citation.document for question in QUESTIONS for citation in assistant.ask(question).citations}
    assert len(cited) > 1


def test_years_natures_and_headings_keep_the_search_within_them(assistant: Assistant) -> None:
    filters = Filters(years=frozenset({2025}), natures=frozenset({Nature.RESULTAT}), section="Commande PUBLIQUE")
    hits = assistant.ask("Quelle part des marchés a une clause environnementale ?", filters=filters).hits
    assert hits
    for hit in hits:
        assert (hit.passage.document, hit.passage.nature) == (REPORT, Nature.RESULTAT)
        assert "commande publique" in " ".join(hit.passage.heading_path).lower()


def test_a_passage_scores_the_same_with_filters_and_without(assistant: Assistant) -> None:
    question = "Quelles aides pour créer une entreprise ?"
    free = {hit.passage.id: hit.score for hit in assistant.ask(question).hits}
    kept = {hit.passage.id: hit.score for hit in assistant.ask(question, filters=Filters(documents=frozenset({AGENDA}))).hits}
    shared = free.keys() & kept.keys()
    assert shared
    assert all(free[passage] == pytest.approx(kept[passage]) for passage in shared)


def test_filters_that_leave_nothing_are_refused_with_what_to_do(assistant: Assistant) -> None:
    answer = assistant.ask("Quelles aides ?", filters=Filters(documents=frozenset({AGENDA}), years=frozenset({1999})))
    assert answer.abstained
    assert "retirez-en un" in answer.text
    assert answer.hits == ()
    assert "Agenda économique 2022-2027, 1999" in answer.notices[0]


def test_an_unknown_document_is_told_with_those_there_are(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match=rf"« agenda » n'est pas dans l'index : choisissez parmi {AGENDA}, "):
        assistant.ask("Quelles aides ?", filters=Filters(documents=frozenset({"agenda"})))


@pytest.mark.parametrize("written", [{"natures": ["promesse"]}, {"document": [AGENDA]}, {"years": ["récente"]}, [AGENDA]])
def test_filters_that_cannot_be_read_are_told_with_their_form(written: Any) -> None:
    with pytest.raises(QuestionError, match="listes « documents »"):
        read_filters(written)


def test_a_batch_line_and_the_command_line_pass_filters_on(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "_open", lambda settings=None: assistant)
    asked, answered = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines: list[dict[str, Any]] = [
        {"id": "a", "question": QUESTIONS[0], "filters": {"documents": [AGENDA]}},
        {"id": "b", "question": QUESTIONS[0], "filters": {"documents": ["agenda"]}},
    ]
    asked.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    cli.application(["batch", str(asked), str(answered)], standalone_mode=False)
    kept, wrong = map(json.loads, answered.read_text(encoding="utf-8").splitlines())
    assert {citation["document"] for citation in kept["citations"]} == {AGENDA}
    assert "« agenda » n'est pas dans l'index" in wrong["answer"]
    capsys.readouterr()
    cli.application(["ask", QUESTIONS[2], "--document", REPORT, "--year", "2025", "--section", "eau", "--json"], standalone_mode=False)
    told = json.loads(capsys.readouterr().out)
    assert {passage["document"] for passage in told["passages"]} == {REPORT}
