"""The documents: what is indexed of each, what the last indexing did, and the way to read them."""

import logging
from collections import Counter
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from amp_assistant.building import REPORT
from amp_assistant.builds import COMPLETE, current_build
from amp_assistant.documents.model import Document
from amp_assistant.index import Index
from amp_assistant.report import Report, State, read_report
from amp_assistant.settings import Settings
from amp_assistant.web.opening import on_load
from amp_assistant.web.originals import file_text
from amp_assistant.web.reader import document_address, facts, pages_text
from amp_assistant.web.sources import one_line

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

INTRODUCTION = (
    '<p class="introduction">Ce que l’assistant a lu, et rien d’autre&nbsp;: il ne répond que d’après ces documents. '
    "Chacun peut être lu ici, passage par passage, tel que les réponses le citent.</p>"
)
UNEXPECTED = "Un incident technique a empêché d’ouvrir la liste ; il est noté dans le journal. Réessayez dans un instant."
STATES = {State.ADDED: "ajouté", State.CHANGED: "modifié", State.REMOVED: "retiré", State.UNREADABLE: "illisible"}
"""What is told of a document that did not stay as it was."""


def build_library(assistant: "Assistant") -> None:
    """Lay the page out, inside an open gr.Blocks. The list is made anew each time that somebody opens the page."""
    with gr.Column(elem_id="library"):
        shelf = gr.Markdown('<p class="searching">Ouverture de la liste…</p>', latex_delimiters=[])

    def opened() -> str:
        try:
            return INTRODUCTION + library_html(assistant.index, assistant.settings)
        except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
            logger.exception("La liste des documents n'a pas pu être montrée.")
            return f'<p class="failed">{UNEXPECTED}</p>'

    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    on_load(opened, [shelf], **private)


def library_html(index: Index, settings: Settings) -> str:
    """The indexed documents, latest first, then what the last indexing did."""
    passages = Counter(passage.document for passage in index.passages)
    questions: Counter[str] = Counter()
    for unit in index.units:
        questions[unit.document] += len(unit.questions)
    order = sorted(index.documents.values(), key=lambda one: one.date, reverse=True)
    cards = "".join(_card(one, passages[one.id], questions[one.id], settings) for one in order)
    admin = '<p><a href="/administration">Ajouter, remplacer ou retirer des documents</a></p>' if settings.admin_password_hash else ""
    return f'<ul class="shelf">{cards}</ul>{_report_html(settings)}{admin}'


def moment_of(settings: Settings) -> str:
    """When the index in use was built: « 21/11/2026 à 07 h 52 », local time; empty where there is none."""
    build = current_build(settings.index)
    if build is None:
        return ""
    return f"{datetime.fromtimestamp((build / COMPLETE).stat().st_mtime):%d/%m/%Y à %H h %M}"


def _card(document: Document, passages: int, questions: int, settings: Settings) -> str:
    reading = document.reading
    address = escape(document_address(document.id))
    rows = {
        "Pages": "" if reading.pages is None else str(reading.pages),
        "Passages": str(passages),
        "Sans texte lisible": f"pages {pages_text(reading.unreadable_pages)}" if reading.unreadable_pages else "",
        "Lu par reconnaissance de caractères": f"pages {pages_text(reading.ocr_pages)}" if reading.ocr_pages else "",
        "Enrichissement": f"{questions} questions préparées" if questions else "aucun : trouvé par ses mots et par leur sens",
        "Fichier": file_text(document, settings.corpus),
    }
    listed = "".join(f"<div><dt>{name}</dt><dd>{one_line(value)}</dd></div>" for name, value in rows.items() if value)
    description = f'<p lang="fr">{one_line(document.description)}</p>' if document.description else ""
    return (
        f'<li><h2 lang="fr"><a href="{address}">{one_line(document.title)}</a></h2>'
        f'<p class="facts" lang="fr">{one_line(facts(document))}</p>{description}'
        f'<dl>{listed}</dl><p class="links"><a href="{address}">Lire</a> <a href="{address}/fichier">Fichier d’origine</a></p></li>'
    )


def _report_html(settings: Settings) -> str:
    try:
        report = read_report(settings.index / REPORT)
    except (OSError, ValueError):  # of an index that was built elsewhere, and brought here without it
        return ""
    seconds = f", en {sum(report.seconds.values()):.0f} s" if report.seconds else ", sans rien à relire"
    counts = [f"{number} {name}{'s' * (number > 1)}" for state, name in STATES.items() if (number := report.count(state))]
    changed = ", ".join(counts) or "aucun document changé"
    told = f"Index du {moment_of(settings)}{seconds}&nbsp;: {report.passages} passages&nbsp;; {changed}."
    return f'<section class="report"><h2>Dernière indexation</h2><p>{told}</p>{_changes(report)}{_warnings(report)}</section>'


def _changes(report: Report) -> str:
    if report.count(State.ADDED) == len(report.documents):  # of the first indexing: the list above says it
        return ""
    lines = [
        f"<li>{one_line(line.title or line.path)}&nbsp;: {STATES[line.state]}{f'. {one_line(line.reason)}' if line.reason else ''}</li>"
        for line in report.documents
        if line.state in STATES
    ]
    lines += [f"<li>{one_line(refusal.path)}&nbsp;: passé. {one_line(refusal.reason)}</li>" for refusal in report.skipped]
    return f"<ul lang='fr'>{''.join(lines)}</ul>" if lines else ""


def _warnings(report: Report) -> str:
    said = [*report.warnings, *([report.advice] if report.advice else [])]
    listed = "".join(f'<li lang="fr">{one_line(warning)}</li>' for warning in said)
    return f"<details><summary>Avertissements ({len(said)})</summary><ul>{listed}</ul></details>" if said else ""
