"""What `benchmarks.speed` measured, as tables in French on the terminal and in ``docs/performance.md``, and as a plot."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from amp_assistant.settings import ROOT
from benchmarks.graph import Search
from benchmarks.report import Table, markdown, show, write_between_marks

if TYPE_CHECKING:
    from benchmarks.speed import Measured, Started

PAGE, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance-growth.png"
BEGIN = "<!-- figures: written by make benchmark -->"
OURS, REAL = "le nôtre", "réel"


def report(
    measured: Sequence["Measured"],
    started: Sequence["Started"],
    stages: Mapping[str, float],
    nearest: Sequence[Sequence[Search]],
    batches: Mapping[int, float],
) -> None:
    """Print the tables, write them into the page, draw the growth."""
    exponents = {name: exponent([one for one in measured if one.method == name]) for name in ("le nôtre", "bm25s")}
    tables = [*_answers(measured), _stages(measured), _limits(measured), _started(started), _indexing(measured, stages), _nearest(nearest)]
    show(tables)
    load = _number(os.getloadavg()[2], 1)
    told = [
        f"Temps médian ∝ passages^{_number(exponents['le nôtre'], 2)} pour le nôtre, de 10 000 passages au plus grand corpus"
        f" ({_number(exponents['bm25s'], 2)} pour bm25s).",
        "Écriture de 5 000 vecteurs dans Chroma : "
        + ", ".join(f"{_number(seconds, 2)} s par lots de {batch}" for batch, seconds in batches.items())
        + ".",
        f"Mesuré sur {os.cpu_count()} cœurs, charge moyenne {load}.",
    ]
    Console().print("\n".join(told))
    growth = f"![Temps et mémoire selon le nombre de passages]({PLOT.name})\n"
    write_between_marks(PAGE, "\n".join([*map(markdown, tables), growth, "\n\n".join(told), ""]), BEGIN)
    plot(measured, PLOT)


def exponent(measured: Sequence["Measured"]) -> float:
    """How the median time grows with the passages: 1 is in proportion; over the enlarged corpora, by least squares of the logarithms."""
    grown = [one for one in measured if one.corpus != REAL]
    if len(grown) < 2:
        return float("nan")
    slope, _ = np.polyfit(np.log([one.figures["passages"] for one in grown]), np.log([one.figures["cpu"] for one in grown]), 1)
    return float(slope)


def plot(measured: Sequence["Measured"], path: Path) -> None:
    """Draw the median time and the memory by the number of passages, both on logarithmic scales."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for method in dict.fromkeys(one.method for one in measured):
        of_method = [one for one in measured if one.method == method]
        sizes = [one.figures["passages"] for one in of_method]
        left.plot(sizes, [1000 * one.figures["median"] for one in of_method], marker="o", label=method)
        right.plot(sizes, [(one.figures["own"] + one.figures["mapped"]) / 1e9 for one in of_method], marker="o", label=method)
    for axes, title in ((left, "Temps médian, ms"), (right, "Mémoire résidente, Go")):
        axes.set(xscale="log", yscale="log", xlabel="passages", title=title)
        axes.grid(visible=True, which="both", alpha=0.2)
        axes.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False)
    figure.savefig(path, dpi=150, metadata={"Software": None})
    pyplot.close(figure)


def _answers(measured: Sequence["Measured"]) -> Iterator[Table]:
    times = ("médiane ms", "p95 ms", "p99 ms", "processeur ms")
    columns = ("méthode", "rappel@5", *times, "mémoire Mo", "dont fichiers", "disque Mo", "ouverture s")
    for corpus in dict.fromkeys(one.corpus for one in measured):
        of_corpus = [one for one in measured if one.corpus == corpus]
        first = of_corpus[0]
        rows = []
        for one in of_corpus:
            figures = one.figures
            memory = figures["own"] + figures["mapped"]
            rows.append(
                (
                    one.method,
                    _number(figures["rappel@5"], 3),
                    *(_against(1000 * figures[name], 1000 * first.figures[name]) for name in ("median", "p95", "p99", "cpu")),
                    _against(memory / 1e6, (first.figures["own"] + first.figures["mapped"]) / 1e6, 0),
                    _number(figures["mapped"] / 1e6, 0),
                    _against(one.disk / 1e6, first.disk / 1e6, 0),
                    _against(figures["open"], first.figures["open"], 2),
                )
            )
        passages = f"{first.figures['passages']:_}".replace("_", " ")
        must = _number(first.figures["must"], 3)
        yield Table(f"Corpus {corpus} : {passages} passages ; réponses du nôtre : {must} de ce qui est attendu", columns, tuple(rows))


def _stages(measured: Sequence["Measured"]) -> Table:
    ours = [one for one in measured if one.method == OURS]
    names = list(dict.fromkeys(name for one in ours for name in one.figures["stages"]))
    rows = tuple((name, *(_number(1000 * one.figures["stages"].get(name, 0), 2) for one in ours)) for name in names)
    return Table("Une réponse par étape, ms de processeur, moyenne", ("étape", *(one.corpus for one in ours)), rows)


def _limits(measured: Sequence["Measured"]) -> Table:
    rows = []
    for one in measured:
        for stage, read in one.figures.get("bytes", {}).items():
            least = read / one.figures["bandwidth"]
            taken = one.figures["stages"][stage]
            figures = (_number(read / 1e6, 2), _number(1000 * least, 3), _number(1000 * taken, 2), _number(taken / least, 1))
            rows.append((f"{one.corpus}, {stage}", *figures))
    widths = [one.figures["bandwidth"] for one in measured if "bandwidth" in one.figures]
    title = f"Ce qui doit être lu, à {_number(max(widths) / 1e9, 1)} Go/s mesurés sur un cœur"
    return Table(title, ("corpus, étape", "Mo lus", "limite ms", "mesuré ms", "mesuré / limite"), tuple(rows))


def _started(started: Sequence["Started"]) -> Table:
    ours = started[0]
    rows = tuple(
        (one.name, _number(one.least, 2), _against(one.median, ours.median, 2), _against(one.cpu, ours.cpu, 2)) for one in started
    )
    return Table("Du lancement à la fin du programme, s", ("programme", "minimum", "médiane", "processeur"), rows)


def _indexing(measured: Sequence["Measured"], stages: Mapping[str, float]) -> Table:
    rows: list[tuple[str, ...]] = [(f"le nôtre : {name}", _number(seconds, 1), "") for name, seconds in stages.items()]
    rows.append(("le nôtre : en tout", _number(sum(stages.values()), 1), ""))
    for one in measured:
        if one.index and one.method != OURS:
            rows.append((f"{one.method}, corpus {one.corpus}", *(_number(seconds, 1) for seconds in one.index)))
    return Table("Indexer, s", ("étape", "temps", "processeur"), tuple(rows))


def _nearest(nearest: Sequence[Sequence[Search]]) -> Table:
    rows = tuple(
        (f"{one.corpus}, {one.way}", _number(one.recall, 3), _against(one.milliseconds, ways[0].milliseconds, 2), _number(one.making, 1))
        for ways in nearest
        for one in ways
    )
    title = "Les dix vecteurs les plus proches : tous lus, en deux lectures, ou par Chroma"
    return Table(title, ("corpus, recherche", "rappel@10", "ms", "préparation s"), rows)


def _against(value: float, first: float, digits: int = 1) -> str:
    """A figure, and how many times the first row's it is."""
    return _number(value, digits) if value == first else f"{_number(value, digits)} (×{_number(value / first, 2)})"


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")
