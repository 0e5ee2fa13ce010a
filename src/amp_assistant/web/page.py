"""The pages: what the assistant is, one module a page, and the functions it offers to programs."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import gradio as gr
from gradio.components import Navbar

from amp_assistant.dates import in_figures
from amp_assistant.documents.model import Document
from amp_assistant.web.about import build_about
from amp_assistant.web.aids import build_aids
from amp_assistant.web.chat import build_chat
from amp_assistant.web.commitments import build_commitments
from amp_assistant.web.library import build_library
from amp_assistant.web.programs import add_tools
from amp_assistant.web.speech import build_speech

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

NAME = "AMP Assistant"
CHAT = "Discuter"
LONGEST_QUEUE = 64
"""Questions that may wait: with eight answered at once in some 0.1 s each, the last waits a second."""
ANSWERED_AT_ONCE = 8
PAGES: tuple[tuple[str, str, Callable[["Assistant"], None]], ...] = (
    ("Aides aux entreprises", "aides", build_aids),
    ("Engagements", "engagements", build_commitments),
    ("Préparer un discours", "discours", build_speech),
    ("Documents", "documents", build_library),
    ("À propos", "a-propos", build_about),
)
"""The pages beside the conversation: title, path, and what lays them out inside an open gr.Blocks."""


def build_page(assistant: "Assistant", feedback_days: int) -> gr.Blocks:
    """All pages over one assistant; opinions are kept for so many days."""
    page = gr.Blocks(title=f"{NAME} : les plans de la Métropole Aix-Marseille-Provence", analytics_enabled=False)
    with page:
        Navbar(main_page_name=CHAT)
        gr.Markdown(header_html(list(assistant.index.documents.values())), elem_id="header")
        build_chat(assistant, page, feedback_days)
        add_tools(assistant)
    for title, path, build in PAGES:
        with page.route(title, path):
            Navbar(main_page_name=CHAT)
            gr.Markdown(f"<h1>{title}</h1>", elem_classes="title")
            build(assistant)
    page.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=ANSWERED_AT_ONCE)
    return page


def header_html(documents: list[Document]) -> str:
    """The name, what the assistant is and is not, and the documents it reads."""
    listed = "".join(
        f'<li lang="fr"><strong>{escape(one.title)}</strong> ({in_figures(one.date)})<br>{escape(one.description)}</li>'
        for one in documents
    )
    return (
        f'<header class="masthead"><h1>{NAME}</h1>'
        f"<p>Il répond d’après {len(documents)} documents publics de la Métropole Aix-Marseille-Provence et prouve chaque phrase par une "
        "citation. Ce n’est pas une décision officielle et il peut manquer des éléments&nbsp;: vérifiez à la source.</p>"
        f"<details><summary>Les documents interrogés</summary><ul>{listed}</ul></details></header>"
    )
