"""Indexing again: only what changed is read, what is told of it is true, and those who are running follow."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from printing import Press, source
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from test_layouts import scan

from amp_assistant.assistant import Assistant
from amp_assistant.building import build_index
from amp_assistant.builds import current_build
from amp_assistant.citations import Citation, Quotation, cite
from amp_assistant.documents import Allowance, read_corpus
from amp_assistant.documents.ocr import has_ocr
from amp_assistant.documents.plain import read_plain
from amp_assistant.index import open_index
from amp_assistant.passages import split_document
from amp_assistant.report import Report, State, read_report
from amp_assistant.settings import Settings
from amp_assistant.web.sources import sources_html


@pytest.fixture
def tiny(tiny_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=tiny_corpus, index=tmp_path / "index")


def states(report: Report) -> dict[str, State]:
    return {line.path: line.state for line in report.documents}


def write(settings: Settings, name: str, text: str) -> None:
    (settings.corpus / name).write_text(text, encoding="utf-8")


def test_the_report_tells_what_became_of_each_file(tiny: Settings) -> None:
    write(tiny, "note.md", "Le prêt de vélos cargos est ouvert aux commerces.\n")
    write(tiny, "ancien.md", "Les anciens vélos sont donnés aux écoles.\n")
    assert set(states(build_index(tiny)).values()) == {State.ADDED}
    write(tiny, "note.md", "Le prêt de vélos cargos est ouvert aux associations.\n")
    (tiny.corpus / "ancien.md").unlink()
    Press(tiny.corpus / "plan.pdf").print(source())
    (tiny.corpus / "abime.pdf").write_bytes(b"%PDF-1.7\nrien")
    write(tiny, "tableau.xyz", "a;b\n")
    report = build_index(tiny)
    assert states(report) == {
        "charte-velo.md": State.UNCHANGED,
        "note.md": State.CHANGED,
        "ancien.md": State.REMOVED,
        "plan.pdf": State.ADDED,
        "abime.pdf": State.UNREADABLE,
    }
    lines = {line.path: line for line in report.documents}
    assert (lines["plan.pdf"].pages or 0) > 1 and lines["plan.pdf"].passages > 5
    assert sum(line.passages for line in report.documents) == report.passages == len(open_index(tiny).passages)
    assert "endommagé" in lines["abime.pdf"].reason
    assert [refusal.path for refusal in report.skipped] == ["tableau.xyz"]
    assert not [passage for passage in open_index(tiny).passages if passage.document == "ancien"]
    assert read_report(tiny.index / "report.json") == report
    again = build_index(tiny)
    assert again.seconds is None and read_report(tiny.index / "report.json") == again
    assert states(again) == {
        "charte-velo.md": State.UNCHANGED,
        "note.md": State.UNCHANGED,
        "plan.pdf": State.UNCHANGED,
        "abime.pdf": State.UNREADABLE,
    }


def test_what_has_not_changed_is_not_read_again(tiny: Settings) -> None:
    build_index(tiny)
    build = current_build(tiny.index)
    assert build
    (kept,) = (build / "readings").iterdir()
    kept.write_text(kept.read_text(encoding="utf-8").replace("250", "251"), encoding="utf-8")  # so that it shows where it was used
    write(tiny, "note.md", "Le prêt de vélos cargos est ouvert aux commerces.\n")
    build_index(tiny)
    texts = " ".join(passage.text for passage in open_index(tiny).passages)
    assert "251 arceaux" in texts and "vélos cargos" in texts
    build_index(tiny, force=True)
    assert "250 arceaux" in " ".join(passage.text for passage in open_index(tiny).passages)


def test_a_title_that_is_corrected_trains_no_encoder(tiny: Settings) -> None:
    entry = '[documents.charte-velo]\ntitle = "{}"\nshort_title = "Charte"\nkind = "charte"\npublisher = "Ville"\ndate = "2024"\n'
    entry += 'period = ""\nlanguage = "fr"\ndescription = ""\n'
    write(tiny, "manifest.toml", entry.format("La charte"))
    build_index(tiny)
    encoder = open_index(tiny).built_from.files["encoder/model.safetensors"]
    write(tiny, "manifest.toml", entry.format("Charte du vélo de la ville"))
    report = build_index(tiny)
    assert states(report) == {"charte-velo.md": State.CHANGED}
    assert open_index(tiny).documents["charte-velo"].title == "Charte du vélo de la ville"
    assert open_index(tiny).built_from.files["encoder/model.safetensors"] == encoder


@pytest.mark.alone
def test_an_unchanged_corpus_takes_less_than_three_seconds_and_no_torch(settings: Settings, assistant: Assistant) -> None:
    script = "import sys; from amp_assistant.cli import main\ntry: main(['index'])\nexcept SystemExit: pass\n"
    script += "print(sorted({'torch', 'chromadb', 'gradio'} & set(sys.modules)))"
    environment = {**os.environ, "AMP_CORPUS": str(settings.corpus), "AMP_INDEX": str(settings.index)}
    command = [sys.executable, "-c", script]
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - begun)
    print(f"\nunchanged: {min(times):.2f} s")
    assert min(times) < 3
    assert "L'index est à jour" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_next_question_is_answered_over_the_new_index(tiny: Settings) -> None:
    assistant = Assistant.open(tiny)
    cited = assistant.ask("Combien d'arceaux par an ?").citations[0].passage
    write(tiny, "charte-velo.md", "# Charte du vélo\n\nLa ville installe 400 arceaux par an près des écoles.\n")
    assert "250 arceaux" in assistant.ask("Combien d'arceaux par an ?").text, "nothing is read before it is indexed"
    build_index(tiny)
    assert "400 arceaux" in assistant.ask("Combien d'arceaux par an ?").text
    assert "250 arceaux" in assistant.passage(cited).text, "what was cited a moment ago can still be shown"


def test_questions_go_on_while_the_index_is_replaced(tiny: Settings) -> None:
    assistant = Assistant.open(tiny)
    told: set[str] = set()
    failures: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                told.add(assistant.ask("Combien d'arceaux par an ?").text.split(" arceaux")[0].split()[-1])
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test tells it
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in (300, 400):
        write(tiny, "charte-velo.md", f"# Charte du vélo\n\nLa ville installe {number} arceaux par an près des écoles.\n")
        build_index(tiny)
        limit = time.monotonic() + 30
        while str(number) not in told and time.monotonic() < limit:
            time.sleep(0.05)
    done.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert told == {"250", "300", "400"}


def test_a_damaged_new_index_leaves_those_who_run_theirs(tiny: Settings) -> None:
    assistant = Assistant.open(tiny)
    write(tiny, "charte-velo.md", "# Charte du vélo\n\nLa ville installe 400 arceaux par an près des écoles.\n")
    build_index(tiny)
    build = current_build(tiny.index)
    assert build
    (build / "units.json").write_text("{", encoding="utf-8")
    for _ in range(2):
        assert "250 arceaux" in assistant.ask("Combien d'arceaux par an ?").text


@pytest.mark.skipif(not has_ocr(), reason="no Tesseract with French on this machine")
def test_pages_labels_and_recognition_are_told_by_citations(tiny: Settings) -> None:
    plan = tiny.corpus / "plan.pdf"
    press = Press(plan).print(source("agenda-developpement-economique-2022", 36))
    scan(plan, [1])
    writer = PdfWriter(clone_from=PdfReader(plan))
    writer.set_page_label(0, press.page - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.write(plan)
    line = next(line for line in build_index(tiny).documents if line.path == "plan.pdf")
    assert (line.pages, line.ocr_pages, line.unreadable_pages) == (press.page, (2,), ())
    assistant = Assistant.open(tiny)
    reading = assistant.index.documents["plan"].reading
    assert (reading.pages, reading.page_labels[:2], reading.ocr_pages, reading.blocks) == (press.page, ("i", "ii"), (2,), ())
    told: dict[int | None, Citation] = {}
    for passage in assistant.index.passages:
        if passage.document == "plan":
            citation = cite(Quotation(passage, 0, len(passage.text)), assistant.index.documents)
            told.setdefault(citation.page, citation)
    assert [(citation.page_label, citation.page_text) for citation in (told[1], told[2])] == [
        ("i", "page i (1 du fichier)"),
        ("ii", "page ii (2 du fichier)"),
    ]
    assert told[2].ocr and "vérifiez" in told[2].caution
    answer = assistant.ask(told[2].quote[:200])
    record = next(citation for citation in answer.record()["citations"] if citation["page"] == 2)
    assert (record["page_label"], record["ocr"]) == ("ii", True)
    assert any("reconnaissance de caractères" in notice for notice in answer.notices)
    assert "page ii (2 du fichier)" in sources_html(answer, 1, assistant)


def test_a_quotation_has_the_page_where_it_begins(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("Une phrase de la première page.\fUne phrase de la deuxième page.\n", encoding="utf-8")
    (passage,) = split_document(read_corpus(tmp_path).documents[0])
    assert (passage.first_page, passage.last_page) == (1, 2)
    assert passage.page_at(passage.text.index("deuxième")) == 2
    assert passage.page_at(passage.text.index("première")) == 1


def test_progress_counts_documents_and_pages(tmp_path: Path) -> None:
    printed = 0
    for number in range(3):
        press = Press(tmp_path / f"plan-{number}.pdf")
        press.print(source())
        printed += press.page
    documents_told: list[tuple[int, int]] = []
    pages_told: list[tuple[int, int]] = []
    corpus = read_corpus(
        tmp_path,
        on_document=lambda done, total: documents_told.append((done, total)),
        on_page=lambda done, total: pages_told.append((done, total)),
    )
    assert documents_told == [(1, 3), (2, 3), (3, 3)]
    assert pages_told[-1] == (printed, printed)
    assert printed == sum(document.reading.pages or 0 for document in corpus.documents)
    assert [done for done, _ in pages_told] == sorted(done for done, _ in pages_told)


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor reads one document at a time")
def test_documents_are_read_side_by_side(tmp_path: Path) -> None:
    for number in range(2):
        Press(tmp_path / f"plan-{number}.pdf").print(source() * 10)
    open_at_once: list[int] = []
    running = threading.Event()

    def count() -> None:
        while not running.wait(0.02):
            listed = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True).stdout
            open_at_once.append(listed.count("-m amp_assistant.documents"))

    counter = threading.Thread(target=count)
    counter.start()
    read_corpus(tmp_path, Allowance())
    running.set()
    counter.join()
    assert max(open_at_once) >= 2


def test_lines_without_words_take_time_in_proportion() -> None:
    begun = time.process_time()
    blocks = read_plain("|a|b|\n" * 30_000).blocks
    seconds = time.process_time() - begun
    print(f"\n180 kB of rows: {seconds:.1f} s")
    assert seconds < 10, "it took 200 s where each line was judged with all above it"
    assert sum(block.text.count("|a|b|") for block in blocks) == 30_000


def test_the_report_is_json_for_programs(tiny: Settings) -> None:
    build_index(tiny)
    report = json.loads((tiny.index / "report.json").read_text(encoding="utf-8"))
    assert {"build", "passages", "questions", "documents", "skipped", "warnings", "advice", "seconds"} <= report.keys()
    assert {"path", "state", "pages", "passages", "ocr_pages", "unreadable_pages", "reason"} <= report["documents"][0].keys()
