"""What is known of each document besides its text: the file ``manifest.toml`` in the folder of documents."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amp_assistant.documents.outline import Title
from amp_assistant.errors import CorpusError

NAME = "manifest.toml"
_FIELDS = ("title", "short_title", "kind", "publisher", "date", "period", "language", "description")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest says of one document; ``date`` is ISO 8601, as precise as known. ``outline`` is empty where the
    file shows its titles itself; ``names`` are what people call the document."""

    title: str
    short_title: str
    kind: str
    publisher: str
    date: str
    period: str
    language: str
    description: str
    names: tuple[str, ...] = ()
    outline: tuple[Title, ...] = ()


Manifest = dict[str, Entry]
"""The entries by document id (the file's name without its extension)."""


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder; a folder without one has an empty manifest.

    Raises CorpusError, with one French sentence, if the file is not TOML, or an entry lacks a field or has one that is
    not text.
    """
    path = folder / NAME
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return {name: _entry(table) for name, table in tables.get("documents", {}).items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"Le fichier « {NAME} » ne peut pas être lu : corrigez-le ({error}).") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CorpusError(f"Le fichier « {NAME} » décrit mal un document : corrigez le champ {error}.") from error


def _entry(table: dict[str, Any]) -> Entry:
    fields = {name: table[name] for name in _FIELDS}
    for name, value in fields.items():
        if not isinstance(value, str):
            raise ValueError(f"« {name} », qui doit être un texte")
    outline = tuple(
        Title(int(title["level"]), str(title["text"]), str(title.get("before", "")))
        for title in table.get("outline", [])
    )
    return Entry(**fields, names=tuple(str(name) for name in table.get("names", [])), outline=outline)
