"""Connecting words by a language model, over real HTTP: they state nothing, the quotations stay, something is always spoken."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from scripted_server import Reply, ScriptedServer, fails

from amp_assistant.assistant import Assistant
from amp_assistant.errors import UsageError
from amp_assistant.language_model import LanguageModel
from amp_assistant.settings import Settings
from amp_assistant.speech import Order, Speech, Workshop, read_theme
from amp_assistant.speech.rewording import Reworded, fits, reword
from amp_assistant.web.speech import begin
from amp_assistant.web.speech_address import Draft


@pytest.fixture(scope="module")
def speech(assistant: Assistant, settings: Settings) -> Speech:
    return Workshop.open(assistant.index, settings).speech(Order(read_theme("la mer"), minutes=2))


def writes(*lines: tuple[str, str]) -> Callable[[dict[str, Any]], Reply]:
    text = json.dumps({"lines": [{"number": number, "text": text} for number, text in lines]}, ensure_ascii=False)
    return lambda request: Reply(text)


def reworded(speech: Speech, reply: Reply | Callable[[dict[str, Any]], Reply]) -> Reworded:
    with ScriptedServer(reply, reply, reply) as server:
        settings = Settings(llm="openai:test", llm_base_url=server.url, llm_seconds=5)
        return reword(speech, LanguageModel.open(settings))


def test_the_model_writes_what_connects_and_nothing_else(speech: Speech) -> None:
    done = reworded(speech, writes(("L1", "Bonsoir à toutes et à tous,"), ("L2", "En 2030, tout ira bien."), ("L99", "Rien.")))
    assert (done.written, done.kept) == (3, 1)
    assert done.speech.statements[0].text == "Bonsoir à toutes et à tous,"
    assert done.speech.statements[1:] == speech.statements[1:]
    assert done.speech.quotations == speech.quotations


def test_a_model_that_fails_leaves_the_speech_as_it_was(speech: Speech) -> None:
    done = reworded(speech, fails(400))
    assert done.speech == speech and "gardés" in done.notice


def test_words_that_change_the_length_are_not_kept(speech: Speech) -> None:
    connecting = [statement.text for statement in speech.statements if not statement.quotations]
    more = "Je voudrais que nous prenions ensemble le temps de regarder tout cela avec calme et avec soin"
    longer = [(f"L{number}", f"{more}{' bien' * number}{text[-1]}") for number, text in enumerate(connecting, 1)]
    done = reworded(speech, writes(*longer))
    assert done.speech == speech and "durée" in done.notice


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("Voyons maintenant les faits :", "Concrètement :", True),
        ("Voyons maintenant les faits.", "Concrètement :", False),
        ("Nous avons promis de nous consacrer à", "Nous nous sommes engagés à", True),
        ("Nous avons promis de", "Nous nous sommes engagés à", False),
        ("Trois faits :", "Concrètement :", False),
        ("Comme le dit Jeanne :", "Concrètement :", False),
        ("La RTM le sait :", "Concrètement :", False),
        ("Notre Métropole le montre :", "Concrètement :", True),
        ("On lit « bravo » :", "Concrètement :", False),
        ("", "Concrètement :", False),
    ],
)
def test_a_connecting_line_states_nothing_and_ends_like_the_one_before(new: str, old: str, expected: bool) -> None:
    assert fits(new, old) is expected


def test_the_page_shows_the_speech_at_once_then_with_the_words_of_the_model(assistant: Assistant, settings: Settings) -> None:
    draft = Draft(Order(read_theme("la mer"), minutes=2), is_reworded=True)
    reply = writes(("L1", "Bonsoir à toutes et à tous,"))
    with ScriptedServer(reply, reply, reply) as server:
        model = LanguageModel.open(Settings(llm="openai:test", llm_base_url=server.url, llm_seconds=5))
        updates = list(begin(Assistant(assistant.index, model, settings), lambda: draft))
    spoken = [update["speech"] for update in updates if update.get("speech")]
    assert "Mesdames, messieurs" in spoken[0] and "Bonsoir" not in spoken[0]
    assert "Bonsoir à toutes et à tous" in spoken[-1] and "1 sur 1 gardés" in spoken[-1]
    assert "liaisons=modele" in updates[-1]["address"]["query"]


def test_a_reworded_speech_is_the_same_until_it_is_changed(assistant: Assistant, settings: Settings) -> None:
    order = Order(read_theme("la mer"), minutes=2)
    reply = writes(("L1", "Bonsoir à toutes et à tous,"))
    with ScriptedServer(reply) as server:
        model = LanguageModel.open(Settings(llm="openai:test", llm_base_url=server.url, llm_seconds=5))
        workshop = Assistant(assistant.index, model, settings).workshop
        assert workshop.reworded(order) is workshop.reworded(order), "the file holds the words that the page shows"


def test_without_a_model_nothing_is_reworded(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="Aucun modèle de langage"):
        assistant.workshop.reworded(Order(read_theme("la mer"), minutes=2))
