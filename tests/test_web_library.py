"""The documents to read and the administration, over the real corpus and over a small one that changes."""

import io
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from docx import Document as Word
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from amp_assistant.assistant import Assistant
from amp_assistant.cli import application
from amp_assistant.deposit import file_name
from amp_assistant.errors import SettingError, UsageError
from amp_assistant.passages import Passage
from amp_assistant.passwords import PasswordHash
from amp_assistant.settings import Settings
from amp_assistant.web.access import ATTEMPT_SECONDS, ATTEMPTS, Door, TooManyAttempts, client_of
from amp_assistant.web.finding import finder
from amp_assistant.web.reader import Asked, pages_text, reader_html
from amp_assistant.web.server import build_application, serve

# Gradio counts its requests with an option that pandas has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60
"""Seconds that a page, a server or the indexing of two short documents may take to come."""
GUARD = 3
"""How many times its aim a page may take on a busy machine before a test fails; the time itself is printed."""
INTERACTIVE = 2.0
"""Seconds until the longest document can be read and searched, on a machine that does nothing else."""
AGENDA = "agenda-developpement-economique-2022"
PASSWORD = "trois mots de passe"
WATER = "La commune de Cassis économise 113 mètres cubes d'eau potable."


def served(assistant: Assistant, settings: Settings) -> str:
    """The address where an assistant is served until the tests end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    threading.Thread(target=serve, args=(assistant, settings.model_copy(update={"port": port})), daemon=True).start()
    url = f"http://127.0.0.1:{port}"
    for _ in range(PATIENCE * 10):
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError("the page did not come")


@pytest.fixture(scope="module")
def address(assistant: Assistant, settings: Settings) -> str:
    return served(assistant, settings)


def cited(assistant: Assistant) -> Passage:
    """A passage in the midst of the longest document."""
    passages = [passage for passage in assistant.index.passages if passage.document == AGENDA]
    return passages[len(passages) // 2]


# Reading


def test_every_passage_of_every_document_has_its_anchor_and_its_words(assistant: Assistant, address: str) -> None:
    for identifier in assistant.index.documents:
        shown = httpx.get(f"{address}/documents/{identifier}").text
        anchors = re.findall(r'<section class="passage" id="([^"]+)"', shown)
        assert anchors == [passage.id for passage in assistant.index.passages if passage.document == identifier]
        assert '<html lang="fr"' in shown
        assert "<h2" in shown


def test_a_search_takes_no_notice_of_accents_and_counts(address: str) -> None:
    shown = httpx.get(f"{address}/documents/{AGENDA}", params={"q": "HYDROGENE"}).text
    found = re.findall(r'<mark class="found" id="trouve-\d+">([^<]+)</mark>', shown)
    assert len(found) > 3
    assert {word.lower() for word in found} == {"hydrogène"}
    assert f"{len(found)} résultats" in shown
    assert "Aucun résultat" in httpx.get(f"{address}/documents/{AGENDA}", params={"q": "zzzz"}).text


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("developp", "Le Développement", ["Développ"]),
        ("1200", "soit 1 200 emplois, non 12000", ["1 200"]),
        ("1 200", "soit 1200 emplois", ["1200"]),
        ("œuvre", "en oeuvre, à l’Œuvre", ["oeuvre", "Œuvre"]),
        ("l'eau", "de l’eau, l’eau-de-vie", ["l’eau", "l’eau"]),
        ("art", "part, article", ["art"]),
        ("(.*", "tout (.*", []),
    ],
)
def test_words_are_found_as_a_reader_means_them(words: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in finder(words)(text)] == found


def test_a_quotation_is_marked_where_it_stands(assistant: Assistant, address: str) -> None:
    quote = cited(assistant).text.split("\n")[0]
    shown = httpx.get(f"{address}/documents/{AGENDA}", params={"quote": quote}).text
    assert len(re.findall(r'<mark class="quote" id="citation">', shown)) == 1


def test_hostile_words_stay_words(assistant: Assistant, address: str) -> None:
    shown = httpx.get(f"{address}/documents/{AGENDA}", params={"q": '"><script>alert(1)</script>', "quote": "<img src=x>"}).text
    assert "<script>alert" not in shown
    document = assistant.index.documents[AGENDA]
    hostile = Passage('a"><script>', AGENDA, 0, "- <img src=x onerror=alert(1)>\n<b>", ("<script>alert(2)</script>",))
    body = reader_html(document, [hostile], {}, Asked("img", "<b>"), "<i>")
    assert not re.search(r"<(?:script|img|b|i)\b", body)


def test_pages_are_told_as_people_say_them() -> None:
    assert pages_text([3, 7, 8, 9, 12]) == "3, 7 à 9, 12"


@pytest.mark.parametrize("path", ["rien", "rien/fichier", f"{AGENDA}/pages/1.png", f"{AGENDA}/pages/x.png", "rien/pages/1.png"])
def test_what_is_not_there_is_told_in_french(address: str, path: str) -> None:
    answer = httpx.get(f"{address}/documents/{path}")
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    assert "introuvable" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


UPWARD = "../../pyproject.toml ..%2f..%2fpyproject.toml %2e%2e%2fmanifest.toml .. %00 /etc/passwd manifest.toml ....//".split()


@pytest.mark.parametrize("tried", UPWARD)
def test_no_path_leads_to_another_file(address: str, tried: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    for place in (tried, f"{tried}/fichier", f"{AGENDA}/pages/{tried}", f"{tried}/pages/1.png"):
        path = f"/documents/{place}"
        with socket.create_connection((host, int(port))) as raw:  # as it stands: a client would tidy the path first
            raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        assert answer.split(b" ", 2)[1] in (b"400", b"404"), path


def test_the_file_is_given_as_it_is_and_never_opened_here(settings: Settings, address: str) -> None:
    answer = httpx.get(f"{address}/documents/{AGENDA}/fichier")
    assert answer.content == (settings.corpus / f"{AGENDA}.md").read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_without_a_password_there_is_no_administration(address: str) -> None:
    assert httpx.get(f"{address}/administration").status_code == 404
    assert httpx.post(f"{address}/administration/connexion", data={"password": ""}).status_code in (404, 405)


# Who administers


@pytest.fixture(scope="module")
def password_hash() -> PasswordHash:
    return PasswordHash.of(PASSWORD)


def test_a_password_is_known_by_its_hash_alone(password_hash: PasswordHash) -> None:
    written = password_hash.written
    assert PASSWORD not in written
    assert "$" not in written
    assert PasswordHash.read(written).matches(PASSWORD)
    assert not PasswordHash.read(written).matches(PASSWORD.upper())
    with pytest.raises(UsageError, match="11 caractères"):
        PasswordHash.of("a" * 11)


def test_the_command_line_makes_the_hash() -> None:
    made = CliRunner().invoke(application, ["password"], input=f"{PASSWORD}\n{PASSWORD}\n")
    assert PasswordHash.read(made.stdout).matches(PASSWORD)


@pytest.mark.parametrize("written", ["secret", "scrypt:3:8:1:AAAA:AAAA", "scrypt:32768:8:3::", "argon2:1:1:1:AAAA:AAAA"])
def test_what_is_no_hash_is_told_at_the_start(assistant: Assistant, settings: Settings, written: str) -> None:
    with pytest.raises(SettingError, match="amp-assistant password"):
        build_application(assistant, settings.model_copy(update={"admin_password_hash": written}))


def test_a_client_that_guesses_has_to_wait_and_others_do_not(password_hash: PasswordHash) -> None:
    now = [0.0]
    door = Door(password_hash, lambda: now[0])
    for _ in range(ATTEMPTS):
        assert door.enter("faux", "192.0.2.1") is None
    with pytest.raises(TooManyAttempts) as refusal:
        door.enter(PASSWORD, "192.0.2.1")
    assert 0 < refusal.value.seconds <= ATTEMPT_SECONDS + 1
    session = door.enter(PASSWORD, "192.0.2.2")
    assert session
    assert door.is_open(session)
    now[0] += ATTEMPT_SECONDS + 1
    assert door.enter(PASSWORD, "192.0.2.1")
    now[0] += 9 * 3600
    assert not door.is_open(session)


def test_a_client_is_its_network_where_it_has_many_addresses() -> None:
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff:2") != client_of("2001:db8:0:1::1")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/Piscines d’été.DOCX", "piscines-d-ete.docx"),
        ("C:\\Users\\moi\\Plan 2025.pdf", "plan-2025.pdf"),
        (".htaccess.md", "htaccess.md"),
        ("README.md", "document-readme.md"),
        ("計画.txt", "document.txt"),
        ("a" * 300 + ".txt", "a" * 80 + ".txt"),
    ],
)
def test_a_file_gets_a_name_of_our_own(given: str, name: str) -> None:
    assert file_name(given) == name


# Changing the documents


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory, password_hash: PasswordHash) -> tuple[str, Settings]:
    """An assistant over two short documents, one of them a PDF, with an administration: its address and settings."""
    folder = tmp_path_factory.mktemp("changing")
    corpus = folder / "corpus"
    corpus.mkdir()
    (corpus / "charte-velo.md").write_text(
        "# Charte du vélo\n\n## Stationnement\n\nLa ville installe 250 arceaux par an près des écoles et des gares. "
        "Chaque arceau accueille deux vélos et reste gratuit pour les habitants. La pose suit les demandes des écoles, puis celles des "
        "gares, et chaque commune en reçoit le compte au mois de mars.\n\n## Entretien\n\nL'atelier municipal répare 1 200 vélos chaque "
        "année avec des personnes en insertion. Il ouvre du mardi au samedi, prête ses outils le mercredi, et forme les agents des écoles "
        "à l'entretien courant des freins, des pneus et des lumières.\n",
        encoding="utf-8",
    )
    canvas = Canvas(str(corpus / "plan-eau.pdf"))
    for words in ("Une page de garde.", WATER):
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.save()
    settings = Settings(corpus=corpus, index=folder / "index", admin_password_hash=password_hash.written, upload_megabytes=1)
    return served(Assistant.open(settings), settings), settings


@pytest.fixture
def administrator(changing: tuple[str, Settings]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=changing[0], timeout=PATIENCE) as client:
        entered = client.post("/administration/connexion", data={"password": PASSWORD})
        assert entered.status_code == 303
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        yield client


def deposit(client: httpx.Client, name: str, content: bytes, **said: str) -> httpx.Response:
    return client.post("/administration/documents", data={"token": token(client), **said}, files={"file": (name, content)})


def token(client: httpx.Client) -> str:
    found = re.search(r'name="token" value="(\w+)"', client.get("/administration").text)
    assert found
    return found[1]


def ended(client: httpx.Client) -> dict[str, Any]:
    for _ in range(PATIENCE * 5):
        state: dict[str, Any] = client.get("/administration/etat").json()
        if not state["running"]:
            return state
        time.sleep(0.2)
    raise TimeoutError(state)


def asked(client: httpx.Client, question: str) -> str:
    event = client.post("/gradio_api/call/ask", json={"data": [question, []]}).json()["event_id"]
    return client.get(f"/gradio_api/call/ask/{event}").text


def pools() -> bytes:
    word, content = Word(), io.BytesIO()
    word.add_heading("Schéma des piscines", 1)
    word.add_paragraph("La Métropole rénove 17 piscines avant 2031 pour un budget de 42 millions d’euros.")
    word.save(content)
    return content.getvalue()


def test_a_deposited_document_is_answered_from_then_replaced_then_taken_out(
    administrator: httpx.Client, changing: tuple[str, Settings]
) -> None:
    corpus = changing[1].corpus
    assert deposit(administrator, "../Piscines.docx", pools(), title="Schéma des piscines", date="2024").status_code == 303
    assert "ajouté" in ended(administrator)["message"]
    assert (corpus / "piscines.docx").is_file()
    assert "17 piscines" in asked(administrator, "Combien de piscines sont rénovées ?")
    assert "2024" in administrator.get("/documents/piscines").text

    new = "# Schéma des piscines\n\nLa Métropole rénove désormais 23 piscines avant 2032, écoles et clubs compris.\n".encode()
    assert deposit(administrator, "autre nom.md", new, replaces="piscines").status_code == 303
    assert "remplacé" in ended(administrator)["message"]
    assert sorted(path.name for path in corpus.glob("piscines*")) == ["piscines.md"]
    assert "23 piscines" in asked(administrator, "Combien de piscines sont rénovées ?")

    away = administrator.post("/administration/documents/piscines/retrait", data={"token": token(administrator), "sure": "oui"})
    assert away.status_code == 303
    assert "retiré" in ended(administrator)["message"]
    assert administrator.get("/documents/piscines").status_code == 404
    assert "piscines" not in (corpus / "manifest.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said", "status"),
    [
        ("a.exe", b"MZ", "n’est pas d’un format lu", 422),
        ("a.docx", b"PK\x03\x04 rien", "n’est pas celui d’un fichier .docx", 422),
        ("a.pdf", b"<html>bonjour", "n’est pas celui d’un fichier .pdf", 422),
        ("a.txt", b"\x00\x01\x02", "n’est pas celui d’un fichier .txt", 422),
        ("charte-velo.txt", b"bonjour", "existe déjà", 422),
        ("a.txt", b"a" * 1_100_000, "dépasse 1 Mo", 413),
    ],
)
def test_what_is_no_document_is_refused_at_once(administrator: httpx.Client, name: str, content: bytes, said: str, status: int) -> None:
    answer = deposit(administrator, name, content)
    assert answer.status_code == status
    assert said in answer.text
    assert "<script>alert" not in deposit(administrator, "<script>alert(1)</script>.exe", b"MZ").text.split("<main")[1]


def test_a_file_that_cannot_be_read_changes_nothing(administrator: httpx.Client, changing: tuple[str, Settings]) -> None:
    corpus = changing[1].corpus
    before = {path.name: path.read_bytes() for path in corpus.iterdir()}
    assert deposit(administrator, "casse.pdf", b"%PDF-1.7 rien d'autre", replaces="charte-velo").status_code == 303
    assert "casse" in (failure := ended(administrator)["failure"]) or "charte-velo" in failure
    assert {path.name: path.read_bytes() for path in corpus.iterdir()} == before
    assert "250 arceaux" in asked(administrator, "Combien d’arceaux par an ?")


def test_no_form_of_another_site_is_taken(administrator: httpx.Client) -> None:
    forged = administrator.post("/administration/documents/charte-velo/retrait", data={"sure": "oui", "token": "0" * 64})
    assert forged.status_code == 403
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    data = {"sure": "oui", "token": token(administrator)}
    assert administrator.post("/administration/documents/charte-velo/retrait", data=data, headers=elsewhere).status_code == 403


def test_nothing_is_done_without_a_session(changing: tuple[str, Settings]) -> None:
    url = f"{changing[0]}/administration"
    assert "Mot de passe" in httpx.get(url).text
    assert httpx.get(f"{url}/etat").status_code == 403
    assert httpx.post(f"{url}/documents", files={"file": ("a.md", b"# a")}).status_code == 403
    assert httpx.post(f"{url}/documents/charte-velo/retrait", data={"sure": "oui"}).status_code == 403
    assert httpx.get(url, cookies={"amp-administration": "inconnue"}).status_code == 200


def test_the_page_of_a_pdf_is_drawn_with_the_quotation_marked(changing: tuple[str, Settings]) -> None:
    from PIL import Image

    def yellow(**params: str) -> int:
        answer = httpx.get(f"{changing[0]}/documents/plan-eau/pages/2.png", params=params, timeout=PATIENCE)
        assert answer.headers["content-type"] == "image/png"
        image = Image.open(io.BytesIO(answer.content))
        assert image.width <= 1_200
        red, _, blue = image.convert("RGB").split()
        return sum(one > 200 and other < 200 for one, other in zip(red.tobytes(), blue.tobytes(), strict=True))

    assert yellow() == 0
    assert yellow(quote="113 mètres cubes d'eau") > 1_000
    assert yellow(quote="des mots qui n'y sont pas") == 0
    shown = httpx.get(f"{changing[0]}/documents/plan-eau", params={"quote": WATER}).text
    assert re.search(r'<details class="leaf" id="page-2" open>', shown)


def test_brute_force_gets_429(changing: tuple[str, Settings]) -> None:
    """Last of the section: this client has to wait then."""
    url = f"{changing[0]}/administration/connexion"
    answers = [httpx.post(url, data={"password": "faux"}, timeout=PATIENCE) for _ in range(ATTEMPTS + 2)]
    assert [answer.status_code for answer in answers] == [403] * ATTEMPTS + [429, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= ATTEMPT_SECONDS + 1


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
    """A page on a telephone; fails if it reports an error or reaches beyond this machine."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=address)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else faults.append(request.url))
    yield opened
    context.close()
    assert faults == []


@pytest.mark.browser
def test_a_source_opens_at_its_place_with_the_passage_marked(page: Any, assistant: Assistant) -> None:
    passage = cited(assistant)
    page.goto(f"/documents/{AGENDA}#{passage.id}")
    target = page.locator(f'[id="{passage.id}"]')
    page.wait_for_function("document.activeElement.className === 'passage'")
    box = target.bounding_box()
    assert -box["height"] < box["y"] < 844, "it stands in the window"
    assert target.evaluate("section => getComputedStyle(section).backgroundColor") != "rgba(0, 0, 0, 0)"
    target.get_by_text("Passage suivant").click()
    assert page.evaluate("document.querySelector(':target').id") != passage.id


@pytest.mark.browser
def test_a_document_is_searched_by_the_keyboard_alone(page: Any) -> None:
    page.goto(f"/documents/{AGENDA}")
    page.focus("#words")
    page.keyboard.type("hydrogene")
    page.keyboard.press("Enter")
    page.wait_for_selector("mark.current")
    assert "Résultat 1 sur" in page.inner_text("[role=status]")
    page.keyboard.press("Enter")
    assert page.get_attribute("mark.current", "id") == "trouve-2"
    page.keyboard.press("Shift+Enter")
    assert page.get_attribute("mark.current", "id") == "trouve-1"
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_the_list_leads_to_each_document(page: Any, assistant: Assistant) -> None:
    page.goto("/documents")
    page.wait_for_selector("#library .shelf")
    assert page.locator("#library .shelf > li").count() == len(assistant.index.documents)
    assert "Dernière indexation" in page.inner_text("#library")
    page.locator("#library .shelf a >> nth=0").click()
    page.wait_for_selector("article .passage")
    assert page.url.rpartition("/")[2] in assistant.index.documents


@pytest.mark.browser
def test_the_page_about_it_tells_what_is_installed(page: Any, assistant: Assistant) -> None:
    page.goto("/a-propos")
    page.wait_for_selector("#about table")
    shown = page.inner_text("#about")
    assert str(len(assistant.index.passages)) in shown
    assert "economie@ampmetropole.fr" in shown
    assert "non évalué par un tiers" in shown
    assert page.locator("#about svg[role=img]").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/documents", "#library .shelf"),
        (f"/documents/{AGENDA}?q=emploi", "mark.current"),
        ("/a-propos", "#about table"),
        ("/documents/rien", "h1"),
    ],
)
def test_axe_finds_nothing_serious(browser: Any, address: str, path: str, there: str, scheme: str) -> None:
    assert serious(browser, address + path, there, scheme) == []


@pytest.mark.browser
def test_axe_finds_nothing_serious_in_the_administration(browser: Any, changing: tuple[str, Settings]) -> None:
    assert serious(browser, f"{changing[0]}/administration", "form", "light") == []


def serious(browser: Any, url: str, there: str, scheme: str) -> list[str]:
    """What axe-core finds on a page that keeps people out of it."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(there, state="attached")
    found = Axe().run(page).response["violations"]
    context.close()
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.alone
@pytest.mark.browser
def test_the_longest_document_is_soon_there(page: Any) -> None:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        page.goto(f"/documents/{AGENDA}", wait_until="domcontentloaded")
        page.wait_for_selector("#words")
        times.append(time.perf_counter() - begun)
    print(f"interactive after {min(times):.2f} s")
    assert min(times) < GUARD * INTERACTIVE
