"""What is understood of a question, in the ways people write."""

import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.parts import parts_of
from amp_assistant.texting import written_out
from amp_assistant.understanding import Intent, understand

WRITTEN_OUT = {
    "c koi le spaser": "c'est quoi le spaser",
    "cb d'arbres plantés": "combien d'arbres plantés",
    "kes ki est prévu pr les vélos": "qu'est-ce qui est prévu pour les vélos",
    "slt, g 12 salariés, jpeux avoir koi ?": "salut, j'ai 12 salariés, je peux avoir quoi ?",
    "Où en est-on, a-t-on tenu ?": "Où en est-on, a-t-on tenu ?",
    "La PK, le CB et les TT": "La PK, le CB et les TT",
    "le c.v. et la 5g, 100 g de pain": "le c.v. et la 5g, 100 g de pain",
}
INTENTS = {
    "Quelle est la stratégie hydrogène ?": Intent.FACT,
    "cb de zones d'activités": Intent.FIGURE,
    "Quels sont les six sites ?": Intent.LIST,
    "Où en est-on du SPASER par rapport à 2021 ?": Intent.COMPARISON,
    "J'ai droit à quoi pour reprendre une boîte ?": Intent.AIDS,
    "Que prévoit le plan pour les ports ?": Intent.COMMITMENT,
    "Prépare mon discours sur l'eau": Intent.SPEECH,
    "Qui contacter pour m'implanter ?": Intent.CONTACT,
    "slt !": Intent.COURTESY,
}


@pytest.mark.parametrize(("question", "expected"), WRITTEN_OUT.items())
def test_text_message_style_is_written_out_and_the_rest_is_left_alone(question: str, expected: str) -> None:
    assert written_out(question) == expected


@pytest.mark.parametrize(("question", "intent"), INTENTS.items())
def test_what_kind_of_answer_is_wanted(question: str, intent: Intent) -> None:
    assert understand(question, (), {}).intent is intent


def test_a_word_that_exists_is_never_taken_for_an_error(assistant: Assistant) -> None:
    for question in ("Que cherchait la Métropole ?", "les transports", "le tarif des horaires"):
        assert not assistant.understand(question).steps


@pytest.mark.parametrize(
    ("written", "meant"), [("peppinières", "pepinieres"), ("comerces", "commerces"), ("transision", "transition"), ("budjet", "budget")]
)
def test_a_typing_error_is_searched_as_the_word_that_sounds_like_it(assistant: Assistant, written: str, meant: str) -> None:
    assert meant in assistant.understand(f"les {written} de la ville").search_text.split()


def test_a_document_that_is_named_or_told_by_its_year_comes_first(assistant: Assistant) -> None:
    for question, document in (
        ("Que dit la Fabrique sur les transports ?", "fabrique-projet-metropolitain-2017"),
        ("Que disait le projet de 2017 sur les transports ?", "fabrique-projet-metropolitain-2017"),
        ("Selon le rapport, que deviennent les transports ?", "rapport-developpement-durable-2025"),
    ):
        query = assistant.understand(question)
        assert query.documents == (document,)
        assert assistant.find(query)[0].passage.document == document


def test_a_question_that_asks_nothing_of_its_own_asks_what_was_asked_before() -> None:
    assert understand("et pour les artisans ?", ["Quelles aides pour les commerçants ?"], {}).intent is Intent.AIDS
    assert understand("et en 2025 ?", ["Combien de zones labellisées en 2022 ?"], {}).intent is Intent.FIGURE
    assert understand("c'est quand ?", ["Combien de zones labellisées en 2022 ?"], {}).intent is Intent.FACT


def test_people_pointed_at_are_those_of_the_question_before(assistant: Assistant) -> None:
    query = assistant.understand("ces gens-là se retrouvent tous les combien ?", ["Qui compose le Comité stratégique du Plan Climat ?"])
    assert "Comité stratégique" in query.search_text
    assert query.documents == ("pcaem-mobilisation",)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Où sont les serres municipales ?", ()),
        ("Quels dispositifs aident les entreprises qui exportent et qui recrutent ?", ()),
        ("Depuis que le bus est gratuit, combien de passagers a-t-il gagnés ?", ()),
        (
            "Où sont les halles citées par le plan, et combien de visiteurs les deux marchés ont-ils eus ?",
            ("Où sont les halles citées par le plan", "combien de visiteurs les deux marchés ont-ils eus"),
        ),
        (
            "Nos quais : qu'en disait le plan de 2022, et combien a-t-on investi depuis ?",
            ("Nos quais : qu'en disait le plan de 2022", "Nos quais : combien a-t-on investi depuis"),
        ),
        (
            "Qu'est-ce qu'on a promis pour les déchets, et on en est où ?",
            ("Qu'est-ce qu'on a promis pour les déchets", "déchets : on en est où"),
        ),
        ("What is ITER meant to prove, and where is it?", ("What is ITER meant to prove", "ITER meant prove : where is it")),
    ],
)
def test_a_question_that_joins_several_is_seen_as_its_parts_each_with_its_subject(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts
