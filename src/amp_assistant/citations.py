"""A statement and its quotations: found word for word, checked, numbered. Every answer passes through here.

A quotation is accepted only if its words stand in the passage one after the other; white space, hyphens at line ends, ligatures
and typographic marks are folded, nothing else. A statement is accepted only if every number, unit, year and proper name in it
stands in its quotations and it does not deny what they affirm.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amp_assistant.documents.model import Document
from amp_assistant.folding import FoldedText, fold, numbers, tokens
from amp_assistant.passages import Nature, Passage

MARK = re.compile(r"\[(\d+)\]")
"""A citation's number in an answer's text."""

_NAME = re.compile(r"(?<![.!?«»:\n]\s)(?<!^)\b[A-ZÀ-Ý][\w'’-]*[\wÀ-ÿ]|\b[A-Z]{2,}\w*\b")
_UNIT = re.compile(
    r"(?<=\d)\s*(%|€|k€|m€|md€|euros?|millions?|milliards?|ha|hectares?|m2|km2?|metres?|kilometres?|tonnes?|kwh|mwh|gwh|twh|mw|gw|ans?|mois|jours?|heures?)(?!\w)"
)
_DENIALS = frozenset("ne n pas jamais aucun aucune ni sans not no never".split())
_UNIT_NAMES = {"euro": "€", "euros": "€", "hectare": "ha", "hectares": "ha", "kilometre": "km", "kilometres": "km", "an": "ans"}


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a passage: `passage.text[start:end]`."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words themselves, as the document has them, on one line."""
        return " ".join(self.passage.text[self.start : self.end].split())


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the quotations that carry it. Without quotations it is a connecting phrase and states nothing."""

    text: str
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quotation with its place: what the reader opens to check a statement.

    `quote` stands word for word in the passage; `section` is the heading path, outermost first; `page` is None where the document's
    pages are unknown; `date` is ISO 8601, as precise as known.
    """

    number: int
    document: str
    title: str
    date: str
    page: int | None
    section: tuple[str, ...]
    quote: str
    passage: str
    nature: Nature


def find_quotation(passage: Passage, words: str) -> Quotation | None:
    """The place of some words in a passage, word for word, or None."""
    place = FoldedText.of(passage.text).find(words)
    return Quotation(passage, *place) if place else None


def faults(statement: str, quotations: Iterable[str]) -> list[str]:
    """What a statement says and its quotations do not: one French phrase each, none where it is proved.

    Checked are numbers with their units, proper names and acronyms, and denials; the meaning of the other words is not.
    """
    stated = MARK.sub("", statement)
    proof = "\n".join(quotations)
    missing = [f"le nombre {number:g}" for number in _missing(numbers(stated), numbers(proof))]
    missing += [f"l'unité de « {measure} »" for measure in _missing(_measures(stated), _measures(proof))]
    proved = set(tokens(proof))
    missing += [f"le nom « {name} »" for name in _names(stated) if not proved.issuperset(tokens(name))]
    if _denies(stated) != _denies(proof):
        missing.append("la négation")
    return missing


def number_statements(statements: Sequence[Statement], documents: Mapping[str, Document]) -> tuple[str, tuple[Citation, ...]]:
    """The statements as one text with their citations' numbers, and the citations; equal quotations share a number."""
    places: dict[Quotation, int] = {}
    parts = []
    for statement in statements:
        marks = "".join(f" [{places.setdefault(quotation, len(places) + 1)}]" for quotation in statement.quotations)
        parts.append(statement.text + marks)
    return "\n".join(parts), tuple(_citation(number, quotation, documents) for quotation, number in places.items())


def _citation(number: int, quotation: Quotation, documents: Mapping[str, Document]) -> Citation:
    passage = quotation.passage
    document = documents[passage.document]
    return Citation(
        number=number,
        document=document.id,
        title=document.title,
        date=document.date,
        page=passage.first_page,
        section=passage.heading_path,
        quote=quotation.text,
        passage=passage.id,
        nature=passage.nature,
    )


def _missing(wanted: Iterable[Any], present: Iterable[Any]) -> list[Any]:
    there = set(present)
    return [one for one in dict.fromkeys(wanted) if one not in there]


def _measures(text: str) -> list[tuple[float, str]]:
    """The numbers of a text that carry a unit, with it."""
    folded = fold(text)
    found = []
    for unit in _UNIT.finditer(folded):
        number = numbers(folded[: unit.start()])
        if number:
            found.append((number[-1], _UNIT_NAMES.get(unit[1], unit[1])))
    return found


def _names(text: str) -> list[str]:
    return [match[0] for match in _NAME.finditer(text)]


def _denies(text: str) -> bool:
    return not _DENIALS.isdisjoint(tokens(text))
