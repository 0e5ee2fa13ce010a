"""The pages of the aids, of the register and of the speech, over the real corpus: what each group does there, in a real browser."""

import csv
import io
import re
import shutil
import socket
import threading
import time
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from amp_assistant.assistant import Assistant
from amp_assistant.errors import UsageError
from amp_assistant.folding import squash
from amp_assistant.register import TABLES
from amp_assistant.register.selecting import Selection, counts, place_of, select, titles, years_of
from amp_assistant.settings import Settings
from amp_assistant.speech import Audience, Occasion, Order, Tone, read_theme
from amp_assistant.vocabulary import NEEDS, SECTORS
from amp_assistant.web.addresses import Situated, euros, query_of_selection, query_of_situated, selection_of, situated_of
from amp_assistant.web.aids_cards import NEED_LABELS, SECTOR_LABELS, advice_html
from amp_assistant.web.register_drawings import compared, drawing
from amp_assistant.web.register_tables import STATUSES, measure
from amp_assistant.web.server import serve
from amp_assistant.web.speech_address import Draft, draft_of, query_of_draft

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 20
"""Seconds that a page or a server may take to come."""
GUARD = 3
"""How many times its aim a page may take on a busy machine before a test fails; the time itself is printed."""
INTERACTIVE = 2.0
"""Seconds until a page can be used, on this machine; told by `-s`."""
SETTLED = 1000
"""Milliseconds after which a page has done all it does on opening: one that is left earlier reports what it could not finish."""
SENTENCE = "j'ai 6 salariés et 400 k€ de CA, je veux agrandir mon atelier à Vitrolles"


# Addresses


def test_an_address_holds_all_that_was_chosen() -> None:
    selection = Selection("suivi", 1, 2, 4, ("cible",), ("a", "b"), ("en cours",), 2027, "Région & Co", "hydrogène vert")
    assert selection_of(query_of_selection(selection, 3)) == (selection, 3)
    situated = Situated(SENTENCE, "entreprise", 6, 2.5, 400_000.0, "commerce", "Vitrolles", ("financement", "fiscalite"))
    assert situated_of(query_of_situated(situated)) == situated


@pytest.mark.parametrize("query", ["table=secrets", "orientation=deux", "annee=-1", "page=1e400", "levier=²"])
def test_an_address_that_cannot_be_read_is_told_in_a_sentence(query: str) -> None:
    with pytest.raises(UsageError, match=r"choisissez|corrigez"):
        selection_of(query)


@pytest.mark.parametrize(
    ("written", "amount"), [("400 k€", 4e5), ("400 000", 4e5), ("1,5 million d’euros", 1.5e6), ("3 M€", 3e6), ("", None)]
)
def test_a_turnover_is_read_as_people_write_it(written: str, amount: float | None) -> None:
    assert euros(written) == amount


def test_a_turnover_that_is_none_is_told() -> None:
    with pytest.raises(UsageError, match="« beaucoup » n’est pas un montant"):
        euros("beaucoup")


def test_who_has_no_firm_yet_has_no_staff() -> None:
    fields = Situated(stage="creation", employees=6, turnover=1e5, needs=("financement",)).fields
    assert (fields.employees, fields.turnover, fields.needs) == (None, None, ("financement", "creation"))


# The register


def test_each_filter_leaves_the_rows_it_names(assistant: Assistant) -> None:
    register = assistant.register
    assert {row.orientation for row in select(register, Selection(orientation=3))} == {3}
    assert {place_of(row)[:2] for row in select(register, Selection(orientation=3, levier=1))} == {(3, 1)}
    assert {row.document for row in select(register, Selection(documents=("spaser-communique-2021",)))} == {"spaser-communique-2021"}
    assert {row.nature for row in select(register, Selection(natures=("cible",)))} == {"cible"}
    assert all(2027 in years_of(row) for row in select(register, Selection("cibles", year=2027)))
    for table in TABLES:
        assert len(select(register, Selection(table))) == len(register.table(table))


def test_words_are_found_whatever_their_accents_and_their_end(assistant: Assistant) -> None:
    register = assistant.register
    found = [row.id for row in select(register, Selection(words="hydrogene"))]
    assert found
    assert found == [row.id for row in select(register, Selection(words="HYDROGÈNE"))]
    assert len(select(register, Selection(actor="orientation"))) < len(select(register, Selection(words="orientation")))


def test_the_tree_counts_each_row_once_at_each_level(assistant: Assistant) -> None:
    told = counts(assistant.register.engagements)
    placed = [row for row in assistant.register.engagements if row.orientation]
    assert sum(count for place, count in told.items() if len(place) == 1) == len(placed)
    for place, count in told.items():
        assert count >= sum(below for other, below in told.items() if other[:-1] == place)
    named = titles(assistant.register)
    assert len([place for place in named if len(place) == 1]) == 5
    assert len([place for place in named if len(place) == 2]) == 25


def test_only_comparable_figures_are_drawn_and_their_labels_are_the_rows_own(assistant: Assistant) -> None:
    shown = compared(assistant.register.suivi)
    assert shown
    assert all(row.comparable and row.resultat for row, _ in shown)
    drawn = drawing(assistant.register, Selection("suivi"))
    assert drawn["aims"][0].startswith(measure(shown[0][0].cible.value, shown[0][0].cible.unit))


def test_every_need_sector_and_status_of_the_register_has_words(assistant: Assistant) -> None:
    assert NEED_LABELS.keys() == NEEDS.keys()
    assert SECTOR_LABELS.keys() == SECTORS.keys()
    register = assistant.register
    assert {row.status for row in register.suivi} | {row.status for row in register.dispositifs} <= STATUSES.keys()


# The aids


def test_each_stated_criterion_of_a_card_unfolds_the_sentence_that_states_it(assistant: Assistant) -> None:
    advice = assistant.adviser.advise(SENTENCE)
    shown = advice_html(advice, "")
    assert shown.count('<article class="aid') == sum(aid.verdict != "no" for aid in advice.aids)
    aid = advice.aids[0]
    card = shown.split("<article")[1]
    assert all(one.text == "non précisé dans le document" or "<blockquote" in card for one in aid.criteria)
    assert "non précisé dans le document" in shown
    assert "\n" not in shown, "a blank line would end the HTML and let Markdown read what follows"


def test_hostile_words_of_a_situation_stay_words(assistant: Assistant) -> None:
    situated = Situated(sentence="<script>alert(1)</script> je crée ma boîte", commune="<img src=x onerror=alert(1)>")
    shown = advice_html(assistant.adviser.advise(situated.sentence, situated.fields), "")
    assert "<script" not in shown
    assert "<img" not in shown


# The server


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> str:
    """The address of the pages, served as `amp-assistant serve` does until the tests end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    threading.Thread(target=serve, args=(assistant, Settings(port=port)), daemon=True).start()
    url = f"http://127.0.0.1:{port}"
    for _ in range(PATIENCE * 10):
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError("the pages did not come")


def test_the_selected_rows_come_as_csv_and_xlsx(address: str, assistant: Assistant) -> None:
    wanted = len(select(assistant.register, Selection(orientation=3)))
    answer = httpx.get(f"{address}/engagements/lignes.csv?table=engagements&orientation=3")
    assert answer.headers["content-disposition"] == 'attachment; filename="engagements.csv"'
    assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))) == wanted + 1
    sheet = load_workbook(io.BytesIO(httpx.get(f"{address}/engagements/lignes.xlsx?orientation=3").content)).active
    assert sheet is not None
    assert sheet.max_row == wanted + 1


def test_no_cell_of_a_download_is_a_formula(address: str) -> None:
    for table in TABLES:
        text = httpx.get(f"{address}/engagements/lignes.csv?table={table}").content.decode("utf-8-sig")
        cells = [cell for line in csv.reader(io.StringIO(text), delimiter=";") for cell in line]
        assert not [cell for cell in cells if re.match(r"[=+@\t\r\n]|-\D", cell)]


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK"), ("md", b"# Aides"), ("csv", "\ufeffVerdict;Aide".encode())])
def test_the_aids_come_as_files(address: str, form: str, begins: bytes) -> None:
    answer = httpx.get(f"{address}/aides/resultat.{form}?{urlencode({'phrase': SENTENCE})}", timeout=PATIENCE)
    assert answer.headers["content-disposition"] == f'attachment; filename="aides.{form}"'
    assert answer.content.startswith(begins)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/engagements/lignes.csv?table=x", 400),
        ("/engagements/lignes.pdf", 404),
        ("/aides/resultat.csv", 400),
        ("/aides/resultat.exe", 404),
    ],
)
def test_a_file_that_cannot_be_made_is_told_in_a_sentence(address: str, path: str, status: int) -> None:
    answer = httpx.get(address + path)
    assert answer.status_code == status
    assert re.search(r"choisissez|Décrivez", answer.text)
    assert "Traceback" not in answer.text


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


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """A page of the browser that fails if it reports an error or reaches beyond this machine."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=address, reduced_motion="reduce")
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE * 1000)
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: None if request.url.startswith((address, "data:", "blob:")) else faults.append(request.url))
    yield opened
    assert opened.evaluate("document.documentElement.scrollWidth") == width, "nothing scrolls sideways"
    context.close()
    assert faults == []


def serious(page: Any) -> list[str]:
    """What axe-core finds on the page that keeps people out."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['help']} ({one['nodes'][0]['html'][:200]})" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.browser
def test_an_entrepreneur_finds_the_aids_by_keyboard_with_their_proof(page: Any) -> None:
    page.goto("/aides")
    page.focus("#sentence textarea")
    page.keyboard.type(SENTENCE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".aid")
    assert page.evaluate("document.activeElement.textContent") == "Les aides pour votre situation"
    assert page.input_value("#employees textarea") == "6"
    assert page.is_checked("label:has-text('Trouver ou agrandir un local') input")
    page.focus(".aid.match .proof summary >> nth=0")
    page.keyboard.press("Enter")
    assert page.is_visible(".aid.match .proof blockquote >> nth=0")
    assert "juin 2022" in page.inner_text(".aid.match .proof .place >> nth=0")
    assert not page.is_visible(".refused blockquote >> nth=0")
    assert serious(page) == []
    cards = page.locator(".aid").count()
    page.reload()
    page.wait_for_selector(".aid")
    assert page.locator(".aid").count() == cards, "the address reopens the same situation"


@pytest.mark.browser
def test_the_form_alone_is_enough_and_says_what_is_missing(page: Any) -> None:
    page.goto("/aides")
    page.click("#find")
    page.wait_for_selector("#advice .failed")
    page.check("label:has-text('Je n’ai pas encore créé mon entreprise') input")
    page.wait_for_selector("#employees", state="hidden")
    page.fill("#commune textarea", "Aubagne")
    page.click("#find")
    page.wait_for_selector(".aid")
    assert "entreprise pas encore créée · Aubagne (dans la Métropole)" in page.inner_text(".understood")
    assert serious(page) == []


@pytest.mark.browser
def test_everything_is_unfolded_on_paper(page: Any) -> None:
    page.goto(f"/aides?{urlencode({'phrase': SENTENCE})}")
    page.wait_for_selector(".aid")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.is_visible(".refused blockquote >> nth=0")
    assert not page.is_visible("#find")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not page.is_visible(".refused blockquote >> nth=0")


@pytest.mark.browser
def test_an_agent_filters_an_orientation_and_downloads_what_is_shown(page: Any, assistant: Assistant) -> None:
    page.goto("/engagements")
    page.wait_for_selector("#rows tbody tr")
    if page.viewport_size["width"] < 640:  # there the places are folded away, so that the rows are near
        page.wait_for_selector("label:has-text('3 – ')", state="hidden")
        page.click("button:has-text('Place dans le plan')")
    page.check("label:has-text('3 – ') input")
    wanted = len(select(assistant.register, Selection(orientation=3)))
    page.wait_for_selector(f"#told strong:text-is('{wanted} lignes sur {len(assistant.register.engagements)}')")
    for form, name in (("csv", "Fichier CSV"), ("xlsx", "Fichier XLSX")):
        with page.expect_download() as download:
            page.click(f"text={name}")
        path = download.value.path()
        if form == "xlsx":
            assert load_workbook(io.BytesIO(path.read_bytes())).active.max_row == wanted + 1
        else:
            assert len(list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"))) == wanted + 1
    page.focus("#rows .proof summary >> nth=0")
    page.keyboard.press("Enter")
    assert page.is_visible("#rows .proof blockquote >> nth=0")
    assert serious(page) == []


@pytest.mark.browser
def test_words_are_looked_for_while_they_are_written_and_a_link_keeps_them_with_its_page(page: Any, assistant: Assistant) -> None:
    page.goto("/engagements?mots=m&page=2")
    page.wait_for_selector("#rows .pages:has-text('Page 2 sur')")
    total = len(assistant.register.engagements)
    box = "#row-filters textarea >> nth=0"
    assert page.input_value(box) == "m"
    page.fill(box, "hydrogene")
    page.wait_for_selector(f"#told strong:text-is('{len(select(assistant.register, Selection(words='hydrogene')))} lignes sur {total}')")
    page.focus(box)
    for _ in "hydrogene":
        page.keyboard.press("Backspace")
    page.wait_for_selector(f"#told strong:text-is('{total} lignes sur {total}')")
    page.fill("#row-filters textarea >> nth=2", "hier")
    page.wait_for_selector("#told .failed:has-text('« hier » n’est pas une année')")


@pytest.mark.browser
def test_an_agent_sees_target_against_result(page: Any) -> None:
    page.goto("/engagements?table=suivi")
    page.locator("#drawing .plot").scroll_into_view_if_needed()
    page.wait_for_selector("#drawing .plot .main-svg")
    assert page.locator("#drawing .plot .bars .point").count() == 2 * 4
    row = page.inner_text("#rows tbody tr:has-text('considérations environnementales') >> nth=0")
    for told in ("100", "94", "non atteint"):
        assert told in row
    assert serious(page) == []


@pytest.mark.browser
def test_the_tree_of_the_plan_leads_to_the_rows_by_keyboard(page: Any, assistant: Assistant) -> None:
    page.goto("/engagements")
    page.wait_for_selector("#rows tbody tr")
    page.focus("#drawing summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawing .plot .main-svg")
    for link in ("Orientation 1", "Levier 2"):
        page.focus(f"#drawing .outline a:has-text('{link}') >> nth=0")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#drawing .outline a[aria-current]:has-text('{link}')")
    wanted = len(select(assistant.register, Selection(orientation=1, levier=2)))
    page.wait_for_selector(f"#told strong:has-text('{wanted} lignes')")
    page.wait_for_url(re.compile("orientation=1&levier=2$"))
    assert page.is_visible("#drawing .outline"), "the tree stays open"
    assert page.evaluate("document.activeElement.className") == "count"
    page.wait_for_selector("#drawing .plot .treemaplayer .slice")
    page.click("#drawing .plot .treemaplayer .slice >> nth=1")
    page.wait_for_url(re.compile("levier=2&action="))
    assert serious(page) == []


@pytest.mark.alone
@pytest.mark.browser
@pytest.mark.parametrize(("path", "ready"), [("/aides", "#find"), ("/engagements", "#rows tbody tr")])
def test_a_page_can_be_used_soon(page: Any, path: str, ready: str) -> None:
    page.goto(path)  # once, so that the register is built and the browser has its files
    page.wait_for_selector(ready)
    page.wait_for_timeout(SETTLED)
    begun = time.perf_counter()
    page.goto(path)
    page.wait_for_selector(ready)
    seconds = time.perf_counter() - begun
    print(f"{path}: {seconds:.2f} s until it can be used")
    page.wait_for_timeout(SETTLED)
    assert seconds < GUARD * INTERACTIVE


# The speech


def test_the_address_of_a_speech_holds_all_that_was_chosen() -> None:
    theme, named = read_theme("l'eau & la mer"), ("Vitrolles", "hydrogène")
    order = Order(theme, Audience.PRESS, 7, Tone.TEACHING, ("a", "b"), named, (2022, 2025), Occasion.WISHES)
    for draft in (Draft(order), Draft(order, ("1a", "2b"), True), Draft(order, ())):
        assert draft_of(query_of_draft(draft)) == draft


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("minutes=5", "Le thème est vide"),
        ("theme=eau&minutes=deux", "n’est pas un nombre"),
        ("theme=eau&minutes=99", "de 1 à 20 minutes"),
        ("theme=eau&public=martiens", "choisissez parmi habitants"),
        ("theme=eau&garde=inconnu", "n'est pas dans ce discours"),
        ("theme=eau&liaisons=modele", "Aucun modèle de langage"),
    ],
)
def test_a_speech_that_cannot_be_made_is_told_in_a_sentence(address: str, query: str, said: str) -> None:
    answer = httpx.get(f"{address}/discours/discours.md?{query}", timeout=PATIENCE)
    assert answer.status_code == 400 and said in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("name", "begins"),
    [("discours.docx", b"PK"), ("discours.odt", b"PK"), ("discours.md", b"# L'eau"), ("discours.txt", b"Mesdames"), ("fiche.docx", b"PK")],
)
def test_the_speech_comes_as_files(address: str, name: str, begins: bytes) -> None:
    answer = httpx.get(f"{address}/discours/{name}?{urlencode({'theme': 'eau', 'minutes': 2})}", timeout=PATIENCE)
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(begins)


def ticked(page: Any) -> list[str]:
    """The ids of the elements that are told, in their order."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#brief li.element')].filter((e) => e.querySelector('input').checked).map((e) => e.id.slice(8))"
    )
    return found


def prepared(page: Any, query: str) -> None:
    page.goto(f"/discours?{query}")
    page.wait_for_selector("#speech-length .total")
    page.wait_for_selector("#brief li.element")


@pytest.mark.browser
def test_an_elu_prepares_a_speech_by_keyboard_and_takes_it_away(page: Any) -> None:
    page.goto("/discours")
    page.wait_for_timeout(SETTLED)
    page.get_by_label("l'eau", exact=True).check()
    page.get_by_label("2 minutes").check()
    page.wait_for_function("document.querySelector('#theme textarea, #theme input').value === \"l'eau\"")
    page.focus("#make")
    page.keyboard.press("Enter")
    page.wait_for_selector("#speech-length .total")
    assert page.evaluate("document.activeElement.textContent") == "L'eau"
    assert "2 min demandées" in page.inner_text("#speech-length")
    told = page.inner_text("#speech-text .spoken")
    assert told.count("«") > 3 and "Mesdames, messieurs" in told
    with page.expect_download() as download:
        page.get_by_role("link", name="Word (.docx)").click()
    assert download.value.suggested_filename == "discours.docx"


@pytest.mark.browser
def test_what_is_ticked_and_moved_is_what_is_told_timed_and_exported(page: Any, address: str) -> None:
    prepared(page, urlencode({"theme": "la commande publique", "minutes": 2}))
    before, words = ticked(page), page.inner_text("#speech-length")
    first = page.locator("#brief ol.kept").nth(1).locator("li.element")
    assert first.count() > 1
    first.nth(1).locator("button.up").focus()
    page.keyboard.press("Enter")
    assert "position 1 sur" in page.inner_text("#speech-said")
    assert page.evaluate("document.activeElement.className") == "up", "the focus stays on the button"
    moved = ticked(page)
    assert moved != before and sorted(moved) == sorted(before)
    first.nth(1).locator("input").focus()
    page.keyboard.press("Space")
    kept = ticked(page)
    assert len(kept) == len(before) - 1
    page.wait_for_function("(old) => document.querySelector('#speech-length').innerText !== old", arg=words)
    page.wait_for_function("(ids) => decodeURIComponent(location.search).includes(`garde=${ids}`)", arg=",".join(kept))
    link = page.get_attribute("#speech-files a[href*='discours.md']", "href")
    exported = httpx.get(address + link, timeout=PATIENCE).text
    quoted = [text.strip("« »") for text in page.locator("#brief li.element:has(input:checked) .quoted").all_inner_texts()]
    places = [exported.find(text.replace("\u00a0", " ")[:40]) for text in quoted]
    assert all(place > 0 for place in places) and places == sorted(places)
    page.reload()
    page.wait_for_selector("#brief li.element")
    assert ticked(page) == kept, "the address reopens the same speech"


@pytest.mark.browser
def test_each_element_shows_its_proof_and_a_thin_theme_says_so(page: Any) -> None:
    prepared(page, urlencode({"theme": "l'hydrogène", "minutes": 10}))
    assert "trop mince" in page.inner_text("#brief .notices") and "trop court" in page.inner_text("#speech-length")
    element = page.locator("#brief li.element").first
    element.locator("summary").click()
    assert squash(element.locator("blockquote").inner_text()) == squash(element.locator(".quoted").inner_text())
    assert "2025" in element.locator(".place").first.inner_text() or "2022" in element.locator(".place").first.inner_text()
    page.locator("#brief details.more summary").first.click()
    extra = page.locator("#brief details.more li.element").first
    name = extra.get_attribute("id")
    extra.locator("input").check()
    assert page.locator(f"ol.kept #{name}").count() == 1
    page.wait_for_function("(id) => decodeURIComponent(location.search).includes(id)", arg=name.removeprefix("element-"))


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "theme=l%27eau&minutes=2", "theme=la+plong%C3%A9e+polaire"])
def test_nothing_keeps_people_out_of_the_workshop(page: Any, scheme: str, query: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/discours?{query}")
    page.wait_for_selector("#speech-told .examples" if not query else "#speech-length .total, #speech-told .failed")
    page.wait_for_timeout(SETTLED)
    assert serious(page) == []


# In English

SAID = """() => {
  const plainly = (words) => words.replace(/[\\s\\u00a0\\u202f]+/g, " ").trim();
  const isFrench = (element) => element.closest("[lang=fr]:not(html, [data-left])");
  const said = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const [node, place] = [walker.currentNode, walker.currentNode.parentElement];
    const isOurs = !place.closest("script, style, textarea, .turn, #js-plotly-tester, .plot text:not(.legendtext, .xtitle)");
    if (isOurs && !isFrench(place) && (place.checkVisibility() || place.closest("details"))) said.add(plainly(node.data));
  }
  for (const name of ["placeholder", "aria-label", "title", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`)) if (!isFrench(element)) said.add(plainly(element.getAttribute(name)));
  return [...said].filter((words) => /\\p{L}{2}/u.test(words));
}"""
"""What a page says of its own, seen or read aloud: not what stands in an element that says it is French."""
OPENED = {
    "/": "#examples button",
    f"/aides?{urlencode({'phrase': SENTENCE})}": ".aid",
    "/aides": "#advice .examples",
    "/engagements": "#rows tbody tr",
    "/engagements?table=suivi": "#drawing .legendtext",
    "/engagements?table=dispositifs&mots=zzzz": "#rows .none",
    "/discours?theme=l%27eau&minutes=2": "#speech-text section",
    "/documents": "#library .shelf li",
    "/documents/rapport-developpement-durable-2025?q=eau": "mark.found",
    "/documents/aucun": "main h1",
    "/a-propos": "#about h2:has-text('Contact')",
}
"""Pages, and what is there once they are whole."""
ALIKE = re.compile(r"[\d\s:.,]*|\d+ (?:min|s|minutes)(?: \d+ s)?|[\d,]+ ?[k€%]+|Vitrolles(?:, hydrogène)?|Python [\d.]+|[\w-]+ \d[\w.+]*")
"""What is the same in both languages: lengths, amounts, versions, a commune."""


@pytest.mark.browser
@pytest.mark.parametrize("path", OPENED)
def test_no_page_keeps_a_french_word_of_its_own_in_english(browser: Any, address: str, assistant: Assistant, path: str) -> None:
    said = []
    for language in ("fr", "en"):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address, reduced_motion="reduce")
        context.add_init_script(f"localStorage.setItem('amp-language', '{language}')")
        opened = context.new_page()
        opened.goto(path)
        opened.wait_for_selector(OPENED[path], timeout=PATIENCE * 1000, state="attached")
        opened.wait_for_timeout(SETTLED)
        assert opened.evaluate("document.documentElement.lang") == language
        said.append(opened.evaluate(SAID))
        context.close()
    english = tomllib.loads((files("amp_assistant.web") / "english.toml").read_text(encoding="utf-8"))
    same = {french for french, own in english["words"].items() if french == own}
    same_phrases = [one["french"] for one in english["phrases"] if one["english"] in ("$1", "Source $1", "Passage $1", "Page $1")]
    of_documents = {one.short_title for one in assistant.index.documents.values()} | set(titles(assistant.register).values())
    left = [
        words
        for words in set(said[0]).intersection(said[1]) - same
        if not ALIKE.fullmatch(words)
        and re.sub(r"^\d+ – ", "", words) not in of_documents
        and not any(re.search(phrase, words) for phrase in same_phrases)
    ]
    assert left == []


@pytest.mark.browser
def test_the_choice_of_english_holds_on_every_page_and_what_documents_say_stays_french(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address)
    opened = context.new_page()
    opened.goto("/engagements")
    opened.click("#language")
    opened.wait_for_selector("#rows th:has-text('Commitment')", timeout=PATIENCE * 1000)
    assert opened.get_attribute("#rows .subject >> nth=0", "lang") == "fr"
    opened.goto("/documents/rapport-developpement-durable-2025")
    assert opened.inner_text("label[for=words]") == "Search this document"
    assert opened.get_attribute("article h2 >> nth=0", "lang") == "fr"
    assert serious(opened) == []
    opened.click("#language")
    opened.wait_for_selector("label:has-text('Chercher dans ce document')")
    context.close()
