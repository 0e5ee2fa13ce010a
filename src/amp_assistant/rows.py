"""The rows of an index as files beside Chroma's: each passage a line, each vector a row of an array.

What answers a question reads these and not Chroma, whose import alone takes half a second and which reads through a copy of its own.
Vectors are mapped into memory, so that only what is looked at is read, and processes on one machine share it.
"""

import json
import os
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from amp_assistant.encoder import Vectors
from amp_assistant.errors import StoreError
from amp_assistant.passages import Nature, Passage

MOST_KEPT = 50_000
"""Passages up to this number are all kept in memory, at about 2 kB each; of more, each is read when it is looked at."""
_TEXTS, _ENDS, _WORDS = "passages.jsonl", "ends.npy", "words.json"
_PASSAGES, _QUESTIONS = "passages.npy", "questions.npy"


def write_rows(
    folder: Path, passages: Sequence[Passage], vectors: Vectors, question_vectors: Vectors, vocabulary: Mapping[str, int]
) -> None:
    """Write the rows of an index into a new folder; `vocabulary` counts its folded words."""
    folder.mkdir()
    ends = np.zeros(len(passages) + 1, dtype=np.int64)
    with (folder / _TEXTS).open("wb") as file:
        for row, passage in enumerate(passages, 1):
            ends[row] = ends[row - 1] + file.write(_line(passage))
    np.save(folder / _ENDS, ends)
    np.save(folder / _PASSAGES, vectors)
    np.save(folder / _QUESTIONS, question_vectors)
    (folder / _WORDS).write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")


def read_passages(folder: Path) -> Sequence[Passage]:
    """The passages in their order.

    :raises OSError, ValueError: they are not there, or damaged.
    """
    ends = np.load(folder / _ENDS)
    if len(ends) - 1 > MOST_KEPT:
        return StoredPassages(folder / _TEXTS, ends)
    with (folder / _TEXTS).open("rb") as lines:
        return tuple(_passage(json.loads(line)) for line in lines)


def read_vectors(folder: Path) -> tuple[Vectors, Vectors]:
    """The vectors of the passages and of the questions, shape (rows, dimensions), not to be written.

    :raises OSError, ValueError: they are not there, or damaged.
    """
    passages, questions = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in (_PASSAGES, _QUESTIONS))
    if passages.dtype != np.float32 or questions.dtype != np.float32:
        raise StoreError(f"Les vecteurs de l'index ({folder}) sont endommagés : reconstruisez-le (amp-assistant index --force).")
    return passages, questions


def read_vocabulary(folder: Path) -> dict[str, int]:
    """How often each folded word stands in the passages and in what the enrichment says of them.

    :raises OSError, ValueError: it is not there, or damaged.
    """
    counts: dict[str, int] = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
    return counts


class StoredPassages(Sequence[Passage]):
    """Passages in a file, made anew each time they are looked at; `ends` are the offsets where each ends, after a first 0."""

    def __init__(self, lines: Path, ends: NDArray[np.int64]) -> None:
        self._ends = ends
        self._lines = os.open(lines, os.O_RDONLY)
        weakref.finalize(self, os.close, self._lines)

    def __len__(self) -> int:
        """The number of passages."""
        return len(self._ends) - 1

    @overload
    def __getitem__(self, at: int) -> Passage: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Passage, ...]: ...

    def __getitem__(self, at: int | slice) -> Passage | tuple[Passage, ...]:
        """The passage of a row, or those of a slice."""
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        row = range(len(self))[at]
        start, end = int(self._ends[row]), int(self._ends[row + 1])
        return _passage(json.loads(os.pread(self._lines, end - start, start)))

    def __iter__(self) -> Iterator[Passage]:
        """Each passage in turn."""
        return (self[row] for row in range(len(self)))


def _line(passage: Passage) -> bytes:
    fields = [passage.id, passage.document, passage.position, passage.text, passage.heading_path, passage.pages, passage.nature]
    return json.dumps(fields).encode("ascii") + b"\n"  # escaped: what is no Unicode text, in a file's name, is kept


def _passage(fields: list[Any]) -> Passage:
    identifier, document, position, text, headings, pages, nature = fields
    return Passage(
        identifier, document, position, text, tuple(headings), tuple((start, page) for start, page in pages), Nature(nature)
    )
