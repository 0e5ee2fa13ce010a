"""The fact sheet of a theme, one page: a chart of targets and results, and the key figures, each a quotation with its source."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from amp_assistant.errors import UsageError
from amp_assistant.figures import read_figures
from amp_assistant.register import Suivi
from amp_assistant.register.rows import Aim, Outcome
from amp_assistant.speech.brief import Element, Part, Speech
from amp_assistant.speech.choosing import tell_the_same
from amp_assistant.speech.exporting import Documents, escaped, source_line, write_document
from amp_assistant.speech.writing import inner_marks

MOST_FIGURES = 6
MOST_PAIRS = 4
"""Key figures and pairs of a target and a result: with their sources, what one page holds."""
MOST_WORDS = 30
"""Words of a key figure."""
WIDTH, ROW_HEIGHT = 7.0, 0.75
"""Inches of the chart, and of one pair in it."""
AIM, RESULT = "#c9c9c9", "#005a8c"


def export_sheet(speech: Speech, suivi: Sequence[Suivi], documents: Documents, path: Path) -> None:
    """Write the fact sheet that goes with a speech; `suivi` are the targets that its theme is about.

    :raises UsageError: the file cannot be written.
    :raises FailureError: the document could not be made.
    """
    pairs = _pairs(suivi)
    lines = [f"# Fiche chiffres clés : {escaped(speech.title)}"]
    aside = path.with_name(f"{path.name}.new")
    with TemporaryDirectory() as folder:
        if pairs:
            picture = Path(folder) / "pairs.png"
            _draw(pairs, picture)
            lines += ["## Objectifs et résultats", f"![]({picture}){{width=16cm}}"]
            lines += [f"- {escaped(_told(row))}" for row in pairs]
        else:
            lines.append("Aucun objectif de ce thème n'a encore de résultat publié qui se compare à lui.")
        lines += ["## Chiffres clés", *(f"- {_figure(element, documents)}" for element in _key_figures(speech))]
        try:
            write_document("\n\n".join(lines), aside, path.suffix.lower())
            aside.replace(path)
        except OSError as error:
            raise UsageError(f"La fiche « {path} » ne peut pas être écrite ({error.strerror}) : donnez un autre chemin.") from error


def _pairs(suivi: Iterable[Suivi]) -> list[Suivi]:
    """The targets whose result can be set beside them: one of each result."""
    told: dict[tuple[float, str], Suivi] = {}
    for row in suivi:
        result = row.resultat
        if row.comparable and result and result.value is not None and row.cible.value is not None and _unit(result) == _unit(row.cible):
            told.setdefault((float(result.value), row.indicator), row)
    return list(told.values())[:MOST_PAIRS]


def _unit(measure: Aim | Outcome) -> str:
    """The unit with its scale, however it is written: « hectares » is « ha »."""
    figures = read_figures(f"{measure.value} {measure.unit or ''}")
    return f"{figures[0].scale} {figures[0].unit}" if figures and figures[0].unit else measure.unit or ""


def _key_figures(speech: Speech) -> list[Element]:
    """The best short facts with a figure, of what the speech tells and what it leaves aside, each once."""
    brief = speech.brief
    fits = [
        element
        for element in (*brief.elements, *brief.spare)
        if element.is_measured and element.part in (Part.RESULTS, Part.PLACES, Part.SOUNDBITES) and element.words <= MOST_WORDS
    ]
    once = {element.quotations: element for element in sorted(fits, key=lambda element: element.score)}
    chosen: list[Element] = []
    for element in sorted(once.values(), key=lambda element: -element.score):
        if not any(tell_the_same(element.quotations[0].text, other.quotations[0].text) for other in chosen):
            chosen.append(element)
    return chosen[:MOST_FIGURES]


def _figure(element: Element, documents: Documents) -> str:
    quotation = element.quotations[0]
    return f"« {escaped(inner_marks(quotation.text))} » [{escaped(source_line(quotation, documents))}]{{custom-style=\"Liaison\"}}"


def _told(row: Suivi) -> str:
    """A target and its result in their own words, and how far they can be compared."""
    proofs = [row.cible.proofs[0], row.resultat.proofs[0] if row.resultat else row.cible.proofs[0]]
    aim, result = (inner_marks(proof.quote) for proof in proofs)
    return f"{row.status.capitalize()} : objectif « {aim} » ; résultat « {result} ». {row.caution}"


def _draw(pairs: Sequence[Suivi], picture: Path) -> None:
    """Draw each pair as two bars on a scale of its own, since their units differ."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, ROW_HEIGHT * len(pairs) + 0.3), layout="constrained")
    axes = figure.subplots(len(pairs), 1, squeeze=False)[:, 0]
    for axis, row in zip(axes, pairs, strict=True):
        values = [float(row.resultat.value or 0) if row.resultat else 0.0, float(row.cible.value or 0)]
        labels = [f"résultat {row.resultat.date or ''}" if row.resultat else "", f"objectif {row.cible.horizon or ''}"]
        bars = axis.barh(labels, values, color=[RESULT, AIM])
        axis.bar_label(bars, labels=[f" {value:g} {row.cible.unit or ''}".replace(".", ",") for value in values], fontsize=8)
        axis.set_title(row.indicator, fontsize=9, loc="left")
        axis.set_xlim(0, max(values) * 1.2 or 1)
        axis.set_xticks([])
        axis.tick_params(labelsize=8, length=0)
        axis.spines[:].set_visible(False)
    figure.savefig(picture, dpi=200)
