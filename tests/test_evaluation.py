"""The evaluation: what its figures mean, and the report that a person reads."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from amp_assistant.answers.model import Answer
from amp_assistant.assistant import Assistant
from amp_assistant.citations import Citation
from amp_assistant.cli import application
from amp_assistant.evaluation import Gold, GoldQuestion, Result, evaluate, summary, unproved_figures, worst
from amp_assistant.evaluation_report import markdown
from amp_assistant.passages import Nature

GOLD = "La ville installe 250 arceaux par an près des écoles et des gares."
OTHER = "L'atelier municipal répare 1 200 vélos chaque année avec des personnes en insertion."
QUESTION = GoldQuestion(id="q", question="Combien d'arceaux ?", gold=[Gold(document="d", quote=GOLD)], must=["250 arceaux", "gares"])


def cited(number: int, quote: str) -> Citation:
    return Citation(number, "d", "Charte du vélo", "2021-11-19", None, (), quote, "d:1", Nature.DESCRIPTION)


def answer(text: str, *quotes: str, abstained: bool = False) -> Answer:
    citations = tuple(cited(number, quote) for number, quote in enumerate(quotes, 1))
    return Answer("?", text, abstained, "extractive", citations, (), (), 0.01)


def result_of(given: Answer) -> Result:
    return evaluate([QUESTION], lambda question, history: given)[0]


def test_precision_and_recall_of_the_citations() -> None:
    result = result_of(answer("« 250 arceaux » [1]\n« 1 200 vélos » [2]", GOLD, OTHER))
    assert (result.cited, result.precise, result.must) == (1.0, 0.5, 0.5)


def test_a_figure_is_proved_by_its_quotation_only() -> None:
    assert unproved_figures(answer(f"Selon « Charte » : « {GOLD} » [1]", GOLD)) == []
    assert unproved_figures(answer(f"Selon « Charte » (19/11/2021) : « {GOLD} » [1]", GOLD)) == [19.0, 11.0, 2021.0]
    assert unproved_figures(answer(f"260 arceaux : « {GOLD} » [1]", GOLD)) == [260.0]


def test_the_worst_answers_are_those_that_hold_least() -> None:
    good, poor = result_of(answer(f"« {GOLD} » [1]", GOLD)), result_of(answer("Rien.", abstained=True))
    assert worst([good, poor, good], 1) == [poor]


def test_the_report_shows_figures_by_every_sort_and_the_worst_answer_in_full() -> None:
    poor = result_of(answer("# Un titre\n« <b>1 200</b> vélos » [1]", OTHER))
    model = replace(poor, answer=replace(poor.answer, engine="mistral"))
    text = markdown([result_of(answer(f"« {GOLD} » [1]", GOLD)), poor, model])
    for heading in ("## Par genre", "## Par style", "## Par public", "## Par moteur", "précision des citations", "chiffres prouvés"):
        assert heading in text
    assert "| mistral | 1 |" in text
    assert "\n    # Un titre\n    « <b>1 200</b> vélos » [1]\n" in text, "an answer is shown as it is, never read as Markdown"
    assert summary([poor])["precise"] == 0.0


def test_evaluate_writes_the_report(assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    questions, report = tmp_path / "questions.jsonl", tmp_path / "rapport.md"
    asked = QUESTION.model_copy(update={"question": "Combien de logements l'opération des Docks Libres comprend-elle ?", "must": ["1265"]})
    questions.write_text(asked.model_dump_json() + "\n", encoding="utf-8")
    monkeypatch.setattr("amp_assistant.cli._open", lambda *_: assistant)
    done = CliRunner().invoke(application, ["evaluate", str(questions), "--report", str(report)])
    assert done.exit_code == 0, done.output
    assert "Docks Libres" in report.read_text(encoding="utf-8")
    assert report.read_text(encoding="utf-8").startswith("# Évaluation des réponses")
