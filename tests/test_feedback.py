"""Opinions on answers: what is kept, for how long, and how they come back as questions."""

import sqlite3
from pathlib import Path

import pytest

from amp_assistant import feedback as module
from amp_assistant.cli import application
from amp_assistant.errors import FailureError, UsageError
from amp_assistant.evaluation import read_questions
from amp_assistant.feedback import DAY, FeedbackStore, Opinion, Quoted, Verdict

PROOF = Quoted("agenda", "Il accompagne 2000 entreprises par an.")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def kept(path: Path) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("select question, verdict, history, comment from feedback").fetchall()
    connection.close()
    return rows


def test_personal_data_is_masked_before_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "f.sqlite3"
    FeedbackStore(path, 365).add(
        Opinion("Écrivez à jeanne@exemple.fr", Verdict.UNHELPFUL, ("mon numéro est 06 12 34 56 78",), comment="SIRET 732 829 320 00074")
    )
    assert kept(path) == [("Écrivez à [adresse électronique]", "inutile", '["mon numéro est [téléphone]"]', "SIRET [SIRET]")]
    assert b"jeanne" not in path.read_bytes()


def test_an_opinion_is_deleted_when_its_time_is_past_and_not_before(tmp_path: Path) -> None:
    path, clock = tmp_path / "f.sqlite3", Clock()
    store = FeedbackStore(path, 30, clock)
    store.add(Opinion("ancienne", Verdict.HELPFUL))
    clock.now += 29 * DAY
    assert store.purge() == 0
    store.add(Opinion("récente", Verdict.HELPFUL))
    clock.now += 2 * DAY
    FeedbackStore(path, 30, clock)  # opening is enough
    assert [question for question, *_ in kept(path)] == ["récente"]
    clock.now += 30 * DAY
    store.add(Opinion("nouvelle", Verdict.HELPFUL))  # so is writing, once a day
    assert [question for question, *_ in kept(path)] == ["nouvelle"]
    assert b"ancienne" not in path.read_bytes()


def test_opinions_come_back_as_questions_that_evaluate_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = tmp_path / "f.sqlite3", tmp_path / "questions.jsonl"
    monkeypatch.setenv("AMP_FEEDBACK", str(path))
    store = FeedbackStore(path, 365)
    store.add(Opinion("Combien ?", Verdict.HELPFUL, ("Le CREM ?",), (PROOF,)))
    store.add(Opinion("Combien ?", Verdict.UNPROVED, quotes=(PROOF,), comment="autre sujet"))
    application(["feedback", "export", str(out)], standalone_mode=False)
    helpful, unproved = read_questions(out)
    assert (helpful.question, helpful.history, helpful.gold[0].quote) == ("Combien ?", ["Le CREM ?"], PROOF.quote)
    assert (unproved.kind, unproved.gold) == ("avis source", [])
    assert '"comment": "autre sujet"' in out.read_text(encoding="utf-8")
    application(["privacy", "purge"], standalone_mode=False)
    assert len(kept(path)) == 2
    application(["privacy", "purge", "--all"], standalone_mode=False)
    assert kept(path) == []


def test_too_many_opinions_in_a_day_are_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_A_DAY", 1)
    clock = Clock()
    store = FeedbackStore(tmp_path / "f.sqlite3", 365, clock)
    store.add(Opinion("une", Verdict.HELPFUL))
    with pytest.raises(UsageError, match="revenez demain"):
        store.add(Opinion("deux", Verdict.HELPFUL))
    clock.now += DAY + 1
    store.add(Opinion("trois", Verdict.HELPFUL))


def test_a_file_that_cannot_be_used_is_told_with_its_setting(tmp_path: Path) -> None:
    with pytest.raises(FailureError, match="AMP_FEEDBACK"):
        FeedbackStore(tmp_path / "missing" / "f.sqlite3", 365).add(Opinion("une", Verdict.HELPFUL))
