"""Documents added to the corpus, replaced and taken out; the index is rebuilt at once, and where it cannot be, all is as before.

A deposited file is checked by its first bytes, read whole by its reader with the bounds of an indexing, given a name of our own making,
and only then moved into the corpus.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from amp_assistant.building import build_index
from amp_assistant.documents import Allowance, read_document
from amp_assistant.documents.folder import identifier
from amp_assistant.documents.manifest import NAME, Entry, read_manifest
from amp_assistant.documents.model import Document
from amp_assistant.documents.naming import refused, shown_name
from amp_assistant.documents.readers import has_reader, shown_suffixes
from amp_assistant.errors import CorpusError, UsageError
from amp_assistant.folding import fold
from amp_assistant.progress import Progress
from amp_assistant.settings import Settings

MOST_DOCUMENTS = 2_000
"""Documents of a corpus: ten times what an index is made for."""
LONGEST_NAME = 80
LONGEST_FIELD = 300
"""Characters of a title or a kind."""

_SLUG = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_FIRST_BYTES = 1_024  # a PDF may have that much before its header
_TEXTS = frozenset({".md", ".txt", ".html", ".htm"})
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16, the one encoding of text that holds zeros
_RESERVED = frozenset({"readme"})
_MANIFEST_FIELDS = tuple(field.name for field in fields(Entry) if field.name not in ("names", "outline"))


@dataclass(frozen=True, slots=True)
class Deposit:
    """A file that somebody gives, where it was put for now, the name it came with, and what is said of it; empty where nothing is.

    `date` is ISO 8601, as precise as known; `replaces` is the id of the document whose place it takes.
    """

    path: Path
    name: str
    title: str = ""
    kind: str = ""
    date: str = ""
    replaces: str = ""


def check(deposit: Deposit, documents: dict[str, Document], settings: Settings) -> str:
    """The name that the file will have in the corpus.

    :raises UsageError: its type is not read, its content is of another, its place is taken, or something said of it is wrong.
    """
    suffix = Path(deposit.name).suffix.lower()
    name = file_name(deposit.name)
    if not has_reader(Path(name)):
        raise UsageError(f"« {shown_name(Path(deposit.name))} » n’est pas d’un format lu : choisissez un fichier {shown_suffixes()}.")
    if not _is_what_it_says(deposit.path, suffix):
        raise UsageError(f"Le contenu de « {shown_name(Path(deposit.name))} » n’est pas celui d’un fichier {suffix} : réenregistrez-le.")
    if deposit.date and not _DATE.fullmatch(deposit.date):
        raise UsageError(f"« {deposit.date} » n’est pas une date : écrivez 2025, 2025-06 ou 2025-06-30.")
    if max(len(deposit.title), len(deposit.kind)) > LONGEST_FIELD:
        raise UsageError(f"Le titre et le type du document comptent {LONGEST_FIELD} caractères au plus : raccourcissez-les.")
    if deposit.replaces:
        return _name_in_place_of(deposit, documents, suffix)
    place = identifier(settings.corpus / name, settings.corpus)
    if place in documents or (settings.corpus / name).exists():
        raise UsageError(f"Un document « {place} » existe déjà : remplacez-le, ou renommez votre fichier.")
    if len(documents) >= MOST_DOCUMENTS:
        raise UsageError(f"Il y a déjà {len(documents)} documents : retirez-en avant d’en ajouter.")
    return name


def file_name(given: str) -> str:
    """A name of small letters, digits and hyphens for a file, whatever name it came with; the suffix stays."""
    path = Path(given.replace("\\", "/"))
    stem = _SLUG.sub("-", fold(path.stem)).strip("-")[:LONGEST_NAME].strip("-") or "document"
    return f"document-{stem}{path.suffix.lower()}" if stem in _RESERVED else f"{stem}{path.suffix.lower()}"


def add(deposit: Deposit, documents: dict[str, Document], settings: Settings, progress: Progress) -> Document:
    """Put a deposited file in the corpus, in place of another if it says so, and in the index.

    :raises AssistantError: it cannot be read, or the index cannot be built with it; corpus and index are as before.
    """
    name = check(deposit, documents, settings)
    progress("Lecture du fichier déposé", 0, 1)
    read = _read(deposit, name, settings)
    replaced = documents.get(deposit.replaces)
    old = settings.corpus / replaced.path if replaced else None
    target = settings.corpus / name if old is None else old.with_suffix(Path(name).suffix)
    described = _described(read, deposit, replaced)
    with _restoring(settings.corpus, [path for path in (old, target) if path]):
        _move_in(deposit.path, target)
        if old and old != target:
            old.unlink()
        _describe(settings.corpus, described.id, described)
        build_index(settings, progress)
    return described


def remove(document: Document, settings: Settings, progress: Progress) -> None:
    """Take a document out of the corpus and the index.

    :raises AssistantError: the index cannot be built without it; corpus and index are as before.
    """
    path = settings.corpus / document.path
    with _restoring(settings.corpus, [path]):
        path.unlink(missing_ok=True)
        _describe(settings.corpus, document.id, None)
        build_index(settings, progress)


def _is_what_it_says(path: Path, suffix: str) -> bool:
    """Whether the content of a file is what its suffix announces."""
    with path.open("rb") as file:
        first = file.read(_FIRST_BYTES)
    if suffix == ".pdf":
        return b"%PDF-" in first
    if suffix in _TEXTS:
        return bool(first.strip()) and (first.startswith(_MARKS) or b"\0" not in first) and not first.startswith((b"%PDF-", b"PK\x03\x04"))
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
    except (BadZipFile, OSError, ValueError):
        return False
    return ("word/document.xml" if suffix == ".docx" else "content.xml") in names


def _name_in_place_of(deposit: Deposit, documents: dict[str, Document], suffix: str) -> str:
    if deposit.replaces not in documents:
        raise UsageError("Le document à remplacer n’est plus dans l’index : rechargez la page.")
    return Path(documents[deposit.replaces].path).with_suffix(suffix).name


def _read(deposit: Deposit, name: str, settings: Settings) -> Document:
    """What the file holds, read as an indexing reads it, under the name it will have."""
    allowance = Allowance(seconds=settings.document_seconds, megabytes=settings.document_megabytes, password=settings.pdf_password)
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        shutil.copyfile(deposit.path, path)
        return read_document(path, {}, allowance=allowance)


def _described(read: Document, deposit: Deposit, replaced: Document | None) -> Document:
    """The document as it will be described: what is said of it, else what is known of the one it replaces, else what it tells itself."""
    known = replaced or read
    title = " ".join(deposit.title.split()) or known.title
    return replace(
        known,
        title=title,
        short_title=known.short_title if title == known.title else title,
        kind=" ".join(deposit.kind.split()) or known.kind,
        date=deposit.date or (read.date if replaced is None else known.date),
    )


def _move_in(path: Path, target: Path) -> None:
    aside = target.with_name(f".{target.name}.depot")
    try:
        shutil.copyfile(path, aside)
        os.replace(aside, target)
    except OSError as error:
        raise refused(target, f"ne peut pas être écrit ({error.strerror}) : vérifiez les droits du dossier des documents") from error
    finally:
        aside.unlink(missing_ok=True)


def _describe(corpus: Path, name: str, document: Document | None) -> None:
    """Write what is known of a document into the manifest, or take it out; all else in the file stays as it is."""
    import tomlkit

    read_manifest(corpus)  # said in a sentence if it is wrong
    path = corpus / NAME
    manifest = tomlkit.parse(path.read_text(encoding="utf-8-sig") if path.is_file() else "")
    tables = manifest.setdefault("documents", tomlkit.table(is_super_table=True))
    if document is None:
        if name not in tables:
            return
        del tables[name]
    else:
        entry = tables.setdefault(name, tomlkit.table())
        for field in _MANIFEST_FIELDS:
            entry[field] = getattr(document, field)
    aside = path.with_name(f".{NAME}.depot")
    aside.write_text(tomlkit.dumps(manifest), encoding="utf-8")
    os.replace(aside, path)


@contextmanager
def _restoring(corpus: Path, paths: list[Path]) -> Iterator[None]:
    """Put some files and the manifest back as they are now if what follows fails."""
    with TemporaryDirectory() as folder:
        undo = [_kept(path, Path(folder, str(number))) for number, path in enumerate([corpus / NAME, *paths])]
        try:
            yield
        except BaseException as error:
            for put_back in undo:
                put_back()
            if isinstance(error, OSError):
                raise CorpusError(
                    f"Le dossier « {corpus} » ne peut pas être écrit ({error.strerror}) : vérifiez ses droits et la place."
                ) from error
            raise


def _kept(path: Path, aside: Path) -> Callable[[], object]:
    """What puts a file back as it is now."""
    if not path.exists():
        return lambda: path.unlink(missing_ok=True)
    shutil.copy2(path, aside)
    return lambda: shutil.copy2(aside, path)
