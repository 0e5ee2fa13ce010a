"""The outcomes as tables, on the terminal and in a page of the documentation, and as a plot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measures import MEASURES, Outcome, average, median_words, times

BEGIN, END = "<!-- figures: written by make benchmark-retrieval -->", "<!-- end of the figures -->"

Outcomes = Mapping[str, Sequence[Outcome]]
"""What came of the same questions, by the method's name."""

HALVES = {"dev": "moitié de développement", "test": "moitié de test"}
GROUPS = {
    "style": {"plain": "mots du document", "paraphrase": "mots courants", "noisy": "fautes, abréviations", "english": "anglais"},
    "kind": {
        "fact": "fait",
        "number": "chiffre",
        "list": "liste",
        "aid": "aide",
        "commitment": "engagement",
        "speech": "discours",
        "cross": "plusieurs documents",
        "followup": "suite",
    },
}
"""The values of a question's fields, as a reader is told them."""
NARROWEST = 120
"""Characters of a line that a table is given, also where the terminal or a file tells less."""


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the names of the columns, and a row for each method; the first column is the method."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def half(outcomes: Outcomes, name: str) -> Outcomes:
    """The outcomes of the questions of one half."""
    return _select(outcomes, "half", name)


def summary_table(title: str, outcomes: Outcomes, untimed: frozenset[str] = frozenset()) -> Table:
    """Every measure, the words of the first five hits and the milliseconds, a row a method."""
    columns = ("méthode", *MEASURES, "mots des 5 premiers", "médiane ms", "p95 ms")
    rows = []
    for method, of_method in outcomes.items():
        spent = ("–", "–") if method in untimed else tuple(map(_milliseconds, times(of_method)))
        rows.append((method, *(_share(average(of_method, name)) for name in MEASURES), f"{median_words(of_method):.0f}", *spent))
    return Table(f"{title} ({_number(outcomes)} questions)", columns, tuple(rows))


def group_table(title: str, outcomes: Outcomes, measure: str, attribute: str) -> Table:
    """One measure by ``style`` or ``kind``, a row a method; the number of questions stands beside each name."""
    groups = [(name, _select(outcomes, attribute, value)) for value, name in GROUPS[attribute].items()]
    asked = [(name, chosen) for name, chosen in groups if _number(chosen)]
    columns = ("méthode", *(f"{name} ({_number(chosen)})" for name, chosen in asked))
    rows = tuple((method, *(_share(average(chosen[method], measure)) for _, chosen in asked)) for method in outcomes)
    return Table(f"{measure}, {title}", columns, rows)


def show(tables: Iterable[Table]) -> None:
    """Print the tables on the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console()
    console.width = max(console.width, NARROWEST)
    for table in tables:
        shown = RichTable(title=table.title, title_justify="left", box=box.SIMPLE_HEAD)
        for number, column in enumerate(table.columns):
            shown.add_column(column, justify="right" if number else "left", no_wrap=number == 0)
        for row in table.rows:
            shown.add_row(*row)
        console.print(shown)


def markdown(table: Table) -> str:
    """A table as Markdown, its title above in bold."""
    ruler = ["---", *["---:"] * (len(table.columns) - 1)]
    cells = [table.columns, ruler, *((row[0].replace("  ", "&nbsp;&nbsp;"), *row[1:]) for row in table.rows)]
    return "\n".join([f"**{table.title}**", "", *(f"| {' | '.join(row)} |" for row in cells), ""])


def folded(title: str, tables: Iterable[Table]) -> str:
    """Tables that a reader opens when wanted."""
    return "\n".join([f"<details><summary>{title}</summary>", "", *map(markdown, tables), "</details>", ""])


def write_between_marks(page: Path, text: str, begin_mark: str = BEGIN) -> None:
    """Put a text between the marks of a page, in place of what stood there.

    :raises ValueError: the page has no marks.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(begin_mark)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} does not hold « {begin_mark} » and « {END} »")
    page.write_text(f"{before}{begin_mark}\n\n{text}\n{END}{after}", encoding="utf-8")


def plot(outcomes: Outcomes, path: Path, title: str) -> None:
    """Draw recall@5 by style, a group of bars a style, a colour a method."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(10, 4.5), layout="constrained")
    width = 0.8 / len(outcomes)
    styles = {name: _select(outcomes, "style", style) for style, name in GROUPS["style"].items()}
    colours = pyplot.get_cmap("viridis")
    for number, method in enumerate(outcomes):
        places = [place + (number - (len(outcomes) - 1) / 2) * width for place in range(len(styles))]
        heights = [average(chosen[method], "rappel@5") for chosen in styles.values()]
        colour = colours(1 - number / max(1, len(outcomes) - 1))
        bars = axes.bar(places, heights, width, label=method.strip(), color=colour)
        axes.bar_label(bars, fmt=_share, fontsize=6, padding=1)
    axes.set_xticks(range(len(styles)), [f"{name} ({_number(chosen)})" for name, chosen in styles.items()])
    axes.set(ylim=(0, 1.08), ylabel="rappel@5", title=title)
    axes.yaxis.set_major_formatter(lambda height, _: _share(height))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    figure.savefig(path, dpi=150, metadata={"Software": None})
    pyplot.close(figure)


def _select(outcomes: Outcomes, attribute: str, value: str) -> Outcomes:
    return {
        method: [outcome for outcome in of_method if getattr(outcome.question, attribute) == value]
        for method, of_method in outcomes.items()
    }


def _number(outcomes: Outcomes) -> int:
    return len(next(iter(outcomes.values())))


def _share(share: float) -> str:
    return f"{share:.2f}".replace(".", ",")


def _milliseconds(milliseconds: float) -> str:
    return f"{milliseconds:.1f}".replace(".", ",")
