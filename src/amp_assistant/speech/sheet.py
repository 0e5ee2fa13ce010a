"""The fact sheet of a theme, one page: a chart, and the key figures, each a quotation with its source."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from amp_assistant.citations import Citation
from amp_assistant.errors import UsageError
from amp_assistant.register import Resultat, Suivi
from amp_assistant.speech.brief import Element, Part, Speech
from amp_assistant.speech.charts import Measured, alike, draw_bars, draw_pairs, pairs
from amp_assistant.speech.choosing import tell_the_same
from amp_assistant.speech.exporting import Documents, escaped, source_line, titled, write_document
from amp_assistant.speech.writing import inner_marks

MOST_FIGURES = 6
"""Key figures: with their sources, what one page holds beside a chart."""
MOST_WORDS = 30
"""Words of a key figure."""
APART = "Ces mesures portent sur des objets différents : elles se lisent une à une et ne s'additionnent pas."


def export_sheet(
    speech: Speech, suivi: Sequence[Suivi], documents: Documents, path: Path, *, measured: Sequence[Measured] = ()
) -> None:
    """Write the fact sheet that goes with a speech.

    `suivi` are the targets that its theme is about; where none has a result to set beside it, figures of `measured` that share a unit
    are drawn: results, or else targets.

    :raises UsageError: the file cannot be written.
    :raises FailureError: the document could not be made.
    """
    aside = path.with_name(f"{path.name}.new")
    with TemporaryDirectory() as folder:
        lines = [
            f"# Fiche chiffres clés : {escaped(speech.title)}",
            *_chart(suivi, measured, documents, Path(folder) / "chart.png"),
            "## Chiffres clés",
            *(f"- {_figure(element, documents)}" for element in _key_figures(speech)),
        ]
        try:
            write_document("\n\n".join(lines), aside, path.suffix.lower(), is_compact=True)
            aside.replace(path)
        except OSError as error:
            raise UsageError(f"La fiche « {path} » ne peut pas être écrite ({error.strerror}) : donnez un autre chemin.") from error


def _chart(suivi: Sequence[Suivi], measured: Sequence[Measured], documents: Documents, picture: Path) -> Iterator[str]:
    """The chart in Markdown with its title and what proves it; a sentence where there is nothing to draw."""
    if matched := pairs(suivi):
        draw_pairs(matched, picture)
        yield from ["## Objectifs et résultats", f"![]({picture}){{width=16cm}}"]
        yield from (f"- {escaped(_told(row))}" for row in matched)
        return
    results = alike(row for row in measured if isinstance(row, Resultat))
    shown = results or alike(row for row in measured if not isinstance(row, Resultat))
    if not shown:
        yield "Les documents ne donnent pas sur ce thème deux chiffres de même unité à mettre côte à côte."
        return
    draw_bars(shown, picture)
    title = "Résultats publiés" if results else "Objectifs écrits, sans résultat publié qui se compare à eux"
    yield from [f"## {title}", f"![]({picture}){{width=16cm}}", f"*{APART}*"]
    yield from (f"- {_proved(row.proofs[0], documents)}" for row in shown)


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


def _proved(proof: Citation, documents: Documents) -> str:
    place = ", ".join(filter(None, [titled(documents[proof.document].short_title, proof.date), proof.page_text, proof.caution]))
    return f"« {escaped(inner_marks(' '.join(proof.quote.split())))} » [{escaped(place)}]{{custom-style=\"Liaison\"}}"


def _told(row: Suivi) -> str:
    """A target and its result in their own words, and how far they can be compared."""
    proofs = [row.cible.proofs[0], row.resultat.proofs[0] if row.resultat else row.cible.proofs[0]]
    aim, result = (inner_marks(proof.quote) for proof in proofs)
    return f"{row.status.capitalize()} : objectif « {aim} » ; résultat « {result} ». {row.caution}"
