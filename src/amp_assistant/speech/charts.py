"""What a fact sheet draws: targets with their results; where there are none, figures of the theme that share a unit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import fill

from amp_assistant.figures import read_figures
from amp_assistant.quantities import spaced
from amp_assistant.register import Cible, Resultat, Suivi
from amp_assistant.register.rows import Aim, Outcome

MOST_PAIRS = 3
MOST_BARS = 5
"""Pairs of a target and a result, and bars: with their sources, what one page holds."""
FEWEST_BARS = 2
WIDTH, ROW_HEIGHT = 7.0, 0.75
"""Inches of the chart, and of one pair in it."""
BAR_HEIGHT = 0.42
LABEL_WIDTH = 46
"""Characters of a line of a bar's label."""
AIM, RESULT = "#c9c9c9", "#005a8c"
_NO_LENGTH = ("rang", "an")
"""Units whose figures no bar shows: a rank is better the smaller it is, years are dates or ages."""

Measured = Resultat | Cible


def pairs(suivi: Iterable[Suivi]) -> list[Suivi]:
    """The targets whose result can be set beside them: one of each result."""
    told: dict[tuple[float, str], Suivi] = {}
    for row in suivi:
        result = row.resultat
        if row.comparable and result and result.value is not None and row.cible.value is not None and unit_of(result) == unit_of(row.cible):
            told.setdefault((float(result.value), row.indicator), row)
    return list(told.values())[:MOST_PAIRS]


def alike(rows: Iterable[Measured]) -> list[Measured]:
    """Of some figures the most that share a unit, each once, the newest first; none where they are fewer than FEWEST_BARS."""
    by_unit: dict[str, dict[float, Measured]] = defaultdict(dict)  # two figures of one value mostly tell one fact in two wordings
    for row in sorted(rows, key=lambda row: row.document_date, reverse=True):
        unit = unit_of(row)
        if row.value is not None and row.value > 0 and row.proofs and unit.strip() and not unit.endswith(_NO_LENGTH):
            by_unit[unit].setdefault(float(row.value), row)
    most = max(by_unit.values(), key=len, default={})
    return list(most.values())[:MOST_BARS] if len(most) >= FEWEST_BARS else []


def unit_of(measure: Aim | Outcome | Measured) -> str:
    """The unit with its scale, however it is written: « hectares » is « ha »."""
    figures = read_figures(f"{measure.value} {measure.unit or ''}")
    return f"{figures[0].scale} {figures[0].unit}" if figures and figures[0].unit else measure.unit or ""


def draw_pairs(rows: Sequence[Suivi], picture: Path) -> None:
    """Draw each pair as two bars on a scale of its own, since their units differ."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, ROW_HEIGHT * len(rows) + 0.3), layout="constrained")
    axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for axis, row in zip(axes, rows, strict=True):
        values = [float(row.resultat.value or 0) if row.resultat else 0.0, float(row.cible.value or 0)]
        labels = [f"résultat {row.resultat.date or ''}" if row.resultat else "", f"objectif {row.cible.horizon or ''}"]
        bars = axis.barh(labels, values, color=[RESULT, AIM])
        axis.bar_label(bars, labels=[f" {said(value, row.cible.unit)}" for value in values], fontsize=8)
        axis.set_title(row.indicator, fontsize=9, loc="left")
        _plain(axis, max(values))
    figure.savefig(picture, dpi=200)


def draw_bars(rows: Sequence[Measured], picture: Path) -> None:
    """Draw figures that share a unit on one scale, each under its own name."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, BAR_HEIGHT * len(rows) + 0.3), layout="constrained")
    axis = figure.subplots()
    values = [float(row.value or 0) for row in rows][::-1]
    labels = [fill(f"{row.indicator} ({when})" if (when := when_of(row)) else row.indicator, LABEL_WIDTH) for row in rows][::-1]
    places = range(len(rows))
    bars = axis.barh(places, values, color=RESULT if isinstance(rows[0], Resultat) else AIM)
    axis.set_yticks(places, labels)
    axis.bar_label(bars, labels=[f" {said(value, row.unit)}" for value, row in zip(values, reversed(rows), strict=True)], fontsize=8)
    _plain(axis, max(values))
    figure.savefig(picture, dpi=200)


def when_of(row: Measured) -> str:
    """The date of a result, the horizon of a target; else the year of the document."""
    return (row.date if isinstance(row, Resultat) else row.horizon) or row.document_date[:4]


def said(value: float, unit: str | None) -> str:
    """« 1 250,5 km »."""
    return f"{spaced(value)} {unit or ''}".strip()


def _plain(axis: object, most: float) -> None:
    """An axis without ticks or frame: the values stand at the bars."""
    from matplotlib.axes import Axes

    assert isinstance(axis, Axes)
    axis.set_xlim(0, most * 1.25 or 1)
    axis.set_xticks([])
    axis.tick_params(labelsize=8, length=0)
    axis.spines[:].set_visible(False)
