"""The files that documents were read from: where they are, what they are to a reader."""

from pathlib import Path

from amp_assistant.documents.model import Document

KINDS = {
    ".md": "Markdown", ".txt": "texte", ".pdf": "PDF", ".docx": "Word", ".odt": "OpenDocument",
    ".html": "page web", ".htm": "page web",
}  # fmt: skip
"""What a file of each suffix is to a reader."""


def file_of(document: Document, corpus: Path) -> Path | None:
    """The file of an indexed document, None where it is gone, or leads out of the corpus."""
    try:
        path = (corpus / document.path).resolve(strict=True)
    except OSError:
        return None
    return path if path.is_file() and path.is_relative_to(corpus.resolve()) else None


def file_text(document: Document, corpus: Path) -> str:
    """What its file is and how large: « PDF, 1,2 Mo »."""
    suffix = Path(document.path).suffix.lower()
    path = file_of(document, corpus)
    size = _size_text(path.stat().st_size) if path else "retiré depuis"
    return f"{KINDS.get(suffix, suffix.removeprefix('.'))}, {size}"


def _size_text(size: int) -> str:
    if size < 10**6:
        return f"{max(1, round(size / 1000))} ko"
    return f"{size / 10**6:.1f} Mo".replace(".", ",")
