"""What the assistant offers to programs, once for the HTTP API, for Gradio's clients and as MCP tools.

Gradio makes a tool of each public function: its name is the function's, its description the docstring, which a language model reads to
decide; hence they are in English and say what comes back: JSON as text, since Gradio would write a dictionary as Python does. The
functions are not queued: a queued one would be called through an address that the request itself names.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.export import records
from amp_assistant.register import TABLES
from amp_assistant.register.selecting import Selection, select
from amp_assistant.situation import Fields
from amp_assistant.speech import Order, read_audience, read_occasion, read_theme, read_tone
from amp_assistant.speech.records import record

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

FOLLOWED = 20
"""Rows that a tool gives at once unless more are asked for: what a language model can read."""
MOST_FOLLOWED = 100
MOST_PASSAGES = 10

Record = dict[str, Any]


def passages(assistant: "Assistant", question: str, history: list[str]) -> Record:
    """The passages nearest to a question, best first, as the contract of the command line has them.

    :raises QuestionError: the question is empty, too long or not text.
    """
    found = assistant.find(assistant.understand(question, history))
    listed = [
        {
            "passage": hit.passage.id,
            "document": hit.passage.document,
            "text": hit.passage.text,
            "score": round(hit.score, 4),
            "section": list(hit.passage.heading_path),
            "page": hit.passage.first_page,
        }
        for hit in found[:MOST_PASSAGES]
    ]
    return {"question": question, "passages": listed}


def situated_aids(assistant: "Assistant", text: str, fields: Mapping[str, Any]) -> Record:
    """The aids for a situation, as `aids --json` prints them.

    :raises UsageError: nothing is told of the situation.
    """
    held = Fields(**fields)
    if not text.strip() and held == Fields():
        raise UsageError("Décrivez la situation : une phrase, ou au moins un champ comme le nombre de salariés ou la commune.")
    return assistant.adviser.advise(text, held).record()


def commitments(assistant: "Assistant", table: str, **asked: Any) -> Record:
    """The rows of a table that are asked for, as `register TABLE --format json` prints them, and how many there are.

    :raises UsageError: the table does not exist.
    """
    name = next((known for known in TABLES if known == table), None)
    if name is None:
        raise UsageError(f"Le tableau « {table} » n’existe pas : choisissez parmi {', '.join(TABLES)}.")
    selection = Selection(
        table=name,
        orientation=asked.get("orientation"),
        levier=asked.get("levier"),
        action=asked.get("action"),
        natures=tuple(asked.get("nature", ())),
        documents=tuple(asked.get("document", ())),
        statuses=tuple(asked.get("status", ())),
        year=asked.get("year"),
        actor=asked.get("actor", ""),
        words=asked.get("words", ""),
    )
    rows = select(assistant.register, selection)
    offset, limit = asked["offset"], asked["limit"]
    return {"table": table, "total": len(rows), "offset": offset, "rows": records(rows[offset : offset + limit])}


def speech_record(assistant: "Assistant", theme: str, **asked: Any) -> Record:
    """A speech and its brief as a JSON object.

    :raises UsageError: something that is asked for does not exist, or nothing can be said on the theme.
    """
    order = Order(
        theme=read_theme(theme),
        audience=read_audience(asked["audience"]),
        minutes=asked["minutes"],
        tone=read_tone(asked["tone"]),
        documents=tuple(asked.get("documents", ())),
        named=tuple(asked.get("name", ())),
        years=tuple(asked.get("years", ())),
        occasion=read_occasion(asked["occasion"]) if asked.get("occasion") else None,
    )
    workshop = assistant.workshop
    return record(workshop.speech(order, asked.get("keep")), workshop.documents)


def add_tools(assistant: "Assistant") -> None:
    """Offer the tools to Gradio's clients and over MCP, inside an open gr.Blocks."""
    for tool in _tools(assistant):
        api(tool, api_name=tool.__name__, queue=False)


def _tools(assistant: "Assistant") -> list[Callable[..., str]]:
    """The tools, their names and descriptions being what programs see."""

    def ask(question: str, history: list[str] | None = None) -> str:
        """Answer a question (in French) about the public plans of the Métropole Aix-Marseille-Provence, proved by verbatim quotations.

        Returns JSON: `answer` with numbered marks, `citations` (quote, document, date, section, page), `passages`, `notices` to pass on,
        and `abstained`: true where the documents prove nothing; do not answer from elsewhere then.

        Args:
            question: The question in plain French.
            history: The earlier questions of the conversation, oldest first.
        """
        return _told(lambda: assistant.ask(question, history or []).record())

    def find_passages(question: str, limit: float = MOST_PASSAGES) -> str:
        """Find the passages of the documents nearest to a question (in French), best first, as they stand in the documents, as JSON.

        Args:
            question: What to look for, in plain French.
            limit: How many passages to return, from 1 to 10.
        """

        def found() -> Record:
            all_of_them = passages(assistant, question, [])
            return {**all_of_them, "passages": all_of_them["passages"][: max(1, int(limit))]}

        return _told(found)

    def find_aids(
        situation: str = "", employees: float | None = None, turnover: float | None = None, commune: str | None = None
    ) -> str:
        """Tell which public aids fit a firm's situation, each criterion judged (met, unknown, not_met) with its quotation, as JSON.

        Args:
            situation: The firm's situation in one French sentence.
            employees: Number of employees, if known.
            turnover: Yearly turnover in euros, if known.
            commune: The commune where the firm is, if known.
        """
        fields = {"employees": None if employees is None else int(employees), "turnover": turnover, "commune": commune or None}
        return _told(lambda: situated_aids(assistant, situation, fields))

    def list_commitments(words: str = "", table: str = "engagements", document: str = "", limit: float = FOLLOWED) -> str:
        """List what the plans promise (engagements), aim at (cibles), have measured (resultats) or offer to firms (dispositifs).

        Returns JSON: `total` and `rows`, each with the quotations that prove it.

        Args:
            words: French words that a row must hold, whatever the accents; empty for all rows.
            table: One of engagements, cibles, resultats, dispositifs.
            document: The id of a document, to keep its rows only; empty for all.
            limit: How many rows to return, up to 100.
        """
        return _told(lambda: _rows(assistant, table, words, limit, document=[document] if document else []))

    def follow_up(words: str = "", status: str = "", limit: float = FOLLOWED) -> str:
        """List the quantified targets with the result published for each, the gap, and a caution on how far the two compare, as JSON.

        Args:
            words: French words that a row must hold; empty for all rows.
            status: One of « atteint », « dépassé », « en cours », « non atteint », « pas de résultat publié »; empty for all.
            limit: How many rows to return, up to 100.
        """
        return _told(lambda: _rows(assistant, "suivi", words, limit, status=[status] if status else []))

    def speech_brief(theme: str, minutes: float = 5, audience: str = "habitants", tone: str = "sobre") -> str:
        """Prepare a French speech whose every fact is a verbatim quotation with its source.

        Returns JSON. Statements without citations are connecting words and state nothing. `cautions` and `notices` must be known before
        speaking.

        Args:
            theme: What to speak about, in a few French words, such as « l'eau » or « la commande publique ».
            minutes: Length from 1 to 20 minutes, at 130 words a minute.
            audience: One of habitants, entreprises, agents, presse, conseil.
            tone: One of sobre, mobilisateur, pédagogique.
        """
        return _told(lambda: speech_record(assistant, theme, minutes=int(minutes), audience=audience, tone=tone))

    return [ask, find_passages, find_aids, list_commitments, follow_up, speech_brief]


def _rows(assistant: "Assistant", table: str, words: str, limit: float, **asked: Any) -> Record:
    return commitments(assistant, table, words=words, offset=0, limit=min(max(int(limit), 1), MOST_FOLLOWED), **asked)


def _told(answer: Callable[[], Record]) -> str:
    """The record as JSON, or Gradio's error with the sentence that says why there is none."""
    try:
        return json.dumps(answer(), ensure_ascii=False)
    except AssistantError as error:
        raise gr.Error(str(error), print_exception=False) from error
