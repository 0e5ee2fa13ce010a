"""What a browser does with its conversation: export it as a file, give an opinion on an answer.

The browser sends what it shows. Each quotation is looked for anew in its passage, and what is not there word for word is refused: the
server neither keeps conversations nor vouches for words that no document holds.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from amp_assistant.citations import MARK, Quotation, find_quotation
from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.feedback import FeedbackStore, Opinion, Quoted, Verdict
from amp_assistant.speech.exporting import escaped, source_of, write_document
from amp_assistant.typography import unbroken
from amp_assistant.understanding import LONGEST_QUESTION

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

LONGEST_TEXT = 20_000
"""Characters of an answer or a quotation; the longest list has 5 000."""
LONGEST_COMMENT = 1_000
MOST_ITEMS = 100
"""Turns of a conversation, citations and notices of an answer; a browser keeps 30 turns."""
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
}
TITLE = "Conversation avec AMP Assistant"
CAUTION = (
    "Chaque phrase est prouvée par une citation des documents publics de la Métropole Aix-Marseille-Provence. "
    "Ce n’est pas une décision officielle : vérifiez à la source."
)

AskedText = Annotated[str, Field(max_length=LONGEST_QUESTION)]
LongText = Annotated[str, Field(max_length=LONGEST_TEXT)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore")


class SentCitation(_Sent):
    """A citation as the browser keeps it."""

    number: int
    passage: AskedText
    quote: LongText


class SentTurn(_Sent):
    """An answered question as the browser keeps it."""

    question: AskedText
    history: list[AskedText] = Field(default=[], max_length=MOST_ITEMS)
    text: LongText = ""
    citations: list[SentCitation] = Field(default=[], max_length=MOST_ITEMS)
    notices: list[LongText] = Field(default=[], max_length=MOST_ITEMS)


class SentConversation(_Sent):
    """The turns to export, oldest first."""

    turns: list[SentTurn] = Field(min_length=1, max_length=MOST_ITEMS)


class SentOpinion(_Sent):
    """An opinion on a turn; `citation` is the number of the source that proves nothing, for that verdict."""

    turn: SentTurn
    verdict: Verdict
    citation: int | None = None
    comment: str = Field(default="", max_length=LONGEST_COMMENT)


def add_conversation_routes(application: FastAPI, assistant: "Assistant", store: FeedbackStore) -> None:
    """Let browsers export their conversation at `/conversation.docx` and `.md`, and give opinions at `/opinions`."""

    @application.post("/conversation.{kind}")
    def export(kind: Literal["docx", "md"], sent: SentConversation) -> Response:
        return _told(lambda: _file(kind, conversation_markdown(assistant, sent.turns)))

    @application.post("/opinions")
    def judge(sent: SentOpinion) -> Response:
        return _told(lambda: _kept(assistant, store, sent))


def conversation_markdown(assistant: "Assistant", turns: list[SentTurn]) -> str:
    """A conversation in Markdown: a heading a question, a footnote a citation.

    :raises UsageError: a quotation is not in its passage.
    """
    parts = [f"# {TITLE}", CAUTION]
    notes: list[str] = []
    for turn in turns:
        numbered = {str(citation.number): _quotation(assistant, citation) for citation in turn.citations}
        parts += [f"## {escaped(' '.join(turn.question.split()))}", *_paragraphs(turn, numbered, notes, assistant)]
        parts += [f"*{escaped(notice)}*" for notice in turn.notices]
    return "\n\n".join([*parts, *notes]) + "\n"


def _paragraphs(turn: SentTurn, numbered: dict[str, Quotation], notes: list[str], assistant: "Assistant") -> Iterator[str]:
    """The lines of an answer, lists kept together, each citation's number a footnote; the notes are added to `notes`."""
    calls: dict[str, str] = {}

    def call(match: re.Match[str]) -> str:
        number = match[1]
        if number not in numbered:
            return escaped(match[0])
        if number not in calls:
            calls[number] = f"[^{len(notes) + 1}]"
            quotation = numbered[number]
            words = " ".join(quotation.text.split())
            notes.append(f"{calls[number]}: {escaped(source_of(quotation, assistant.index.documents))} : « {escaped(words)} »")
        return calls[number]

    def line(text: str) -> str:
        ends = [0, *(end for match in MARK.finditer(text) for end in match.span()), len(text)]
        plain = [escaped(text[start:end]) for start, end in zip(ends[::2], ends[1::2], strict=True)]
        marks = [call(match) for match in MARK.finditer(text)]
        return unbroken("".join(part for pair in zip(plain, [*marks, ""], strict=True) for part in pair).replace(" [^", "[^"))

    listed: list[str] = []
    for text in turn.text.splitlines():
        if text.startswith("- "):
            listed.append(f"- {line(text[2:])}")
            continue
        if listed:
            yield "\n".join(listed)
            listed = []
        yield line(text)
    if listed:
        yield "\n".join(listed)


def _file(kind: str, markdown: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="conversation.{kind}"', "Cache-Control": "no-store"}
    if kind == "md":
        return Response(markdown, media_type=MEDIA[kind], headers=headers)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "conversation.docx"
        write_document(markdown, path, ".docx")
        return Response(path.read_bytes(), media_type=MEDIA[kind], headers=headers)


def _kept(assistant: "Assistant", store: FeedbackStore, sent: SentOpinion) -> Response:
    turn = sent.turn
    cited = [one for one in turn.citations if sent.verdict is not Verdict.UNPROVED or one.number == sent.citation]
    if sent.verdict is Verdict.UNPROVED and not cited:
        raise UsageError("La source que vous contestez n’est pas celle d’une phrase de cette réponse : rechargez la page et recommencez.")
    quotations = [_quotation(assistant, one) for one in cited]
    quotes = tuple(Quoted(one.passage.document, one.text) for one in quotations)
    store.add(Opinion(turn.question, sent.verdict, tuple(turn.history), quotes, sent.comment))
    return Response(status_code=204)


def _quotation(assistant: "Assistant", citation: SentCitation) -> Quotation:
    """The quotation in its passage, as the index holds it now.

    :raises UsageError: the passage or the words are not there.
    """
    try:
        quotation = find_quotation(assistant.passage(citation.passage), citation.quote)
    except KeyError:
        quotation = None
    if quotation is None:
        raise UsageError("Les documents ont changé depuis cette réponse : posez de nouveau la question, puis recommencez.")
    return quotation


def _told(answer: Callable[[], Response]) -> Response:
    """The response, or the sentence that says why there is none."""
    try:
        return answer()
    except AssistantError as error:
        return JSONResponse({"sentence": str(error)}, status_code=422 if isinstance(error, UsageError) else 500)
