"""PDF file -> Reading: words and their places by PDFium, tables by pdfplumber, metadata by pypdf, scans by Tesseract.

Each page is read by its layout (see `columns`). Where PDFium finds no word on a page, or cannot open the file, pypdf's text of the
page is taken; where that is empty too and something is drawn on the page, it is a scan.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from amp_assistant.documents.lines import Line
from amp_assistant.documents.model import Reading
from amp_assistant.documents.naming import DAMAGE, refused
from amp_assistant.documents.ocr import INSTALL_OCR, has_ocr, read_image_of
from amp_assistant.documents.outline import Title
from amp_assistant.documents.page_labels import read_labels
from amp_assistant.documents.page_lines import PrintedPage, to_printed_lines
from amp_assistant.documents.page_tables import may_have_tables, read_tables
from amp_assistant.documents.page_words import Word, read_words
from amp_assistant.documents.plain import to_lines
from amp_assistant.documents.unwrapping import unwrap

if TYPE_CHECKING:
    from pypdf import DocumentInformation, PageObject, PdfReader
    from pypdfium2 import PdfDocument

logger = logging.getLogger(__name__)

# A page of prose decodes to some 10 kB; a content stream of more than this is a drawing or an attack on the memory.
_LARGEST_PAGE = 20_000_000
# Letters without a meaning, where a font tells none: a page with so many of them is as good as a scan.
_SENSELESS = re.compile(r"[\ufffd\ue000-\uf8ff]")
_MOST_SENSELESS = 0.3
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")


OnPage = Callable[[int, int], None]
"""Gets the pages done and their number."""


def read_pdf(
    path: Path,
    outline: Sequence[Title] = (),
    password: str = "",
    *,
    ocr_seconds: float = inf,
    on_page: OnPage = lambda done, total: None,
) -> Reading:
    """Read a PDF: blocks with their page, printed page labels, title, author and ISO date of the file's own metadata.

    A page without text is read by optical character recognition where the machine has it, and stands in ``ocr_pages``; without it,
    where nothing is recognised, and after ``ocr_seconds`` in all, in ``unreadable_pages``. Raises DocumentError, with one French
    sentence, if the file is empty, cut short, damaged, protected by another password, or has no text on any page.
    """
    with _translated(path):
        reader = _open(path, password)
        metadata = _metadata(reader.metadata)
        lines, recognised = _all_lines(path, reader, password, monotonic() + ocr_seconds, on_page)
        count = len(reader.pages)
        labels = read_labels(reader, lines)
    with_text = {line.sheet for line in lines}
    if not with_text:
        raise refused(path, f"ne contient aucun texte lisible sur ses pages : {_advice()}")
    unwrapped = unwrap(lines, outline, pages=True)
    return Reading(
        unwrapped.blocks,
        unwrapped.left_out,
        metadata,
        pages=count,
        unreadable_pages=tuple(sheet + 1 for sheet in range(count) if sheet not in with_text),
        ocr_pages=tuple(sheet + 1 for sheet in recognised),
        page_labels=labels,
    )


def _advice() -> str:
    return "remplacez-le par un fichier qui en contient" if has_ocr() else INSTALL_OCR


def _open(path: Path, password: str) -> "PdfReader":
    from pypdf import PdfReader

    if not path.stat().st_size:
        raise refused(path, "est vide : remplacez-le par un fichier complet")
    reader = PdfReader(path)
    if reader.is_encrypted and not (reader.decrypt("") or (password and reader.decrypt(password))):
        raise refused(path, "est protégé par un mot de passe : enregistrez-le sans protection ou indiquez-le dans AMP_PDF_PASSWORD")
    return reader


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """What pypdf and the file system say of a file they cannot read, told as one sentence."""
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        yield
    except (FileNotDecryptedError, DependencyError) as error:
        raise refused(path, "est protégé par un chiffrement : enregistrez-le sans protection") from error
    except OSError as error:
        raise refused(path, "ne peut pas être ouvert : vérifiez qu’il existe et ses droits d’accès") from error
    except (PyPdfError, *DAMAGE) as error:
        raise refused(path, "est endommagé ou incomplet : remplacez-le par un fichier PDF complet") from error


def _all_lines(
    path: Path, reader: "PdfReader", password: str, deadline: float, on_page: OnPage
) -> tuple[list[Line], list[int]]:
    """The lines of all pages, and the pages (0 is the first) whose lines were recognised on their image."""
    pages, images = _printed(path, password, deadline, on_page)
    lines = {sheet: list[Line]() for sheet in range(len(reader.pages))}
    for line in to_printed_lines(pages):
        lines.setdefault(line.sheet, []).append(line)
    for sheet, page in enumerate(reader.pages):
        if not lines[sheet] and sheet not in images:
            lines[sheet] = _as_sheet(_text(page), sheet)
    recognised = [sheet for sheet, text in images.items() if text]
    for sheet in recognised:
        lines[sheet] = _as_sheet(images[sheet], sheet)
    return [line for sheet in sorted(lines) for line in lines[sheet]], recognised


def _as_sheet(text: str, sheet: int) -> list[Line]:
    return to_lines([*[""] * sheet, text], paged=True)


def _printed(path: Path, password: str, deadline: float, on_page: OnPage) -> tuple[list[PrintedPage], dict[int, str]]:
    """The printed words and tables of each page, and what is recognised on those that are only drawn; nothing if PDFium cannot open
    the file."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(path, password=password or None)
    except PdfiumError as error:
        logger.info("PDFium cannot open %s: %s", path.name, error)
        return [], {}
    try:
        return _printed_pages(document, path, password, deadline, on_page)
    finally:
        document.close()


def _printed_pages(
    document: "PdfDocument", path: Path, password: str, deadline: float, on_page: OnPage
) -> tuple[list[PrintedPage], dict[int, str]]:
    from pypdfium2 import PdfiumError

    words: list[dict[int, list[Word]]] = []
    ruled: list[int] = []
    images: dict[int, str] = {}
    for sheet in range(len(document)):
        on_page(sheet, len(document))
        words.append({})
        try:
            page = document[sheet]
            found = read_words(page)
            if _makes_sense(found):
                words[-1] = found
                is_upright = next(iter(found), 0) == page.get_rotation()  # else pdfplumber would see the page turned
                ruled += [sheet] if is_upright and may_have_tables(page) else []
            elif next(page.get_objects(), None) is not None:
                images[sheet] = read_image_of(page) if has_ocr() and monotonic() < deadline else ""
            page.close()
        except PdfiumError as error:
            logger.info("PDFium cannot read page %d of %s: %s", sheet + 1, path.name, error)
    on_page(len(document), len(document))
    tables = read_tables(path, ruled, password)
    return [PrintedPage(found, tuple(tables.get(sheet, ()))) for sheet, found in enumerate(words)], images


def _makes_sense(words: dict[int, list[Word]]) -> bool:
    text = "".join(word.text for found in words.values() for word in found)
    return len(_SENSELESS.findall(text)) < _MOST_SENSELESS * len(text)


def _text(page: "PageObject") -> str:
    """The text of a page by pypdf; empty where it cannot be decoded, so that one bad page does not cost the others."""
    from pypdf.errors import PyPdfError

    try:
        contents = page.get_contents()
        if contents is None or len(contents.get_data()) > _LARGEST_PAGE:
            return ""
        return page.extract_text()
    except (PyPdfError, *DAMAGE):
        return ""


def _metadata(information: "DocumentInformation | None") -> dict[str, str]:
    """The title, author and date (ISO 8601, as precise as given) that the file says of itself, those that it does
    say."""
    if information is None:
        return {}
    date = _DATE.match(str(information.get("/CreationDate", "")))
    said = {
        "title": str(information.title or "").strip(),
        "author": str(information.author or "").strip(),
        "date": "-".join(part for part in date.groups() if part) if date else "",
    }
    return {name: value for name, value in said.items() if value}
