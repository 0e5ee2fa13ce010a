"""Passages and vectors in Chroma: two collections in one folder, ``passages`` and ``questions``. The only module that imports Chroma.

Chroma writes into its files when it only reads them, and is not made for several processes on one folder. So a store is written once,
and whoever reads it opens a copy of his own: it stays byte for byte as it was, and can be read where the disk is full or not to be
written.
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import numpy as np

from amp_assistant.encoder import Vectors
from amp_assistant.errors import StoreError
from amp_assistant.passages import Nature, Passage

BATCH = 2_000
"""Records written at once; Chroma's own limit is 5 461."""


@contextmanager
def _opened(folder: Path) -> Iterator[Any]:
    """A client of the store, closed in the end: Chroma keeps one for each folder, with what it had read there and its open files."""
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client: Any = chromadb.PersistentClient(path=str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    try:
        yield client
    finally:
        client.close()


def write_store(folder: Path, passages: Sequence[Passage], vectors: Vectors, question_vectors: Vectors) -> None:
    """Write the passages and their vectors, and the vectors of the questions, into a new store in a folder.

    :raises StoreError: the folder cannot be written.
    """
    from chromadb.errors import ChromaError

    # Chroma remembers a folder where it once failed, and would not try there again: each attempt has a folder of its own.
    scratch = folder.with_name(f"{folder.name}-{uuid4().hex}")
    try:
        with _opened(scratch) as client:
            _write(client, passages, vectors, question_vectors)
        scratch.rename(folder)
    except ChromaError as error:
        raise StoreError(
            f"Les vecteurs ne peuvent pas être écrits dans « {folder} » ({error}) : vérifiez les droits et la place."
        ) from error


def _write(client: Any, passages: Sequence[Passage], vectors: Vectors, question_vectors: Vectors) -> None:
    configuration = {"hnsw": {"space": "cosine"}}
    stored = client.create_collection("passages", configuration=configuration, embedding_function=None)
    for start in range(0, len(passages), BATCH):
        batch = passages[start : start + BATCH]
        stored.add(
            ids=[passage.id for passage in batch],
            documents=[passage.text for passage in batch],
            metadatas=[_metadata(passage, row) for row, passage in enumerate(batch, start)],
            embeddings=vectors[start : start + BATCH],
        )
    asked = client.create_collection("questions", configuration=configuration, embedding_function=None)
    for start in range(0, len(question_vectors), BATCH):
        batch_vectors = question_vectors[start : start + BATCH]
        asked.add(ids=[f"{row:08d}" for row in range(start, start + len(batch_vectors))], embeddings=batch_vectors)


def _metadata(passage: Passage, row: int) -> dict[str, str | int]:
    return {
        "row": row,
        "document": passage.document,
        "position": passage.position,
        "heading_path": json.dumps(passage.heading_path, ensure_ascii=False),
        "nature": str(passage.nature),
        "pages": json.dumps(passage.pages),
    }


def copy_of(folder: Path) -> "TemporaryDirectory[str]":
    """A copy of a store, gone with what is returned.

    :raises StoreError: there is no room for it.
    """
    scratch = TemporaryDirectory(prefix="amp-assistant-")
    try:
        shutil.copytree(folder, scratch.name, dirs_exist_ok=True)
    except OSError as error:
        place = scratch.name
        scratch.cleanup()
        raise StoreError(f"L'index ne peut pas être ouvert : il faut de la place et le droit d'écrire dans « {place} ».") from error
    return scratch


def read_store(folder: Path) -> tuple[tuple[Passage, ...], Vectors, Vectors]:
    """The passages of a store in their order, their vectors, and the vectors of the questions.

    :raises StoreError: the store is damaged, or there is no room for the copy.
    """
    from chromadb.errors import ChromaError

    try:
        with copy_of(folder) as scratch, _opened(Path(scratch)) as client:
            return _read(client)
    except ChromaError as error:
        raise StoreError(f"Les vecteurs de l'index ({folder}) sont endommagés : reconstruisez-le (amp-assistant index --force).") from error


def _read(client: Any) -> tuple[tuple[Passage, ...], Vectors, Vectors]:
    stored = client.get_collection("passages", embedding_function=None).get(include=["documents", "metadatas", "embeddings"])
    order = sorted(range(len(stored["ids"])), key=lambda at: stored["metadatas"][at]["row"])
    passages = tuple(_passage(stored["ids"][at], stored["documents"][at], stored["metadatas"][at]) for at in order)
    asked = client.get_collection("questions", embedding_function=None).get(include=["embeddings"])
    by_row = np.argsort(np.array(asked["ids"], dtype=str))
    vectors = np.asarray(stored["embeddings"], dtype=np.float32)[order]
    question_vectors = np.asarray(asked["embeddings"], dtype=np.float32).reshape(-1, vectors.shape[1])[by_row]
    return passages, vectors, question_vectors


def _passage(identifier: str, text: str, metadata: Mapping[str, Any]) -> Passage:
    return Passage(
        id=identifier,
        document=metadata["document"],
        position=metadata["position"],
        text=text,
        heading_path=tuple(json.loads(metadata["heading_path"])),
        pages=tuple((start, page) for start, page in json.loads(metadata["pages"])),
        nature=Nature(metadata["nature"]),
    )
