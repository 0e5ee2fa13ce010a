"""Side by side, in one run: how often each method finds the passage that proves the answer, and how fast.

Run by `make benchmark-retrieval`. Progress goes to stderr, the tables to the terminal; the same tables and a plot go into
``docs/retrieval.md`` and ``docs/retrieval.png``. Takes some minutes: three encoders are trained without enrichment, one for the
documents and two for the headings, and the assistant's own where its index is missing or stale.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from amp_assistant.building import build_index, ensure_index
from amp_assistant.evaluation import read_questions
from amp_assistant.fingerprint import LATER
from amp_assistant.index import Index, open_index
from amp_assistant.settings import ROOT, Settings, close_network, read_settings
from benchmarks import headings
from benchmarks.measures import MEASURES, Method, measure
from benchmarks.methods import arms, baselines, ours
from benchmarks.report import GROUPS, HALVES, Outcomes, folded, group_table, half, markdown, plot, show, summary_table, write_between_marks

PAGE, PLOT = ROOT / "docs" / "retrieval.md", ROOT / "docs" / "retrieval.png"
QUESTIONS = ROOT / "tests" / "questions"
MAIN_MEASURE = "rappel@5"
"""What is shown by style and by kind at first sight, for the arms too; the other measures are folded away."""
WHOLE, WITHOUT = "le nôtre, entier", "le nôtre, sans enrichissement"

progress = Console(stderr=True, highlight=False).print


def main() -> None:
    """Measure everything and write it down."""
    close_network()
    settings = read_settings()
    progress("Index")
    run(settings, ensure_index(Settings(corpus=settings.corpus, index=settings.index, encoder="")))


def run(settings: Settings, index: Index) -> None:
    """Measure every method beside the index of the assistant, print the tables and write the page."""
    questions = [question for question in read_questions(QUESTIONS) if question.gold]
    outcomes, untimed = {}, set()
    for method in methods(settings, index):
        progress(f"Questions : {method.name.strip()}")
        outcomes[method.name] = measure(method, questions)
        if not method.is_timed:
            untimed.add(method.name)
    by_heading = headings.compare(index.passages, progress)
    report(outcomes, by_heading, frozenset(untimed), machine(settings))


def methods(settings: Settings, index: Index) -> Iterator[Method]:
    """What is compared, the plainest first."""
    yield from baselines({document.id: settings.corpus / document.path for document in index.documents.values()})
    yield from arms(index)
    with TemporaryDirectory() as scratch:
        progress("Index sans enrichissement")
        corpus = Path(scratch) / "corpus"
        shutil.copytree(settings.corpus, corpus, ignore=shutil.ignore_patterns(settings.enrichment.name, *LATER))  # which correct it
        yield ours(WITHOUT, built(Settings(corpus=corpus, index=Path(scratch) / "index", encoder="")))
    if settings.encoder:
        with TemporaryDirectory() as scratch:
            progress("Index avec AMP_ENCODER")
            yield ours(
                f"le nôtre, avec {Path(settings.encoder).name}",
                built(Settings(corpus=settings.corpus, index=Path(scratch), encoder=settings.encoder)),
            )
    yield ours(WHOLE, index)


def built(settings: Settings) -> Index:
    """The index of some settings, built and opened."""
    build_index(settings)
    return open_index(settings)


def report(outcomes: Outcomes, by_heading: Outcomes, untimed: frozenset[str], circumstances: str) -> None:
    """Print the tables; write them and the plot into the documentation."""
    halves = {name: half(outcomes, name) for name in HALVES}
    summaries = [summary_table(HALVES[name].capitalize(), halves[name], untimed) for name in HALVES]
    methods_of = {name: {method: of_method for method, of_method in halves[name].items() if method not in untimed} for name in HALVES}
    groups = {
        measure: [
            group_table(HALVES[name], (halves if measure == MAIN_MEASURE else methods_of)[name], measure, attribute)
            for attribute in GROUPS
            for name in HALVES
        ]
        for measure in MEASURES
    }
    second = summary_table("Second corpus, sans enrichissement : les titres comme questions", by_heading, untimed)
    show([*summaries, *(table for tables in groups.values() for table in tables), second])
    Console().print(circumstances)
    others = [table for name, tables in groups.items() if name != MAIN_MEASURE for table in tables]
    parts = [*map(markdown, [*summaries, *groups[MAIN_MEASURE]]), folded("Les autres mesures, par style et par genre", others)]
    write_between_marks(PAGE, "\n".join([*parts, markdown(second), circumstances, ""]))
    plot(methods_of["test"], PLOT, "La bonne preuve est parmi les cinq premiers passages (moitié de test)")


def machine(settings: Settings) -> str:
    """In French, what the times depend on: a busy machine slows the methods that use torch more than the others."""
    load = f"{os.getloadavg()[2]:.1f}".replace(".", ",")
    return f"Mesuré sur {os.cpu_count()} cœurs, charge moyenne {load}. Mémoire de l'index ouvert : {memory(settings)} Mo."


def memory(settings: Settings) -> int:
    """What opening the index adds to a process that has imported it, libraries included, in megabytes."""
    script = """
import sys
from pathlib import Path
from psutil import Process
from amp_assistant.index import open_index
from amp_assistant.settings import Settings

before = Process().memory_info().rss
index = open_index(Settings(index=Path(sys.argv[1]), encoder=""))
print((Process().memory_info().rss - before) // 1_000_000)
"""
    command = [sys.executable, "-c", script, str(settings.index)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
