"""Files -> documents: one reader per format, cleaning, and what the manifest says of each document.

`read_corpus` reads a folder, `read_document` one file. Nothing is fetched and nothing is written.
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

from amp_assistant.documents.folder import find_files, identifier
from amp_assistant.documents.manifest import NAME, Entry, Manifest, read_manifest
from amp_assistant.documents.model import BlockKind, Document, Reading
from amp_assistant.documents.naming import refused, shown_name
from amp_assistant.documents.ocr import INSTALL_OCR, has_ocr
from amp_assistant.documents.readers import Manner, has_reader, is_small_text, read_file, shown_suffixes
from amp_assistant.documents.reading_process import Allowance, read_apart
from amp_assistant.errors import CorpusError, DocumentError

__all__ = ["Allowance", "Corpus", "read_corpus", "read_document"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a folder, in the order of their ids, and a French sentence for each file that was not read or
    not described."""

    documents: tuple[Document, ...]
    warnings: tuple[str, ...] = ()


def read_corpus(folder: Path, allowance: Allowance | None = None) -> Corpus:
    """Read every document below a folder, one on each processor; takes about a second for 600 kB of text.

    A file that cannot be read within the allowance, or whose format has no reader, is skipped with a warning; the rest is read.
    Raises CorpusError if the folder is missing or holds no document that can be read, or if its manifest is wrong.
    """
    if not folder.is_dir():
        raise CorpusError(f"Le dossier de documents « {folder} » n’existe pas : créez-le ou indiquez-en un autre.")
    manifest = read_manifest(folder)
    warnings: list[str] = []
    paths = _without_twins(list(find_files(folder, warnings)), folder, warnings)
    documents: list[Document] = []
    with ThreadPoolExecutor(os.cpu_count()) as readers:
        for found in readers.map(lambda path: _document_or_sentence(path, manifest, folder, allowance), paths):
            if isinstance(found, Document):
                documents.append(found)
                warnings += _shortcomings(found, manifest)
            else:
                warnings.append(found)
    for warning in warnings:
        logger.warning(warning)
    if not documents:
        raise CorpusError(f"Le dossier « {folder} » ne contient aucun document lisible : déposez-y des fichiers {shown_suffixes()}.")
    return Corpus(tuple(sorted(documents, key=lambda document: document.id)), tuple(warnings))


def read_document(path: Path, manifest: Manifest, folder: Path | None = None, allowance: Allowance | None = None) -> Document:
    """Read one file by the reader of its suffix; what the manifest does not say is read off the file.

    ``folder`` is the corpus that the file belongs to: its id is its place there. Raises DocumentError, with one French sentence, if
    the format has no reader or the file cannot be read.
    """
    if not has_reader(path):
        raise refused(path, f"n’est pas d’un format lu : convertissez-le en {shown_suffixes()}")
    folder = folder or path.parent
    name = identifier(path, folder)
    known = manifest.get(name)
    digest = _digest(path)
    if known and is_small_text(path):  # somebody has looked at it: it needs no process of its own
        reading = read_file(path, Manner(known.outline))
    else:
        reading = read_apart(path, known.outline if known else (), allowance)
    if not reading.blocks:
        raise refused(path, "ne contient aucun texte : remplacez-le ou retirez-le")
    entry = known or _guess(path, reading)
    described = {field.name: getattr(entry, field.name) for field in fields(Entry) if field.name != "outline"}
    return Document(id=name, path=path.relative_to(folder).as_posix(), digest=digest, reading=reading, **described)


def _without_twins(paths: list[Path], folder: Path, warnings: list[str]) -> list[Path]:
    """The files, the first of those that would have the same id."""
    first: dict[str, Path] = {}
    for path in paths:
        name = identifier(path, folder)
        if name in first:
            warnings.append(f"Le fichier « {shown_name(path)} » a le même identifiant qu’un autre ({name}) : renommez-le.")
        first.setdefault(name, path)
    return list(first.values())


def _document_or_sentence(path: Path, manifest: Manifest, folder: Path, allowance: Allowance | None) -> Document | str:
    try:
        return read_document(path, manifest, folder, allowance)
    except DocumentError as error:
        return str(error)


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
