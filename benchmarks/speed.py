"""How fast, how large, and how that grows: the assistant beside LangChain's tutorial and bm25s alone, in one run.

Run by `make benchmark`. Progress goes to stderr, the tables to the terminal; the same tables go into ``docs/performance.md``, the
growth into ``docs/performance-growth.png``, where the time of an answer goes into ``docs/performance-flame.svg``. Each method is
measured in a process of its own; no time is shown without what the answers were worth. ``--sizes`` chooses the enlarged corpora (the
largest takes 10 GB of memory and 6 GB of disk while it is made), ``--keep FOLDER`` keeps them from one run to the next, ``--rebuild`` times
the indexing anew instead of reading what it took.
"""

import json
import os
import re
import resource
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from rich.console import Console

from amp_assistant.building import build_index, ensure_index
from amp_assistant.builds import COMPLETE, current_build
from amp_assistant.index import Index, open_index
from amp_assistant.rows import read_vectors
from amp_assistant.settings import ROOT, Settings, close_network, read_settings
from benchmarks import speed_report
from benchmarks.enlarged import write_enlarged
from benchmarks.graph import SETTINGS, compare_batches, compare_ways

SIZES = (10_000, 100_000, 1_000_000)
BUILT_UP_TO = 100_000
"""Passages up to which bm25s alone and Chroma's graph are built: each takes a minute or two for 100 000."""
COLD_RUNS = 3
QUESTION = "Quelles aides pour s'implanter ?"
QUALITY = ("rappel@5",)
"""What has to stand beside every time."""
FLAME = ROOT / "docs" / "performance-flame.svg"

progress = Console(stderr=True, highlight=False).print


@dataclass(frozen=True, slots=True)
class Measured:
    """What a method took over a corpus: `figures` as the probe prints them, seconds and bytes; `index` the seconds to index, wall and
    processor, None where not measured; `disk` bytes."""

    method: str
    corpus: str
    figures: Mapping[str, Any]
    index: tuple[float, float] | None
    disk: int


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds of a program from the shell to its end: the least and the median, and the median of the processor's time."""

    name: str
    least: float
    median: float
    cpu: float


def main() -> None:
    """Measure everything and write it down."""
    close_network()
    arguments = _arguments()
    settings = read_settings()
    index = ensure_index(Settings(corpus=settings.corpus, index=settings.index, encoder=""))
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _link(settings.index, folder / "real")
        measured = list(real(settings, index, folder))
        started = cold(settings, folder)
        nearest = [compare_ways(index.passage_vectors, index.question_vectors, "réel")]
        for size in arguments.sizes:
            kept = (arguments.keep or folder) / str(size)
            measured += enlarged(index, settings, kept, size)
            vectors, asked = read_vectors(kept / f"enlarged-{size}" / "rows")
            nearest.append(compare_ways(vectors, asked, f"{size:_}".replace("_", " "), SETTINGS if size <= BUILT_UP_TO else ()))
        check(measured)
        stages = rebuilt(settings) if arguments.rebuild else index.built_from.seconds
        flame(settings.index)
    speed_report.report(measured, started, stages, nearest, compare_batches(index.question_vectors))


def check(measured: Sequence[Measured]) -> None:
    """Make sure that no time stands without what the answers were worth: speed by answering worse is none.

    :raises ValueError: a figure of QUALITY is missing.
    """
    for one in measured:
        lacking = [name for name in QUALITY if not one.figures.get(name)]
        if lacking:
            raise ValueError(f"« {one.method} » sur « {one.corpus} » est mesuré sans {', '.join(lacking)}")


def real(settings: Settings, index: Index, folder: Path) -> list[Measured]:
    """Every method over the real corpus."""
    seconds = sum(index.built_from.seconds.values())
    ours = Measured("le nôtre", "réel", probe("ours", settings.index), (seconds, float("nan")), _disk(current_build(settings.index)))
    return [ours, _bm25s(index, folder / "real", "réel"), _langchain(settings, index, folder / "langchain")]


def enlarged(index: Index, settings: Settings, folder: Path, size: int) -> list[Measured]:
    """The assistant, and bm25s where it is not too long, over an enlarged corpus."""
    name = f"{size:_}".replace("_", " ")
    source = current_build(settings.index)
    if source and not (folder / f"enlarged-{size}" / COMPLETE).is_file():
        progress(f"{name} passages : corpus")
        write_enlarged(index, source, folder, size)
    progress(f"{name} passages : mesures")
    measured = [Measured("le nôtre", name, probe("ours", folder), None, _disk(folder / f"enlarged-{size}"))]
    if size <= BUILT_UP_TO:
        measured.append(_bm25s(open_index(Settings(index=folder)), folder / f"enlarged-{size}", name))
    return measured


def probe(method: str, folder: Path) -> dict[str, Any]:
    """What the probe of a method prints."""
    progress(f"  {method}")
    command = [sys.executable, "-m", "benchmarks.probe", method, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def cold(settings: Settings, folder: Path) -> list[Started]:
    """Programs started for one question, ours from the shell as people start it, the others from a script that does the least."""
    program = [sys.executable, "-m", "amp_assistant"]
    probing = [sys.executable, "-m", "benchmarks.probe"]
    commands = {
        "le nôtre : ask": [*program, "ask", QUESTION],
        "le nôtre : --help": [*program, "--help"],
        "bm25s": [*probing, "bm25s", str(folder / "real"), QUESTION],
        "LangChain, tutoriel": [*probing, "langchain", str(folder / "langchain"), QUESTION],
    }
    return [_started(name, command, {**os.environ, "AMP_INDEX": str(settings.index)}) for name, command in commands.items()]


def rebuilt(settings: Settings) -> Mapping[str, float]:
    """Seconds of each stage of indexing everything anew."""
    progress("Indexation complète")
    with TemporaryDirectory() as scratch:
        return build_index(Settings(corpus=settings.corpus, index=Path(scratch) / "index", encoder=""), force=True).seconds or {}


def flame(index: Path) -> None:
    """Draw where the time of the answers over an index goes, by py-spy where it is installed and may look."""
    spy = Path(sys.executable).with_name("py-spy")
    probing = [sys.executable, "-m", "benchmarks.probe", "ours", str(index)]
    command = [str(spy), "record", "--rate", "100", "--function", "--output", str(FLAME), "--", *probing]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if not spy.is_file() or subprocess.run(command, capture_output=True, check=False, env=environment).returncode:
        progress("py-spy manque ou n'a pas le droit de regarder : le graphe en flammes reste celui d'avant")
        return
    drawn = FLAME.read_text(encoding="utf-8")  # its title is the command, with the folders of this machine
    FLAME.write_text(re.sub(r'(<text id="title"[^>]*>)[^<]*', r"\1Où va le temps des réponses", drawn), encoding="utf-8")


def _started(name: str, command: Sequence[str], environment: Mapping[str, str]) -> Started:
    progress(f"Démarrage : {name}")
    walls, processors = [], []
    for _ in range(COLD_RUNS):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=environment)
        walls.append(perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processors.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Started(name, min(walls), median(walls), median(processors))


def _bm25s(index: Index, folder: Path, corpus: str) -> Measured:
    import bm25s
    import Stemmer

    progress(f"  bm25s : indexation ({corpus})")
    texts = [passage.placed_text for passage in index.passages]
    begun, spent = perf_counter(), process_time()
    scored = bm25s.BM25()
    scored.index(
        bm25s.tokenize(texts, stopwords="fr", stemmer=Stemmer.Stemmer("french"), return_ids=False, show_progress=False), show_progress=False
    )
    scored.save(str(folder / "bm25s"), show_progress=False)
    taken = perf_counter() - begun, process_time() - spent
    return Measured("bm25s", corpus, probe("bm25s", folder), taken, _disk(folder / "bm25s"))


def _langchain(settings: Settings, index: Index, folder: Path) -> Measured:
    from langchain_chroma import Chroma

    from amp_assistant.langchain_bridge import LangChainEncoder
    from benchmarks.methods import chunks, minilm

    progress("  LangChain : indexation")
    begun, spent = perf_counter(), process_time()
    pieces = chunks({document.id: settings.corpus / document.path for document in index.documents.values()})
    Chroma.from_documents(pieces, embedding=LangChainEncoder(minilm()), persist_directory=str(folder))
    taken = perf_counter() - begun, process_time() - spent
    return Measured("LangChain, tutoriel", "réel", probe("langchain", folder), taken, _disk(folder))


def _link(index: Path, folder: Path) -> None:
    """A folder with the parts of the index in use, to which bm25s' own is added."""
    build = current_build(index)
    if build is None:
        raise ValueError(f"no index in {index}")
    folder.mkdir()
    for part in build.iterdir():
        (folder / part.name).symlink_to(part.resolve())


def _disk(folder: Path | None) -> int:
    """Bytes of the files of a folder, bm25s' own left out where it lies within another's."""
    if folder is None:
        return 0
    is_own = folder.name == "bm25s"
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and (is_own or "bm25s" not in path.parts))


def _arguments() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--rebuild", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
