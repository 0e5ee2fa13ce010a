"""A brief and its speech as HTML. Everything that comes from a document, a model or a person is escaped here."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import accumulate
from urllib.parse import quote

from amp_assistant.citations import Citation, Quotation, Statement, number_statements
from amp_assistant.documents.model import Document
from amp_assistant.speech import Brief, Element, Part, Section, Speech
from amp_assistant.speech.brief import TOLERANCE, WORDS_A_MINUTE
from amp_assistant.speech.exporting import LEGEND, duration
from amp_assistant.speech.writing import inner_marks
from amp_assistant.typography import unbroken
from amp_assistant.web.proofs import place_of_proof, proof_html
from amp_assistant.web.reader import document_address
from amp_assistant.web.sources import one_line, with_quotations

SHOWN_SPARE = 12
"""Elements of a part that are offered besides those chosen: more would not be read."""
OPEN = "Ouvrir le document à cet endroit"
FILES = {"docx": "Word (.docx)", "odt": "LibreOffice (.odt)", "md": "Markdown", "txt": "Prompteur (.txt)"}

Documents = Mapping[str, Document]


def brief_html(brief: Brief, documents: Documents) -> str:
    """The elements part by part, those chosen ticked and in their order, then what else the documents hold."""
    parts = "".join(_part(part, brief, documents) for part in Part)
    return f"{_notices(brief)}{parts}{_cautions(brief.cautions, documents)}"


def length_html(speech: Speech) -> str:
    """How long the speech is against what was asked, and the plan with its timing."""
    order = speech.brief.order
    share = speech.words / order.words
    if share > 1 + TOLERANCE:
        verdict, told = "long", f"trop long de {_spoken(speech.words - order.words)}"
    elif share < 1 - TOLERANCE:
        verdict, told = "short", f"trop court de {_spoken(order.words - speech.words)}"
    else:
        verdict, told = "fits", "dans la durée demandée"
    total = f"<strong>{duration(speech.seconds)}</strong> pour {order.minutes} min demandées&nbsp;: {told}"
    return f'<p class="total {verdict}">{total} <span class="words">({speech.words} mots, {len(speech.quotations)} citations)</span></p>'


def plan_html(speech: Speech) -> str:
    """The parts with their beginning and their length."""
    starts = accumulate((section.seconds for section in speech.sections), initial=0)
    rows = "".join(
        f'<tr><th scope="row">{section.part.value}</th><td>{duration(start)}</td><td>{duration(section.seconds)}</td></tr>'
        for section, start in zip(speech.sections, starts, strict=False)
    )
    head = '<thead><tr><th scope="col">Partie</th><th scope="col">Début</th><th scope="col">Durée</th></tr></thead>'
    return f'<details class="plan"><summary>Plan et minutage</summary><table>{head}<tbody>{rows}</tbody></table></details>'


def speech_html(speech: Speech, documents: Documents) -> str:
    """The speech as it is spoken: quotations with the number of their source, connecting words set apart, the sources below."""
    numbers: dict[Quotation, int] = {}
    sections = "".join(_section(section, numbers) for section in speech.sections)
    _, citations = number_statements([Statement("", (quotation,)) for quotation in numbers], documents)
    sources = "".join(f'<li id="note-{one.number}" lang="fr">{escape(place_of_proof(one))}</li>' for one in citations)
    return (
        f'<article class="spoken"><p class="legend">«&nbsp;Entre guillemets&nbsp;», les mots des documents, numérotés. '
        f'<em class="liaison">{LEGEND}</em></p>{sections}'
        f'<details class="notes"><summary>Les {len(citations)} sources</summary><ol>{sources}</ol></details></article>'
    )


def links_html(query: str) -> str:
    """What can be taken away: the speech in four kinds of file, the fact sheet, the address."""
    files = "".join(f'<a href="/discours/discours.{form}?{escape(query)}">{name}</a> ' for form, name in FILES.items())
    return (
        f'<p class="links">{files}<a href="/discours/fiche.docx?{escape(query)}">Fiche chiffres clés (.docx)</a> '
        f'<a class="address" href="/discours?{escape(query)}">Lien vers ce discours</a></p>'
    )


def _part(part: Part, brief: Brief, documents: Documents) -> str:
    chosen = [element for element in brief.elements if element.part is part]
    spare = [element for element in brief.spare if element.part is part][:SHOWN_SPARE]
    if not chosen and not spare:
        return ""
    items = "".join(_element(element, documents, is_kept=True) for element in chosen)
    more = "".join(_element(element, documents, is_kept=False) for element in spare)
    others = f"{len(spare)} autre{'s' * (len(spare) > 1)} élément{'s' * (len(spare) > 1)} à cocher"
    folded = f'<details class="more"><summary>{others}</summary><ul>{more}</ul></details>' if more else ""
    return f'<section class="part"><h3>{part.value}</h3><ol class="kept">{items}</ol>{folded}</section>'


def _element(element: Element, documents: Documents, is_kept: bool) -> str:
    """An element with its checkbox, its place among the others, and its proof."""
    _, citations = number_statements([Statement("", (quotation,)) for quotation in element.quotations], documents)
    words = " ".join(f"« {inner_marks(quotation.text)} »" for quotation in element.quotations)
    proofs = "".join(f'{proof_html(one)}<p class="place"><a href="{_address(one)}">{OPEN}</a></p>' for one in citations)
    dated = ' <span class="badge">document ancien</span>' if element.is_dated else ""
    return (
        f'<li class="element" id="element-{element.id}"><label class="tick"><input type="checkbox"{" checked" * is_kept}> '
        f'<span class="quoted" lang="fr">{one_line(unbroken(words))}</span></label>'
        f'<span class="tools"><span class="spoken-in">{_spoken(element.words)}</span>{dated} '
        f'<button type="button" class="up">↑ Monter</button> <button type="button" class="down">↓ Descendre</button></span>'
        f'<details class="proof"><summary>Preuve</summary>{proofs}</details></li>'
    )


def _section(section: Section, numbers: dict[Quotation, int]) -> str:
    def said(statement: Statement) -> str:
        if not statement.quotations:
            return f'<em class="liaison">{one_line(unbroken(statement.text))}</em>'
        held = [numbers.setdefault(quotation, len(numbers) + 1) for quotation in statement.quotations]
        calls = "".join(f'<sup><a href="#note-{number}" title="Source {number}">{number}</a></sup>' for number in held)
        words, mark, end = statement.text.rpartition("»")
        return f'<span class="quoted">{one_line(unbroken(words + mark))}</span>{calls}{one_line(unbroken(end))}'

    paragraphs = "".join(f"<p>{' '.join(map(said, paragraph))}</p>" for paragraph in section.paragraphs)
    return f'<section lang="fr"><h3>{section.part.value} <small>{duration(section.seconds)}</small></h3>{paragraphs}</section>'


def _address(citation: Citation) -> str:
    """The page of the document, at the passage, the quotation marked."""
    return escape(f"{document_address(citation.document, quote=citation.quote)}#{quote(citation.passage, safe=':')}")


def _notices(brief: Brief) -> str:
    listed = "".join(f"<li>{with_quotations(notice)}</li>" for notice in brief.notices)
    return f'<ul class="notices">{listed}</ul>' if listed else ""


def _cautions(cautions: Sequence[Statement], documents: Documents) -> str:
    """What is not spoken and has to be known, each with its proof."""
    items = []
    for caution in cautions:
        _, citations = number_statements([Statement("", (quotation,)) for quotation in caution.quotations], documents)
        places = "".join(f'<p class="place" lang="fr">{escape(place_of_proof(one))}</p>' for one in citations)
        proof = f'<details class="proof"><summary>Preuve</summary>{places}</details>'
        items.append(f'<li><span lang="fr">{one_line(unbroken(caution.text))}</span>{proof}</li>')
    if not items:
        return ""
    return f'<section class="cautions"><h3>À savoir avant de parler</h3><ul>{"".join(items)}</ul></section>'


def _spoken(words: int) -> str:
    """« 12 s » or « 1 min 05 s », the time that some words take."""
    seconds = round(words * 60 / WORDS_A_MINUTE)
    return duration(seconds) if seconds >= 60 else f"{seconds} s"
