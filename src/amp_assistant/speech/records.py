"""A speech as a JSON object: what programs get of it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from amp_assistant.citations import Quotation, Statement, number_statements
from amp_assistant.speech.brief import Element, Section, Speech
from amp_assistant.speech.exporting import Documents

MOST_SPARE = 40
"""Elements given besides those chosen, best first."""


def record(speech: Speech, documents: Documents) -> dict[str, Any]:
    """The speech, its elements and its cautions, every quotation with its place.

    A paragraph is a list of statements; those without citations are connecting words and state nothing.
    """
    brief = speech.brief
    order = brief.order
    return {
        "title": speech.title,
        "theme": order.theme.name,
        "audience": str(order.audience),
        "occasion": str(order.occasion) if order.occasion else None,
        "tone": str(order.tone),
        "minutes": order.minutes,
        "words": speech.words,
        "seconds": speech.seconds,
        "sections": [_section(section, documents) for section in speech.sections],
        "elements": [_element(element, documents) for element in brief.elements],
        "spare": [_element(element, documents) for element in brief.spare[:MOST_SPARE]],
        "cautions": [_statement(caution, documents) for caution in brief.cautions],
        "notices": list(brief.notices),
    }


def _section(section: Section, documents: Documents) -> dict[str, Any]:
    paragraphs = [[_statement(statement, documents) for statement in paragraph] for paragraph in section.paragraphs]
    return {"part": section.part.value, "words": section.words, "seconds": section.seconds, "paragraphs": paragraphs}


def _statement(statement: Statement, documents: Documents) -> dict[str, Any]:
    return {"text": statement.text, "citations": _citations(statement.quotations, documents)}


def _element(element: Element, documents: Documents) -> dict[str, Any]:
    """An element by its id, by which it can be kept or dropped."""
    return {
        "id": element.id,
        "part": element.part.value,
        "words": element.words,
        "dated": element.is_dated,
        "citations": _citations(element.quotations, documents),
    }


def _citations(quotations: Sequence[Quotation], documents: Documents) -> list[dict[str, Any]]:
    return [asdict(one) for one in number_statements([Statement("", tuple(quotations))], documents)[1]]
