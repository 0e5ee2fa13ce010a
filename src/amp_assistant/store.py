"""Passages and vectors in Chroma: two collections in one folder, ``passages`` and ``questions``. The only module that imports Chroma.

Chroma writes into its files when it only reads them, and is not made for several processes on one folder. So a store is written once,
and whoever reads it opens a copy of his own: it stays byte for byte as it was, and can be read where the disk is full or not to be
written.

With the address of a Chroma server, the collections lie there instead, under names of their own that `server.json` in the folder tells:
several machines then read one store, each with the same build folder. All of a store is read into memory when it is opened: a server
that goes away later keeps nobody from answering.
"""

import json
import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import numpy as np

from amp_assistant.encoder import Vectors
from amp_assistant.errors import StoreAwayError, StoreError
from amp_assistant.passages import Nature, Passage

logger = logging.getLogger(__name__)

BATCH = 2_000
"""Records written or read at once; Chroma's own limit is 5 461."""
SERVER_SECONDS = 60
"""How long a Chroma server may take for one batch; it takes some 0.2 s."""
SERVER = "server.json"
"""The file that stands for a store on a server: the names of its collections."""
NAMES = {"passages": "passages", "questions": "questions"}
"""The names of the collections of a store that lies in a folder of its own."""


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


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    """A client of the server at an address.

    :raises StoreAwayError: it cannot be reached, or goes away meanwhile.
    """
    import chromadb
    import httpx
    from chromadb.config import Settings as ChromaSettings

    away = f"Le serveur Chroma « {url} » ne répond pas : démarrez-le ou corrigez AMP_CHROMA_URL."
    client: Any = None
    try:
        address = urlsplit(url)
        httpx.get(f"{url.rstrip('/')}/api/v2/heartbeat", timeout=SERVER_SECONDS).raise_for_status()
        client = chromadb.HttpClient(
            host=address.hostname or "",
            port=address.port or (443 if address.scheme == "https" else 80),
            ssl=address.scheme == "https",
            settings=ChromaSettings(anonymized_telemetry=False),
        )
        client._server._session.timeout = httpx.Timeout(SERVER_SECONDS)  # Chroma's own client would wait for ever
        yield client
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StoreAwayError(away) from error
    finally:
        if client:
            for part in (client, client._admin_client):
                part._server._session.close()  # nor does it close its connections
            client.close()


def write_store(folder: Path, passages: Sequence[Passage], vectors: Vectors, question_vectors: Vectors, url: str = "") -> None:
    """Write the passages and their vectors, and the vectors of the questions, into a new store in a folder, or on the server at `url`.

    :raises StoreError: the folder cannot be written, or the server cannot be reached.
    """
    from chromadb.errors import ChromaError

    if url:
        _write_to_server(folder, passages, vectors, question_vectors, url)
        return
    # Chroma remembers a folder where it once failed, and would not try there again: each attempt has a folder of its own.
    scratch = folder.with_name(f"{folder.name}-{uuid4().hex}")
    try:
        with _opened(scratch) as client:
            _write(client, NAMES, passages, vectors, question_vectors)
        scratch.rename(folder)
    except ChromaError as error:
        raise StoreError(
            f"Les vecteurs ne peuvent pas être écrits dans « {folder} » ({error}) : vérifiez les droits et la place."
        ) from error


def _write_to_server(folder: Path, passages: Sequence[Passage], vectors: Vectors, question_vectors: Vectors, url: str) -> None:
    from chromadb.errors import ChromaError

    mark = uuid4().hex
    names = {kind: f"amp-{kind}-{mark}" for kind in NAMES}
    try:
        with _connected(url) as client:
            _write(client, names, passages, vectors, question_vectors)
    except ChromaError as error:
        forget_stores(url, [names])
        raise StoreError(f"Les vecteurs ne peuvent pas être écrits sur le serveur Chroma ({error}) : voyez son journal.") from error
    folder.mkdir()
    (folder / SERVER).write_text(json.dumps(names), encoding="utf-8")


def names_on_server(folder: Path) -> dict[str, str] | None:
    """The names of the collections of a store that lies on a server, None for one that lies in the folder."""
    path = folder / SERVER
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def forget_stores(url: str, stores: Sequence[Mapping[str, str]]) -> None:
    """Delete the collections of stores that nobody reads any more; those that cannot be deleted are logged and stay."""
    from chromadb.errors import ChromaError

    for name in [name for names in stores for name in names.values()]:
        try:
            with _connected(url) as client:
                client.delete_collection(name)
        except (ChromaError, StoreError) as error:
            logger.warning("La collection « %s » reste sur le serveur Chroma : %s", name, error)


def _write(client: Any, names: Mapping[str, str], passages: Sequence[Passage], vectors: Vectors, question_vectors: Vectors) -> None:
    configuration = {"hnsw": {"space": "cosine"}}
    stored = client.create_collection(names["passages"], configuration=configuration, embedding_function=None)
    for start in range(0, len(passages), BATCH):
        batch = passages[start : start + BATCH]
        stored.add(
            ids=[passage.id for passage in batch],
            documents=[passage.text for passage in batch],
            metadatas=[_metadata(passage, row) for row, passage in enumerate(batch, start)],
            embeddings=vectors[start : start + BATCH],
        )
    asked = client.create_collection(names["questions"], configuration=configuration, embedding_function=None)
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


def read_store(folder: Path, url: str = "") -> tuple[tuple[Passage, ...], Vectors, Vectors]:
    """The passages of a store in their order, their vectors, and the vectors of the questions.

    :raises StoreError: the store is damaged, there is no room for the copy, or its server cannot be reached.
    """
    from chromadb.errors import ChromaError

    names = names_on_server(folder)
    try:
        if names is None:
            with copy_of(folder) as scratch, _opened(Path(scratch)) as client:
                return _read(client, NAMES)
        if not url:
            raise StoreError("Cet index a ses vecteurs sur un serveur Chroma : donnez son adresse dans AMP_CHROMA_URL.")
        with _connected(url) as client:
            return _read(client, names)
    except (ChromaError, KeyError, IndexError) as error:
        raise StoreError(f"Les vecteurs de l'index ({folder}) sont endommagés : reconstruisez-le (amp-assistant index --force).") from error


def _read(client: Any, names: Mapping[str, str]) -> tuple[tuple[Passage, ...], Vectors, Vectors]:
    stored = _all_of(client.get_collection(names["passages"], embedding_function=None), ("documents", "metadatas", "embeddings"))
    order = sorted(range(len(stored["ids"])), key=lambda at: stored["metadatas"][at]["row"])
    passages = tuple(_passage(stored["ids"][at], stored["documents"][at], stored["metadatas"][at]) for at in order)
    asked = _all_of(client.get_collection(names["questions"], embedding_function=None), ("embeddings",))
    by_row = np.argsort(np.array(asked["ids"], dtype=str))
    vectors = np.asarray(stored["embeddings"], dtype=np.float32)[order]
    question_vectors = np.asarray(asked["embeddings"], dtype=np.float32).reshape(-1, vectors.shape[1])[by_row]
    return passages, vectors, question_vectors


def _all_of(collection: Any, fields: Sequence[str]) -> dict[str, list[Any]]:
    """The records of a collection, a batch at a time: a server does not send them all at once."""
    found: dict[str, list[Any]] = {name: [] for name in ("ids", *fields)}
    for start in range(0, collection.count(), BATCH):
        batch = collection.get(include=list(fields), limit=BATCH, offset=start)
        for name, values in found.items():
            values.extend(batch[name])
    return found


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
