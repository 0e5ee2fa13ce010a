"""Files -> documents: one reader per format, cleaning, and what the manifest says of each document.

`read_corpus` reads a folder, `read_document` one file. Nothing is fetched, and nothing is written but the readings that the caller keeps.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from pathlib import Path
from threading import Event, Lock

from amp_assistant.documents.folder import find_files, identifier
from amp_assistant.documents.kept import KeptReadings, key_of
from amp_assistant.documents.manifest import NAME, Entry, Manifest, read_manifest
from amp_assistant.documents.model import BlockKind, Document, Reading
from amp_assistant.documents.naming import refused, shown_name, shown_text
from amp_assistant.documents.ocr import INSTALL_OCR, has_ocr
from amp_assistant.documents.outline import Title
from amp_assistant.documents.readers import Manner, has_reader, is_small_text, read_file, shown_suffixes
from amp_assistant.documents.reading_process import Allowance, Watch, read_apart
from amp_assistant.errors import CorpusError, DocumentError

__all__ = ["Allowance", "Corpus", "KeptReadings", "Refusal", "read_corpus", "read_document"]

logger = logging.getLogger(__name__)

OnStep = Callable[[int, int], None]
"""Gets the steps done and their number."""


def ignore(done: int, total: int) -> None:
    """A step that nobody counts."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that became no document: its place in the folder, fit to be shown, and the French sentence that says why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a folder, in the order of their ids; the files that could not be read, those that were not tried, and all that
    a person should know of them, in French sentences."""

    documents: tuple[Document, ...]
    unreadable: tuple[Refusal, ...] = ()
    skipped: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()


def read_corpus(
    folder: Path,
    allowance: Allowance | None = None,
    kept: KeptReadings | None = None,
    *,
    on_document: OnStep = ignore,
    on_page: OnStep = ignore,
) -> Corpus:
    """Read every document below a folder, one on each processor; takes about a second for 600 kB of text.

    A file that cannot be read within the allowance, or whose format has no reader, is skipped with a warning; the rest is read. What
    was `kept` of an earlier time is not read again. `on_document` gets the documents done and their number, `on_page` the pages done
    and the number of pages of the documents whose reading has begun, both from any thread. Raises CorpusError if the folder is missing
    or holds no document that can be read, or if its manifest is wrong.
    """
    if not folder.is_dir():
        raise CorpusError(f"Le dossier de documents « {folder} » n’existe pas : créez-le ou indiquez-en un autre.")
    manifest = read_manifest(folder)
    skipped: dict[Path, str] = {}
    paths = _without_twins(list(find_files(folder, skipped)), folder, skipped)
    reader = _Reader(manifest, folder, allowance or Allowance(), kept, _Tally(len(paths), on_document, on_page))
    documents: list[Document] = []
    unreadable: dict[Path, str] = {}
    for path, found in reader.read_all(paths):
        if isinstance(found, Document):
            documents.append(found)
        else:
            unreadable[path] = str(found)
    lacking = [sentence for document in documents for sentence in _shortcomings(document, manifest)]
    warnings = (*skipped.values(), *unreadable.values(), *lacking)
    for warning in warnings:
        logger.warning(warning)
    if not documents:
        raise CorpusError(f"Le dossier « {folder} » ne contient aucun document lisible : déposez-y des fichiers {shown_suffixes()}.")
    return Corpus(
        documents=tuple(sorted(documents, key=lambda document: document.id)),
        unreadable=_refusals(unreadable, folder),
        skipped=_refusals(skipped, folder),
        warnings=warnings,
    )


def read_document(path: Path, manifest: Manifest, folder: Path | None = None, allowance: Allowance | None = None) -> Document:
    """Read one file by the reader of its suffix; what the manifest does not say is read off the file.

    ``folder`` is the corpus that the file belongs to: its id is its place there. Raises DocumentError, with one French sentence, if
    the format has no reader or the file cannot be read.
    """
    if not has_reader(path):
        raise refused(path, f"n’est pas d’un format lu : convertissez-le en {shown_suffixes()}")
    return _Reader(manifest, folder or path.parent, allowance or Allowance()).read(path)


class _Tally:
    """Counts the documents and pages that are read, in whatever thread."""

    def __init__(self, documents: int = 0, on_document: OnStep = ignore, on_page: OnStep = ignore) -> None:
        self._documents = documents
        self._on_document = on_document
        self._on_page = on_page
        self._done = 0
        self._pages: dict[Path, tuple[int, int]] = {}
        self._lock = Lock()

    def pages(self, path: Path, done: int, total: int) -> None:
        """So many pages of a document are read."""
        with self._lock:
            self._pages[path] = (done, total)
            done, total = (sum(counts) for counts in zip(*self._pages.values(), strict=True))
            self._on_page(done, total)

    def document(self) -> None:
        """One document more is read, or refused."""
        with self._lock:
            self._done += 1
            self._on_document(self._done, self._documents)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the documents of one folder."""

    manifest: Manifest
    folder: Path
    allowance: Allowance
    kept: KeptReadings | None = None
    tally: _Tally = field(default_factory=_Tally)

    def read_all(self, paths: Sequence[Path]) -> Iterator[tuple[Path, Document | DocumentError]]:
        """Read files side by side; given up at once where the caller is interrupted."""
        stop = Event()
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            found = [threads.submit(self._read_or_refuse, path, stop) for path in paths]
            try:
                for path, future in zip(paths, found, strict=True):
                    yield path, future.result()
            except BaseException:
                stop.set()
                threads.shutdown(wait=False, cancel_futures=True)
                raise

    def _read_or_refuse(self, path: Path, stop: Event) -> Document | DocumentError:
        try:
            return self.read(path, stop)
        except DocumentError as refusal:
            return refusal
        finally:
            self.tally.document()

    def read(self, path: Path, stop: Event | None = None) -> Document:
        """Read a file and describe it. Raises DocumentError."""
        name = identifier(path, self.folder)
        known = self.manifest.get(name)
        digest = _digest(path)
        reading = self._reading(path, digest, known, stop or Event())
        if not reading.blocks:
            raise refused(path, "ne contient aucun texte : remplacez-le ou retirez-le")
        entry = known or _guess(path, reading)
        described = {known.name: getattr(entry, known.name) for known in fields(Entry) if known.name != "outline"}
        return Document(id=name, path=path.relative_to(self.folder).as_posix(), digest=digest, reading=reading, **described)

    def _reading(self, path: Path, digest: str, known: Entry | None, stop: Event) -> Reading:
        outline = known.outline if known else ()
        key = key_of(path, digest, outline, self.allowance)
        found = self.kept.find(key) if self.kept else None
        outcome = found or self._read_anew(path, outline, bool(known), stop)
        if not found and _digest(path) != digest:
            raise refused(path, "a changé pendant sa lecture : relancez l’indexation")
        if not found and self.kept:
            self.kept.keep(key, outcome)
        if isinstance(outcome, DocumentError):
            raise outcome
        return outcome

    def _read_anew(self, path: Path, outline: Sequence[Title], is_known: bool, stop: Event) -> Reading | DocumentError:
        try:
            if is_known and is_small_text(path):  # somebody has looked at it: it needs no process of its own
                return read_file(path, Manner(outline))
            return read_apart(path, outline, self.allowance, Watch(self._pages_of(path), stop))
        except DocumentError as refusal:
            return refusal

    def _pages_of(self, path: Path) -> Callable[[int, int], None]:
        return lambda done, total: self.tally.pages(path, done, total)


def _without_twins(paths: Sequence[Path], folder: Path, skipped: dict[Path, str]) -> list[Path]:
    """The files, the first of those that would have the same id."""
    first: dict[str, Path] = {}
    for path in paths:
        name = identifier(path, folder)
        if name in first:
            skipped[path] = f"Le fichier « {shown_name(path)} » a le même identifiant qu’un autre ({name}) : renommez-le."
        first.setdefault(name, path)
    return list(first.values())


def _refusals(sentences: Mapping[Path, str], folder: Path) -> tuple[Refusal, ...]:
    return tuple(Refusal(shown_text(path.relative_to(folder).as_posix()), sentence) for path, sentence in sentences.items())


def _shortcomings(document: Document, manifest: Manifest) -> Iterator[str]:
    shown = shown_name(Path(document.path))
    if document.id not in manifest:
        yield f"Le fichier « {shown} » manque dans {NAME} : ajoutez-y une table [documents.{document.id}]."
    if document.reading.unreadable_pages:
        pages = ", ".join(map(str, document.reading.unreadable_pages))
        advice = "" if has_ocr() else f" ; {INSTALL_OCR}"
        yield f"Le fichier « {shown} » a des pages sans texte lisible : {pages}{advice}."


def _guess(path: Path, reading: Reading) -> Entry:
    """What a file tells of itself: its own metadata, else its first heading, else its name."""
    said = reading.metadata
    heading = next((block.text for block in reading.blocks if block.kind is BlockKind.HEADING), "")
    title = said.get("title") or heading.replace("\n", " ") or shown_name(Path(path.stem))
    publisher, date = said.get("author", ""), said.get("date", "")
    return Entry(title, title, "document", publisher, date, period="", language="fr", description="")


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise refused(path, "ne peut pas être ouvert : vérifiez ses droits d’accès") from error
