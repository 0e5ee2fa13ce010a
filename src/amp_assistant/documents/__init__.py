"""Files -> documents: one reader per format, cleaning, and what the manifest says of each document.

`read_corpus` reads a folder, `read_document` one file. Nothing is fetched and nothing is written.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from amp_assistant.documents.manifest import NAME, Entry, Manifest, read_manifest
from amp_assistant.documents.markdown import read_markdown
from amp_assistant.documents.model import BlockKind, Document, Reading
from amp_assistant.documents.outline import Title
from amp_assistant.documents.pdf import read_pdf
from amp_assistant.documents.plain import read_plain
from amp_assistant.errors import CorpusError, DocumentError
from amp_assistant.folding import fold

logger = logging.getLogger(__name__)

# Files that belong to the corpus without being documents.
_COMPANIONS = re.compile(r"readme(\..*)?|.*\.(jsonl|toml)|\..*", re.IGNORECASE)
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a folder, in the order of their ids, and a French sentence for each file that was not read or
    not described."""

    documents: tuple[Document, ...]
    warnings: tuple[str, ...] = ()


def read_corpus(folder: Path) -> Corpus:
    """Read every document of a folder, not of its sub-folders; takes about a second for 600 kB of text.

    A file that cannot be read, or whose format has no reader, is skipped with a warning; the rest is read. Raises
    CorpusError if the folder is missing or holds no document that can be read, or if its manifest is wrong.
    """
    if not folder.is_dir():
        raise CorpusError(f"Le dossier de documents « {folder} » n’existe pas : créez-le ou indiquez-en un autre.")
    manifest = read_manifest(folder)
    documents: dict[str, Document] = {}
    warnings: list[str] = []
    for path in _files(folder, warnings):
        try:
            document = read_document(path, manifest)
        except DocumentError as error:
            warnings.append(str(error))
            continue
        if document.id in documents:
            warnings.append(
                f"Le fichier « {path.name} » a le même identifiant qu’un autre ({document.id}) : renommez-le."
            )
            continue
        documents[document.id] = document
        warnings += _shortcomings(document, manifest)
    for warning in warnings:
        logger.warning(warning)
    if not documents:
        raise CorpusError(
            f"Le dossier « {folder} » ne contient aucun document lisible : déposez-y des fichiers {_suffixes()}."
        )
    return Corpus(tuple(documents[name] for name in sorted(documents)), tuple(warnings))


def read_document(path: Path, manifest: Manifest) -> Document:
    """Read one file by the reader of its suffix; what the manifest does not say is read off the file.

    Raises DocumentError, with one French sentence, if the format has no reader or the file cannot be read.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise DocumentError(f"Le fichier « {path.name} » n’est pas d’un format lu : convertissez-le en {_suffixes()}.")
    name = _identifier(path.stem)
    known = manifest.get(name)
    digest = hashlib.sha256(_bytes(path)).hexdigest()
    reading = reader(path, known.outline if known else ())
    if not reading.blocks:
        raise DocumentError(f"Le fichier « {path.name} » ne contient aucun texte : remplacez-le ou retirez-le.")
    entry = known or _guess(path, reading)
    described = {field.name: getattr(entry, field.name) for field in fields(Entry) if field.name != "outline"}
    return Document(id=name, path=path.name, digest=digest, reading=reading, **described)


def _files(folder: Path, warnings: list[str]) -> Iterator[Path]:
    """The files of the folder that may be documents; a link that leads out of the folder is not followed."""
    root = folder.resolve()
    for path in sorted(folder.iterdir()):
        if _COMPANIONS.fullmatch(path.name) or path.is_dir():
            continue
        if not path.resolve().is_relative_to(root):
            warnings.append(f"Le fichier « {path.name} » mène hors du dossier : il n’est pas lu.")
        elif path.suffix.lower() not in _READERS:
            warnings.append(f"Le fichier « {path.name} » n’est pas d’un format lu : convertissez-le en {_suffixes()}.")
        else:
            yield path


def _shortcomings(document: Document, manifest: Manifest) -> Iterator[str]:
    if document.id not in manifest:
        yield f"Le fichier « {document.path} » manque dans {NAME} : ajoutez-y une table [documents.{document.id}]."
    if document.reading.unreadable_pages:
        pages = ", ".join(map(str, document.reading.unreadable_pages))
        yield f"Le fichier « {document.path} » a des pages sans texte lisible : {pages}."


def _identifier(stem: str) -> str:
    """The id of a document: its file's name in small letters, digits and hyphens."""
    return (
        _SLUG.sub("-", fold(stem)).strip("-")
        or hashlib.sha256(stem.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    )


def _guess(path: Path, reading: Reading) -> Entry:
    """What a file tells of itself: the metadata of the PDF, else its first heading, else its name."""
    said = reading.metadata
    heading = next((block.text for block in reading.blocks if block.kind is BlockKind.HEADING), "")
    title = said.get("title") or heading.replace("\n", " ") or path.stem
    publisher, date = said.get("author", ""), said.get("date", "")
    return Entry(title, title, "document", publisher, date, period="", language="fr", description="")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(
            f"Le fichier « {path.name} » ne peut pas être ouvert : vérifiez ses droits d’accès."
        ) from error


def _text(path: Path) -> str:
    """The text of a file in UTF-8, else in the encoding that its bytes suggest."""
    data = _bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from charset_normalizer import from_bytes

        best = from_bytes(data).best()
        if best is None:
            raise DocumentError(f"Le fichier « {path.name} » n’est pas un texte : enregistrez-le en UTF-8.") from error
        return str(best)


def _read_markdown(path: Path, outline: tuple[Title, ...]) -> Reading:
    return read_markdown(_text(path))


def _read_plain(path: Path, outline: tuple[Title, ...]) -> Reading:
    return read_plain(_text(path), outline)


_READERS: dict[str, Callable[[Path, tuple[Title, ...]], Reading]] = {
    ".md": _read_markdown,
    ".txt": _read_plain,
    ".pdf": read_pdf,
}


def _suffixes() -> str:
    return ", ".join(_READERS)
