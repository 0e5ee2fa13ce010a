"""The conversation: questions in, answers with their sources out.

A turn is a question and what came of it, one line of HTML. The conversation is its turns, a blank line after each, so that Gradio's
Markdown redraws the last alone while it grows. It stays in the visitor's page: the server keeps nothing of it.
"""

import logging
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, TypedDict

import gradio as gr

from amp_assistant.answers.model import Answer
from amp_assistant.errors import AssistantError
from amp_assistant.web.sources import copied_text, one_line, sources_html, text_html, unbroken

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

EXAMPLES = {
    "Pour une entreprise": (
        "Puis-je être exonéré de CFE si j’installe mon entreprise sur le territoire ?",
        "J’ai 15 salariés et 3 millions d’euros de chiffre d’affaires : quel programme pour accélérer ma croissance ?",
        "Je crée mon entreprise : existe-t-il un prêt d’honneur, et de quel montant ?",
    ),
    "Pour un agent": (
        "Combien d’entreprises le CREM doit-il accompagner par an ?",
        "Quelle part des marchés publics contient une clause environnementale, et quel était l’objectif ?",
        "Comment le Plan climat mobilise-t-il les communes ?",
    ),
    "Pour un élu": (
        "Quelle part du territoire le SCoT protège-t-il ?",
        "Combien la Métropole a-t-elle investi contre les inondations en 2025 ?",
        "Quels arguments pour une place financière tournée vers la Méditerranée et l’Afrique ?",
    ),
}
"""Questions that the documents answer, by who would ask them."""
WELCOME = (
    "<h2>Que cherchez-vous dans les plans de la Métropole&nbsp;?</h2>"
    "<p>Écrivez votre question comme vous la diriez, ou partez d’un exemple.</p>"
)
END = "<!---->"
"""Closes the conversation: Gradio strips blank lines at the end, and the last turn must have one after it like the others."""
UNEXPECTED = "Un incident technique a empêché de répondre ; il est noté dans le journal. Réessayez dans un instant."


class Turn(TypedDict):
    """A question of the conversation, and whether it got its answer (or a refusal)."""

    question: str
    answered: bool


Shown = tuple[Any, list[Turn], str]
"""What an event shows: the question box, the turns, the conversation as HTML."""


def build_chat(assistant: "Assistant") -> None:
    """Lay the conversation out and wire it, inside an open gr.Blocks."""
    turns = gr.JSON([], visible=False)
    with gr.Column(elem_id="conversation"):
        gr.Markdown(WELCOME, elem_id="welcome")
        conversation = gr.Markdown("", elem_id="turns", latex_delimiters=[])
    with gr.Column(elem_id="examples"):
        examples = [button for group, questions in EXAMPLES.items() for button in _example_group(group, questions)]
    with gr.Row(elem_id="actions"):
        again = gr.Button("Poser de nouveau", size="sm")
        clear = gr.Button("Nouvelle conversation", size="sm")
    with gr.Column(elem_id="composer"):
        box = gr.Textbox(
            label="Votre question",
            placeholder="Écrivez-la ici",
            elem_id="question",
            max_lines=6,
            submit_btn="Envoyer",
            stop_btn="Arrêter",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=True, lang="fr", enterkeyhint="send"),
        )
    shown = [box, turns, conversation]
    private: dict[str, Any] = {"outputs": shown, "show_progress": "hidden", "api_visibility": "private"}
    ask = partial(discuss, assistant)
    running: list[Any] = [box.submit(ask, shown, **private), again.click(partial(ask_again, assistant), [turns, conversation], **private)]
    running += [example.click(ask, [example, turns, conversation], **private) for example in examples]
    box.stop(stop, shown, cancels=running, **private)
    clear.click(lambda: ("", [], ""), cancels=running, **private)


def discuss(assistant: "Assistant", question: str, turns: list[Turn], conversation: str) -> Iterator[Shown]:
    """Ask a question: show it at once, then its answer as it comes, or one sentence that says why there is none."""
    history = [turn["question"] for turn in turns if turn["answered"]]
    asked = [*turns, Turn(question=question, answered=False)]

    def shown(turn: str, box: Any = None) -> Shown:
        return gr.skip() if box is None else box, asked, _with(conversation, turn)

    yield shown(_turn("working", question, '<p class="searching">Recherche dans les documents…</p>'), box="")
    try:
        answer = assistant.ask(question, history)
        for lines in range(1, len(answer.text.splitlines())):
            yield shown(_turn("working", question, text_html(answer, len(asked), lines)))
        asked[-1]["answered"] = True
        yield shown(answered_turn(assistant, question, answer, len(asked)))
    except AssistantError as error:
        yield shown(failed_turn(question, str(error)))
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Une question n'a pas pu être traitée.")
        yield shown(failed_turn(question, UNEXPECTED))


def ask_again(assistant: "Assistant", turns: list[Turn], conversation: str) -> Iterator[Shown]:
    """Ask the last question once more, in its place."""
    if turns:
        yield from discuss(assistant, turns[-1]["question"], turns[:-1], _without_last(conversation))


def stop(box: str, turns: list[Turn], conversation: str) -> Shown:
    """Take back a question that is still being answered: it returns to the box, unless another is being written there."""
    if not turns or turns[-1]["answered"]:
        return box, turns, conversation
    return box or turns[-1]["question"], turns[:-1], _without_last(conversation)


def answered_turn(assistant: "Assistant", question: str, answer: Answer, number: int) -> str:
    """A turn with its answer or refusal, its notices and its sources; `number` counts the turns from 1."""
    verdict = '<p class="verdict">Sans réponse prouvée</p>' if answer.abstained else ""
    notices = "".join(f'<p class="notice">{one_line(notice)}</p>' for notice in answer.notices)
    body = verdict + text_html(answer, number) + notices + sources_html(answer, number, assistant.passage)
    return _turn("refused", question, body) if answer.abstained else _turn("answered", question, body + _foot(answer))


def failed_turn(question: str, sentence: str) -> str:
    """A turn that ended in an error, told in one sentence."""
    return _turn("failed", question, f'<p class="verdict">Pas de réponse</p><p>{one_line(sentence)}</p>')


def _foot(answer: Answer) -> str:
    """What wrote the answer and how fast, and the button that copies it."""
    writer = "Phrases reprises des documents" if answer.engine == "extractive" else f"Rédigé par {escape(answer.engine)} et vérifié"
    seconds = f"{answer.seconds:.2f}".replace(".", ",")
    return (
        f'<p class="foot"><span>{writer}, en {seconds}&nbsp;s</span> <button type="button" class="copy">Copier</button></p>'
        f'<p class="copied">{one_line(copied_text(answer))}</p>'
    )


def _turn(state: str, question: str, body: str) -> str:
    return f'<article class="turn {state}"><h2>{one_line(question.strip())}</h2><div class="reply">{body}</div></article>'


def _with(conversation: str, turn: str) -> str:
    return f"{conversation.removesuffix(END)}{turn}\n\n{END}"


def _without_last(conversation: str) -> str:
    earlier = conversation.split("\n\n")[:-2]
    return "".join(f"{turn}\n\n" for turn in earlier) + END if earlier else ""


def _example_group(group: str, questions: tuple[str, ...]) -> list[gr.Button]:
    with gr.Column(elem_classes="group", min_width=240):
        gr.Markdown(f"<h3>{escape(group)}</h3>")
        return [gr.Button(unbroken(question), elem_classes="example") for question in questions]
