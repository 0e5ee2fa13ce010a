"""The parts of a plan that a question names: read in many writings, and their passages found first."""

import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.references import read_references, told

READ = {
    "Que prévoit le levier 3 de l'orientation 2 ?": ["levier 3, orientation 2"],
    "orientation 1, levier 2, action 4": ["action 4, levier 2, orientation 1"],
    "l'action n°87": ["action 87"],
    "le 2e levier de l'orientation 3": ["levier 2, orientation 3"],
    "troisième action du premier levier de l'orientation 5": ["action 3, levier 1, orientation 5"],
    "levier trois, orientation numéro deux": ["levier 3, orientation 2"],
    "leviers 2 et 3 de l'orientation 1": ["levier 2, orientation 1", "levier 3, orientation 1"],
    "le levier 2 de l'orientation 1 ou le levier 4 de l'orientation 3": ["levier 2, orientation 1", "levier 4, orientation 3"],
    "lever 3 of orientation 2": ["levier 3, orientation 2"],
    "le douzième engagement": ["engagement 12"],
    "la première action contre le bruit": [],
    "les 12 engagements et les 5 orientations 2022-2027": [],
    "une action à 30 %": [],
}


@pytest.mark.parametrize(("question", "expected"), READ.items())
def test_references_are_read(question: str, expected: list[str]) -> None:
    assert [told(reference) for reference in read_references(question)] == expected


@pytest.mark.parametrize(
    ("question", "heads"),
    [
        ("Que prévoit le levier 3 de l'orientation 2 ?", ("Orientation 2", "Levier 3")),
        ("Que dit l'orientation 4 du numérique ?", ("Orientation 4",)),
        ("2e levier de l'orientation 3", ("Orientation 3", "Levier 2")),
    ],
)
def test_the_passages_of_the_part_come_first(assistant: Assistant, question: str, heads: tuple[str, ...]) -> None:
    for hit in assistant.find(assistant.understand(question))[:5]:
        assert set(heads) <= {heading.partition(" – ")[0] for heading in hit.passage.heading_path}


def test_engagements_are_counted_through_the_headings_that_announce_them(assistant: Assistant) -> None:
    best = assistant.find(assistant.understand("Que dit l'engagement 7 de la Fabrique ?"))[0].passage
    assert best.heading_path[-1] == "Affirmons une ambition nouvelle pour les territoires fragiles et leurs habitants"


def test_a_number_that_stands_only_in_a_text_is_found_there(assistant: Assistant) -> None:
    best = assistant.find(assistant.understand("À quoi sert l'action 87 ?"))[0].passage
    assert "(Action 87)" in best.text
    of_plan = assistant.find(assistant.understand("C'est quoi l'action 1 du plan climat ?"))[0].passage
    assert (of_plan.document, "action n°1" in of_plan.text) == ("pcaem-mobilisation", True)


def test_a_number_that_several_parts_have_is_told_and_all_are_ranked_by_what_is_asked(assistant: Assistant) -> None:
    query = assistant.understand("Que prévoit l'action 3 pour les centres-villes ?")
    assert any("existe 17 fois" in step and "précisez" in step for step in query.steps)
    hits = assistant.find(query)
    assert all("Action 3" in "\n".join([*hit.passage.heading_path, hit.passage.text]) for hit in hits)
    assert "Action 3 – Redynamiser les centres-villes" in [hit.passage.heading_path[-1] for hit in hits[:2]]


def test_a_part_that_no_document_has_is_told(assistant: Assistant) -> None:
    query = assistant.understand("levier 9 de l'orientation 2")
    assert not query.references
    assert any("Aucun document n'a de partie « levier 9, orientation 2 »" in step for step in query.steps)


def test_each_of_two_parts_is_among_the_first(assistant: Assistant) -> None:
    hits = assistant.find(assistant.understand("Différence entre le levier 1 et le levier 5 de l'orientation 4 ?"))[:5]
    seen = {heading.partition(" – ")[0] for hit in hits for heading in hit.passage.heading_path}
    assert {"Levier 1", "Levier 5"} <= seen


def test_a_following_question_keeps_the_orientation_of_the_one_before(assistant: Assistant) -> None:
    query = assistant.understand("et le levier 3 ?", ["Que prévoit le levier 1 de l'orientation 2 ?"])
    assert [told(reference) for reference in query.references] == ["levier 3, orientation 2"]
