"""Readings kept from one indexing to the next: a file is read again only where its reading may come out different."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from amp_assistant.documents.model import Reading
from amp_assistant.documents.ocr import has_ocr
from amp_assistant.documents.outline import Title
from amp_assistant.documents.reading_process import Allowance, reading_of
from amp_assistant.errors import DocumentError

LIBRARIES = ("charset-normalizer", "lxml", "odfpy", "pdfminer.six", "pdfplumber", "pypdf", "pypdfium2", "python-docx")
"""What reads, besides the code of this package."""


class KeptReadings:
    """The readings of one indexing, in a folder; those of the indexing before are taken over.

    A refusal is kept like a reading: a file that took all its time to fail does not take it again until it changes.
    """

    def __init__(self, folder: Path, earlier: Path | None = None) -> None:
        self._folder = folder
        self._earlier = earlier
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, key: str) -> Reading | DocumentError | None:
        """What came of reading a file earlier, None where it has to be read."""
        if self._earlier is None:
            return None
        try:
            text = (self._earlier / f"{key}.json").read_text(encoding="utf-8")
            reading = reading_of(json.loads(text))
        except DocumentError as refusal:
            self.keep(key, refusal)
            return refusal
        except (OSError, ValueError, KeyError):  # not there, or damaged: read anew
            return None
        self.keep(key, reading)
        return reading

    def keep(self, key: str, outcome: Reading | DocumentError) -> None:
        """Keep what came of reading a file.

        :raises OSError: the folder cannot be written.
        """
        answer = {"reading": asdict(outcome)} if isinstance(outcome, Reading) else {"refused": str(outcome)}
        (self._folder / f"{key}.json").write_text(json.dumps(answer), encoding="utf-8")


def key_of(path: Path, digest: str, outline: Sequence[Title], allowance: Allowance) -> str:
    """The hash of all that a reading depends on: the file (`digest`), its titles, the readers, and what they may take."""
    said = [path.suffix.lower(), digest, [asdict(title) for title in outline], asdict(allowance), has_ocr(), _readers()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


@cache
def _readers() -> str:
    """The hash of the code that reads and of the versions of its libraries."""
    digest = hashlib.sha256(json.dumps([version(library) for library in LIBRARIES]).encode())
    folder = Path(__file__).parent
    for path in (*sorted(folder.glob("*.py")), folder.parent / "folding.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()
