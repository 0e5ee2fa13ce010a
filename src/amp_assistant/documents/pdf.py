"""PDF file -> Reading, by pypdf: text and page numbers, then the same unwrapping as for plain text."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from amp_assistant.documents.model import Reading
from amp_assistant.documents.outline import Title
from amp_assistant.documents.plain import to_lines
from amp_assistant.documents.unwrapping import unwrap
from amp_assistant.errors import DocumentError

if TYPE_CHECKING:
    from pypdf import DocumentInformation, PageObject, PdfReader

# A page of prose decodes to some 10 kB; a content stream of more than this is a drawing or an attack on the memory.
_LARGEST_PAGE = 20_000_000
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")


def read_pdf(path: Path, outline: Sequence[Title] = ()) -> Reading:
    """Read a PDF: blocks with their page, title, author and ISO date of the file's own metadata, the pages that hold no
    text.

    A page without text (a scan, a picture) and a page that cannot be decoded are listed as unreadable. Raises
    DocumentError, with one French sentence, if the file is empty, cut short, damaged, protected by a password, or has
    no text on any page.
    """
    with _translated(path):
        reader = _open(path)
        sheets = [_text(page) for page in reader.pages]
        metadata = _metadata(reader.metadata)
    unreadable = tuple(number for number, sheet in enumerate(sheets, 1) if not sheet.strip())
    if len(unreadable) == len(sheets):
        raise DocumentError(
            f"Le fichier « {path.name} » ne contient aucun texte lisible : "
            "s’il a été numérisé, passez-le à la reconnaissance de caractères."
        )
    unwrapped = unwrap(to_lines(sheets, paged=True), outline, pages=True)
    return Reading(unwrapped.blocks, unwrapped.left_out, metadata, len(sheets), unreadable)


def _open(path: Path) -> "PdfReader":
    from pypdf import PdfReader

    if not path.stat().st_size:
        raise DocumentError(f"Le fichier « {path.name} » est vide : remplacez-le par un fichier complet.")
    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(
            f"Le fichier « {path.name} » est protégé par un mot de passe : enregistrez-le sans protection."
        )
    return reader


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """What pypdf and the file system say of a file they cannot read, told as one sentence."""
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        yield
    except (FileNotDecryptedError, DependencyError) as error:
        message = f"Le fichier « {path.name} » est protégé par un chiffrement : enregistrez-le sans protection."
        raise DocumentError(message) from error
    except OSError as error:
        raise DocumentError(
            f"Le fichier « {path.name} » ne peut pas être ouvert : vérifiez qu’il existe et ses droits d’accès."
        ) from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # pypdf reads damaged files by guessing, and its guesses fail with whatever Python raises.
        message = f"Le fichier « {path.name} » est endommagé ou incomplet : remplacez-le par un fichier PDF complet."
        raise DocumentError(message) from error


def _text(page: "PageObject") -> str:
    """The text of a page; empty where the page cannot be decoded, so that one bad page does not cost the others."""
    from pypdf.errors import PyPdfError

    try:
        contents = page.get_contents()
        if contents is None or len(contents.get_data()) > _LARGEST_PAGE:
            return ""
        return page.extract_text()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
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
