"""The speech workshop on the real corpus: what is spoken is proved, said once, and lasts as long as was asked for."""

import html
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from amp_assistant.assistant import Assistant
from amp_assistant.citations import Statement, find_quotation
from amp_assistant.cli import main
from amp_assistant.errors import UsageError
from amp_assistant.figures import read_figures
from amp_assistant.folding import squash
from amp_assistant.passages import Nature
from amp_assistant.register import Register, Resultat
from amp_assistant.settings import Settings
from amp_assistant.speech import (
    Audience,
    Occasion,
    Order,
    Part,
    Speech,
    Tone,
    Workshop,
    export_sheet,
    export_speech,
    read_occasion,
    read_theme,
    read_tone,
    write,
)
from amp_assistant.speech.brief import TOLERANCE, count_words
from amp_assistant.speech.charts import alike, unit_of
from amp_assistant.speech.exporting import PROMPTER_WIDTH, markdown, prompter
from amp_assistant.speech.facts import overlap
from amp_assistant.speech.sheet import APART
from amp_assistant.speech.wording import connecting_lines

THEMES = (
    "l'eau",
    "les transports",
    "les déchets",
    "la commande publique",
    "l'agriculture",
    "les quartiers",
    "le numérique",
    "le tourisme",
    "la mer",
    "l'emploi",
    "l'énergie",
    "le logement",
    "le climat",
    "la biodiversité",
    "l'industrie",
    "l'innovation",
    "la formation",
    "le commerce",
    "la culture",
    "la logistique",
)
"""Twenty themes as people say them; the last is none that the workshop knows by name."""
RICH = ("la mer", "l'emploi", "l'énergie", "l'innovation", "l'industrie", "la formation", "le climat")
"""Themes that the documents say enough about for ten minutes."""


@pytest.fixture(scope="module")
def workshop(assistant: Assistant, settings: Settings) -> Workshop:
    return Workshop.open(assistant.index, settings)


@pytest.fixture(scope="module")
def speeches(workshop: Workshop) -> dict[tuple[str, int], Speech]:
    return {(theme, minutes): workshop.speech(Order(read_theme(theme), minutes=minutes)) for theme in THEMES for minutes in (2, 5, 10)}


@pytest.fixture(scope="module")
def water(speeches: dict[tuple[str, int], Speech]) -> Speech:
    return speeches["l'eau", 5]


@pytest.mark.parametrize("theme", THEMES)
def test_every_figure_stands_in_a_quotation_of_its_statement(theme: str, speeches: dict[tuple[str, int], Speech]) -> None:
    for statement in speeches[theme, 10].statements:
        quoted = {figure.value for quotation in statement.quotations for figure in read_figures(quotation.text)}
        assert {figure.value for figure in read_figures(statement.text)} <= quoted


@pytest.mark.parametrize("theme", THEMES)
def test_every_quotation_is_word_for_word_in_its_passage_and_none_is_an_imagined_future(
    theme: str, speeches: dict[tuple[str, int], Speech], assistant: Assistant
) -> None:
    index = assistant.index
    imagined = [(unit.stretch, index.passages[unit.stretch.passage].id) for unit in index.units if unit.nature is Nature.RECIT]
    for statement in speeches[theme, 10].statements:
        between_marks = re.findall(r"« (.*?) »", statement.text)
        assert len(between_marks) == len(statement.quotations)
        for words, quotation in zip(between_marks, statement.quotations, strict=True):
            assert squash(words) == squash(quotation.text)
            assert find_quotation(assistant.passage(quotation.passage.id), quotation.text) is not None
            assert quotation.passage.nature is not Nature.RECIT
            assert not any(
                identifier == quotation.passage.id and stretch.start < quotation.end and quotation.start < stretch.end
                for stretch, identifier in imagined
            )


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_said_twice(theme: str, speeches: dict[tuple[str, int], Speech]) -> None:
    said = [squash(statement.text) for statement in speeches[theme, 10].statements if count_words(statement.text) > 2]
    assert len(said) == len(set(said))
    quotations = speeches[theme, 10].quotations
    assert not any(overlap(one, other) for at, one in enumerate(quotations) for other in quotations[at + 1 :])


@pytest.mark.parametrize("minutes", [2, 5, 10])
@pytest.mark.parametrize("theme", THEMES)
def test_a_speech_lasts_as_long_as_asked_or_says_that_the_theme_is_too_thin(
    theme: str, minutes: int, speeches: dict[tuple[str, int], Speech]
) -> None:
    speech = speeches[theme, minutes]
    words = sum(count_words(statement.text) for statement in speech.statements)
    assert words == speech.words <= 130 * minutes * (1 + TOLERANCE)
    if words < 130 * minutes * (1 - TOLERANCE):
        assert minutes > 2 and theme not in RICH
        assert any("trop mince" in notice and f"{words} mots" in notice for notice in speech.brief.notices)


def test_a_figure_is_never_cut_off_from_the_label_before_it(speeches: dict[tuple[str, int], Speech]) -> None:
    for speech in speeches.values():
        for quotation in speech.quotations:
            before = quotation.passage.text[: quotation.start].rstrip()
            assert not (quotation.text[0].isdecimal() and before.endswith(":")), quotation.text


def test_results_hold_no_target_and_no_forecast(
    speeches: dict[tuple[str, int], Speech], assistant: Assistant, settings: Settings
) -> None:
    register = Register.of(assistant.index, settings)
    unsure = [row for row in (*register.cibles, *register.resultats) if row in register.cibles or getattr(row, "forecast", False)]
    places = [found for row in unsure for proof in row.proofs if (found := find_quotation(assistant.passage(proof.passage), proof.quote))]
    results = [
        quotation
        for speech in speeches.values()
        for element in speech.brief.elements
        if element.part in (Part.RESULTS, Part.PLACES, Part.SOUNDBITES)
        for quotation in element.quotations
    ]
    assert len(results) > 100
    assert not [quotation.text for quotation in results if any(overlap(quotation, place) for place in places)]


@pytest.mark.parametrize("line", connecting_lines())
def test_connecting_words_state_no_figure_and_no_name(line: str) -> None:
    said = line.format(theme="l'eau", of_theme="de l'eau")
    inside = re.sub(r"(?:^|(?<=[.?!:] ))\S+", "", said).replace("Métropole", "")
    assert not read_figures(said)
    assert inside == inside.lower(), "a capital inside a sentence is a name"


def test_connecting_words_suit_the_audience_and_the_tone(workshop: Workshop) -> None:
    made = {
        (audience, tone): " ".join(
            statement.text
            for statement in workshop.speech(Order(read_theme("l'emploi"), audience, 2, tone)).statements
            if not statement.quotations
        )
        for audience in Audience
        for tone in Tone
    }
    assert len(set(made.values())) == len(Audience) * len(Tone)
    assert read_tone("Pedagogique") is Tone.TEACHING


def test_the_occasion_is_said(workshop: Workshop) -> None:
    said = {
        occasion: " ".join(one.text for one in workshop.speech(Order(read_theme("l'emploi"), minutes=2, occasion=occasion)).statements)
        for occasion in (None, *Occasion)
    }
    assert len(set(said.values())) == len(Occasion) + 1
    assert read_occasion("Voeux") is Occasion.WISHES and read_occasion("reunion publique") is Occasion.MEETING


def test_only_the_documents_and_years_asked_for_are_drawn_on(workshop: Workshop) -> None:
    speech = workshop.speech(Order(read_theme("l'emploi"), minutes=2, years=(2022,)))
    assert {workshop.documents[quotation.passage.document].date[:4] for quotation in speech.quotations} == {"2022"}
    with pytest.raises(UsageError, match="Aucun des documents choisis n'est de 2022"):
        workshop.speech(Order(read_theme("l'emploi"), years=(2022,), documents=("spaser-communique-2021",)))


def test_a_place_that_is_to_be_named_is_named(workshop: Workshop) -> None:
    def named(*names: str) -> int:
        speech = workshop.speech(Order(read_theme("la mer"), minutes=2, named=names))
        return sum("Fos" in quotation.text for quotation in speech.quotations)

    assert named("fos") > named()


def test_a_target_that_was_not_met_is_said_with_its_result(workshop: Workshop) -> None:
    speech = workshop.speech(Order(read_theme("la commande publique"), Audience.PRESS, 2))
    caution = next(section for section in speech.sections if section.part is Part.CAUTION)
    said = " ".join(statement.text for paragraph in caution.paragraphs for statement in paragraph)
    assert "100 % des marchés" in said and "94 % des marchés" in said
    assert any("échéance" in notice for notice in speech.brief.notices)


def test_figures_that_disagree_are_told_before_speaking_with_their_proof(workshop: Workshop) -> None:
    speech = workshop.speech(Order(read_theme("l'emploi"), Audience.COUNCIL, 10))
    disagreeing = [caution for caution in speech.brief.cautions if caution.text.startswith("Des chiffres différents")]
    assert disagreeing and all(len(caution.quotations) > 1 for caution in disagreeing)


def test_a_thin_theme_shows_what_there_is_and_an_unknown_one_says_what_to_try(workshop: Workshop) -> None:
    thin = workshop.speech(Order(read_theme("l'hydrogène"), minutes=10))
    assert thin.brief.elements and any("trop mince" in notice for notice in thin.brief.notices)
    with pytest.raises(UsageError, match="essayez un thème voisin"):
        workshop.speech(Order(read_theme("la plongée en apnée polaire")))


def test_a_person_drops_moves_and_adds_elements(workshop: Workshop, water: Speech) -> None:
    brief = water.brief
    results = [element for element in brief.elements if element.part is Part.RESULTS]
    added = next(element for element in brief.spare if element.part is Part.RESULTS)
    changed = brief.keeping([results[1].id, added.id, results[0].id])
    assert changed.elements == (results[1], added, results[0])
    assert write(changed).quotations == tuple(quotation for element in changed.elements for quotation in element.quotations)
    with pytest.raises(UsageError, match="n'est pas dans ce discours"):
        brief.keeping(["inconnu"])


def test_markdown_has_a_footnote_with_its_source_for_each_quotation(water: Speech, workshop: Workshop) -> None:
    text = markdown(water, workshop.documents)
    notes = dict(re.findall(r"^\[\^(\d+)\]: (.*)$", text, re.MULTILINE))
    calls = re.findall(r"\[\^(\d+)\](?!:)", text)
    expected = [*water.quotations, *(quotation for caution in water.brief.cautions for quotation in caution.quotations)]
    assert calls == list(notes) == [str(number) for number in range(1, len(expected) + 1)]
    for quotation, note in zip(expected, notes.values(), strict=True):
        assert all(squash(heading) in squash(note) for heading in quotation.passage.heading_path)
        assert squash(workshop.documents[quotation.passage.document].title) in squash(note)
    assert "## Plan et minutage" in text


@pytest.mark.parametrize(
    ("suffix", "part", "note"),
    [(".docx", "word/footnotes.xml", r'<w:footnote w:id="\d+"'), (".odt", "content.xml", 'text:note-class="footnote"')],
)
def test_documents_have_real_footnotes_headings_and_a_style_for_connecting_words(
    suffix: str, part: str, note: str, water: Speech, workshop: Workshop, tmp_path: Path
) -> None:
    path = tmp_path / f"discours{suffix}"
    export_speech(water, workshop.documents, path)
    with zipfile.ZipFile(path) as archive:
        notes = len(re.findall(note, archive.read(part).decode()))
        body = archive.read("word/document.xml" if suffix == ".docx" else "content.xml").decode()
        styles = archive.read("word/styles.xml" if suffix == ".docx" else "styles.xml").decode()
    assert notes == len(water.quotations) + sum(len(caution.quotations) for caution in water.brief.cautions)
    assert "Liaison" in body and "Liaison" in styles
    assert len(re.findall("Heading ?1|Heading_20_1", body)) >= len(water.sections)
    assert list(tmp_path.iterdir()) == [path]


def test_the_prompter_has_short_lines_without_marks(water: Speech) -> None:
    text = prompter(water)
    assert max(map(len, text.splitlines())) <= PROMPTER_WIDTH
    assert not re.search(r"[«»*#\[\]^|]", text)
    assert squash(text) == squash(" ".join(statement.text for statement in water.statements))


def test_words_of_documents_are_never_taken_for_markup(water: Speech, workshop: Workshop, tmp_path: Path) -> None:
    quotation = water.quotations[0]
    odd = Statement("« * [x](y) ^a^ <b> @c $d$ »", (quotation,))
    speech = Speech(water.brief, "T", (type(water.sections[0])(Part.HOOK, ((odd,),)),))
    export_speech(speech, workshop.documents, tmp_path / "x.docx")
    with zipfile.ZipFile(tmp_path / "x.docx") as archive:
        shown = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    assert "* [x](y) ^a^ &lt;b&gt; @c $d$" in shown


def as_pdf(path: Path) -> PdfReader:
    """The file as LibreOffice lays it out."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) n'est pas installé : les pages ne sont pas vues")
    profile = f"-env:UserInstallation=file://{path.parent}/profile"  # its own, so that another LibreOffice may be at work
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, timeout=180, capture_output=True)
    return PdfReader(path.with_suffix(".pdf"))


@pytest.mark.parametrize("suffix", [".docx", ".odt"])
def test_libreoffice_shows_a_few_a4_pages_with_every_footnote_once(
    suffix: str, water: Speech, workshop: Workshop, tmp_path: Path
) -> None:
    export_speech(water, workshop.documents, tmp_path / f"discours{suffix}")
    pages = as_pdf(tmp_path / f"discours{suffix}").pages
    assert 2 <= len(pages) <= 4
    assert all(round(float(page.mediabox.width)) == 595 and round(float(page.mediabox.height)) == 842 for page in pages)
    texts = [page.extract_text() for page in pages]
    count = len(water.quotations) + sum(len(caution.quotations) for caution in water.brief.cautions)
    begins = "|".join(re.escape(document.title.split()[0]) for document in workshop.documents.values())
    begun = [int(number) for text in texts for number in re.findall(rf"^\s?(\d{{1,2}})\s?(?=(?:{begins})\s)", text, re.MULTILINE)]
    assert begun == list(range(1, count + 1)), "one count of footnotes through the whole speech"
    words = squash(" ".join(texts))
    for text in (squash(water.statements[0].text), squash(water.statements[-1].text)):
        cuts = range(len(text))  # the end of a page, and its footnotes, may stand within a sentence
        assert any(text[:cut] in words and text[cut:] in words[words.find(text[:cut]) + cut :] for cut in cuts), text


@pytest.mark.parametrize("theme", ["la commande publique", "l'agriculture", "l'emploi", "le sport"])
def test_a_fact_sheet_is_one_page(theme: str, workshop: Workshop, tmp_path: Path) -> None:
    order = Order(read_theme(theme), minutes=5)
    path = tmp_path / "fiche.docx"
    export_sheet(workshop.speech(order), workshop.suivi(order), workshop.documents, path, measured=workshop.measured(order))
    assert len(as_pdf(path).pages) == 1


def test_the_fact_sheet_shows_targets_beside_results(workshop: Workshop, tmp_path: Path) -> None:
    order = Order(read_theme("la commande publique"), minutes=2)
    export_sheet(workshop.speech(order), workshop.suivi(order), workshop.documents, tmp_path / "fiche.docx")
    with zipfile.ZipFile(tmp_path / "fiche.docx") as archive:
        assert [name for name in archive.namelist() if name.startswith("word/media/")]
        shown = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    assert "94\u00a0%" in shown and "100\u00a0%" in shown


@pytest.mark.parametrize("theme", ["l'agriculture", "la mer", "le foncier"])
def test_where_no_target_has_a_result_figures_of_one_unit_are_drawn_with_their_proof(
    theme: str, workshop: Workshop, assistant: Assistant, tmp_path: Path
) -> None:
    order = Order(read_theme(theme), minutes=2)
    shown = alike(row for row in workshop.measured(order) if isinstance(row, Resultat))
    assert len(shown) > 1 and len({unit_of(row) for row in shown}) == 1
    assert not any(row.forecast for row in shown)
    export_sheet(workshop.speech(order), (), workshop.documents, tmp_path / "fiche.docx", measured=workshop.measured(order))
    with zipfile.ZipFile(tmp_path / "fiche.docx") as archive:
        assert [name for name in archive.namelist() if name.startswith("word/media/")]
        text = squash(html.unescape(re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())))
    assert squash(APART) in text
    assert all(squash(row.proofs[0].quote) in text for row in shown)


def run(*arguments: str) -> int:
    try:
        main(["speech", *arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_the_command_writes_the_speech(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMP_CORPUS", str(settings.corpus))
    monkeypatch.setenv("AMP_INDEX", str(settings.index))
    path = tmp_path / "discours.md"
    assert run("--theme", "l'eau", "--minutes", "2", "--audience", "presse", "--tone", "mobilisateur", "--output", str(path)) == 0
    assert path.read_text(encoding="utf-8").startswith("# L'eau")
    assert "2 min" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--theme", "l'eau", "--output", "x.pdf"), ".docx, .odt, .md, .txt"),
        (("--theme", "  ", "--output", "x.md"), "Le thème est vide"),
        (("--theme", "le la les", "--output", "x.md"), "Le thème est vide"),
        (("--theme", "l'eau", "--minutes", "0", "--output", "x.md"), "de 1 à 20 minutes"),
        (("--theme", "l'eau", "--minutes", "21", "--output", "x.md"), "de 1 à 20 minutes"),
        (("--theme", "l'eau", "--audience", "martiens", "--output", "x.md"), "habitants, entreprises"),
        (("--theme", "l'eau", "--tone", "furieux", "--output", "x.md"), "sobre, mobilisateur"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_french_sentence(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    assert told in " ".join(capsys.readouterr().err.split())
