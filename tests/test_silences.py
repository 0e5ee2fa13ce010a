"""What the documents do not say: read, hung on the passages, and weighed when a question is answered."""

import json
from pathlib import Path

from amp_assistant.assistant import Assistant
from amp_assistant.settings import Settings
from amp_assistant.silences import read_silences, silence_pairs, silent_questions


def test_every_silence_is_read_and_those_with_an_anchor_hang_on_a_passage_of_their_document(assistant: Assistant) -> None:
    index = assistant.index
    silences, warnings = read_silences(assistant.settings.silences, index.passages)
    assert not warnings
    assert silent_questions(silences) == silent_questions(index.silences)
    files = sorted(assistant.settings.silences.glob("*.jsonl"))
    lines = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(silences) == len(lines)
    anchored = [(silence, line) for silence, line in zip(silences, lines, strict=True) if line["anchor"]]
    hung = [(silence, line) for silence, line in anchored if silence.passage is not None]
    assert len(hung) >= 0.95 * len(anchored)
    assert all(index.passages[silence.passage].document == line["document"] for silence, line in hung if silence.passage is not None)


def test_no_question_is_both_answered_and_unsaid(assistant: Assistant) -> None:
    answered = {question.text.lower() for question in assistant.index.questions}
    assert not answered & {question.lower() for question in silent_questions(assistant.index.silences)}


def test_a_broken_line_is_left_out_and_named(tmp_path: Path, assistant: Assistant) -> None:
    (tmp_path / "pcaem-mobilisation.jsonl").write_text(
        '{"document": "pcaem-mobilisation", "anchor": null, "kind": "sujet", "subject": "le tri", "missing": "le jour", '
        '"questions": ["Quel jour ?"]}\n'
        '{"document": "pcaem-mobilisation"}\n',
        encoding="utf-8",
    )
    silences, warnings = read_silences(tmp_path, assistant.index.passages)
    assert [silence.questions for silence in silences] == [("Quel jour ?",)]
    assert len(warnings) == 1 and "pcaem-mobilisation.jsonl, ligne 2" in warnings[0]


def test_the_encoder_learns_the_questions_of_a_silence_together_and_with_their_passage(assistant: Assistant) -> None:
    passages, silences = assistant.index.passages, assistant.index.silences
    first = next(silence for silence in silences if silence.passage is not None and len(silence.questions) > 1)
    pairs = silence_pairs([first], passages)
    assert (first.questions[0], first.questions[1]) in pairs
    assert all((question, passages[first.passage or 0].placed_text) in pairs for question in first.questions)


def test_a_refusal_names_what_is_not_said_without_a_figure(assistant: Assistant) -> None:
    silences = [silence for silence in assistant.index.silences if silence.passage is not None][:200]
    refused = [answer for silence in silences if (answer := assistant.ask(silence.questions[0])).abstained]
    assert len(refused) >= 0.9 * len(silences), "what is known not to be said is not answered"
    named = [answer for answer in refused if answer.text.startswith("Les documents consultés ne donnent pas cette précision (")]
    assert named
    assert not any(character.isdigit() for answer in named for character in answer.text.splitlines()[0])


def test_a_corpus_with_one_question_and_one_silence_is_answered_all_the_same(tiny_corpus: Path, tmp_path: Path) -> None:
    enrichment = tiny_corpus / "enrichment"
    (enrichment / "silences").mkdir(parents=True)
    anchor = "La ville installe 250 arceaux par an"
    unit = {
        "document": "charte-velo", "anchor": anchor, "nature": "engagement", "summary": "Des attaches pour les deux-roues.",
        "questions": [{"q": "Combien d'attaches par an ?", "answer": "250 arceaux par an"}], "words": "parking cycles", "facts": [],
    }  # fmt: skip
    silence = {
        "document": "charte-velo", "anchor": anchor, "kind": "detail", "subject": "les arceaux", "missing": "leur prix",
        "questions": ["Combien coûte un arceau ?"],
    }  # fmt: skip
    (enrichment / "charte-velo.jsonl").write_text(json.dumps(unit) + "\n", encoding="utf-8")
    (enrichment / "silences" / "charte-velo.jsonl").write_text(json.dumps(silence) + "\n", encoding="utf-8")
    assistant = Assistant.open(Settings(corpus=tiny_corpus, index=tmp_path / "index"))
    assert "250 arceaux" in assistant.ask("Combien d'arceaux la ville installe-t-elle par an ?").text
