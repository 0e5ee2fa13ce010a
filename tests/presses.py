"""Whole documents of the corpus as the files that people make: each by another tool, in another layout.

`printing` has a typesetter of its own; here are the tools that agents write and print with.
"""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import pypdfium2
from printing import Press
from pypdf import PdfReader, PdfWriter
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from amp_assistant.documents.model import Block, BlockKind
from amp_assistant.documents.ocr import has_ocr

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LIBREOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SECONDS = 240
"""How long one of these programs may take for one file."""
HEAD = "Documents de la Métropole"

Rows = list[list[str]]
Maker = Callable[[Sequence[Block], Path], Path]
"""Writes the blocks of a document into a folder and gives the file."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of making a file: its name in French, what makes it, whether this machine can."""

    name: str
    make: Maker
    is_possible: bool = True


def with_tables(blocks: Sequence[Block]) -> Iterator[Block | Rows]:
    """The blocks, rows below each other as the table that they were, where all have as many cells."""
    for is_row, group in groupby(blocks, key=lambda block: block.kind is BlockKind.ROW):
        found = list(group)
        rows = [block.text.split(" ; ") for block in found]
        if is_row and len(rows) > 2 and len({len(row) for row in rows}) == 1 and len(rows[0]) > 1:
            yield rows
        else:
            yield from found


def hyphenated(text: str) -> str:
    """The text with soft hyphens where long words may be cut: before a consonant and a vowel that follow a vowel, roughly as French
    does."""
    syllable = re.compile(r"(?<=\w\w[aeiouyéèêàâîôû])(?=[bcdfghjklmnpqrstvz][aeiouyéèêàâîôû]\w)", re.IGNORECASE)
    return re.sub(r"\w{8,}", lambda word: syllable.sub("\u00ad", word[0]), text)


# Chromium


def web_page(blocks: Sequence[Block], *, style: str = "", cut: bool = False, site: bool = False) -> str:
    """The blocks as a web page; ``cut``: words may be cut at line ends, ``site``: with a menu and a foot."""

    def text(words: str) -> str:
        return escape(hyphenated(words) if cut else words).replace("\n", "<br>")

    body = ""
    for item in with_tables(blocks):
        if isinstance(item, list):
            rows = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in item)
            body += f"<table>{rows}</table>"
        elif item.kind is BlockKind.BULLET:
            body += f"<ul><li>{text(item.text)}</li></ul>"
        else:
            tag = f"h{min(item.level, 6) or 1}" if item.kind is BlockKind.HEADING else "p"
            body += f"<{tag}>{text(item.text)}</{tag}>"
    around = ("<nav><a href='/'>Accueil du site</a></nav>", "<footer>Mentions légales</footer>") if site else ("", "")
    return (
        f"<!DOCTYPE html><html lang='fr'><head><meta charset='utf-8'><title>Le document</title><style>{style}</style></head>"
        f"<body>{around[0]}<main>{body}</main>{around[1]}</body></html>"
    )


_PLAIN_STYLE = "body { font: 10pt 'Liberation Sans', Arial, sans-serif } table { border-collapse: collapse } td { border: 1px solid }"
_REPORT_STYLE = f"""@page {{ size: A4; margin: 22mm 18mm; @top-left {{ content: '{HEAD}'; font-size: 8pt }}
  @bottom-center {{ content: counter(page); font-size: 8pt }} }}
  body {{ font: 10pt 'Liberation Serif', serif; text-align: justify }} h1 {{ font-size: 17pt }} h2 {{ font-size: 14pt }}
  h3, h4, h5, h6 {{ font-size: 11.5pt }} h1, h2, h3, h4, h5, h6 {{ text-align: left }} td {{ padding: 2pt 6pt }}"""
_COLUMNS_STYLE = _REPORT_STYLE + " main { columns: 2; column-gap: 8mm } table { border-collapse: collapse } td { border: 0.5pt solid }"


def chromium(style: str, *flags: str, cut: bool = False) -> Maker:
    """Printed by the browser."""

    def make(blocks: Sequence[Block], folder: Path) -> Path:
        (folder / "page.html").write_text(web_page(blocks, style=style, cut=cut), encoding="utf-8")
        fixed = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}"]
        command = [str(CHROMIUM), *fixed, *flags, f"--print-to-pdf={folder / 'chromium.pdf'}", (folder / "page.html").as_uri()]
        subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
        return folder / "chromium.pdf"

    return make


def site(blocks: Sequence[Block], folder: Path) -> Path:
    """A page of a web site."""
    (folder / "page.html").write_text(web_page(blocks, site=True), encoding="utf-8")
    return folder / "page.html"


# Word and LibreOffice


def word(blocks: Sequence[Block], folder: Path, *, columns: int = 1, cut: bool = False) -> Path:
    """A Word file with a running head and folios."""
    from docx import Document as WordDocument
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    document = WordDocument()
    for item in with_tables(blocks):
        if isinstance(item, list):
            table = document.add_table(len(item), len(item[0]), style="Table Grid")
            for row, cells in zip(table.rows, item, strict=True):
                for cell, value in zip(row.cells, cells, strict=True):
                    cell.text = value
            continue
        text = hyphenated(item.text) if cut else item.text
        if item.kind is BlockKind.HEADING:
            document.add_heading(text, min(item.level, 9))
        else:
            document.add_paragraph(text, style="List Bullet" if item.kind is BlockKind.BULLET else None)
    section = document.sections[0]
    if columns > 1:
        section._sectPr.find(qn("w:cols")).set(qn("w:num"), str(columns))
    section.header.paragraphs[0].text = HEAD
    section.footer.paragraphs[0]._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>'))
    document.save(str(folder / "word.docx"))
    return folder / "word.docx"


def converted(path: Path, kind: str) -> Path:
    """A file converted by LibreOffice: ``kind`` is a suffix, with a filter and its options where wanted."""
    made = path.parent / "office"
    profile = f"-env:UserInstallation={(path.parent / 'office-profile').as_uri()}"
    command = [str(LIBREOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(made), str(path)]
    subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
    return made / f"{path.stem}.{kind.partition(':')[0]}"


def office(kind: str, *, columns: int = 1, cut: bool = False) -> Maker:
    """Written as by Word, opened and saved or exported by LibreOffice."""
    return lambda blocks, folder: converted(word(blocks, folder, columns=columns, cut=cut), kind)


def office_page(kind: str) -> Maker:
    """A web page that LibreOffice opens and saves."""

    def make(blocks: Sequence[Block], folder: Path) -> Path:
        (folder / "page.html").write_text(web_page(blocks), encoding="utf-8")
        return converted(folder / "page.html", kind)

    return make


# reportlab


def printable(blocks: Sequence[Block]) -> list[Block]:
    """The blocks in the characters of the fonts that every PDF reader has, the nearest that there is for each."""

    def near(text: str) -> str:
        known = (unicodedata.normalize("NFKC", character) for character in text)
        return " ".join("".join(known).encode("cp1252", "ignore").decode("cp1252").split())

    return [Block(block.kind, near(block.text), block.level) for block in blocks]


def press(**manner: Any) -> Maker:
    """Set by the typesetter of `printing`."""

    def make(blocks: Sequence[Block], folder: Path) -> Path:
        Press(folder / "press.pdf", **manner).print(printable(blocks))
        return folder / "press.pdf"

    return make


class _Titled(SimpleDocTemplate):  # type: ignore[misc]  # reportlab ships no types
    """Puts each heading into the outline of the file."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802  # reportlab's name
        level = getattr(flowable, "outline_level", None)
        if level is not None:
            key = f"title-{self.seq.nextf('title')}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(flowable.getPlainText(), key, level, 0)


def report(blocks: Sequence[Block], folder: Path) -> Path:
    """A report by reportlab: ruled tables over pages, an outline, folios."""
    styles = getSampleStyleSheet()
    story: list[Flowable] = []
    depth = -1
    for item in with_tables(printable(blocks)):
        if isinstance(item, list):
            table = Table([[Paragraph(escape(cell), styles["Normal"]) for cell in row] for row in item])
            table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)])
            story.append(table)
        elif item.kind is BlockKind.HEADING:
            story.append(Paragraph(escape(item.text), styles[f"Heading{min(item.level, 6) or 1}"]))
            depth = min(max(item.level - 1, 0), depth + 1)  # reportlab wants no level skipped
            story[-1].outline_level = depth
        else:
            bullet = "•" if item.kind is BlockKind.BULLET else None
            story.append(Paragraph(escape(item.text), styles["Bullet" if bullet else "BodyText"], bulletText=bullet))

    def folio(canvas: Any, document: Any) -> None:
        canvas.drawCentredString(300, 30, f"{document.page}")

    _Titled(str(folder / "report.pdf")).build(story, onFirstPage=folio, onLaterPages=folio)
    return folder / "report.pdf"


# Scanners


def turned(make: Maker, degrees: int) -> Maker:
    """The same file with its sheets turned, as a viewer saves them."""

    def make_turned(blocks: Sequence[Block], folder: Path) -> Path:
        path = make(blocks, folder)
        writer = PdfWriter(clone_from=PdfReader(path))
        for page in writer.pages:
            page.rotate(degrees)
        writer.write(path)
        return path

    return make_turned


def scanned(make: Maker, *, dots: int = 200) -> Maker:
    """The same file as pictures of its pages, so many dots an inch; the printed file stays beside it, for its words."""

    def make_scanned(blocks: Sequence[Block], folder: Path) -> Path:
        scan(make(blocks, folder), folder / "scan.pdf", dots)
        return folder / "scan.pdf"

    return make_scanned


def scan(printed: Path, path: Path, dots: int) -> None:
    """Write the pages of a PDF as pictures."""
    writer = PdfWriter()
    with pypdfium2.PdfDocument(printed) as document:
        for sheet, page in enumerate(document):
            place = path.with_name(f"sheet-{sheet}.pdf")
            page.render(scale=dots / 72).to_pil().convert("L").save(place, resolution=dots)
            writer.append(place)
    writer.write(path)


def printed_pages(path: Path) -> list[str]:
    """What the writer of a PDF put on each page, told by PDFium's plain text; of a scan, what was printed before it was scanned.
    Empty for a file without pages."""
    printed = next((other for other in path.parent.glob("*.pdf") if other.name in _PRINTED), path) if path.name == "scan.pdf" else path
    if printed.suffix != ".pdf":
        return []
    with pypdfium2.PdfDocument(printed) as document:
        return [page.get_textpage().get_text_range() for page in document]


_PRINTED = ("chromium.pdf", "press.pdf", "report.pdf")


_TAGGED = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},"ExportBookmarks":{"type":"boolean","value":"true"}}'
_UNTAGGED = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"false"}}'
_HAS_CHROMIUM, _HAS_OFFICE = CHROMIUM is not None, LIBREOFFICE is not None

VARIANTS: Sequence[Variant] = (
    Variant("Chromium, balisé, plan du document", chromium(_PLAIN_STYLE, "--generate-pdf-document-outline"), _HAS_CHROMIUM),
    Variant("Chromium, titres courants, folios, justifié, césures", chromium(_REPORT_STYLE, cut=True), _HAS_CHROMIUM),
    Variant(
        "Chromium, deux colonnes, césures, non balisé", chromium(_COLUMNS_STYLE, "--disable-pdf-tagging", cut=True), _HAS_CHROMIUM
    ),
    Variant("Chromium, feuilles tournées", turned(chromium(_REPORT_STYLE), 90), _HAS_CHROMIUM),
    Variant("LibreOffice PDF, balisé, signets, folios", office(_TAGGED), _HAS_OFFICE),
    Variant("LibreOffice PDF, deux colonnes, césures", office(_UNTAGGED, columns=2, cut=True), _HAS_OFFICE),
    Variant("reportlab, rapport, tableaux, plan du document", report),
    Variant("reportlab, titres courants, folios, césures", press(hyphens=True, heads=True)),
    Variant("reportlab, deux colonnes, césures, titres courants", press(columns=2, hyphens=True, heads=True)),
    Variant("reportlab, texte tourné", press(turned=45, heads=True)),
    Variant("DOCX de python-docx", word),
    Variant("DOCX de LibreOffice", office_page("docx:MS Word 2007 XML"), _HAS_OFFICE),
    Variant("ODT de LibreOffice", office("odt", cut=True), _HAS_OFFICE),
    Variant("HTML", site),
)
LARGE: Sequence[Variant] = tuple(variant for variant in VARIANTS if variant.name.startswith(("Chromium, deux", "LibreOffice PDF, balisé")))
"""For a document of a hundred pages: one variant of each program."""
SCANS: Sequence[Variant] = (
    Variant("numérisé, Chromium", scanned(chromium(_REPORT_STYLE)), _HAS_CHROMIUM and has_ocr()),
    Variant("numérisé, reportlab, deux colonnes", scanned(press(columns=2, hyphens=True, heads=True)), has_ocr()),
)
