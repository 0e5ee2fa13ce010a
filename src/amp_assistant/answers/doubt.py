"""Knowing when not to answer: how doubtful it is that the documents answer a question, by signs that are weighed.

The signs: how many of the known questions nearest to it are left open (see `silences`), those that ask for the same kind of detail before
others; whether it is phrased like these; whether one like it was asked of what is found; how much of it the passages found speak of,
whether they have the kind of answer that is asked for, whether they tell of an imagined future, whether it is about another place. A
logistic regression, fitted on the development half of the question set (`python -m benchmarks.doubt` prints it), weighs them. Where an
index has no silences, or an encoder of its own choice, rules decide alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_

import numpy as np

from amp_assistant.answers.extractive import Sentence, share_held
from amp_assistant.answers.given import given_details
from amp_assistant.answers.propriety import asks_address, is_instruction, is_insult, is_private, wants_other_service, without_insults
from amp_assistant.details import Detail, Details, agreement, asked_details
from amp_assistant.encoder import StaticEncoder, Vectors
from amp_assistant.folding import fold, numbers
from amp_assistant.index import Index
from amp_assistant.lexical import terms
from amp_assistant.passages import Nature
from amp_assistant.privacy import gives_address
from amp_assistant.retrieval import Hit
from amp_assistant.silences import Silence
from amp_assistant.understanding import Intent, Query, content_words

PROVING_SENTENCES = 2
"""Best sentences among which the asked kind of answer (a figure, a sum, a date) must stand."""
TOLD_SENTENCES, TOLD_HITS = 3, 4
"""Best sentences and hits that tell whether what was found is an imagined future."""
SAME_PLACE = 6
"""First letters in which a place and its people agree."""
WEAKEST_COVERAGE = 0.15
"""Share of the question's words, weighed by rarity, below which no passage speaks of it: people's own words reach 0.2."""
WEAKEST_OTHER_COVERAGE = 0.7
"""The same for a question that asks for another kind of service: 21 questions of the enrichment that have such words reach 0.8."""
READ_HITS, MEANT_SENTENCES = 3, 3
"""First hits and best sentences that tell whether just this was asked."""
NEIGHBOURS, SHARPNESS = 10, 10.0
"""Known questions that tell whether such a question has an answer, and how much more a nearer one counts (as a softmax's inverse
temperature)."""
SUBJECT = 0.3
"""How alike two questions on one subject stay that ask for other details of it; 1 where the details did not matter."""
NAMED, NAMED_SUBJECT = 0.55, 0.4
"""Likeness from which the nearest silence is what the question asks, and share of its subject's words, weighed by rarity, that the
question has: it is then named in the refusal."""

WEIGHTS: Mapping[str, float] = {
    "neighbours left open": 3.19,
    "near a silence": 7.05,
    "phrased like silences": 0.97,
    "asked of what is found": -2.87,
    "meant": -5.70,
    "spoken of": -3.30,
    "imagined": 2.76,
    "elsewhere": 2.94,
    "no sum": 0.66,
    "no date": 2.34,
    "no count": -0.37,
    "asks a sum": -0.50,
    "asks a number": 0.26,
    "asks a date": -0.39,
    "speech": -2.43,
}
"""By sign, fitted by `benchmarks/doubt.py`."""
BIAS = -0.75
LIMIT = 0.71
"""Doubt above which a question is refused: 975 of 1000 that have an answer stay below it, cross-validated."""

# All patterns are for folded text: lower case, no accents.
_PLACES = (
    r"(?:paris|lyon|toulouse|nice|nantes|montpellier|strasbourg|bordeaux|lille|rennes|grenoble|toulon|dijon|brest|metz|nancy|rouen"
    r"|orleans|clermont-ferrand|saint-etienne|avignon|nimes|arles|londres|barcelone|genes|turin|milan|berlin|madrid|rome|amsterdam"
    r"|copenhague|new york|bretagne|normandie|occitanie|ile-de-france|alsace|corse|espagne|italie|allemagne|belgique|suisse|royaume-uni"
    r"|etats-unis|canada|japon|chine|maroc|algerie|tunisie|senegal|abidjan|dakar|casablanca)"
)
_ELSEWHERE = re.compile(rf"\b{_PLACES}\b")
_PEOPLE_ELSEWHERE = (
    r"(?:parisien|lyonnais|toulousain|nicois|nantais|montpellierain|strasbourgeois|bordelais|lillois|rennais|grenoblois|toulonnais)(?:ne)?[es]*"
)
_OF_ANOTHER_PLACE = re.compile(
    rf"(?:\b(?:metropole|ville|agglo\w*|mairie|region) (?:de |d['’])|^\W*(?:a|les|chez les) )(?P<place>{_PLACES}|{_PEOPLE_ELSEWHERE})\b"
    rf"|\b(?P<before>{_PLACES}) metropole\b"
)
"""What makes another place the one that is asked about, not the one that somebody comes from."""
_HERE = re.compile(r"\b(?:chez nous|ici|nos|notre|nous|aix-marseille\w*)\b")
"""What makes another place one that this territory is compared with."""
_TERRITORIES = tuple(f"{name} {of}" for name in ("metropole", "ville", "agglomeration", "mairie", "region") for of in ("de ", "d'", "d’"))
"""What makes another place the one that a question is about: « la métropole de »."""
_IMAGINED = re.compile(r"\b(?:imagin\w*|fiction\w*|recits?|personna\w*|personas?|scenario\w*|futurs? (?:possible|souhaite)s?)\b")


class Reason(StrEnum):
    """Why a question is not answered."""

    COURTESY = "politesse"
    INSTRUCTION = "consigne"
    PERSONAL = "vie privée"
    ABUSE = "injure"
    NO_ADDRESS = "sans coordonnées"
    ELSEWHERE = "ailleurs"
    IMAGINED = "imaginé"
    NO_SUM = "sans montant"
    NO_DATE = "sans date"
    NO_FIGURE = "sans chiffre"
    UNSAID = "non dit"
    NO_EVIDENCE = "sans preuve"
    FILTERED = "filtres"


def improper(query: Query) -> Reason | None:
    """Why a question is none for the documents, whatever they hold: a greeting, an attempt on the rules, private matters, mere abuse."""
    if query.intent is Intent.COURTESY:
        return Reason.COURTESY
    if is_instruction(query.question):
        return Reason.INSTRUCTION
    if is_private(query.question):
        return Reason.PERSONAL
    return Reason.ABUSE if is_insult(query.question) and not content_words(without_insults(query.question)) else None


@dataclass(frozen=True, slots=True)
class _Found:
    """A query and what was found for it: the question as asked, folded; the hits and their sentences, best first; the most of the query's
    words that the passage of a hit holds, as a share weighed by rarity; the kinds of detail that the best sentences give."""

    query: Query
    question: str
    hits: Sequence[Hit]
    judged: Sequence[Sentence]
    coverage: float
    given: Detail


class Doubter:
    """Judges whether what was found in an index answers a query.

    `rows` gives the row of a passage by its id; `rarity` weighs the terms of the index.
    """

    def __init__(self, index: Index, rows: Mapping[str, int], rarity: Mapping[str, float]) -> None:
        self._index = index
        self._rows = rows
        self._rarity = rarity
        self._rarest = max(rarity.values(), default=0.0)
        self._silences = [silence for silence in index.silences for _ in silence.questions]
        self._elsewhere = np.array([silence.is_elsewhere for silence in self._silences], dtype=bool)
        self._weighs = bool(self._silences and index.questions) and isinstance(index.encoder, StaticEncoder)

    def reason(self, query: Query, hits: Sequence[Hit], judged: Sequence[Sentence]) -> Reason | None:
        """Why the query is refused, or None where the best sentences may answer it. `judged` are the hits' sentences, best first."""
        if reason := improper(query):
            return reason
        if not judged:
            return Reason.FILTERED if query.filters else Reason.NO_EVIDENCE
        asks = asks_address(query.question)
        if asks and not any(gives_address(sentence.quotation.passage.text) for sentence in judged):
            return Reason.NO_ADDRESS
        found = self._found(query, hits, judged)
        if found.coverage < (WEAKEST_OTHER_COVERAGE if wants_other_service(found.question) else WEAKEST_COVERAGE):
            return Reason.NO_EVIDENCE
        if _is_of_another_place(found.question, hits):
            return Reason.ELSEWHERE
        shortcoming = _shortcoming(found)
        if not self._weighs:
            return shortcoming
        if self._doubt(found) <= LIMIT:
            return None
        return Reason.NO_ADDRESS if asks else shortcoming or Reason.UNSAID

    def signs(self, query: Query, hits: Sequence[Hit], judged: Sequence[Sentence]) -> dict[str, float]:
        """What speaks for and against an answer, by name; shares and likenesses, or 1 for yes."""
        return self._signs(self._found(query, hits, judged))

    def _found(self, query: Query, hits: Sequence[Hit], judged: Sequence[Sentence]) -> _Found:
        given = reduce(or_, (given_details(fold(sentence.quotation.text)) for sentence in judged[:PROVING_SENTENCES]))
        return _Found(query, fold(query.question), hits, judged, self._coverage(query, hits), given)

    def _doubt(self, found: _Found) -> float:
        """How doubtful an answer is, as the logarithm of the odds that there is none."""
        return BIAS + sum(WEIGHTS[name] * value for name, value in self._signs(found).items())

    def _signs(self, found: _Found) -> dict[str, float]:
        query, given = found.query, found.given
        asked = asked_details(query.question) or asked_details(query.search_text)
        vector = self._index.encoder.encode_queries([query.search_text])[0]
        unsaid, said = self._unsaid(query, vector), self._index.question_vectors @ vector
        return {
            "neighbours left open": self._share_left_open(asked, said, unsaid),
            "near a silence": float(unsaid.max()),
            "phrased like silences": self._index.phrasing.lean(query.question),
            "asked of what is found": _likeness_of_found(asked, found.hits),
            "meant": max(sentence.features["meaning"] for sentence in found.judged[:MEANT_SENTENCES]),
            "spoken of": found.coverage,
            "imagined": float(_is_imagined(found)),
            "elsewhere": float(bool(_ELSEWHERE.search(found.question))),
            "no sum": float(Detail.SUM in asked & ~given),
            "no date": float(Detail.DATE in asked & ~given),
            "no count": float(Detail.COUNT in asked & ~given),
            "asks a sum": float(Detail.SUM in asked),
            "asks a number": float(Detail.COUNT in asked),
            "asks a date": float(Detail.DATE in asked),
            "speech": float(query.intent is Intent.SPEECH),
        }

    def _unsaid(self, query: Query, vector: Vectors) -> Vectors:
        """How alike each question of the silences is; those about another place count where one is named."""
        likenesses = self._index.silence_vectors @ vector
        return likenesses if _ELSEWHERE.search(fold(query.question)) else np.where(self._elsewhere, 0.0, likenesses)

    def _share_left_open(self, asked: Detail, said: Vectors, unsaid: Vectors) -> float:
        """How many of the most alike questions have no answer, from 0 to 1, the nearer the more they count; `said` and `unsaid` are the
        likenesses to those with an answer and without."""
        likenesses = np.concatenate([_alike(said, asked, self._index.question_details), _alike(unsaid, asked, self._index.silence_details)])
        last = min(NEIGHBOURS, len(likenesses)) - 1
        nearest = np.argpartition(-likenesses, last)[: last + 1]
        weights = np.exp(SHARPNESS * likenesses[nearest])
        return float(weights[nearest >= len(said)].sum() / weights.sum())

    def silence(self, query: Query) -> Silence | None:
        """What the documents do not say and the query asks, where that is known: a like detail of a subject that the query names."""
        if not self._weighs:
            return None
        likenesses = self._unsaid(query, self._index.encoder.encode_queries([query.search_text])[0])
        nearest = int(likenesses.argmax())
        silence = self._silences[nearest]
        subject = {term: self._rarity.get(term, self._rarest) for term in terms(silence.subject)}
        is_named = share_held(subject, set(terms(query.search_text))) >= NAMED_SUBJECT
        is_alike = agreement(asked_details(query.question), self._index.silence_details[nearest : nearest + 1])[0] > 0
        return silence if is_named and is_alike and likenesses[nearest] >= NAMED else None

    def _coverage(self, query: Query, hits: Sequence[Hit]) -> float:
        """The most of the query's words, as a share weighed by rarity, that the passage of a hit holds with its enrichment."""
        wanted = {term: self._rarity.get(term, self._rarest) for term in terms(query.search_text)}
        rows = (self._rows[hit.passage.id] for hit in hits)
        return max(share_held(wanted, {term for term in wanted if self._index.lexical.has(term, row)}) for row in rows)


def _is_of_another_place(question: str, hits: Sequence[Hit]) -> bool:
    """Whether a question is about another place, of which the first hits do not speak."""
    found = None if _HERE.search(question) else _OF_ANOTHER_PLACE.search(question)
    place = (found["place"] or found["before"]) if found else ""
    return bool(place) and not any(re.search(rf"\b{place[:SAME_PLACE]}", fold(hit.passage.text)) for hit in hits[:READ_HITS])


def _shortcoming(found: _Found) -> Reason | None:
    """What the passages found lack, by rules in a fixed order, the plainest first."""
    if (place := _ELSEWHERE.search(found.question)) and found.query.intent is not Intent.COMPARISON:
        is_its_own = found.question[: place.start()].endswith(_TERRITORIES)
        if is_its_own or place[0] not in fold(found.judged[0].quotation.text):
            return Reason.ELSEWHERE
    return Reason.IMAGINED if _is_imagined(found) else _lacking(found)


def _alike(likenesses: Vectors, asked: Detail, details: Details) -> Vectors:
    """How alike questions are whose subjects are that alike, seen with the details that they ask for."""
    return likenesses * (SUBJECT + (1 - SUBJECT) * agreement(asked, details))


def _likeness_of_found(asked: Detail, hits: Sequence[Hit]) -> float:
    """How near the question comes to one that the first hits answer and that asks for the same details."""
    matches = [match for hit in hits[:READ_HITS] for match in hit.matches]
    likenesses = np.array([match.similarity for match in matches], dtype=np.float32)
    details = np.array([match.details for match in matches], dtype=np.uint16)
    return float(_alike(likenesses, asked, details).max(initial=0.0))


def _is_imagined(found: _Found) -> bool:
    """Whether what comes nearest is told of an imagined future, not of what is or is decided, and that is not what is asked for."""
    if _IMAGINED.search(found.question):
        return False
    told = [sentence.quotation.passage.nature is Nature.RECIT for sentence in found.judged[:TOLD_SENTENCES]]
    near = [hit.passage.nature is Nature.RECIT for hit in found.hits[:TOLD_HITS]]
    return (told[0] and near[0]) or sum(told) * 2 > len(told) or (any(told) and sum(near) * 2 >= len(near))


def _lacking(found: _Found) -> Reason | None:
    """The kind of answer that is asked for and that the best sentences do not give."""
    lacking = asked_details(found.query.question) & ~found.given
    if Detail.SUM in lacking:
        return Reason.NO_SUM
    if Detail.DATE in lacking:
        return Reason.NO_DATE
    proving = (sentence.quotation.text for sentence in found.judged[:PROVING_SENTENCES])
    return Reason.NO_FIGURE if found.query.intent is Intent.FIGURE and not any(map(numbers, proving)) else None
