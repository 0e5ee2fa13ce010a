"""The page: what the assistant is, its tabs, and the one function it offers to programs."""

from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from amp_assistant.dates import in_figures
from amp_assistant.documents.model import Document
from amp_assistant.errors import AssistantError
from amp_assistant.web.chat import build_chat

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

NAME = "AMP Assistant"


def build_page(assistant: "Assistant") -> gr.Blocks:
    """The whole page over one assistant."""

    def demander(question: str, history: list[str]) -> dict[str, Any]:
        try:
            return assistant.ask(question, history).record()
        except AssistantError as error:
            raise gr.Error(str(error)) from error

    page = gr.Blocks(title=f"{NAME} : les plans de la Métropole Aix-Marseille-Provence", analytics_enabled=False)
    with page:
        gr.Markdown(header_html(list(assistant.index.documents.values())), elem_id="header")
        with gr.Tabs(), gr.Tab("Discuter"):
            build_chat(assistant)
        api(demander, api_name="demander", api_description="Pose une question ; rend la réponse, ses citations et les passages trouvés.")
    page.queue(max_size=64, default_concurrency_limit=8)
    return page


def header_html(documents: list[Document]) -> str:
    """The name, what the assistant is and is not, and the documents it reads."""
    listed = "".join(
        f"<li><strong>{escape(one.title)}</strong> ({in_figures(one.date)})<br>{escape(one.description)}</li>" for one in documents
    )
    return (
        f'<header class="masthead"><h1>{NAME}</h1>'
        f"<p>Il répond d’après {len(documents)} documents publics de la Métropole Aix-Marseille-Provence et prouve chaque phrase par une "
        "citation. Ce n’est pas une décision officielle et il peut manquer des éléments&nbsp;: vérifiez à la source.</p>"
        f"<details><summary>Les documents interrogés</summary><ul>{listed}</ul></details></header>"
    )
