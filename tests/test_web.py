"""The page, over a small stand-in for the assistant: what it shows, what it escapes, what it lets programs do, how it fails."""

import logging
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from amp_assistant.answers.model import Answer
from amp_assistant.assistant import Assistant
from amp_assistant.citations import Quotation, Statement, number_statements
from amp_assistant.dates import in_figures
from amp_assistant.documents.model import Document, Reading
from amp_assistant.errors import FailureError
from amp_assistant.filters import EVERYTHING, Filters
from amp_assistant.passages import Nature, Passage
from amp_assistant.settings import Settings
from amp_assistant.understanding import Query, understand
from amp_assistant.web.chat import ANYONE, Visitor, discuss, edit, restored, stop
from amp_assistant.web.page import header_html
from amp_assistant.web.server import serve
from amp_assistant.web.personas import PERSONAS, examples_html
from amp_assistant.web.sources import copied_text, one_line, sources_html, text_html
from amp_assistant.web.turns import Turn, answered_turn

# Gradio counts its requests with an option that pandas has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 20
"""Seconds that a page or a server may take to come."""

AGENDA = Document(
    id="agenda",
    title="Agenda <b>économique</b>",
    short_title="Agenda",
    kind="agenda",
    publisher="Métropole",
    date="2022-06",
    period="2022-2027",
    language="fr",
    description="La feuille de route.",
    path="agenda.md",
    digest="",
    reading=Reading(()),
)
TARGET = Passage(
    "agenda-1", "agenda", 0, "Le centre ouvre.\n\nIl accompagne 2000 entreprises par an.", ("Levier 1", "Action 2"), 72, 72, Nature.CIBLE
)
DREAM = Passage("agenda-2", "agenda", 1, "En 2030, le bus est gratuit.", ("Récit",), nature=Nature.RECIT)
HOSTILE = Passage(
    "agenda-3", "agenda", 2, "Avant <script>alert(1)</script> *gras* [lien](javascript:alert(1)) après.", ("<img src=x onerror=alert(1)>",)
)
PASSAGES = {passage.id: passage for passage in (TARGET, DREAM, HOSTILE)}


def answer(*statements: Statement, abstained: bool = False) -> Answer:
    text, citations = number_statements(statements, {"agenda": AGENDA})
    return Answer("?", text, abstained, "extractive", citations, (), ("Un autre chiffre existe.",), 0.012)


def quoted(passage: Passage) -> Statement:
    """A statement made of the last sentence of a passage."""
    start = passage.text.rfind("\n") + 1
    return Statement(f"- « {passage.text[start:]} »", (Quotation(passage, start, len(passage.text)),))


class StandIn:
    """Answers by keyword, as the assistant would; remembers the histories and the filters it was given."""

    def __init__(self) -> None:
        self.index = SimpleNamespace(documents={"agenda": AGENDA})
        self.histories: list[Sequence[str]] = []
        self.filters: list[Filters] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def passage(self, identifier: str) -> Passage:
        return PASSAGES[identifier]

    def around(self, identifier: str) -> tuple[Passage | None, Passage | None]:
        at = list(PASSAGES).index(identifier)
        beside = [None, *PASSAGES.values(), None]
        return beside[at], beside[at + 2]

    def understand(self, question: str) -> Query:
        return understand(question, (), {})

    def suggestions(self, answer: Answer, intents: object = (), filters: Filters = EVERYTHING) -> list[str]:
        return ["Quel est le calendrier ?"]

    def ask(self, question: str, history: Sequence[str] = (), filters: Filters = EVERYTHING) -> Answer:
        return next(self.stream(question, history, filters))

    def stream(self, question: str, history: Sequence[str] = (), filters: Filters = EVERYTHING) -> Iterator[Answer]:
        self.histories.append(history)
        self.filters.append(filters)
        self.may_answer.wait(PATIENCE)
        yield replace(self._answer(understand(question, (), {}).question), question=question)

    def _answer(self, question: str) -> Answer:
        if "panne" in question:
            raise RuntimeError("secret du serveur")
        if "météo" in question:
            return answer(Statement("Les documents ne répondent pas à cette question."), abstained=True)
        if "Bonjour" in question:
            return answer(Statement("Bonjour. Je réponds, citations à l'appui."), abstained=True)
        if "hostile" in question:
            return answer(quoted(HOSTILE))
        return answer(quoted(TARGET), quoted(DREAM))


def assistant() -> Assistant:
    return cast(Assistant, StandIn())


@pytest.fixture(scope="module")
def assistant_of_corpus(request: pytest.FixtureRequest) -> Assistant:
    """The session's assistant; this module has a function of its name."""
    return cast(Assistant, request.getfixturevalue("assistant"))


# What is shown


def test_a_citation_is_a_link_to_its_source_which_holds_the_marked_quotation_and_its_place() -> None:
    found = answer(quoted(TARGET), quoted(DREAM))
    assert 'href="#source-3-1"' in text_html(found, 3)
    shown = sources_html(found, 3, assistant())
    assert 'id="source-3-1"' in shown
    assert "Le centre ouvre.&#10;&#10;<mark>Il accompagne 2000 entreprises par an.</mark>" in shown
    assert "Levier 1 › Action 2 › page 72" in shown
    assert "juin 2022" in shown
    assert ">cible<" in shown


def test_an_imagined_future_says_so_and_a_fact_does_not() -> None:
    assert "futur imaginé, pas un fait" in sources_html(answer(quoted(DREAM)), 1, assistant())
    assert "futur imaginé" not in sources_html(answer(quoted(TARGET)), 1, assistant())


def test_hostile_words_of_a_document_or_a_person_stay_words() -> None:
    hostile = replace(answer(quoted(HOSTILE)), question="<script>alert(2)</script>")
    turn = answered_turn(assistant(), 1, hostile, ["<img>"])["html"]
    for tag in ("<script", "<img", "javascript:alert(1)&quot;", 'href="javascript'):
        assert tag not in turn
    assert "<mark>Avant &lt;script&gt;alert(1)&lt;/script&gt; *gras* [lien]" in turn
    assert "Agenda &lt;b&gt;économique&lt;/b&gt;" in turn
    assert "\n" not in turn, "a blank line would end the HTML and let Markdown read what follows"


def test_a_number_in_brackets_that_is_no_citation_stays_text() -> None:
    assert "href" not in text_html(answer(Statement("Voir la note [7].")), 1)


@pytest.mark.parametrize(("date", "shown"), [("2021-11-19", "19/11/2021"), ("2022-06", "juin 2022"), ("2025", "2025")])
def test_a_date_is_shown_as_precise_as_it_is_known(date: str, shown: str) -> None:
    assert in_figures(date) == shown


def test_what_is_copied_carries_its_sources() -> None:
    copied = copied_text(answer(quoted(TARGET)))
    assert copied.endswith(
        "[1] « Il accompagne 2000 entreprises par an. » Agenda <b>économique</b>, juin 2022. Levier 1 › Action 2 › page 72"
    )


def test_the_header_says_what_the_assistant_is_not_and_what_it_reads() -> None:
    shown = header_html([AGENDA])
    assert "pas une décision officielle" in shown
    assert "Agenda &lt;b&gt;économique&lt;/b&gt;" in shown


# A conversation


def last_shown(over: StandIn, question: str, turns: list[Turn], visitor: Visitor = ANYONE) -> tuple[list[Turn], str]:
    *_, (_, turns, conversation) = discuss(cast(Assistant, over), question, turns, visitor)
    return turns, conversation


def test_the_question_shows_at_once_then_the_answer_grows_line_by_line() -> None:
    shown = [conversation for _, _, conversation in discuss(assistant(), "Combien ?", [])]
    assert [conversation.count('class="mark"') for conversation in shown] == [0, 1, 2, 2]
    assert ["working" in conversation for conversation in shown] == [True, True, True, False]


def test_only_answered_questions_are_the_history_of_the_next() -> None:
    over = StandIn()
    turns: list[Turn] = []
    for question in ("Combien ?", "une panne", "Et après ?"):
        turns, conversation = last_shown(over, question, turns)
    assert over.histories == [[], ["Combien ?"], ["Combien ?"]]
    assert conversation.count("<article") == 3


def test_a_refusal_a_failure_and_a_greeting_look_different_from_an_answer() -> None:
    states = [last_shown(StandIn(), question, [])[0][0]["state"] for question in ("Combien ?", "Quelle météo ?", "une panne", "Bonjour")]
    assert states == ["answered", "refused", "failed", "greeted"]
    _, greeted = last_shown(StandIn(), "Bonjour", [])
    assert "Sans réponse" not in greeted
    assert greeted.count('class="ask"') == 3


def test_an_unexpected_error_is_one_sentence_on_the_page_and_a_trace_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        _, conversation = last_shown(StandIn(), "une panne", [])
    assert "Un incident technique" in conversation
    assert "secret" not in conversation
    assert "RuntimeError: secret du serveur" in caplog.text
    assert "une panne" not in caplog.messages[0], "the log keeps no question"


def test_a_question_that_is_too_long_is_told_so() -> None:
    turns, conversation = last_shown(StandIn(), "a" * 2001, [])
    assert "2001 caractères" in conversation
    assert turns[-1]["state"] == "failed"


def test_editing_and_stopping_give_the_question_back_and_keep_the_rest() -> None:
    turns, conversation = last_shown(StandIn(), "Combien ?", [])
    assert edit([*turns, *last_shown(StandIn(), "Et après ?", turns)[0][1:]]) == ("Et après ?", turns, conversation)
    _, working, _ = next(discuss(assistant(), "Et après ?", turns))
    assert stop("", working) == ("Et après ?", turns, conversation)
    assert stop("une autre", working)[0] == "une autre", "what is being written is not overwritten"
    assert stop("", turns)[1] != [], "an answered question is not taken back"


def test_what_a_browser_kept_comes_back_without_what_was_cut_off_or_cannot_be_read() -> None:
    turns, _ = last_shown(StandIn(), "Combien ?", [])
    _, working, _ = next(discuss(assistant(), "Et après ?", turns))
    assert restored(working) == turns
    assert restored([{"question": "d'une ancienne version"}]) == restored("bruit") == []


def test_a_long_conversation_keeps_its_last_turns_and_their_numbers() -> None:
    turns, _ = last_shown(StandIn(), "Combien ?", [])
    many = [Turn(number=number, question=turns[0]["question"], state="answered", html=turns[0]["html"]) for number in range(1, 41)]
    kept, _ = last_shown(StandIn(), "Et après ?", many)
    assert len(kept) == 30
    assert kept[-1]["number"] == 41
    assert 'id="source-41-1"' in kept[-1]["html"]


def test_persona_documents_and_years_shape_the_search_and_what_is_proposed() -> None:
    over = StandIn()
    _, conversation = last_shown(over, "Combien ?", [], Visitor("agent", ("agenda",), (2022,)))
    assert over.filters[-1] == Filters(frozenset({"agenda"}), frozenset({2022}))
    assert 'href="/engagements"' in conversation
    assert "Quel est le calendrier\u00a0?</button>" in conversation
    assert Visitor.of("inconnu", [], []) == ANYONE


def test_a_persona_sees_their_own_examples_and_everyone_all() -> None:
    assert examples_html("élu").count('class="ask"') == 3
    assert examples_html("tous").count('class="ask"') == 9


# The real corpus


def test_every_example_is_answered_and_leads_on(assistant_of_corpus: Assistant) -> None:
    for persona in PERSONAS.values():
        for example in persona.examples:
            *_, (_, turns, conversation) = discuss(assistant_of_corpus, example, [])
            assert turns[-1]["state"] == "answered", example
            assert 'class="ask"' in conversation, example


def test_a_source_stands_between_its_neighbours_and_leads_to_its_document(assistant_of_corpus: Assistant) -> None:
    found = assistant_of_corpus.ask("Combien d’entreprises le CREM doit-il accompagner par an ?")
    citation = found.citations[0]
    before, after = assistant_of_corpus.around(citation.passage)
    shown = sources_html(found, 1, assistant_of_corpus)
    assert before and after
    for passage in (before, after):
        assert one_line(passage.text) in shown
    assert f'href="/documents/{citation.document}#{citation.passage}"' in shown


# The server


@pytest.fixture(scope="module")
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture(scope="module")
def address(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page, served as `amp-assistant serve` does until the tests end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings(port=port, feedback=tmp_path_factory.mktemp("feedback") / "feedback.sqlite3")
    threading.Thread(target=serve, args=(stand_in, settings), daemon=True).start()
    url = f"http://127.0.0.1:{port}"
    for _ in range(PATIENCE * 10):
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError("the page did not come")


def test_the_server_says_that_it_is_well(address: str) -> None:
    assert httpx.get(f"{address}/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/nowhere"])
def test_every_response_carries_the_security_headers(address: str, path: str) -> None:
    headers = httpx.get(address + path).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy, "nothing from elsewhere"


def test_a_program_asks_through_the_one_public_function(address: str) -> None:
    listed = httpx.get(f"{address}/gradio_api/info").json()
    assert list(listed["named_endpoints"]) == ["/demander"]
    assert listed["unnamed_endpoints"] == {}
    event = httpx.post(f"{address}/gradio_api/call/demander", json={"data": ["Combien ?", []]}).json()["event_id"]
    told = httpx.get(f"{address}/gradio_api/call/demander/{event}", timeout=PATIENCE).text
    assert "event: complete" in told
    assert '"quote": "Il accompagne 2000 entreprises par an."' in told


def test_a_program_that_asks_badly_gets_no_trace(address: str) -> None:
    event = httpx.post(f"{address}/gradio_api/call/demander", json={"data": ["une panne", []]}).json()["event_id"]
    told = httpx.get(f"{address}/gradio_api/call/demander/{event}", timeout=PATIENCE).text
    assert "event: error" in told
    assert "secret" not in told


@pytest.mark.parametrize("path", ["/gradio_api/file=/etc/passwd", "/gradio_api/monitoring", "/gradio_api/runs", "/docs", "/openapi.json"])
def test_what_nobody_needs_is_closed(address: str, path: str) -> None:
    assert httpx.get(address + path).status_code in {403, 404}


def test_nobody_leaves_a_file(address: str) -> None:
    assert httpx.post(f"{address}/gradio_api/upload", files={"files": b"x"}).status_code == 403


def test_a_port_in_use_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(FailureError, match="La page ne peut pas être servie"):
        serve(assistant(), Settings(port=taken.getsockname()[1], feedback=Path("nowhere")))


# The browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*flags, "--disable-component-update", "--disable-sync"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page in a browser that speaks English, on a telephone; fails if it reports an error or reaches beyond this machine."""
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else faults.append(request.url))
    opened.goto(address)
    opened.wait_for_selector("#hint", state="attached")
    yield opened
    context.close()
    assert faults == []


def ask(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


@pytest.mark.browser
def test_an_example_is_asked_by_a_click_and_its_source_opens_from_the_text(page: Any) -> None:
    page.click("#examples button >> nth=0")
    page.click(".answered a.mark >> nth=0", timeout=PATIENCE * 1000)
    assert page.inner_text("#source-1-1 mark") == "Il accompagne 2000 entreprises par an."
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.get_attribute("#conversation", "aria-live") == "polite"


@pytest.mark.browser
def test_a_whole_conversation_needs_the_keyboard_alone_and_no_sideways_scrolling(page: Any) -> None:
    ask(page, "Combien ?")
    page.wait_for_selector(".answered")
    page.focus(".source summary")
    page.keyboard.press("Enter")
    ask(page, "Quelle météo ?")
    page.wait_for_selector(".refused")
    assert page.is_visible("#source-1-1 blockquote"), "an open source stays open when the conversation grows"
    page.focus("#actions button >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn", state="detached")
    assert page.is_visible("#examples")
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_hostile_words_do_nothing_in_the_browser(page: Any) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    ask(page, "hostile <img src=x onerror=alert(3)>")
    page.wait_for_selector(".answered")
    assert page.inner_text(".turn h2") == "hostile <img src=x onerror=alert(3)>"
    assert page.evaluate("document.querySelectorAll('.turn script, .turn img').length") == 0


@pytest.mark.browser
def test_a_question_that_is_empty_or_too_long_is_refused_before_it_is_sent(page: Any, stand_in: StandIn) -> None:
    asked = len(stand_in.histories)
    for question, sentence in (
        ("  ", "Écrivez d’abord votre question."),
        ("a" * 2010, "Votre question dépasse 2000 caractères de 10 : raccourcissez-la."),
    ):
        ask(page, question)
        assert page.inner_text("#hint") == sentence
    assert len(stand_in.histories) == asked
    assert page.input_value("#question textarea") == "a" * 2010


@pytest.mark.browser
def test_a_search_can_be_stopped_and_the_question_comes_back(page: Any, stand_in: StandIn) -> None:
    stand_in.may_answer.clear()
    try:
        ask(page, "Combien ?")
        page.click("#question .stop-button")
        page.wait_for_selector(".turn", state="detached")
        assert page.input_value("#question textarea") == "Combien ?"
    finally:
        stand_in.may_answer.set()
