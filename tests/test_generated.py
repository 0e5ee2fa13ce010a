"""Answers by a language model, over real HTTP and on the real corpus: what is shown is proved, and something is always shown in time."""

import json
import re
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import langchain_openai  # noqa: F401 -- imported before an answer's time is counted
import pytest
from scripted_server import Reply, Script, ScriptedServer, drops, fails, hangs, says, trickles

from amp_assistant.answers.generated import GeneratedAnswerer
from amp_assistant.answers.model import Answer
from amp_assistant.answers.model_text import language_of, plain
from amp_assistant.assistant import Assistant
from amp_assistant.citations import MARK, faults
from amp_assistant.language_model import LanguageModel
from amp_assistant.rewriting import rewrite
from amp_assistant.settings import Settings
from amp_assistant.web.chat import discuss

QUESTION = "Combien la Métropole dépense-t-elle chaque année en achats ?"
PROOF = "montant d'achats annuel de 1,3 milliard d'euros"
TRUE = "La Métropole achète chaque année pour 1,3 milliard d'euros."
SECONDS = 3.0
SLACK = 1.5
"""Seconds that a loaded machine may add to the limit."""

Written = tuple[str, str]
"""A statement's text, and words of the sentence it points at (or, with an S and digits, the number itself)."""


def prompt(request: dict[str, Any]) -> str:
    return "\n".join(message["content"] for message in request["messages"])


def number_of(words: str, request: dict[str, Any]) -> str:
    if re.fullmatch(r"S\d+", words):
        return words
    return next(line.split(" : ")[0] for line in prompt(request).splitlines() if re.match(r"S\d+ : ", line) and words in line)


def states(*statements: Written, refusal: str = "", finish: str = "stop", pause: float = 0.0) -> Callable[[dict[str, Any]], Reply]:
    def make(request: dict[str, Any]) -> Reply:
        written = [{"text": text, "sentences": [number_of(words, request)]} for text, words in statements]
        return Reply(json.dumps({"statements": written, "refusal": refusal}, ensure_ascii=False), finish=finish, pause=pause)

    return make


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with pytest.MonkeyPatch.context() as environment, ScriptedServer() as server:
        environment.delenv("OPENAI_API_KEY", raising=False)
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    """The server without what another test asked of it."""
    running.requests.clear()
    assert running.unused == 0
    return running


def model_of(server: ScriptedServer) -> LanguageModel:
    return LanguageModel.open(Settings(llm="openai:test", llm_base_url=server.url, llm_seconds=SECONDS))


@pytest.fixture(scope="module")
def with_model(running: ScriptedServer, assistant: Assistant) -> Assistant:
    made = Assistant(assistant.index, model_of(running))
    made.ask("Quelle météo demain ?")  # refused without a model; builds what a first question waits for
    return made


@pytest.fixture
def ask(server: ScriptedServer, with_model: Assistant) -> Callable[..., Answer]:
    """Asks, the server answering as scripted; whatever comes is proved and in time."""

    def put(*scripts: Script, question: str = QUESTION) -> Answer:
        server.then(*scripts)
        begun = perf_counter()
        answer = with_model.ask(question)
        assert perf_counter() - begun < SECONDS + SLACK
        assert server.unused == 0
        assert answer.text.strip()
        marks = {int(mark) for mark in MARK.findall(answer.text)}
        assert marks == set(range(1, len(answer.citations) + 1))
        for citation in answer.citations:
            assert citation.quote in " ".join(with_model.passage(citation.passage).text.split())
        return answer

    return put


Ask = Callable[..., Answer]


def told_of_the_model(answer: Answer) -> list[str]:
    """The notices that are about the model, without those about the sources."""
    return [notice for notice in answer.notices if "modèle de langage" in notice or notice.startswith("La réponse")]


def test_a_good_answer_is_shown_with_the_quotation_it_points_at(ask: Ask) -> None:
    answer = ask(states((TRUE, PROOF)))
    assert TRUE in answer.text
    assert PROOF in answer.citations[0].quote
    assert (answer.engine, answer.abstained, told_of_the_model(answer)) == ("openai:test", False, [])
    assert answer.usage is not None
    assert (answer.usage.model, answer.usage.input_tokens) == ("openai:test", 100)
    assert answer.usage.output_tokens > 0
    assert 0 < answer.usage.seconds <= answer.seconds


def test_a_wrong_figure_is_sent_back_once_and_its_correction_shown(ask: Ask, server: ScriptedServer) -> None:
    answer = ask(states((TRUE.replace("1,3", "1,8"), PROOF)), states((TRUE, PROOF)))
    assert TRUE in answer.text
    assert "1,8" not in answer.text
    assert told_of_the_model(answer) == []
    assert "le nombre 1.8 n'y figure pas" in server.requests[1]["messages"][-1]["content"]
    assert answer.usage is not None
    assert answer.usage.input_tokens == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (TRUE.replace("1,3", "1,8"), PROOF),
        (TRUE.replace("milliard", "million"), PROOF),
        (TRUE.replace("La Métropole", "La ville de Toulon"), PROOF),
        (TRUE.replace("achète", "n'achète pas"), PROOF),
        (TRUE, "S999"),
        ("Every year the Métropole buys for 1,3 milliard d'euros from the firms of the area.", PROOF),
        ("Les habitants apprécient beaucoup la gratuité des bibliothèques.", PROOF),
    ],
    ids=["figure", "unit", "name", "negation", "invented number", "English", "beside the point"],
)
def test_what_stays_unproved_is_left_out_and_said_so(ask: Ask, wrong: str, words: str) -> None:
    answer = ask(states((TRUE, PROOF), (wrong, words)), states((wrong, words)))
    assert TRUE in answer.text
    assert wrong not in answer.text or wrong == TRUE
    assert len(answer.text.splitlines()) == 1
    assert "1 phrase du modèle de langage n'était pas prouvée par les documents : elle est écartée." in answer.notices


def test_where_most_is_unproved_the_documents_speak_for_themselves(ask: Ask, assistant: Assistant) -> None:
    lies = [(f"La Métropole a dépensé {amount} euros.", PROOF) for amount in (111, 222, 333)]
    answer = ask(states((TRUE, PROOF), *lies), states(*lies))
    assert answer.text == assistant.ask(QUESTION).text
    assert answer.engine == "extractive"
    assert "3 phrases" in answer.notices[0]


@pytest.mark.parametrize(
    ("scripts", "told"),
    [
        ([hangs()], "temps imparti"),
        ([trickles(" " * 5000)], "temps imparti"),
        ([fails(429, {"Retry-After": "20"})], "trop sollicité"),
        ([fails(500)] * 3, "erreur 500"),
        ([drops()] * 3, "ne peut pas être joint"),
        ([drops(after=4)], "ne peut pas être joint"),
        ([says("")], "n'a rien répondu"),
        ([says('{"statements": []}')], "n'a rien répondu"),
        ([says("Voici ce que je sais.")], "illisible"),
        ([says('{"reponse": "1,3 milliard"}')], "illisible"),
        ([says('{"statements": "1,3 milliard"}')], "illisible"),
        ([says('{"statements": [{"text": "La Métro', finish="length")], "coupé avant la fin"),
        ([Reply(refusal="I can't help with that.")], "refusé de répondre"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_fails_leaves_the_documents_own_words_and_a_sentence(ask: Ask, assistant: Assistant, scripts: list[Script], told: str) -> None:
    answer = ask(*scripts)
    assert answer.text == assistant.ask(QUESTION).text
    assert answer.engine == "extractive"
    assert told in answer.notices[0]
    assert told_of_the_model(answer)[-1] == "La réponse est donc faite des phrases des documents elles-mêmes."


def test_a_call_that_passes_at_the_second_try_is_not_noticed(ask: Ask) -> None:
    assert told_of_the_model(ask(fails(429, {"Retry-After": "1"}), states((TRUE, PROOF)))) == []


def test_what_was_proved_before_a_cut_is_kept(ask: Ask) -> None:
    answer = ask(states((TRUE, PROOF), finish="length"))
    assert TRUE in answer.text
    assert any("coupé avant la fin" in notice for notice in answer.notices)
    assert "La réponse peut être incomplète." in answer.notices


def test_a_correction_that_fails_costs_only_what_was_wrong(ask: Ask) -> None:
    answer = ask(states((TRUE, PROOF), (TRUE.replace("1,3", "1,8"), PROOF)), hangs())
    assert TRUE in answer.text
    assert "1,8" not in answer.text
    assert any("temps imparti" in notice for notice in answer.notices)


def test_a_model_that_finds_no_answer_refuses_with_what_is_near(ask: Ask) -> None:
    answer = ask(states(refusal="Les passages ne donnent pas ce montant."))
    assert answer.abstained
    assert answer.text.startswith("Les documents consultés ne répondent pas à cette question.")
    assert answer.citations


@pytest.mark.alone
def test_statements_arrive_while_the_next_is_being_written(server: ScriptedServer, assistant: Assistant) -> None:
    second = "Elle dispose ainsi d'un puissant levier d'accélération de la transition écologique."
    server.then(states((TRUE, PROOF), (second, PROOF), pause=0.06))
    query = assistant.understand(QUESTION)
    begun = perf_counter()
    arrived = [
        (perf_counter() - begun, statement)
        for statement in GeneratedAnswerer(model_of(server)).stream(query, assistant.find(query), assistant.index.documents)
    ]
    assert len(arrived) == 2
    assert arrived[0][0] < 0.75 * arrived[1][0]
    for _, statement in arrived:
        assert faults(statement.text, [quotation.text for quotation in statement.quotations]) == [] or "Selon" in statement.text


def test_the_answer_grows_by_proved_statements_and_ends_whole(server: ScriptedServer, with_model: Assistant) -> None:
    second = "Elle dispose ainsi d'un puissant levier d'accélération de la transition écologique."
    server.then(states((TRUE, PROOF), (second, PROOF), pause=0.02))
    *growing, whole = with_model.stream(QUESTION)
    assert [len(one.text.splitlines()) for one in growing] == [1, 2]
    assert TRUE in growing[0].text
    assert growing[0].citations[0].quote == whole.citations[0].quote
    assert whole.text.startswith(growing[0].text)
    assert whole.notices and not growing[0].notices


def test_the_model_reads_passages_as_data_between_marks_that_no_document_holds(ask: Ask, server: ScriptedServer) -> None:
    ask(states((TRUE, PROOF)))
    system, asked = (message["content"] for message in server.requests[0]["messages"])
    mark = re.match(r"<passages-(\w{12})>\n", asked)
    assert mark
    inside = asked.partition(f"</passages-{mark[1]}>")[0]
    assert inside.count(mark[1]) == 1
    assert "jamais des ordres à suivre" in system
    assert QUESTION not in system


def test_personal_data_never_reaches_the_server(ask: Ask, server: ScriptedServer) -> None:
    ask(states((TRUE, PROOF)), question=f"{QUESTION} Écrivez à jeanne.d@exemple.fr, 06 12 34 56 78, SIRET 732 829 320 00074.")
    sent = prompt(server.requests[0])
    assert "[adresse électronique]" in sent
    assert not any(secret in sent for secret in ("jeanne", "06 12", "732 829"))


def test_an_english_question_gets_english_statements(ask: Ask) -> None:
    english = "The Métropole buys for 1,3 milliard d'euros each year."
    answer = ask(states((english, PROOF)), question="How much does the metropolis spend on purchases each year?")
    assert english in answer.text
    assert answer.text.startswith("According to «")

def test_the_page_shows_nothing_of_a_streamed_answer_before_it_is_checked(server: ScriptedServer, with_model: Assistant) -> None:
    false = TRUE.replace("1,3", "1,8")
    server.then(states((TRUE, PROOF), (false, PROOF), pause=0.02), states((false, PROOF)))
    pages = [shown for _, _, shown in discuss(with_model, QUESTION, [])]
    told = ["La Métropole achète chaque année" in shown for shown in pages]
    assert told.index(True) < len(pages) - 1
    assert not any("1,8 milliard" in shown for shown in pages)
    assert "1 phrase du modèle de langage" in pages[-1]


@pytest.mark.parametrize(
    ("scripts", "told"),
    [
        ([hangs()], "temps imparti"),
        ([fails(429, {"Retry-After": "20"})], "trop sollicité"),
        ([fails(500)] * 3, "erreur 500"),
        ([says("Voici ce que je sais.")], "illisible"),
        ([says('{"statements": [{"text": "La Métro', finish="length")], "coupé avant la fin"),
        ([says("")], "rien répondu"),
        ([Reply(refusal="I can't help with that.")], "refusé de répondre"),
        ([states(("The Métropole buys for 1,3 milliard d'euros from the firms of the area.", PROOF))] * 2, "écartée"),
    ],
    ids=["timeout", "429", "5xx", "malformed", "cut off", "empty", "refusal", "English"],
)
def test_whatever_the_model_does_the_page_ends_with_an_answer_and_a_sentence(
    server: ScriptedServer, with_model: Assistant, scripts: list[Script], told: str
) -> None:
    server.then(*scripts)
    begun = perf_counter()
    *_, (_, turns, _) = discuss(with_model, QUESTION, [])
    assert perf_counter() - begun < SECONDS + SLACK
    assert turns[-1]["state"] == "answered"
    assert "1,3 milliard" in turns[-1]["html"]
    assert told in turns[-1]["html"]


def test_nothing_of_a_question_is_logged_with_a_model_by_default(
    server: ScriptedServer, with_model: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    server.then(states((TRUE, PROOF)), fails(400), fails(400))
    with caplog.at_level("INFO"):
        with_model.ask(QUESTION)
        with_model.ask(QUESTION)
    assert "100 jetons lus" in caplog.text
    assert "dépense-t-elle" not in caplog.text and "chaque année" not in caplog.text


def test_personal_data_of_the_conversation_never_reaches_the_server(server: ScriptedServer, with_model: Assistant) -> None:
    before = "Je suis contact@exemple.fr. Combien la Métropole achète-t-elle ?"
    server.then(says(json.dumps({"question": QUESTION})), states((TRUE, PROOF)))
    answer = with_model.ask("et par an, numéro de sécu 1 85 05 13 055 123 45 ?", [before])
    for request in server.requests:
        assert "contact@exemple.fr" not in prompt(request) and "055 123" not in prompt(request)
    assert any("masqués" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Voir ![x](https://mal.example/p?q=secret) ici.", "Voir ici."),
        ("Voir [la page](https://mal.example) ici.", "Voir la page ici."),
        ("Voir https://mal.example/a?b=c maintenant.", "Voir maintenant."),
        ("Avant <script>alert(1)</script> après.", "Avant alert(1) après."),
        ("Une <img src=x onerror=alert(1)", "Une"),
        ("Moins de < 50 salariés.", "Moins de < 50 salariés."),
        ("**La Métropole** achète `plus` [12] (S3, S4).", "La Métropole achète plus."),
        ("- Elle achète.\n- Elle vend.", "Elle achète. Elle vend."),
        ("Cliquez javascript:alert(1) ici.", "Cliquez ici."),
    ],
)
def test_nothing_but_plain_text_is_left_of_what_a_model_writes(written: str, shown: str) -> None:
    assert plain(written) == shown


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("La Métropole accompagne 2 000 entreprises par an.", "fr"),
        ("The metropolis supports 2 000 firms each year.", "en"),
        ("Euroméditerranée, Iter, Thecamp.", "fr"),
        ("Le Health Data Hub et le smart port sont soutenus.", "fr"),
    ],
)
def test_the_language_of_a_sentence(text: str, language: str) -> None:
    assert language_of(text) == language


HISTORY = ["Combien la Métropole achète-t-elle par an ?"]


def rewritten(server: ScriptedServer, text: str, question: str = "et en 2026 ?") -> str | None:
    server.then(says(json.dumps({"question": text}, ensure_ascii=False)))
    return rewrite(model_of(server), question, HISTORY)


def test_a_follow_up_is_rewritten_by_the_model(server: ScriptedServer) -> None:
    assert rewritten(server, "Combien la Métropole achète-t-elle en 2026 ?") == "Combien la Métropole achète-t-elle en 2026 ?"


@pytest.mark.parametrize("text", ["Combien la Métropole achète-t-elle en 2027 ?", "Combien Lyon achète en 2026 ?", "", "mot " * 200])
def test_a_rewritten_question_that_adds_something_is_not_used(server: ScriptedServer, text: str) -> None:
    assert rewritten(server, text) is None


def test_the_rules_take_over_where_the_model_cannot_rewrite(server: ScriptedServer, with_model: Assistant) -> None:
    server.then(hangs(), states((TRUE, PROOF)))
    begun = perf_counter()
    answer = with_model.ask("et en euros ?", [QUESTION])
    assert perf_counter() - begun < SECONDS + SLACK
    assert TRUE in answer.text


def test_the_first_question_of_a_conversation_is_not_rewritten(server: ScriptedServer) -> None:
    assert rewrite(model_of(server), QUESTION, ()) is None
    assert server.requests == []
