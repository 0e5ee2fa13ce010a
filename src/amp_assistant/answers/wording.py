"""Quotations as the sentences of an answer: what is asked for first, the document named where it is used.

The frame's words are fixed and state nothing; what they lead to is the document's own words. In a quotation shown, marks of a
quotation within it become “ ”, and brackets hold what a pronoun stands for; the citation keeps the words as they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from amp_assistant.answers.given import figure_asked, given_details, tells_of_another
from amp_assistant.answers.pronouns import resolved
from amp_assistant.citations import Quotation, Statement
from amp_assistant.dates import without_years
from amp_assistant.details import Detail, asked_details
from amp_assistant.documents.model import Document
from amp_assistant.folding import fold, numbers
from amp_assistant.passages import Nature
from amp_assistant.understanding import Intent, Query

_LOST = "\N{REPLACEMENT CHARACTER}"
_AROUND_LOST = re.compile(rf"\s*{_LOST}(?=\s|[,.;:]|$)|{_LOST}\s*")
_AFTER_OPENING, _BEFORE_CLOSING = re.compile(r"“\s+"), re.compile(r"\s+”")
_INVERTED = re.compile(
    r"\best-ce qu|\ba-t-on\b|[\w'’]+-(?:t-)?(?:il|elle|ils|elles|on|je|nous|vous)\b"
    r"|^\W*(?:is|are|was|were|do|does|did|can|could|has|have|will|would) \w"
)
"""How a question that wants a yes or a no is put, folded."""
_INTERROGATIVE = re.compile(
    r"\b(?:quel\w*|lesquel\w*|laquelle|comment|pourquoi|combien|quand|quoi|où|who|what|which|when|where|why|how)\b"
    r"|\b(?:qu['’]|(?:à|de|par|avec) qui\b)"
    r"|(?:^|[,.?!:]\s*)qu[ei]\b",
    re.IGNORECASE,
)
"""What makes it another question."""
_FRAMES = {
    "fr": {
        "source": "Selon « {} » : ",
        "then": "Puis, selon « {} » : ",
        "figure": "{}, selon « {} » : ",
        "yes or no": "Voici ce qu'en dit « {} » : ",
        "reason": "La raison qu'en donne « {} » : ",
    },
    "en": {
        "source": "According to « {} »: ",
        "then": "Then, according to « {} »: ",
        "figure": "{}, according to « {} »: ",
        "yes or no": "Here is what « {} » says: ",
        "reason": "The reason that « {} » gives: ",
    },
}


def worded(
    quotations: Sequence[Quotation], query: Query, documents: Mapping[str, Document], *, leads: bool, is_sure: bool
) -> list[Statement]:
    """The quotations as statements, one document after the other, each named where its first one stands.

    With `leads`, the first statement opens the answer: where the question asks for a figure or a date, its quotation has just one that
    fits, it `is_sure` to be about what is asked and no other quotation gives another, that stands first.
    """
    order = list(dict.fromkeys(quotation.passage.document for quotation in quotations))
    statements: list[Statement] = []
    shown: Quotation | None = None
    for quotation in sorted(quotations, key=lambda quotation: order.index(quotation.passage.document)):
        document, before = documents[quotation.passage.document], documents[shown.passage.document] if shown else None
        opens = leads and not statements
        leads_with_figure = is_sure and opens and _agree(quotations, query)
        frame = "" if document == before else _frame(quotation, query, document, before, is_sure=leads_with_figure, opens=opens)
        imagined = imagined_mark([quotation], query.language)
        words = _inner(quotation.text if shown and _follows(quotation, shown) else resolved(quotation))
        statements.append(Statement(f"{'' if opens else '- '}{imagined}{frame}« {words} »", (quotation,)))
        shown = quotation
    return statements


def imagined_mark(quotations: Iterable[Quotation], language: str) -> str:
    """What opens a line that quotes an imagined future; empty where none does."""
    if all(quotation.passage.nature is not Nature.RECIT for quotation in quotations):
        return ""
    return "(imagined future) " if language == "en" else "(futur imaginé) "


def evolves(query: Query) -> bool:
    """Whether a question asks how things went on from one document to another: the oldest is told first."""
    return query.intent is Intent.COMPARISON or len(query.documents) > 1


def _frame(quotation: Quotation, query: Query, document: Document, before: Document | None, *, is_sure: bool, opens: bool) -> str:
    """What names a document: by what is asked where it opens the answer, by what came `before` where an evolution is told."""
    frames = _FRAMES[query.language]
    source = without_years(document.short_title)
    if before and evolves(query) and document.date > before.date:
        return frames["then"].format(source)
    if not opens:
        return frames["source"].format(source)
    if is_sure and not evolves(query) and (figure := _figure(quotation, query, document)):
        return frames["figure"].format(figure[:1].upper() + figure[1:], source)
    if Detail.REASON in asked_details(query.question) & given_details(fold(quotation.text)):
        return frames["reason"].format(source)
    return frames["yes or no" if _wants_yes_or_no(query.question) else "source"].format(source)


def _figure(quotation: Quotation, query: Query, document: Document) -> str:
    """The figure or date that opens the answer; empty where there is none, or where it may be that of something else: of an imagined
    future, or of another year, body or kind than the question names."""
    passage = quotation.passage
    around = " ".join([quotation.text, *passage.heading_path, document.title, *document.names])
    if passage.nature is Nature.RECIT or tells_of_another(query.question, around):
        return ""
    return figure_asked(query.question, quotation.text)


def _agree(quotations: Sequence[Quotation], query: Query) -> bool:
    """Whether no two quotations give other figures for what is asked: which of them holds is then the reader's to see."""
    figures = (figure_asked(query.question, quotation.text) for quotation in quotations)
    return len({tuple(numbers(figure)) or (figure,) for figure in figures if figure}) <= 1


def _wants_yes_or_no(question: str) -> bool:
    """Whether a question wants a yes or a no: what the documents say is told, the yes or the no is the reader's to draw."""
    return bool(_INVERTED.search(fold(question))) and not _INTERROGATIVE.search(question)


def _follows(quotation: Quotation, shown: Quotation) -> bool:
    """Whether a quotation goes on right where the one shown before it ends, in the same line."""
    text = quotation.passage.text
    between = text[shown.end : quotation.start]
    return quotation.passage.id == shown.passage.id and shown.end <= quotation.start and not between.strip() and "\n" not in between


def _inner(words: str) -> str:
    """The words with “ ” for the « » within them, and without a mark whose other half the quotation leaves out."""
    kept, opened = list(words), []
    for at, character in enumerate(words):
        if character == "«":
            opened.append(at)
        elif character == "»" and opened:
            kept[opened.pop()], kept[at] = "“", "”"
        elif character == "»":
            kept[at] = _LOST
    for at in opened:
        kept[at] = _LOST
    return _AROUND_LOST.sub("", _AFTER_OPENING.sub("“", _BEFORE_CLOSING.sub("”", "".join(kept)))).strip()
