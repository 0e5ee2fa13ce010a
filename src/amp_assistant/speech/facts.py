"""The sentences of the documents that can be said, each with what is known of it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from amp_assistant.answers.extractive import sentences
from amp_assistant.citations import Quotation, find_quotation
from amp_assistant.communes import Communes
from amp_assistant.enrichment import Unit
from amp_assistant.folding import squash
from amp_assistant.index import Index
from amp_assistant.passages import Nature, Passage
from amp_assistant.register import Register, Row
from amp_assistant.register.scope import is_elsewhere
from amp_assistant.speech.sayable import Form, form_of, is_sayable, is_sayable_fragment
from amp_assistant.speech.theme import Phrase, phrases_of

_TITLE = re.compile(r"^[^.:«»]{3,90} : (?=[A-ZÀÉÈÊÎÔ])")
"""A run-in title before a sentence: « Accès à l'eau : Dans le cadre... »; before a figure it is the subject (« BHNS : 6 km »)."""
_LINK = re.compile(
    r"^(?:Ainsi|Enfin|Par ailleurs|En outre|De plus|Parallèlement|Toutefois|Cependant|À ce titre|Aussi|En effet|Dans ce cadre|"
    r"Dans ce contexte|De même|Également|Pour cela|Pour ce faire|À cet effet|À cette fin|En parallèle|Plus largement|"
    r"Au total|À ce stade|D'autre part|Dans cette perspective|Dans le même temps|Dans cet objectif|Dans cette optique|"
    r"En complément|À ce jour), "
)
"""An opening that leans on the sentence before and can be left out."""
_CLAUSE_ENDS = ("", "\n", ".", ",", ";", ":", "!", "?")
"""What stands after a clause that is whole."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that can be said aloud, with what the register and the enrichment know of it."""

    quotation: Quotation
    form: Form
    nature: Nature
    rows: tuple[Row, ...]
    context: str
    phrases: frozenset[Phrase]
    communes: tuple[str, ...]


class Sentences:
    """The sayable sentences of an index."""

    def __init__(self, index: Index, register: Register, communes: Communes) -> None:
        self._index = index
        self._register = register
        self._passages = {passage.id: passage for passage in index.passages}
        names = sorted(set(communes.names.values()), key=len, reverse=True)
        self._commune = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])") if names else None
        self._rows = self._rows_by_passage()
        self._units: dict[int, list[Unit]] = defaultdict(list)
        for unit in index.units:
            self._units[unit.stretch.passage].append(unit)

    def facts(self) -> Iterator[Fact]:
        """Every sentence once, but those of an imagined future or of another place."""
        seen = set()
        for at, passage in enumerate(self._index.passages):
            if is_elsewhere(passage.nature, passage.heading_path, ""):
                continue
            for quotation in self._sayable(passage):
                key = squash(quotation.text)
                unit = self._unit(at, quotation)
                nature = unit.nature if unit else passage.nature
                if key in seen or nature is Nature.RECIT:
                    continue
                seen.add(key)
                yield Fact(
                    quotation=quotation,
                    form=form_of(f"{quotation.text}{passage.text[quotation.end : quotation.end + 1]}"),
                    nature=nature,
                    rows=tuple(row for start, end, row in self._rows[passage.id] if start < quotation.end and quotation.start < end),
                    context=" ".join([*passage.heading_path[-1:], f"{unit.summary} {unit.words}" if unit else ""]),
                    phrases=phrases_of(quotation.text),
                    communes=tuple(dict.fromkeys(self._commune.findall(quotation.text))) if self._commune else (),
                )

    def _sayable(self, passage: Passage) -> list[Quotation]:
        """The sentences of a passage that can be said, and where one cannot, the stretches of it that prove a row of the register."""
        found = [trimmed for sentence in sentences(passage) if (trimmed := _trimmed(sentence)) and _can_be_said(trimmed, sentence)]
        for start, end, _ in self._rows[passage.id]:
            proof = Quotation(passage, start, start + len(passage.text[start:end].rstrip().removesuffix(".")))
            is_cut = passage.text[end : end + 1] not in _CLAUSE_ENDS or passage.text[:start].rstrip().endswith(":")
            if proof.text and not is_cut and is_sayable_fragment(proof.text) and not any(overlap(proof, other) for other in found):
                found.append(proof)
        return sorted(found, key=lambda quotation: quotation.start)

    def _unit(self, passage: int, quotation: Quotation) -> Unit | None:
        holding = [unit for unit in self._units[passage] if unit.stretch.start <= quotation.start < unit.stretch.end]
        return holding[-1] if holding else None

    def _rows_by_passage(self) -> Mapping[str, list[tuple[int, int, Row]]]:
        rows: dict[str, list[tuple[int, int, Row]]] = defaultdict(list)
        for row in (*self._register.resultats, *self._register.cibles, *self._register.engagements):
            for proof in row.proofs:
                if place := find_quotation(self._passages[proof.passage], proof.quote):
                    rows[proof.passage].append((place.start, place.end, row))
        return rows

    def holding(self, identifier: str, words: str) -> Quotation | None:
        """The sentence of a passage that holds some words where it can be said, else the words themselves."""
        passage = self._passages[identifier]
        place = find_quotation(passage, words)
        if place is None:
            return None
        whole = [sentence for sentence in self._sayable(passage) if sentence.start <= place.start and place.end <= sentence.end]
        return whole[0] if whole else place


def overlap(one: Quotation, other: Quotation) -> bool:
    """Whether two quotations share words of a passage."""
    return one.passage.id == other.passage.id and one.start < other.end and other.start < one.end


def _trimmed(sentence: Quotation) -> Quotation:
    """The sentence without a run-in title, an opening that leans on the one before, and its full stop, so that it fits into a speech."""
    text = sentence.passage.text[sentence.start : sentence.end]
    title = _TITLE.match(text) or _LINK.match(text)
    start = sentence.start + (title.end() if title else 0)
    end = sentence.start + len(text.rstrip().removesuffix("."))
    return Quotation(sentence.passage, start, end)


def _can_be_said(trimmed: Quotation, sentence: Quotation) -> bool:
    text = trimmed.text
    return bool(text) and is_sayable(text if trimmed.start == sentence.start else text[0].upper() + text[1:])
