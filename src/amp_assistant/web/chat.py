"""The conversation: questions in, answers with their sources out."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import gradio as gr

from amp_assistant.answers.model import Answer
from amp_assistant.errors import AssistantError
from amp_assistant.filters import Filters, read_filters, year_of
from amp_assistant.understanding import Intent
from amp_assistant.web.personas import EVERYONE, PERSONAS, examples_html, next_steps_html
from amp_assistant.web.turns import (
    ANSWERED,
    MOST_TURNS,
    Turn,
    answered_turn,
    are_turns,
    conversation_html,
    failed_turn,
    greeted_turn,
    working_turn,
)

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

WELCOME = (
    "<h2>Que cherchez-vous dans les plans de la Métropole&nbsp;?</h2>"
    "<p>Écrivez votre question comme vous la diriez, ou partez d’un exemple.</p>"
)
PRIVACY = (
    "<p>La conversation reste dans votre navigateur&nbsp;; «&nbsp;Nouvelle conversation&nbsp;» l’efface. "
    "Un avis que vous donnez est gardé {}&nbsp;jours, sans votre nom.</p>"
)
UNEXPECTED = "Un incident technique a empêché de répondre ; il est noté dans le journal. Réessayez dans un instant."
KEPT_BY_BROWSER = "amp-assistant"
"""Gradio hides what a browser keeps from its other sites' scripts with this word; it is no secret, and the same after a restart."""

Shown = tuple[Any, Any, str]
"""What an event shows: the question box, the turns that the browser keeps, the conversation as HTML."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """What shapes the answers besides the question: who asks, and the documents and years that the search is kept to."""

    persona: str = EVERYONE
    documents: tuple[str, ...] = ()
    years: tuple[int, ...] = ()

    @classmethod
    def of(cls, persona: str | None, documents: list[str], years: list[int]) -> "Visitor":
        """The visitor that the page's choices describe."""
        return cls(persona if persona and persona in PERSONAS else EVERYONE, tuple(documents), tuple(years))


ANYONE = Visitor()


def build_chat(assistant: "Assistant", page: gr.Blocks, feedback_days: int) -> None:
    """Lay the conversation out and wire it, inside the open `page`."""
    kept = gr.BrowserState([], storage_key="amp-conversation", secret=KEPT_BY_BROWSER)
    remembered = gr.BrowserState(EVERYONE, storage_key="amp-persona", secret=KEPT_BY_BROWSER)
    with gr.Column(elem_id="conversation"):
        gr.Markdown(WELCOME, elem_id="welcome")
        conversation = gr.Markdown("", elem_id="turns", latex_delimiters=[])
    with gr.Column(elem_id="start"):
        persona = gr.Radio([(one.name, key) for key, one in PERSONAS.items()], value=EVERYONE, label="Vous êtes", elem_id="persona")
        examples = gr.Markdown(examples_html(EVERYONE), elem_id="examples")
    with gr.Row(elem_id="actions"):
        again = gr.Button("Poser de nouveau", size="sm")
        change = gr.Button("Modifier la question", size="sm", elem_id="edit")
        for kind, name in (("docx", "Word"), ("md", "Markdown")):
            gr.Button(f"Exporter ({name})", size="sm", elem_id=f"export-{kind}")
        clear = gr.Button("Nouvelle conversation", size="sm")
    with gr.Column(elem_id="composer"):
        with gr.Accordion("Limiter la recherche", open=False, elem_id="filters"):
            documents, years = _filter_boxes(assistant)
        box = _question_box()
    gr.Markdown(PRIVACY.format(feedback_days), elem_id="privacy")
    chosen = [persona, documents, years]
    shown = [box, kept, conversation]
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    ask, repeat = partial(_asked, assistant), partial(_asked_again, assistant)
    running: list[Any] = [box.submit(ask, [box, kept, *chosen], shown, **private), again.click(repeat, [kept, *chosen], shown, **private)]

    def opened(kept: Any, persona: Any, documents: list[str], years: list[int], request: gr.Request) -> Iterator[tuple[Any, ...]]:
        yield from _opened(assistant, restored(kept), Visitor.of(persona, documents, years), str(request.query_params))

    running.append(page.load(opened, [kept, remembered, documents, years], [*shown, persona], **private))
    box.stop(stop, [box, kept], shown, cancels=running, **private)
    change.click(edit, [kept], shown, **private)
    clear.click(lambda: ("", [], conversation_html([])), outputs=shown, cancels=running, **private)
    persona.change(lambda key: (key, examples_html(key)), persona, [remembered, examples], **private)


def discuss(
    assistant: "Assistant", question: str, earlier: list[Turn], visitor: Visitor = ANYONE, history: list[str] | None = None
) -> Iterator[Shown]:
    """Ask a question: show it at once, then its answer as it comes, or one sentence that says why there is none.

    `history` is what it leans on, the questions of the earlier turns that were answered where nothing else is said.
    """
    if history is None:
        history = [turn["question"] for turn in earlier if turn["state"] in ANSWERED]
    earlier = earlier[1 - MOST_TURNS :]
    number = earlier[-1]["number"] + 1 if earlier else 1

    def shown(turn: Turn, box: Any = None, *, keep: bool = True) -> Shown:
        turns = [*earlier, turn]
        return gr.skip() if box is None else box, turns if keep else gr.skip(), conversation_html(turns)

    yield shown(working_turn(number, question), box="")
    try:
        filters = read_filters({"documents": list(visitor.documents), "years": list(visitor.years)})
        told = 0
        for answer in assistant.stream(question, history, filters):
            lines = len(answer.text.splitlines())
            for count in range(told + 1, lines + 1):
                yield shown(working_turn(number, question, answer, count), keep=False)
            told = lines
        yield shown(_finished(assistant, number, answer, history, visitor, filters))
    except AssistantError as error:
        yield shown(failed_turn(number, question, str(error)))
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Une question n'a pas pu être traitée.")
        yield shown(failed_turn(number, question, UNEXPECTED))


def stop(box: str, turns: list[Turn]) -> Shown:
    """Take back a question that is still being answered: it returns to the box, unless another is being written there."""
    if not turns or turns[-1]["state"] != "working":
        return gr.skip(), gr.skip(), gr.skip()
    return box or turns[-1]["question"], turns[:-1], conversation_html(turns[:-1])


def edit(turns: list[Turn]) -> Shown:
    """Take the last question back to the box, and its answer away."""
    return (turns[-1]["question"], turns[:-1], conversation_html(turns[:-1])) if turns else (gr.skip(), gr.skip(), gr.skip())


def restored(kept: Any) -> list[Turn]:
    """The turns that a browser kept, but one that was still being answered."""
    return [turn for turn in kept if turn["state"] != "working"] if are_turns(kept) else []


def _opened(assistant: "Assistant", turns: list[Turn], visitor: Visitor, link: str) -> Iterator[tuple[Any, ...]]:
    """The page as its browser left it; a link to a question asks it, after the questions that the link names."""
    yield gr.skip(), turns, conversation_html(turns), visitor.persona
    linked = parse_qs(link)
    if "q" in linked:
        for shown in discuss(assistant, linked["q"][0], turns, visitor, linked.get("after", [])):
            yield *shown, gr.skip()


def _asked(
    assistant: "Assistant", question: str, turns: list[Turn], persona: str | None, documents: list[str], years: list[int]
) -> Iterator[Shown]:
    yield from discuss(assistant, question, turns, Visitor.of(persona, documents, years))


def _asked_again(
    assistant: "Assistant", turns: list[Turn], persona: str | None, documents: list[str], years: list[int]
) -> Iterator[Shown]:
    """Ask the last question once more, in its place."""
    if turns:
        yield from discuss(assistant, turns[-1]["question"], turns[:-1], Visitor.of(persona, documents, years))


def _finished(
    assistant: "Assistant", number: int, answer: Answer, history: list[str], visitor: Visitor, filters: Filters
) -> Turn:
    """The turn of a whole answer, with what may come next for this visitor."""
    if answer.abstained and assistant.understand(answer.question).intent is Intent.COURTESY:
        first = [one.examples[0] for one in PERSONAS.values() if one.examples]
        return greeted_turn(number, answer, next_steps_html(first, visitor.persona, "Par exemple"))
    suggested = answer.suggested or assistant.suggestions(answer, PERSONAS[visitor.persona].intents, filters)
    return answered_turn(assistant, number, answer, history, next_steps_html(suggested, visitor.persona))


def _filter_boxes(assistant: "Assistant") -> tuple[gr.CheckboxGroup, gr.CheckboxGroup]:
    """The documents and their years, to tick; ticking none searches all."""
    held = assistant.index.documents.values()
    years = sorted({year for document in held if (year := year_of(document))})
    return (
        gr.CheckboxGroup([(document.short_title, document.id) for document in held], label="Documents", elem_id="documents"),
        gr.CheckboxGroup([(str(year), year) for year in years], label="Années des documents", elem_id="years"),
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Votre question",
        placeholder="Écrivez-la ici",
        elem_id="question",
        max_lines=6,
        submit_btn="Envoyer",
        stop_btn="Arrêter",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=True, lang="fr", enterkeyhint="send"),
    )
