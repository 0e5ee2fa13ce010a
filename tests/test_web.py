"""The page, over a small stand-in for the assistant: what it shows, what it escapes, what it lets programs do, how it fails."""

import json
import logging
import re
import shutil
import socket
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
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
from amp_assistant.feedback import FeedbackStore
from amp_assistant.filters import EVERYTHING, Filters
from amp_assistant.passages import Nature, Passage
from amp_assistant.settings import Settings
from amp_assistant.understanding import Query, understand
from amp_assistant.web.chat import ANYONE, Visitor, discuss, edit, restored, stop
from amp_assistant.web.page import header_html
from amp_assistant.web.personas import PERSONAS, examples_html
from amp_assistant.web.server import serve
from amp_assistant.web.sources import copied_text, one_line, sources_html, text_html
from amp_assistant.web.turns import Turn, answered_turn

TOOLS = ("ask", "find_passages", "find_aids", "list_commitments", "follow_up", "speech_brief")
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
    "agenda-1",
    "agenda",
    0,
    "Le centre ouvre.\n\nIl accompagne 2000 entreprises par an.",
    ("Levier 1", "Action 2"),
    ((0, 72),),
    Nature.CIBLE,
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
        "[1] «\u00a0Il accompagne 2000 entreprises par an.\u00a0» Agenda <b>économique</b>, juin 2022. Levier 1 › Action 2 › page 72"
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
    assert re.search(f'href="/documents/{citation.document}[?]quote=[^"#]+#{citation.passage}"', shown)


# The server


@pytest.fixture(scope="module")
def stand_in() -> StandIn:
    return StandIn()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return cast(int, free.getsockname()[1])


def served(over: Any, settings: Settings) -> str:
    """The address of the page, served as `amp-assistant serve` does until the tests end."""
    threading.Thread(target=serve, args=(over, settings), daemon=True).start()
    url = f"http://127.0.0.1:{settings.port}"
    for _ in range(PATIENCE * 10):
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError("the page did not come")


@pytest.fixture(scope="module")
def settings_of_page(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(port=free_port(), feedback=tmp_path_factory.mktemp("feedback") / "feedback.sqlite3")


@pytest.fixture(scope="module")
def address(stand_in: StandIn, settings_of_page: Settings) -> str:
    """The address of the page over the stand-in."""
    return served(stand_in, settings_of_page)


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


def test_a_program_asks_through_a_public_function(address: str) -> None:
    listed = httpx.get(f"{address}/gradio_api/info").json()
    assert list(listed["named_endpoints"]) == [f"/{tool}" for tool in TOOLS]
    assert listed["unnamed_endpoints"] == {}
    event = httpx.post(f"{address}/gradio_api/call/ask", json={"data": ["Combien ?", []]}).json()["event_id"]
    told = httpx.get(f"{address}/gradio_api/call/ask/{event}", timeout=PATIENCE).text
    assert "event: complete" in told
    assert "Il accompagne 2000 entreprises par an." in told


def test_a_program_that_asks_badly_gets_no_trace(address: str) -> None:
    event = httpx.post(f"{address}/gradio_api/call/ask", json={"data": ["une panne", []]}).json()["event_id"]
    told = httpx.get(f"{address}/gradio_api/call/ask/{event}", timeout=PATIENCE).text
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


# Exports and opinions


def sent_turn(stand_in: StandIn, question: str = "Combien ?") -> dict[str, Any]:
    """A turn as the page's script sends it."""
    found = stand_in.ask(question)
    citations = [{"number": one.number, "passage": one.passage, "quote": one.quote} for one in found.citations]
    return {"question": question, "history": [], "text": found.text, "citations": citations, "notices": list(found.notices)}


def test_a_conversation_is_exported_with_its_footnotes(address: str, stand_in: StandIn) -> None:
    turns = [sent_turn(stand_in), sent_turn(stand_in, "Combien *encore* ?")]
    text = httpx.post(f"{address}/conversation.md", json={"turns": turns}).text
    assert "## Combien \\*encore\\* ?" in text
    assert "[^1]: Agenda" in text
    assert text.count("Il accompagne 2000 entreprises par an.\u00a0»[^") == 2
    assert text.count("[^4]: ") == 1
    made = httpx.post(f"{address}/conversation.docx", json={"turns": turns}, timeout=PATIENCE)
    with zipfile.ZipFile(BytesIO(made.content)) as archive:
        assert "Il accompagne 2000 entreprises par an." in archive.read("word/footnotes.xml").decode()
        assert archive.read("word/document.xml").decode().count("<w:footnoteReference ") == 4


def test_words_that_no_document_holds_are_neither_exported_nor_kept(address: str, stand_in: StandIn) -> None:
    turn = sent_turn(stand_in)
    turn["citations"][0]["quote"] = "Il accompagne 9000 entreprises par an."
    for path, body in (("conversation.md", {"turns": [turn]}), ("opinions", {"turn": turn, "verdict": "utile"})):
        refused = httpx.post(f"{address}/{path}", json=body)
        assert refused.status_code == 422
        assert "Les documents ont changé" in refused.json()["sentence"]


@pytest.mark.parametrize("body", [{"turns": []}, {"turns": [{"question": "a" * 3000}]}, {}, []])
def test_what_is_no_conversation_is_refused(address: str, body: Any) -> None:
    assert httpx.post(f"{address}/conversation.md", json=body).status_code == 422


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
    opened.wait_for_selector(".begun", state="attached")
    yield opened
    context.close()
    assert faults == []


def ask(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def count(page: Any, selector: str, number: int) -> None:
    """Wait until there are so many."""
    from playwright.sync_api import expect

    expect(page.locator(selector)).to_have_count(number, timeout=PATIENCE * 1000)


@pytest.mark.browser
def test_an_example_is_asked_by_a_click_and_its_source_opens_from_the_text(page: Any) -> None:
    page.click("#examples button.ask >> nth=0")
    page.click(".answered a.mark >> nth=0", timeout=PATIENCE * 1000)
    assert page.inner_text("#source-1-1 mark") == "Il accompagne 2000 entreprises par an."
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.get_attribute("#conversation", "aria-live") == "polite"


@pytest.mark.browser
def test_on_a_wide_screen_a_source_opens_beside_the_text_and_escape_goes_back(page: Any) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    ask(page, "Combien ?")
    page.wait_for_selector(".answered")
    page.focus("a.mark >> nth=0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "beside"
    assert page.inner_text("#beside mark") == "Il accompagne 2000 entreprises par an."
    assert "En 2030" in page.text_content("#beside .neighbour")
    assert page.get_attribute("#beside .tools a", "href") == "/documents/agenda?quote=Il+accompagne+2000+entreprises+par+an.#agenda-1"
    assert page.evaluate("document.querySelector('main').getBoundingClientRect().right < document.querySelector('#beside').offsetLeft")
    page.keyboard.press("Escape")
    assert page.is_hidden("#beside")
    assert page.evaluate("document.activeElement.className") == "mark"


@pytest.mark.browser
def test_a_whole_conversation_needs_the_keyboard_alone(page: Any) -> None:
    ask(page, "Combien ?")
    page.wait_for_selector(".answered")
    page.focus(".source > summary")
    page.keyboard.press("Enter")
    page.focus(".next button.ask")
    page.keyboard.press("Enter")
    count(page, ".turn.answered", 2)
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert page.is_visible("#source-1-1 blockquote"), "an open source stays open when the conversation grows"
    page.focus("#edit")
    page.keyboard.press("Enter")
    count(page, ".turn", 1)
    assert page.input_value("#question textarea") == "Quel est le calendrier ?"
    page.focus("button:has-text('Nouvelle conversation')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn", state="detached")
    assert page.is_visible("#examples")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 320, 640])  # 640: a window of 1280 at 200 %
def test_nothing_scrolls_sideways(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.click("#filters button")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    ask(page, "hostile " + "anticonstitutionnellement" * 8)
    page.wait_for_selector(".answered")
    page.click(".source > summary")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_browser_keeps_conversation_and_persona_from_page_to_page(page: Any, address: str) -> None:
    page.click("#persona label:has-text('Agent')")
    count(page, "#examples button.ask", 3)
    ask(page, "Combien ?")
    page.wait_for_selector(".answered")
    page.click("nav a:has-text('Engagements')")
    page.wait_for_selector(".title h1")
    page.wait_for_load_state("networkidle")  # leaving earlier aborts what the page still asks for, and the browser reports that
    page.goto(address)
    page.wait_for_selector(".answered")
    assert page.is_checked("#persona input[value=agent]")
    assert page.inner_text(".way a") == "Voir tous les engagements et leur suivi"


@pytest.mark.browser
def test_a_link_asks_its_question_once_after_those_it_leans_on(page: Any, address: str, stand_in: StandIn) -> None:
    page.goto(f"{address}/?q=Et%20apr%C3%A8s%20%3F&after=Combien%20%3F")
    page.wait_for_selector(".answered")
    assert stand_in.histories[-1] == ["Combien ?"]
    assert page.inner_text(".turn h2") == "Et après ?"
    assert page.url == f"{address}/"
    asked = len(stand_in.histories)
    page.reload()
    page.wait_for_selector(".answered")
    assert len(stand_in.histories) == asked


@pytest.mark.browser
def test_filters_go_with_the_question(page: Any, stand_in: StandIn) -> None:
    page.click("#filters button")
    page.click("#documents label:has-text('Agenda')")
    page.click("#years label:has-text('2022')")
    ask(page, "Combien ?")
    page.wait_for_selector(".answered")
    assert stand_in.filters[-1] == Filters(frozenset({"agenda"}), frozenset({2022}))


@pytest.mark.browser
def test_opinions_are_kept_and_conversations_downloaded(page: Any, settings_of_page: Settings) -> None:
    ask(page, "Combien ?")
    page.wait_for_selector(".answered")
    page.click("button.opinion[name=utile]")
    page.wait_for_selector(".foot .status:has-text('Merci')")
    page.click(".source > summary")
    page.click(".sheet .contest")
    page.fill("#comment", "Écrivez à jeanne@exemple.fr")
    page.click("dialog button.strong")
    page.wait_for_selector(".sheet .status:has-text('Merci')")
    out = settings_of_page.feedback.with_suffix(".jsonl")
    FeedbackStore.of(settings_of_page).export(out)
    helpful, contested = map(json.loads, out.read_text(encoding="utf-8").splitlines()[-2:])
    assert [gold["quote"] for gold in helpful["gold"]] == ["Il accompagne 2000 entreprises par an.", "En 2030, le bus est gratuit."]
    assert contested["quotes"] == [{"document": "agenda", "quote": "Il accompagne 2000 entreprises par an."}]
    assert contested["comment"] == "Écrivez à [adresse électronique]"
    with page.expect_download() as download:
        page.click("#export-md")
    assert "[^2]: " in Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.browser
def test_the_page_speaks_english_where_that_is_chosen_and_its_documents_french(page: Any) -> None:
    page.click("#language")
    page.wait_for_selector("#language:has-text('Français')")
    page.wait_for_selector(".begun", state="attached")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.inner_text("nav a.active") == "Ask"
    assert page.get_attribute("#question textarea", "placeholder") == "Write it here"
    parts = "nav a, #welcome, #start, #composer, #privacy"
    left = page.evaluate(f"[...document.querySelectorAll('{parts}')].map(one => one.innerText).join(' ')")
    assert not re.search(r"[éèàç]|\b(?:le|la|les|une|pour|votre)\b", re.sub("Métropole|Agenda économique", "", left)), left
    ask(page, "Combien ?")
    page.wait_for_selector(".answered")
    assert page.inner_text(".sources h3") == "Sources"
    assert page.inner_text("button.copy") == "Copy"
    assert "Il accompagne 2000 entreprises par an." in page.inner_text(".answered")
    page.click("#language")
    page.wait_for_selector("button.copy:has-text('Copier')")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.reload()
    page.wait_for_selector(".begun", state="attached")
    page.set_viewport_size({"width": 1440, "height": 900})
    check_axe(page)
    page.click("#filters button")
    for question, state in (("Combien ?", ".answered"), ("Quelle météo ?", ".refused"), ("Bonjour", ".greeted"), ("une panne", ".failed")):
        ask(page, question)
        page.wait_for_selector(state)
    page.click("a.mark >> nth=0")
    page.click("#beside .neighbour summary")
    check_axe(page)
    page.click("#beside .contest")
    check_axe(page)


def check_axe(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    told = [(one["id"], one["impact"], [node["target"] for node in one["nodes"]]) for one in found]
    print("axe:", told)
    assert [one for one in told if one[1] in ("serious", "critical")] == []


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


@pytest.fixture(scope="module")
def real_address(assistant_of_corpus: Assistant, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page over the real corpus."""
    assistant_of_corpus.ask("Quelles aides ?")  # as `amp-assistant serve` does, the register is built before the first visitor
    return served(assistant_of_corpus, Settings(port=free_port(), feedback=tmp_path_factory.mktemp("real") / "feedback.sqlite3"))


@pytest.mark.alone
@pytest.mark.browser
def test_the_page_is_soon_there_and_its_first_words_too_and_nothing_jumps(browser: Any, real_address: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.add_init_script(MEASURE)
    figures = []
    for _ in range(3):
        begun = time.perf_counter()
        page.goto(real_address)
        page.wait_for_selector("#question .submit-button", state="visible")
        interactive = time.perf_counter() - begun
        page.wait_for_selector(".begun", state="attached")
        ask(page, "Combien d’entreprises le CREM doit-il accompagner par an ?")
        page.wait_for_selector(".turn:last-child.answered")
        page.wait_for_timeout(600)
        words, shift = page.evaluate("[window.firstWords - window.sentAt, window.shifts]")
        figures.append((interactive, words, shift))
        page.click("button:has-text('Nouvelle conversation')")
        page.wait_for_selector(".turn", state="detached")
    context.close()
    interactive, words, shift = (min(column) for column in zip(*figures, strict=True))
    print(f"interactive {interactive:.2f} s, first words {words:.0f} ms, layout shift {shift:.3f} (of three: {figures})")
    assert interactive < 3 * 2
    assert words < 3 * 300, "printed beside: the aim is 300 ms, which a busy machine may not hold"
    assert shift < 0.02


MEASURE = """
window.shifts = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (window.sentAt) window.shifts += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter") { window.sentAt = performance.now(); window.firstWords = 0; }
}, true);
new MutationObserver(() => {
  if (window.sentAt && !window.firstWords && document.querySelector(".turn:last-child .mark")) window.firstWords = performance.now();
}).observe(document, { childList: true, subtree: true });
"""
"""Counts every layout shift after sending, even those that browsers excuse because they follow a key; times the first cited line."""
