"""A turn of the conversation, a question and what came of it, as one line of HTML.

The conversation is its turns, a blank line after each, so that Gradio's Markdown redraws the last alone while it grows. It stays in
the visitor's browser: the server keeps nothing of it. A turn carries its own record, hidden, from which the page's script copies,
exports and judges it.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeGuard

from amp_assistant.answers.model import Answer
from amp_assistant.web.sources import copied_text, one_line, sources_html, text_html, with_quotations

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

State = Literal["working", "answered", "refused", "greeted", "failed"]
ANSWERED: tuple[State, ...] = ("answered", "refused", "greeted")
"""The states of a turn whose question was answered in some way: what the next question may lean on."""
MOST_TURNS = 30
"""Turns kept: a browser keeps five million characters for a site, and each question sends them back."""
BEGIN, END = '<p class="begun"></p>', "<!---->"
"""Open and close the conversation: the first tells the page's script that what the browser kept is back; Gradio strips blank lines
at the end, and the last turn must have one after it like the others."""


class Turn(TypedDict):
    """A question of the conversation and what is shown of it; `number` counts from 1 and stays when earlier turns go."""

    number: int
    question: str
    state: State
    html: str


def conversation_html(turns: Sequence[Turn]) -> str:
    """The conversation as the page's Markdown takes it."""
    return "".join(f"{part}\n\n" for part in (BEGIN, *(turn["html"] for turn in turns))) + END


def are_turns(kept: Any) -> TypeGuard[list[Turn]]:
    """Whether what a browser kept is a conversation: an older version of the page may have kept something else."""
    keys = Turn.__required_keys__
    return isinstance(kept, list) and all(isinstance(turn, dict) and keys <= turn.keys() for turn in kept)


def working_turn(number: int, question: str, answer: Answer | None = None, lines: int | None = None) -> Turn:
    """A turn whose question is being answered, with what is known of the answer: its first lines, or all of them so far."""
    body = text_html(answer, number, lines) if answer else '<p class="searching">Recherche dans les documents…</p>'
    return _turn(number, question, "working", body)


def answered_turn(assistant: "Assistant", number: int, answer: Answer, history: Sequence[str], next_steps: str = "") -> Turn:
    """A turn with its answer or refusal, its notices, its sources and what may come next."""
    notices = "".join(f'<p class="notice">{with_quotations(notice)}</p>' for notice in answer.notices)
    shown = replace(answer, text=answer.text.removesuffix(answer.proposal))  # what it proposes are buttons, below
    told = text_html(shown, number) + notices + sources_html(answer, number, assistant)
    state: State = "refused" if answer.abstained else "answered"
    verdict = '<p class="verdict">Sans réponse prouvée</p>' if answer.abstained else ""
    return _turn(number, answer.question, state, verdict + told + _foot(answer) + _record(answer, history) + next_steps)


def greeted_turn(number: int, answer: Answer, next_steps: str) -> Turn:
    """A turn that answers a greeting: nothing was searched, so nothing failed."""
    return _turn(number, answer.question, "greeted", text_html(answer, number) + next_steps)


def failed_turn(number: int, question: str, sentence: str) -> Turn:
    """A turn that ended in an error, told in one sentence."""
    return _turn(number, question, "failed", f'<p class="verdict">Pas de réponse</p><p>{one_line(sentence)}</p>')


def _foot(answer: Answer) -> str:
    writer = "Phrases des documents" if answer.engine == "extractive" else f"Rédigé par {escape(answer.engine)}, phrases vérifiées"
    seconds = f"{answer.seconds:.2f}".replace(".", ",")
    shown = "" if answer.abstained else f"<span>{writer}, en {seconds}&nbsp;s</span>"
    opinions = (
        '<button type="button" class="opinion" name="utile">Utile</button>'
        '<button type="button" class="opinion" name="inutile">Pas utile</button>'
    )
    return (
        f'<div class="foot">{shown}<span class="tools"><button type="button" class="copy">Copier</button>'
        f'<button type="button" class="share">Copier le lien</button>{opinions}</span></div>'
        f'<p class="copied">{one_line(copied_text(answer))}</p>'
    )


def _record(answer: Answer, history: Sequence[str]) -> str:
    """What the export and the opinions need of an answer, as JSON."""
    record = {
        "question": answer.question,
        "history": list(history),
        "text": answer.text,
        "citations": [{"number": one.number, "passage": one.passage, "quote": one.quote} for one in answer.citations],
        "notices": list(answer.notices),
    }
    return f'<p class="record">{one_line(json.dumps(record, ensure_ascii=False))}</p>'


def _turn(number: int, question: str, state: State, body: str) -> Turn:
    html = f'<article class="turn {state}"><h2>{one_line(question.strip())}</h2><div class="reply">{body}</div></article>'
    return Turn(number=number, question=question, state=state, html=html)
