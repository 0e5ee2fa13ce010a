"""The border to language models, over real HTTP: whatever the server does, an object or one French sentence within the time limit."""

import sys
from time import perf_counter

import pytest
from pydantic import BaseModel
from scripted_server import Reply, ScriptedServer, drops, fails, hangs, says, trickles

from amp_assistant.errors import LanguageModelError, SettingError
from amp_assistant.language_model import LanguageModel, Message
from amp_assistant.settings import Settings

MESSAGES: list[Message] = [("system", "Réponds."), ("human", "Combien ?")]
SECONDS = 2.0
SLACK = 1.0
"""Seconds that a loaded machine may add to the limit."""


class Counted(BaseModel):
    number: int
    words: list[str] = []


def model_at(url: str, seconds: float = SECONDS) -> LanguageModel:
    return LanguageModel.open(Settings(llm="openai:test", llm_base_url=url, llm_seconds=seconds))


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


GOOD = '{"number": 3, "words": ["un", "deux"]}'


@pytest.mark.parametrize(
    "text",
    [GOOD, f"```json\n{GOOD}\n```", f"Voici : {GOOD} J'espère que cela aide.", f"<think>Peut-être {{4}} ?</think>\n{GOOD}"],
    ids=["bare", "fenced", "chatty", "thinking"],
)
def test_an_object_is_read_wherever_it_stands(text: str) -> None:
    with ScriptedServer(says(text)) as server:
        written, usage = model_at(server.url).read(MESSAGES, Counted)
    assert written == Counted(number=3, words=["un", "deux"])
    assert (usage.model, usage.input_tokens, usage.output_tokens) == ("openai:test", 100, len(text.split()))
    assert 0 < usage.seconds < SECONDS
    assert server.requests[0]["temperature"] == 0
    assert server.requests[0]["response_format"]["json_schema"]["schema"]["required"] == ["number"]


@pytest.mark.alone
def test_what_is_written_comes_piece_by_piece() -> None:
    text = '{"items": [{"a": "' + "x" * 60 + '"}, {"a": "' + "y" * 60 + '"}], "number": 1}'
    with ScriptedServer(Reply(text, pause=0.05)) as server:
        begun = perf_counter()
        arrived = [(perf_counter() - begun, len(draft.content["items"])) for draft in model_at(server.url, 5).write(MESSAGES, Counted)]
    assert [items for _, items in arrived][:2] == [1, 2]
    assert arrived[0][0] < 0.7 * arrived[-1][0]


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_without_structured_output_is_asked_in_plain_words(status: int) -> None:
    with ScriptedServer(fails(status), says(GOOD), says(GOOD)) as server:
        model = model_at(server.url)
        assert model.read(MESSAGES, Counted)[0].number == 3
        assert model.read(MESSAGES, Counted)[0].number == 3
    assert ["response_format" in request for request in server.requests] == [True, False, False]
    assert "schéma" in server.requests[1]["messages"][-1]["content"]


PASSING = {"429": fails(429, {"Retry-After": "1"}), "500": fails(500), "503": fails(503), "dropped": drops()}


@pytest.mark.parametrize("passing", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(passing: Reply) -> None:
    with ScriptedServer(passing, says(GOOD)) as server:
        begun = perf_counter()
        assert model_at(server.url, 5).read(MESSAGES, Counted)[0].number == 3
        waited = perf_counter() - begun
    assert waited >= (1 if passing.headers else 0.5)


@pytest.mark.parametrize(
    ("replies", "told", "calls"),
    [
        ([fails(429)] * 3, "trop sollicité", 3),
        ([fails(429, {"Retry-After": "30"})], "trop sollicité", 1),
        ([fails(500)] * 3, "erreur 500", 3),
        ([drops()] * 3, "ne peut pas être joint", 3),
        ([drops(after=4)], "ne peut pas être joint", 1),
        ([fails(401)], "refuse la clé", 1),
        ([fails(404)] * 2, "inconnu du serveur", 2),
        ([fails(400)] * 2, "erreur 400", 2),
        ([hangs()], r"temps imparti \(2 s\)", 1),
        ([trickles(" " * 5000)], r"temps imparti \(2 s\)", 1),
        ([says("")], "n'a rien répondu", 1),
        ([says("Je ne sais pas.")], "illisible", 1),
        ([says('{"number": "beaucoup"}')], "illisible", 1),
        ([says('{"number": 3, "words": ["un')], "illisible", 1),
        ([says('{"number": 3, "words": ["un', finish="length")], "coupé avant la fin", 1),
        ([Reply(refusal="I can't help with that.")], "refusé de répondre", 1),
        ([says("", finish="content_filter")], "refusé de répondre", 1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_fails_is_one_french_sentence_in_time(replies: list[Reply], told: str, calls: int) -> None:
    with ScriptedServer(*replies) as server:
        begun = perf_counter()
        with pytest.raises(LanguageModelError, match=told) as failure:
            model_at(server.url).read(MESSAGES, Counted)
        assert perf_counter() - begun < SECONDS + SLACK
    assert str(failure.value).startswith("Le modèle de langage « openai:test » ")
    assert "\n" not in str(failure.value)
    assert len(server.requests) == calls


def test_a_server_that_is_not_there_is_told_in_time() -> None:
    with ScriptedServer() as server:
        url = server.url
    with pytest.raises(LanguageModelError, match="ne peut pas être joint"):
        model_at(url).read(MESSAGES, Counted)


@pytest.mark.parametrize("llm", ["", "gpt-4o-mini", "openai:", "unknown:model"])
def test_a_wrong_setting_names_the_right_form(llm: str) -> None:
    with pytest.raises(SettingError, match="openai:"):
        LanguageModel.open(Settings(llm=llm))


def test_a_missing_package_is_answered_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_ollama", None)
    with pytest.raises(SettingError, match=r"langchain-ollama.*pip install .*'\.\[ollama\]'"):
        LanguageModel.open(Settings(llm="ollama:mistral-small"))


def test_a_missing_key_is_told_before_anything_is_sent() -> None:
    with pytest.raises(LanguageModelError, match="OPENAI_API_KEY"):
        LanguageModel.open(Settings(llm="openai:gpt-4o-mini"))


def test_nothing_that_is_asked_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with ScriptedServer(says(GOOD), fails(500), fails(500), fails(500)) as server, caplog.at_level("INFO", logger="amp_assistant"):
        model = model_at(server.url)
        model.read([("human", "SECRET")], Counted)
        with pytest.raises(LanguageModelError):
            model.read([("human", "SECRET")], Counted)
    assert "100 jetons lus" in caplog.text
    assert "SECRET" not in caplog.text
