"""Ways to find the nearest vectors, against reading each of them: how many of the ten nearest they find, and what that takes."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console

from amp_assistant.dense import EXACT_UP_TO, DenseIndex, similar
from amp_assistant.encoder import Vectors
from amp_assistant.lexical import Scores

DEPTH = 10
ASKED = 200
SETTINGS = ((16, 100, 100), (32, 200, 100), (32, 200, 400))
"""Neighbours of a node, width of the search while building, and while asking; the first are Chroma's own."""
BATCHES = (250, 1_000, 5_000)
BATCHED = 5_000
"""Vectors written to compare the batches."""
PORT = 8_765
STARTING = 30
"""Seconds that Chroma's server has to start."""

progress = Console(stderr=True, highlight=False).print


@dataclass(frozen=True, slots=True)
class Search:
    """One way to find the nearest: its recall of the ten nearest (0 to 1), milliseconds of a query, seconds to make what it reads."""

    corpus: str
    way: str
    recall: float
    milliseconds: float
    making: float


def compare_ways(vectors: Vectors, queries: Vectors, corpus: str, settings: Sequence[tuple[int, int, int]] = SETTINGS) -> list[Search]:
    """Each way over some vectors, asked with the vectors of questions spread over all; Chroma's graph with each of the settings."""
    progress(f"Les plus proches ({corpus})")
    asked = queries[:: max(1, len(queries) // ASKED)][:ASKED]
    exact = [_largest(similar(vectors, query)) for query in asked]
    found = [Search(corpus, "exacte (numpy)", 1.0, _milliseconds(lambda query: _largest(similar(vectors, query)), asked), 0.0)]
    if len(vectors) > EXACT_UP_TO:
        begun = perf_counter()
        index = DenseIndex(vectors)
        taken = perf_counter() - begun

        def nearest(query: Vectors) -> set[int]:
            return _largest(index.scores(query))

        found.append(Search(corpus, "la nôtre, en deux lectures", _recall(nearest, asked, exact), _milliseconds(nearest, asked), taken))
    for neighbours, building, asking in settings:
        with TemporaryDirectory() as folder:
            begun = perf_counter()
            collection = _filled(Path(folder), vectors, (neighbours, building, asking))
            writing = perf_counter() - begun
            name = f"graphe {neighbours}/{building}/{asking}"
            found.append(_searched(corpus, name, collection, asked, exact, writing))
            if (neighbours, building, asking) == SETTINGS[0]:
                with suppress(OSError), _served(Path(folder)) as served:
                    found.append(_searched(corpus, f"{name}, par le serveur", served, asked, exact, 0.0))
    return found


def compare_batches(vectors: Vectors) -> dict[int, float]:
    """Seconds to write BATCHED vectors by the size of the batches."""
    taken = {}
    for batch in BATCHES:
        with TemporaryDirectory() as folder:
            begun = perf_counter()
            _filled(Path(folder), vectors[:BATCHED], SETTINGS[0], batch)
            taken[batch] = perf_counter() - begun
    return taken


def _largest(scores: Scores) -> set[int]:
    return set(np.argpartition(scores, -DEPTH)[-DEPTH:].tolist())


def _filled(folder: Path, vectors: Vectors, setting: tuple[int, int, int], batch: int = 2_000) -> Any:
    import chromadb

    neighbours, building, asking = setting
    graph: Any = {"space": "cosine", "max_neighbors": neighbours, "ef_construction": building, "ef_search": asking}
    client = chromadb.PersistentClient(path=str(folder))
    collection = client.create_collection("vectors", configuration={"hnsw": graph}, embedding_function=None)
    for start in range(0, len(vectors), batch):
        part = vectors[start : start + batch]
        collection.add(ids=[str(row) for row in range(start, start + len(part))], embeddings=part)
    return collection


@contextmanager
def _served(folder: Path) -> Iterator[Any]:
    """The same collection through Chroma's server on this machine.

    :raises OSError: it does not start.
    """
    with TemporaryDirectory() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", copy, "--port", str(PORT)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield _asked_until_there()
        finally:
            server.terminate()
            server.wait()


def _asked_until_there() -> Any:
    import chromadb

    for _ in range(STARTING):
        with suppress(ValueError):
            return chromadb.HttpClient(port=PORT).get_collection("vectors", embedding_function=None)
        time.sleep(1)
    raise OSError("Chroma's server does not answer")


def _searched(corpus: str, way: str, collection: Any, asked: Vectors, exact: list[set[int]], writing: float) -> Search:
    def nearest(query: Vectors) -> set[int]:
        return {int(row) for row in collection.query(query_embeddings=[query], n_results=DEPTH, include=[])["ids"][0]}

    return Search(corpus, way, _recall(nearest, asked, exact), _milliseconds(nearest, asked), writing)


def _recall(search: Callable[[Vectors], set[int]], asked: Vectors, exact: list[set[int]]) -> float:
    return float(np.mean([len(search(query) & near) / DEPTH for query, near in zip(asked, exact, strict=True)]))


def _milliseconds(search: Callable[[Vectors], object], asked: Vectors) -> float:
    taken = []
    for query in asked:
        begun = perf_counter()
        search(query)
        taken.append(1000 * (perf_counter() - begun))
    return float(np.median(taken))
