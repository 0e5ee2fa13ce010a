"""An answer made of the documents' own sentences: the ones that answer, each between quotation marks with its number.

A sentence is judged by the enrichment's questions that point at it (the nearer to what was asked, the better), by the words and
the meaning it shares with the question, by its passage's rank, and by whether it has the figure that is asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from amp_assistant.answers.lists import MOST_LIST_WORDS, list_of
from amp_assistant.citations import Quotation, Statement
from amp_assistant.documents.model import Document
from amp_assistant.encoder import Encoder, Vectors
from amp_assistant.folding import numbers, tokens
from amp_assistant.lexical import terms
from amp_assistant.passages import Nature, Passage
from amp_assistant.retrieval import Hit
from amp_assistant.sentences import split_sentences
from amp_assistant.understanding import Intent, Query

READ_HITS = 8
"""Passages whose sentences are judged."""
MOST_WORDS = 200
"""Words of an answer that is no list; people read the first screen."""
HEARD_SENTENCES = 2
"""Sentences at least of each document that the question names: both sides of an evolution are told."""
KEPT_PASSAGES = 1_024
"""Passages whose sentences are kept as they were read, some 20 kB each: the same ones come up again and again."""
SECTION_REACH = 3
"""Passages before and after one in which its list may begin and end."""
FEWEST_WORDS = 4
"""A shorter line is a heading or a label, not a sentence."""
MOST_SPEECH_WORDS = 320
"""Words of what is gathered for a speech: material to choose from."""
MARGIN = 0.75
"""How far below the best sentence another may be judged and still be shown."""
SPEECH_MARGIN = 1.1
"""The same for a speech, which wants more than the one thing that was asked."""
ALIKE = 0.6
"""Share of common words from which two sentences say the same."""

_FIGURED = (Intent.FIGURE, Intent.SPEECH)
"""Kinds of questions that want figures."""
_IMAGINED = {"fr": "(futur imaginé) ", "en": "(imagined future) "}
_LISTED = (Intent.LIST, Intent.AIDS)
"""Kinds of questions that want whole lists."""
_YEARS = re.compile(r"\W*\d{4}(\s*[-–]\s*\d{4})?\s*$")
"""The years that end a short title: kept out of the sentence, where every figure is the quotation's; the source shows the date."""

WEIGHTS: Mapping[str, float] = {"asked": 1.0, "words": 0.8, "meaning": 0.8, "rank": 1.25, "figure": 0.5}
"""Fitted on the development half of the question set, so that sentences which hold a gold quotation come first."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage found, and how well it answers."""

    quotation: Quotation
    score: float
    features: Mapping[str, float]

    @property
    def words(self) -> int:
        """Its length in words."""
        return len(self.quotation.text.split())


@dataclass(frozen=True, slots=True)
class _Line:
    """What a sentence is judged by, whatever is asked."""

    quotation: Quotation
    terms: Set[str]
    vector: Vectors
    has_figure: bool


class ExtractiveAnswerer:
    """Chooses sentences of the passages; `rarity` gives the inverse document frequency of the terms of the index, `rows` the row of a
    passage by its id."""

    def __init__(self, encoder: Encoder, rarity: Mapping[str, float], passages: Sequence[Passage], rows: Mapping[str, int]) -> None:
        self._encoder = encoder
        self._rarity = rarity
        self._passages = passages
        self._rows = rows
        self._read = lru_cache(KEPT_PASSAGES)(self._read_passage)

    def statements(
        self,
        query: Query,
        judged: Sequence[Sentence],
        documents: Mapping[str, Document],
        *,
        told: Sequence[Quotation] = (),
    ) -> list[Statement]:
        """The statements that answer a query: its best sentences, each list whole where one is asked for or led to; what is `told`
        already is not said again."""
        chosen = self._chosen(judged, query.intent, told)
        chosen += _unheard(chosen, judged, query.documents)
        return _worded(chosen, query, documents, leads=not told)

    def _chosen(self, judged: Sequence[Sentence], intent: Intent, told: Sequence[Quotation]) -> list[Quotation]:
        """The best sentences that say different things, within the length and the margin, with the lists they belong or lead to."""
        wants_list = intent in _LISTED
        most, margin = (MOST_SPEECH_WORDS, SPEECH_MARGIN) if intent is Intent.SPEECH else (MOST_WORDS, MARGIN)
        chosen: list[Quotation] = []
        words = 0
        for sentence in judged:
            if sentence.score < judged[0].score - margin:
                break
            known = [*told, *chosen]
            listed = list_of(sentence.quotation, self._section(sentence.quotation.passage), led_only=not wants_list)
            new = [one for one in listed or [sentence.quotation] if not any(_meet(one, other) for other in known)]
            if not listed and any(_alike(sentence.quotation, other) for other in known):
                continue
            length = sum(len(quotation.text.split()) for quotation in new)
            if new and (not chosen or words + length <= (MOST_LIST_WORDS if listed and wants_list else most)):
                chosen += new
                words += length
        return chosen

    def _section(self, passage: Passage) -> list[Passage]:
        """The passages next to one in its section, with it, in order."""
        row = self._rows[passage.id]
        near = self._passages[max(0, row - SECTION_REACH) : row + SECTION_REACH + 1]
        return [other for other in near if other.document == passage.document and other.heading_path == passage.heading_path]

    def judge(self, query: Query, hits: Sequence[Hit]) -> list[Sentence]:
        """Every sentence of the hits, best first."""
        found = [(hit, line) for hit in hits[:READ_HITS] for line in self._read(hit.passage)]
        if not found:
            return []
        vector = self._encoder.encode_queries([query.search_text])[0]
        wanted = {term: self._rarity[term] for term in terms(query.search_text) if term in self._rarity}
        best = hits[0].score
        judged = []
        for hit, line in found:
            features = {
                "asked": _asked(hit, line.quotation),
                "words": share_held(wanted, line.terms),
                "meaning": float(line.vector @ vector),
                "rank": hit.score / best if best > 0 else 0.0,
                "figure": float(query.intent in _FIGURED and line.has_figure),
            }
            judged.append(Sentence(line.quotation, sum(WEIGHTS[name] * value for name, value in features.items()), features))
        return sorted(judged, key=lambda sentence: -sentence.score)

    def _read_passage(self, passage: Passage) -> tuple["_Line", ...]:
        quotations = list(sentences(passage))
        vectors = self._encoder.encode_passages([quotation.text for quotation in quotations]) if quotations else ()
        return tuple(
            _Line(quotation, frozenset(terms(quotation.text)), vector, bool(numbers(quotation.text)))
            for quotation, vector in zip(quotations, vectors, strict=True)
        )


def sentences(passage: Passage) -> Iterator[Quotation]:
    """The sentences and bullets of a passage, without the bullets' marks."""
    for start, end in split_sentences(passage.text):
        while start < end and passage.text[start] in " -•":
            start += 1
        if len(passage.text[start:end].split()) >= FEWEST_WORDS:
            yield Quotation(passage, start, end)


def _asked(hit: Hit, quotation: Quotation) -> float:
    """How near the question comes to those that this sentence answers; 0 where there are none."""
    near = [
        match.similarity
        for match in hit.matches
        if match.question.stretch and match.question.stretch.start < quotation.end and quotation.start < match.question.stretch.end
    ]
    return max(near, default=0.0)


def share_held(wanted: Mapping[str, float], held: Set[str]) -> float:
    """The share, from 0 to 1, of the weight of the wanted terms that is held."""
    total = sum(wanted.values())
    return sum(weight for term, weight in wanted.items() if term in held) / total if total else 0.0


def _unheard(chosen: Sequence[Quotation], judged: Sequence[Sentence], documents: Sequence[str]) -> Iterator[Quotation]:
    """The best sentences of each document that the question names, as far as it has not been quoted enough."""
    for document in documents:
        of_document = [sentence.quotation for sentence in judged if sentence.quotation.passage.document == document]
        quoted = [quotation for quotation in of_document if quotation in chosen]
        new = (quotation for quotation in of_document if not any(_alike(quotation, other) for other in chosen))
        yield from islice(new, max(0, HEARD_SENTENCES - len(quoted)))


def _meet(one: Quotation, other: Quotation) -> bool:
    return one.passage.id == other.passage.id and one.start < other.end and other.start < one.end


def _alike(one: Quotation, other: Quotation) -> bool:
    first, second = set(tokens(one.text)), set(tokens(other.text))
    return len(first & second) > ALIKE * min(len(first), len(second))


def _worded(quotations: Sequence[Quotation], query: Query, documents: Mapping[str, Document], *, leads: bool) -> list[Statement]:
    """The quotations as statements, one document after the other, each named once."""
    order = list(dict.fromkeys(quotation.passage.document for quotation in quotations))
    statements = []
    named = ""
    for at, quotation in enumerate(sorted(quotations, key=lambda quotation: order.index(quotation.passage.document))):
        title = _YEARS.sub("", documents[quotation.passage.document].short_title)
        source = "" if title == named else (f"According to « {title} »: " if query.language == "en" else f"Selon « {title} » : ")
        named = title
        imagined = _IMAGINED[query.language] if quotation.passage.nature is Nature.RECIT else ""
        bullet = "" if leads and not at else "- "
        statements.append(Statement(f"{bullet}{imagined}{source}« {quotation.text} »", (quotation,)))
    return statements
