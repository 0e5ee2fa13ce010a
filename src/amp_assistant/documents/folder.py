"""The files of the folder of documents: which of them are documents, and the id of each."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from amp_assistant.documents.naming import shown_name
from amp_assistant.documents.readers import has_reader, shown_suffixes
from amp_assistant.folding import fold

ENRICHMENT = "enrichment"
"""The sub-folder that holds what is known of the documents, and no document."""

# Files that belong to the corpus without being documents.
_COMPANIONS = re.compile(r"readme(\..*)?|.*\.(jsonl|toml)|\..*", re.IGNORECASE | re.DOTALL)
_SLUG = re.compile(r"[^a-z0-9]+")


def find_files(folder: Path, skipped: dict[Path, str]) -> Iterator[Path]:
    """The files below a folder that have a reader, by their place; the others go to `skipped`, each with a French sentence.

    Hidden files and folders, companions (README, *.toml, *.jsonl) and the enrichment are passed over. Links to folders are not
    followed, nor is a link to a file out of the folder.
    """
    root = folder.resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (Path(place) == folder and name == ENRICHMENT))
        for name in sorted(names):
            path = Path(place, name)
            if _COMPANIONS.fullmatch(name):
                continue
            trouble = _trouble(path, root)
            if trouble:
                skipped[path] = f"Le fichier « {shown_name(path)} » {trouble}."
            else:
                yield path


def _trouble(path: Path, root: Path) -> str:
    """Why a file is not read; empty where it is."""
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return "mène hors du dossier : il n’est pas lu"
    if not path.is_file():
        return "n’est pas un fichier ordinaire : il n’est pas lu"
    if not has_reader(path):
        return f"n’est pas d’un format lu : convertissez-le en {shown_suffixes()}"
    return ""


def identifier(path: Path, folder: Path) -> str:
    """The id of a document: its place below the folder without the suffix, in small letters, digits and hyphens."""
    place = os.path.splitext(path.relative_to(folder))[0]
    return _SLUG.sub("-", fold(place)).strip("-") or hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:12]
