"""The facts that the documents hold about a theme, each with the part of a speech that it can serve."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from amp_assistant.answers.extractive import sentences
from amp_assistant.citations import Quotation, find_quotation
from amp_assistant.communes import Communes
from amp_assistant.enrichment import Unit
from amp_assistant.folding import numbers, squash
from amp_assistant.index import Index
from amp_assistant.passages import Nature, Passage
from amp_assistant.register import Cible, Engagement, Register, Resultat, Row, Suivi
from amp_assistant.register.scope import is_elsewhere
from amp_assistant.speech.brief import Element, Part, count_words
from amp_assistant.speech.sayable import Form, form_of, is_sayable, looks_ahead, plain
from amp_assistant.speech.theme import Theme

OLD_YEARS = 5
"""Years behind the newest document from which a document is history: its figures are no longer where things stand."""
DATED_YEARS = 2
"""Years behind the newest document from which a fact without a year of its own is said in the past."""
MOST_HOOK_WORDS = 28
MOST_SOUNDBITE_WORDS = 16
FEWEST_SOUNDBITE_WORDS = 4
NEAR_BY_UNIT = 0.5
"""What a sentence is worth that does not name the theme, where those who read its unit beforehand did."""
LEAST_NEARNESS = 0.5

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TITLE = re.compile(r"^[^.:«»]{3,90} : (?=(?:[A-ZÀÉÈÊÎÔ]|\d[\d ]* [a-zé]))")
"""A run-in title before the sentence: « Accès à l'eau : Dans le cadre... »."""
_DIFFICULTY = re.compile(
    r"\b(?:retards?|insuffisan\w+|inegalit\w+|fragil\w+|vulnerab\w+|degrad\w+|satur\w+|difficult\w+|menac\w+|penurie\w*|deficit\w*|"
    r"faiblesse\w*|moins de \d+|seulement|manque\w*|freins?|tension\w*|rarefaction|eloign\w+|enjeu\w*|s'aggravent|pression\w*|encore trop|malgre)\b"
)
"""Words by which a document admits a difficulty; folded."""
_SIGNATURE = re.compile(r"^(?P<name>[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){1,3})(?P<role>(?: — |, ).{3,140})?$")
"""A line that names who speaks above it: « Lionel Minassian — Vice-président de thecamp », « Martine VASSAL »."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that can be said aloud, with what the register and the enrichment know of it."""

    quotation: Quotation
    form: Form
    nature: Nature
    rows: tuple[Row, ...]
    context: str
    communes: tuple[str, ...]


class Facts:
    """All sayable sentences of an index; made once, then asked for theme after theme."""

    def __init__(self, index: Index, register: Register, communes: Communes) -> None:
        self._index = index
        self._register = register
        names = sorted(set(communes.names.values()), key=len, reverse=True)
        self._commune = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])") if names else None
        self.newest = max(_year(document.date) for document in index.documents.values())
        self._rows = self._rows_by_passage()
        self._units: dict[int, list[Unit]] = defaultdict(list)
        for unit in index.units:
            self._units[unit.stretch.passage].append(unit)
        self.facts = tuple(self._read())
        self._vectors = index.encoder.encode_passages([fact.quotation.text for fact in self.facts])

    def about(self, theme: Theme, documents: Sequence[str] = ()) -> list[Element]:
        """The elements about a theme, best first; every sentence once for each part that it can serve."""
        similarities = self._vectors @ self._index.encoder.encode_queries([theme.name])[0]
        found = []
        for fact, similarity in zip(self.facts, similarities, strict=True):
            passage = fact.quotation.passage
            if documents and passage.document not in documents:
                continue
            nearness = theme.nearness(fact.quotation.text)
            if not nearness and theme.nearness(fact.context):
                nearness = NEAR_BY_UNIT
            if nearness < LEAST_NEARNESS:
                continue
            for part in self._parts(fact):
                found.append(self._element(fact, part, nearness + float(similarity)))
        return sorted([*found, *self._unmet(theme)], key=lambda element: -element.score)

    def date_of(self, document: str) -> str:
        """The date of a document, ISO 8601."""
        return self._index.documents[document].date

    def _read(self) -> Iterator[Fact]:
        seen = set()
        for at, passage in enumerate(self._index.passages):
            if is_elsewhere(passage.nature, passage.heading_path, ""):
                continue
            for sentence in sentences(passage):
                quotation = _trimmed(sentence)
                key = squash(quotation.text)
                unit = self._unit(at, quotation)
                nature = unit.nature if unit else passage.nature
                if key in seen or nature is Nature.RECIT or not is_sayable(quotation.text):
                    continue
                seen.add(key)
                yield Fact(
                    quotation=quotation,
                    form=form_of(f"{quotation.text}{passage.text[quotation.end : quotation.end + 1]}"),
                    nature=nature,
                    rows=tuple(row for start, end, row in self._rows[passage.id] if start < quotation.end and quotation.start < end),
                    context=" ".join([*passage.heading_path[-1:], f"{unit.summary} {unit.words}" if unit else ""]),
                    communes=tuple(dict.fromkeys(self._commune.findall(quotation.text))) if self._commune else (),
                )

    def _unit(self, passage: int, quotation: Quotation) -> Unit | None:
        holding = [unit for unit in self._units[passage] if unit.stretch.start <= quotation.start < unit.stretch.end]
        return holding[-1] if holding else None

    def _rows_by_passage(self) -> Mapping[str, list[tuple[int, int, Row]]]:
        passages = {passage.id: passage for passage in self._index.passages}
        rows: dict[str, list[tuple[int, int, Row]]] = defaultdict(list)
        for row in (*self._register.resultats, *self._register.cibles, *self._register.engagements):
            for proof in row.proofs:
                if place := find_quotation(passages[proof.passage], proof.quote):
                    rows[proof.passage].append((place.start, place.end, row))
        return rows

    def _parts(self, fact: Fact) -> Iterator[Part]:
        text = fact.quotation.text
        if fact.nature is Nature.CITATION:
            if fact.form is Form.SENTENCE:
                yield Part.OTHERS
            return
        results = [row for row in fact.rows if isinstance(row, Resultat)]
        goals = [row for row in fact.rows if isinstance(row, Cible)]
        promises = [row for row in fact.rows if isinstance(row, Engagement)]
        is_old = self.newest - _year(self.date_of(fact.quotation.passage.document)) > OLD_YEARS
        is_fact = not looks_ahead(text) and not goals and not any(row.forecast for row in results) and fact.form is not Form.INFINITIVE
        if is_fact and not is_old:
            if results and (fact.form is Form.SENTENCE or numbers(text)) and fact.nature is not Nature.ENGAGEMENT:
                yield Part.RESULTS
                if fact.communes:
                    yield Part.PLACES
            elif fact.communes and fact.form is Form.SENTENCE:
                yield Part.PLACES
            if results and numbers(text) and FEWEST_SOUNDBITE_WORDS <= count_words(text) <= MOST_SOUNDBITE_WORDS:
                yield Part.SOUNDBITES
        if is_fact and fact.form is Form.SENTENCE and count_words(text) <= MOST_HOOK_WORDS and fact.nature in (Nature.DESCRIPTION, Nature.RESULTAT):
            yield Part.HOOK
        if is_fact and fact.form is Form.SENTENCE and fact.nature is Nature.DESCRIPTION and _DIFFICULTY.search(plain(text)):
            yield Part.CAUTION
        if goals and not any(goal.forecast for goal in goals) and all(self._is_ahead(goal) for goal in goals):
            yield Part.GOALS
        elif promises and not results and not goals and fact.nature is Nature.ENGAGEMENT:
            yield Part.COMMITMENTS

    def _is_ahead(self, goal: Cible) -> bool:
        years = [int(year) for year in _YEAR.findall(goal.horizon or "")]
        return not years or max(years) > self.newest

    def _element(self, fact: Fact, part: Part, score: float) -> Element:
        quotation = fact.quotation
        document = self._index.documents[quotation.passage.document]
        age = self.newest - _year(document.date)
        signature = _signature(quotation) if part is Part.OTHERS else None
        has_figure = bool(numbers(quotation.text))
        worth = score + 0.3 * has_figure - 0.12 * min(age, 8) + (0.5 if signature else 0.0) + (0.2 if fact.form is not Form.LABEL else 0.0)
        return Element(
            id=_id(part, quotation),
            part=part,
            quotations=tuple(filter(None, (quotation, signature))),
            form=fact.form,
            source=document.kind,
            is_dated=age >= DATED_YEARS and not _YEAR.search(quotation.text),
            score=worth,
        )

    def _unmet(self, theme: Theme) -> Iterator[Element]:
        """The targets of a theme that were not met, each told by its own words and those of the result."""
        told = set()
        for row in self._register.suivi:
            if row.status != "non atteint" or row.resultat is None or not theme.nearness(f"{row.theme} {row.indicator}"):
                continue
            pair = [self._sentence(proof.passage, proof.quote) for proof in (row.cible.proofs[0], row.resultat.proofs[0])]
            if None in pair or squash(row.resultat.proofs[0].quote) in told:
                continue
            told.add(squash(row.resultat.proofs[0].quote))
            quotations = tuple(filter(None, pair))
            yield Element(_id(Part.CAUTION, quotations[0]), Part.CAUTION, quotations, Form.SENTENCE, "", False, 4.0)

    def _sentence(self, identifier: str, words: str) -> Quotation | None:
        """The sentence that holds some words where it can be said, else the words themselves."""
        passage = next(passage for passage in self._index.passages if passage.id == identifier)
        place = find_quotation(passage, words)
        if place is None:
            return None
        whole = [sentence for sentence in map(_trimmed, sentences(passage)) if sentence.start <= place.start and place.end <= sentence.end]
        return whole[0] if whole and is_sayable(whole[0].text) else place


def _trimmed(sentence: Quotation) -> Quotation:
    """The sentence without a run-in title and without its full stop, so that it fits into a longer sentence."""
    text = sentence.passage.text[sentence.start : sentence.end]
    title = _TITLE.match(text)
    start = sentence.start + (title.end() if title else 0)
    end = sentence.start + len(text.rstrip().removesuffix("."))
    return Quotation(sentence.passage, start, end)


def _signature(quotation: Quotation) -> Quotation | None:
    """The line just below the paragraph of a quotation that names who said it."""
    text = quotation.passage.text
    end = text.find("\n", quotation.end)
    if end < 0:
        return None
    line_end = text.find("\n", end + 1)
    line = text[end + 1 : line_end if line_end >= 0 else len(text)]
    return Quotation(quotation.passage, end + 1, end + 1 + len(line)) if _SIGNATURE.match(line) else None


def _id(part: Part, quotation: Quotation) -> str:
    digest = hashlib.blake2b(f"{part}\n{quotation.passage.id}\n{quotation.start}".encode(), digest_size=5)
    return digest.hexdigest()


def _year(date: str) -> int:
    return int(date[:4]) if date[:4].isdigit() else 0


def rows_about(theme: Theme, rows: Iterable[Suivi]) -> list[Suivi]:
    """The followed targets that a theme is about."""
    return [row for row in rows if theme.nearness(f"{row.theme} {row.indicator}")]


def passage_year(passage: Passage, dates: Mapping[str, str]) -> int:
    """The year of a passage's document."""
    return _year(dates[passage.document])
