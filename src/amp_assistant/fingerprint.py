"""What an index is made from, as one hash: another hash, another index."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from amp_assistant.documents.kept import LIBRARIES as READING_LIBRARIES
from amp_assistant.documents.ocr import has_ocr
from amp_assistant.errors import CorpusError
from amp_assistant.settings import Settings

STAGES = (
    "documents", "folding.py", "sentences.py", "passages.py", "enrichment.py", "acronyms.py", "lexical.py", "thesaurus.txt", "encoder.py",
    "silences.py", "details.py", "phrasing.py", "rows.py", "store.py", "index.py", "building.py",
)  # fmt: skip
"""The code that shapes an index."""
LATER = frozenset({"suivi.jsonl", "conflicts.jsonl", "corrections.toml", "communes.toml"})
"""Files of the corpus that are read when the index is opened (see `register`): correcting them rebuilds nothing."""
LIBRARIES = ("chromadb", "bm25s", "sentence-transformers", "tokenizers")


def fingerprint(settings: Settings) -> str:
    """The hash of everything an index depends on, as 16 hexadecimal digits.

    :raises CorpusError: the corpus folder is missing.
    """
    package = Path(__file__).parent
    code = [path for stage in STAGES for path in ((package / stage).rglob("*.py") if (package / stage).is_dir() else [package / stage])]
    reading = [settings.document_seconds, settings.document_megabytes, settings.pdf_password, has_ocr()]
    chosen = [settings.encoder, settings.chroma_url, *reading]
    digest = hashlib.sha256(json.dumps([chosen, *map(version, (*LIBRARIES, *READING_LIBRARIES))]).encode())
    _add(digest, package, code)
    _add(digest, settings.corpus, (path for path in _files(settings) if path.name not in LATER))
    return digest.hexdigest()[:16]


def reviewed_fingerprint(settings: Settings) -> str:
    """The hash of the files that are read when the index is opened.

    :raises CorpusError: the corpus folder is missing.
    """
    digest = hashlib.sha256()
    _add(digest, settings.corpus, (path for path in _files(settings) if path.name in LATER))
    return digest.hexdigest()[:16]


def _files(settings: Settings) -> Iterator[Path]:
    if not settings.corpus.is_dir():
        raise CorpusError(f"Le dossier des documents « {settings.corpus} » n'existe pas : créez-le ou corrigez AMP_CORPUS.")
    return (path for path in settings.corpus.rglob("*") if path.is_file())


def _add(digest: "hashlib._Hash", folder: Path, paths: Iterable[Path]) -> None:
    """Add the places and the contents of files to a hash; of one that cannot be opened, that it cannot."""
    for path in sorted(paths):
        digest.update(str(path.relative_to(folder)).encode("utf-8", "surrogateescape"))
        try:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            digest.update(type(error).__name__.encode())
