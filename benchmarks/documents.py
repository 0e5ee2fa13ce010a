"""Files made of the corpus by other tools, read and searched: does the assistant find in them what it finds in the plain text, and cite
the right page?

Run by `make benchmark-documents`, which puts ``tests`` on the path: what makes the files is shared with the tests. Progress goes to
stderr, the tables to the terminal and into ``docs/documents.md``. Takes a quarter of an hour: LibreOffice, Chromium and Tesseract do most.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from finding import Finder, Finding, Made, make, plain_documents
from presses import LARGE, SCANS, VARIANTS, Variant, press
from pypdf import PdfReader
from rich.console import Console

from amp_assistant.assistant import Assistant
from amp_assistant.documents import read_document
from amp_assistant.settings import ROOT, Settings, close_network, read_settings
from benchmarks.report import Table, markdown, show, write_between_marks

PAGE = ROOT / "docs" / "documents.md"
BEGIN = "<!-- figures: written by make benchmark-documents -->"
AGENDA = "agenda-developpement-economique-2022"
SHORT = ("pcaem-mobilisation", "spaser-communique-2021")
USUAL = (*SHORT, "rapport-developpement-durable-2025")
LONG_PAGES = 200
"""Pages of the file whose reading is timed, at least."""

progress = Console(stderr=True, highlight=False).print


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a variant over some documents."""

    variant: Variant
    made: tuple[Made, ...]
    finding: Finding
    plain: Finding


def main() -> None:
    """Make, read, search, and write it down."""
    close_network()
    settings = read_settings()
    progress("Index")
    finder = Finder(Assistant.open(Settings(corpus=settings.corpus, index=settings.index)).index)
    tables = [
        table("Trois documents entiers", list(rows(finder, VARIANTS, USUAL))),
        table("L'Agenda entier", list(rows(finder, LARGE, (AGENDA,)))),
        table("Pages numérisées, lues par Tesseract", list(rows(finder, SCANS, SHORT))),
        speed(),
    ]
    show(tables)
    load = f"{os.getloadavg()[2]:.1f}".replace(".", ",")
    circumstances = f"Mesuré sur {os.cpu_count()} cœurs, charge moyenne {load}."
    write_between_marks(PAGE, "\n".join([*map(markdown, tables), circumstances, ""]), BEGIN)


def rows(finder: Finder, variants: Sequence[Variant], names: Sequence[str]) -> Iterator[Row]:
    """Each variant that this machine can make, read and searched."""
    for variant in variants:
        if not variant.is_possible:
            progress(f"{variant.name} : le programme manque, ligne sautée")
            continue
        with TemporaryDirectory() as folder:
            made = tuple(make(name, variant.make, Path(folder) / name) for name in names)
            row = Row(variant, made, finder.made(made), finder.plain(names))
        progress(f"{variant.name} : {cells(row)}")
        for sentence in row.finding.wrong:
            progress(f"  autre page : {sentence}")
        yield row


def table(title: str, measured: Sequence[Row]) -> Table:
    """The rows as a table."""
    columns = ("fichier", "pages", "lecture s", "rappel@5 texte", "rappel@5 fichier", "rapport", "pages vérifiées", "bonne page")
    return Table(title, columns, tuple((row.variant.name, *cells(row)) for row in measured))


def cells(row: Row) -> tuple[str, ...]:
    """The figures of a row, as they are written in French."""
    pages = sum(len(one.pages) for one in row.made)
    right = row.finding.right_pages
    return (
        str(pages or "–"),
        number(sum(one.seconds for one in row.made), 1),
        number(row.plain.recall, 3),
        number(row.finding.recall, 3),
        number(row.finding.recall / row.plain.recall, 3),
        str(row.finding.paged or "–"),
        "–" if right is None else number(right, 3),
    )


def speed() -> Table:
    """How long a long PDF takes, beside what pypdf takes to give its bare text."""
    with TemporaryDirectory() as folder:
        blocks = [block for document in plain_documents().values() for block in document.reading.blocks]
        path = press(heads=True, hyphens=True)(blocks * 2, Path(folder))
        pages = len(PdfReader(path).pages)
        if pages < LONG_PAGES:
            raise ValueError(f"{pages} pages are too few to be timed")
        begun = time.perf_counter()
        read_document(path, {})
        ours = time.perf_counter() - begun
        begun = time.perf_counter()
        for page in PdfReader(path).pages:
            page.extract_text()
        bare = time.perf_counter() - begun
    columns = ("lecture d'un long PDF de texte", "pages", "secondes", "secondes pour 200 pages")
    timed = (("le nôtre : mise en page, titres, tableaux, notes", ours), ("pypdf : le texte seul", bare))
    return Table("Vitesse", columns, tuple((name, str(pages), number(s, 1), number(200 * s / pages, 1)) for name, s in timed))


def number(value: float, digits: int) -> str:
    """A number as it is written in French."""
    return f"{value:.{digits}f}".replace(".", ",")


if __name__ == "__main__":
    main()
