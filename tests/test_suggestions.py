"""The questions proposed after an answer, on the real corpus."""

import pytest

from amp_assistant.assistant import SUGGESTED, Assistant
from amp_assistant.filters import Filters
from amp_assistant.understanding import Intent, leans, understand

ASKED = (
    "Combien d'entreprises le CREM doit-il accompagner par an ?",
    "Puis-je être exonéré de CFE si j'installe mon entreprise sur le territoire ?",
    "Quelle part des marchés publics contient une clause environnementale ?",
    "What share of public contracts include an environmental clause?",
    "Quelle météo demain ?",
)


@pytest.mark.parametrize("question", ASKED)
def test_each_suggestion_stands_alone_asks_something_else_and_is_answered(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    suggested = assistant.suggestions(answer)
    assert 1 <= len(suggested) <= SUGGESTED == 3
    assert len({*suggested, question}) == len(suggested) + 1
    for text in suggested:
        assert not leans(text)
        assert not assistant.ask(text, [question]).abstained
        assert understand(text, (), {}).language == understand(question, (), {}).language


def test_suggestions_respect_the_filters_and_are_never_cited(assistant: Assistant) -> None:
    filters = Filters(documents=frozenset({"agenda-developpement-economique-2022"}))
    answer = assistant.ask(ASKED[0], filters=filters)
    for text in assistant.suggestions(answer, filters=filters):
        following = assistant.ask(text, filters=filters)
        assert not following.abstained
        assert all(text not in citation.quote for citation in following.citations)


def test_the_kinds_that_a_persona_asks_come_first(assistant: Assistant) -> None:
    answer = assistant.ask(ASKED[2])
    kinds = [understand(text, (), {}).intent for text in assistant.suggestions(answer, {Intent.FIGURE})]
    assert kinds[0] is Intent.FIGURE
    assert kinds == sorted(kinds, key=lambda kind: kind is not Intent.FIGURE)
