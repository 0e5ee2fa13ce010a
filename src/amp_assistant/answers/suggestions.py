"""What one may ask next: questions of the enrichment that the places around an answer answer.

The enrichment is for finding and is never cited; its questions are people's words and may be proposed as such.
"""

import re
from collections.abc import Collection, Iterator

from amp_assistant.answers.model import Answer
from amp_assistant.index import Index
from amp_assistant.passages import Nature, Passage

SHORTEST, LONGEST = 20, 110
"""Characters of a question that stands alone and fits a button."""
TOO_NEAR = 0.8
"""Cosine of two questions from which they ask the same thing."""
NEAR = 0.5
"""Cosine from which a question is near what was asked; below it the nearest is often about something else."""
ON_QUOTED = 0.3
"""What a question gains in nearness on a passage that is quoted as near."""
STARTING_PASSAGES = 3
"""Passages that a refusal starts from, since it may cite none."""

_ASKING = re.compile(
    r"(?:(?:à|de|d[’']|dans|en|par|pour|sur) ?)?(?:quel|qui\b|combien)"
    r"|comment|pourquoi|où|quand|que |qu[’']|est-ce|existe-t-|y a-t-il|peut-on"
    r"|what|which|who|how|where|when|why|is |are |does |do |can ",
    re.IGNORECASE,
)
"""How a question begins that asks plainly."""


class Suggester:
    """Finds the next questions in one index; safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._row_of_passage = {passage.id: row for row, passage in enumerate(index.passages)}
        self._questions_of_passage: dict[int, list[tuple[int, int]]] = {}
        """By passage: the question's row, and the unit's, of the questions that can be shown."""
        row = 0
        for unit_row, unit in enumerate(index.units):
            for question in unit.questions:
                if _can_be_shown(question.text):
                    place = (question.stretch or unit.stretch).passage
                    self._questions_of_passage.setdefault(place, []).append((row, unit_row))
                row += 1

    def candidates(self, answer: Answer) -> Iterator[str]:
        """Questions on the passages of an answer, then on those beside them, the nearest to what was asked first; none asks what was
        asked, nor what an earlier one asks, and a unit gives one only."""
        vectors = self._index.question_vectors
        similarities = vectors @ self._index.encoder.encode_queries([answer.question])[0]
        chosen: list[int] = []
        units: set[int] = set()
        for passages in self._surroundings(answer):
            found = [pair for passage in passages for pair in self._questions_of_passage.get(passage, ())]
            for row, unit in sorted(found, key=lambda pair: -similarities[pair[0]]):
                is_new = similarities[row] < TOO_NEAR and all(vectors[row] @ vectors[other] < TOO_NEAR for other in chosen)
                if is_new and unit not in units:
                    chosen.append(row)
                    units.add(unit)
                    text = self._index.questions[row].text
                    yield text[0].upper() + text[1:]

    def nearest(self, search_text: str, quoted: Collection[str]) -> Iterator[str]:
        """Questions near a text that was searched, the nearest first and those on the `quoted` passages (ids) before others as near; a
        unit gives one only, and none has a figure, which would stand unproved."""
        vectors = self._index.question_vectors
        similarities = vectors @ self._index.encoder.encode_queries([search_text])[0]
        rows = {self._row_of_passage[identifier] for identifier in quoted}
        near = [
            (float(similarities[row]) + ON_QUOTED * (place in rows), row, unit)
            for place, pairs in self._questions_of_passage.items()
            if self._index.passages[place].nature is not Nature.RECIT
            for row, unit in pairs
            if similarities[row] >= NEAR - ON_QUOTED
        ]
        units: set[int] = set()
        for likeness, row, unit in sorted(near, reverse=True):
            text = self._index.questions[row].text
            if likeness >= NEAR and unit not in units and not any(map(str.isdigit, text)):
                units.add(unit)
                yield text[0].upper() + text[1:]

    def _surroundings(self, answer: Answer) -> Iterator[Collection[int]]:
        """The rows of the passages that an answer rests on, then of the others of their sections."""
        identifiers = [citation.passage for citation in answer.citations] or [hit.passage.id for hit in answer.hits[:STARTING_PASSAGES]]
        rows = list(dict.fromkeys(self._row_of_passage[identifier] for identifier in identifiers))
        yield rows
        places = {_section(self._index.passages[row]) for row in rows}
        yield [row for row, passage in enumerate(self._index.passages) if row not in rows and _section(passage) in places]


def _can_be_shown(question: str) -> bool:
    """Whether a question of the enrichment is written as one: many are noted as people type them, in pieces."""
    return bool(_ASKING.match(question)) and question.endswith("?") and SHORTEST <= len(question) <= LONGEST


def _section(passage: Passage) -> tuple[str, tuple[str, ...]]:
    """The document and the headings above the passage's own."""
    return passage.document, passage.heading_path[:-1] or passage.heading_path
