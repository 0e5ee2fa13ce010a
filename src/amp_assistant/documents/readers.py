"""The table from a file's suffix to its reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from amp_assistant.documents.docx import read_docx
from amp_assistant.documents.encoding import read_text
from amp_assistant.documents.html import read_html
from amp_assistant.documents.markdown import read_markdown
from amp_assistant.documents.model import Reading
from amp_assistant.documents.naming import refused
from amp_assistant.documents.odt import read_odt
from amp_assistant.documents.outline import Title
from amp_assistant.documents.pdf import read_pdf
from amp_assistant.documents.plain import read_plain

LARGEST_TEXT = 50_000_000
"""Bytes of a file that is all text (Markdown, plain, web page): thirty thousand pages; more is data, not a document."""

# Bytes of a text that a process of its own would take longer to start for than to read.
_SMALL_TEXT = 5_000_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is to be read: the titles that its layout no longer tells, the password of a PDF, the time for recognising scans; and
    who is told the pages done and their number, where the format has pages."""

    outline: Sequence[Title] = ()
    password: str = ""
    ocr_seconds: float = inf
    on_page: Callable[[int, int], None] = lambda done, total: None


def read_file(path: Path, manner: Manner) -> Reading:
    """Read a file by the reader of its suffix, in this process.

    Raises DocumentError, with one French sentence, if the format has no reader or the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise refused(path, f"n’est pas d’un format lu : convertissez-le en {shown_suffixes()}")
    if suffix in _TEXTS and _size(path) > LARGEST_TEXT:
        raise refused(path, f"dépasse {LARGEST_TEXT // 10**6} Mo de texte : il n’est pas lu, découpez-le")
    return _READERS[suffix](path, manner)


def is_small_text(path: Path) -> bool:
    """Whether a file is Markdown or plain text that is quickly read."""
    return path.suffix.lower() in (".md", ".txt") and _size(path) <= _SMALL_TEXT


def has_reader(path: Path) -> bool:
    """Whether the suffix of a file has a reader."""
    return path.suffix.lower() in _READERS


def shown_suffixes() -> str:
    """The suffixes that have a reader, for a sentence."""
    return ", ".join(_READERS)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise refused(path, "ne peut pas être ouvert : vérifiez ses droits d’accès") from error


_READERS: dict[str, Callable[[Path, Manner], Reading]] = {
    ".md": lambda path, manner: read_markdown(read_text(path)),
    ".txt": lambda path, manner: read_plain(read_text(path), manner.outline),
    ".pdf": lambda path, manner: read_pdf(
        path, manner.outline, manner.password, ocr_seconds=manner.ocr_seconds, on_page=manner.on_page
    ),
    ".docx": lambda path, manner: read_docx(path),
    ".odt": lambda path, manner: read_odt(path),
    ".html": lambda path, manner: read_html(path),
    ".htm": lambda path, manner: read_html(path),
}
_TEXTS = frozenset({".md", ".txt", ".html", ".htm"})
