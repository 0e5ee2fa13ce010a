"""Short general questions, as they are typed every day, on the real corpus: what is asked for is in the answer, the words of the request
are not searched."""

import pytest

from amp_assistant.assistant import Assistant
from amp_assistant.folding import squash
from amp_assistant.understanding import Intent

NEWEST = "rapport-developpement-durable-2025"


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Que faisons-nous pour l'eau ?", ["solidarité eau", "102 actions"]),
        ("3 chiffres percutants sur l'eau", ["290 000 compteurs", "258,95 M€"]),
        ("Chiffres clés sur la mobilité", ["moins de 9%", "100 %"]),
        ("Éléments de langage sur le vélo", ["100 M€ investis dans le Plan Vélo"]),
        ("Que répondre sur les déchets ?", ["1 600 tonnes"]),
        ("Nos actions pour la jeunesse", ["Fonds d'aide aux jeunes"]),
        ("Quelles aides pour embaucher ?", ["Lab'Emploi", "Plan local pour l'insertion et l'emploi"]),
        ("Quels dispositifs pour l'insertion des jeunes ?", ["École de la 2e Chance", "Fonds d'aide aux jeunes", "Référents MOVE"]),
        ("ya une aide pour l'agriculture", ["Des agricultrices et agriculteurs pour demain"]),
        ("Aide pour rénover ma boutique", ["aide métropolitaine à l'installation et à la rénovation des locaux"]),
        ("Où en est le plan climat ?", ["Préfiguration du PCAEM 2"]),
        ("Quel bilan pour les transports ?", ["gratuité totale"]),
        ("Combien d'habitants compte la métropole ?", ["1,8 million"]),
    ],
)
def test_a_short_question_finds_what_it_asks_for(assistant: Assistant, question: str, wanted: list[str]) -> None:
    answer = assistant.ask(question)
    assert not answer.abstained
    assert [words for words in wanted if squash(words) not in squash(answer.text)] == []


def test_the_words_of_the_request_are_not_searched(assistant: Assistant) -> None:
    for asked in ("Donnez-moi trois chiffres forts sur le climat", "des éléments de langage sur le climat", "Que répondre sur le climat ?"):
        searched = set(assistant.understand(asked).search_text.split())
        assert "climat" in searched and not {"trois", "forts", "éléments", "langage", "répondre"} & searched
    assert "points forts" in assistant.understand("les points forts du territoire").search_text, "here they are what is asked for"
    assert assistant.understand("Chiffres chocs pollution").intent is Intent.SPEECH


def test_how_far_something_has_got_is_told_by_the_newest_document_first(assistant: Assistant) -> None:
    answer = assistant.ask("où en est la rénovation énergétique des logements ?")
    assert answer.citations[0].document == NEWEST
    assert any("le plus récent" in step for step in assistant.understand("le tri, où en est-on ?").steps)


def test_another_citys_figures_are_not_handed_out_for_a_speech(assistant: Assistant) -> None:
    answer = assistant.ask("chiffres chocs pollution")
    assert "93%" in answer.text
    assert "50% des déplacements" not in answer.text, "that is Vancouver's"
    abroad = assistant.ask("Quel exemple de l'étranger dans un discours sur la ville verte ?")
    assert any("Vancouver" in " ".join(citation.section) for citation in abroad.citations), "unless it is what is asked for"


def test_a_sentence_that_has_nothing_to_do_with_the_question_is_left_out(assistant: Assistant) -> None:
    answer = assistant.ask("Quelles aides pour embaucher ?")
    assert "DOFIE" not in answer.text.split("Lab'Emploi")[0] and "70 grands projets" not in answer.text
