"""The facts that the documents hold about a theme, each with the part of a speech that it can serve."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from amp_assistant.citations import Quotation
from amp_assistant.communes import Communes
from amp_assistant.folding import plain, squash
from amp_assistant.index import Index
from amp_assistant.passages import Nature
from amp_assistant.register import Cible, Engagement, Register, Resultat
from amp_assistant.speech.brief import Element, Part, count_words
from amp_assistant.speech.facts import Fact, Sentences
from amp_assistant.speech.sayable import Form, has_measure, is_future, looks_ahead
from amp_assistant.speech.theme import Theme, known_themes

OLD_YEARS = 5
"""Years behind the newest document from which a document is history: its figures are no longer where things stand."""
DATED_YEARS = 2
"""Years behind the newest document from which a fact without a year of its own is said in the past."""
MOST_HOOK_WORDS = 28
MOST_SOUNDBITE_WORDS = 16
FEWEST_SOUNDBITE_WORDS = 4
NEAR_BY_UNIT, CONFIRMED = 0.4, 0.2
"""What it is worth that those who read a unit beforehand named the theme: where its sentence does not, and besides where it does."""
LEAST_ABOUT = 0.68
"""Nearness by words and by meaning from which a sentence is about a theme: one word that points at it is not enough."""
ASTRAY, ELSEWHERE, LEAST_MEANING = 0.3, 0.5, 0.2
"""A sentence that is nearer to another theme by ASTRAY is mainly about that one: it loses ELSEWHERE, and is left out where its meaning
is not even LEAST_MEANING near (cosine)."""
EASY_WORDS = 26
"""Words up to which a sentence is easily followed by ear; each further one takes HARD_WORD from its score."""
HARD_WORD = 0.02

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
WHOLE, SHORT, MEASURED, SIGNED, UNMEASURED, YEAR_OLDER = 0.2, 0.4, 0.3, 0.5, 0.5, 0.12
"""What a sentence gains for being whole, short, measured, signed by its author, and loses where nothing measures it or for each year
of age, on the scale where saying the theme is worth 1."""
MOST_YEARS = 8
UNMET = 4.0
"""The score of a target that was not met: nothing is told before it."""

_SHARE = re.compile(r"^\d[\d,. ]* ?%")
"""A share of something that the heading above named and the ear has not heard."""
_WE = re.compile(r"^(?:\w+['’ ]){0,5}[Ll]a Métropole\b")
"""A sentence that begins with the Métropole: among commitments, what it says it does."""
_DONE = re.compile(r"\b(?:a|ont) (?:(?:également|ainsi|déjà|notamment|été) ){0,2}\w+(?:é|ée|és|ées|i|is|it|u|us)\b")
"""A verb in the perfect tense: what was done."""
_DIFFICULTY = re.compile(
    r"\b(?:retards?|insuffisan\w+|inegalit\w+|fragilites?|vulnerab\w+|degrad\w+|satur\w+|difficult\w+|menac\w+|penurie\w*|deficit\w*|"
    r"faiblesse\w*|moins de \d+|manqu\w+|rarefaction|s'aggravent|encore trop|trop souvent|souffre|dependan\w+|en dessous|pollution)\b"
)
"""Words by which a document admits a difficulty; folded."""
_REMEDY = re.compile(
    r"\b(?:redui\w+|reduction|favoris\w+|permet\w*|lutt\w+|sensibilis\w+|prevenir|eviter|autonomes?|resilien\w+|accompagn\w+|depollu\w+)\b"
)
"""Words by which a sentence tells what is done about a difficulty rather than the difficulty."""
_SIGNATURE = re.compile(r"^(?P<name>[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){1,3})(?P<role>(?: — |, ).{3,140})?$")
"""A line that names who speaks above it: « Lionel Minassian — Vice-président de thecamp », « Martine VASSAL »."""


class Facts:
    """All sayable sentences of an index; made once, then asked for theme after theme."""

    def __init__(self, index: Index, register: Register, communes: Communes) -> None:
        self._index = index
        self._register = register
        self.newest = max(year_of(document.date) for document in index.documents.values())
        self._sentences = Sentences(index, register, communes)
        self.facts = tuple(self._sentences.facts())
        self._vectors = index.encoder.encode_passages([fact.quotation.text for fact in self.facts])

    def about(self, theme: Theme, documents: Sequence[str] = ()) -> list[Element]:
        """The elements about a theme, best first; every sentence once for each part that it can serve."""
        similarities = (self._vectors @ self._index.encoder.encode_queries([theme.name, theme.words]).T).max(axis=1)
        found = []
        for fact, similarity in zip(self.facts, similarities, strict=True):
            passage = fact.quotation.passage
            if documents and passage.document not in documents:
                continue
            nearness = theme.nearness(fact.phrases)
            if theme.is_said_in(fact.context):
                nearness += CONFIRMED if nearness else NEAR_BY_UNIT
            is_astray = max(other.nearness(fact.phrases) for other in known_themes()) >= nearness + ASTRAY
            if not nearness or nearness + similarity < LEAST_ABOUT or (is_astray and similarity < LEAST_MEANING):
                continue
            about = nearness + float(similarity) - (ELSEWHERE if is_astray else 0.0)
            found += [self._element(fact, part, about) for part in self._parts(fact)]
        return sorted([*found, *self._unmet(theme)], key=lambda element: -element.score)

    def _parts(self, fact: Fact) -> Iterator[Part]:
        text = fact.quotation.text
        if fact.nature is Nature.CITATION:
            if fact.form is Form.SENTENCE and not self._is_overtaken(fact.quotation):
                yield Part.OTHERS
            return
        results = [row for row in fact.rows if isinstance(row, Resultat)]
        goals = [row for row in fact.rows if isinstance(row, Cible)]
        if not goals and not looks_ahead(text) and not any(row.forecast for row in results) and fact.form is not Form.INFINITIVE:
            yield from self._established(fact, bool(results))
        if not goals and not is_future(text) and fact.form is Form.SENTENCE and count_words(text) <= MOST_HOOK_WORDS:
            yield Part.HOOK
        if goals and not any(goal.forecast for goal in goals) and all(self._is_ahead(goal.horizon) for goal in goals):
            yield Part.GOALS
        says_so = fact.form is Form.INFINITIVE or (fact.form is Form.SENTENCE and bool(_WE.match(text)))
        is_promise = says_so or any(isinstance(row, Engagement) for row in fact.rows)
        if is_promise and not results and not goals and fact.nature is Nature.ENGAGEMENT and self._is_ahead(text):
            yield Part.COMMITMENTS

    def _established(self, fact: Fact, is_measured: bool) -> Iterator[Part]:
        """The parts that a sentence may serve which tells how things are."""
        text = fact.quotation.text
        is_sentence = fact.form is Form.SENTENCE
        if is_sentence and fact.nature is not Nature.ENGAGEMENT and _DIFFICULTY.search(plain(text)) and not _REMEDY.search(plain(text)):
            yield Part.CAUTION
        if self._age(fact.quotation) > OLD_YEARS:
            return
        is_done = is_measured or fact.nature is not Nature.ENGAGEMENT or bool(_DONE.search(text))
        if (is_sentence and is_done) or (is_measured and has_measure(text)):
            yield Part.RESULTS
        if fact.communes and (is_sentence or is_measured):
            yield Part.PLACES
        if is_measured and has_measure(text) and FEWEST_SOUNDBITE_WORDS <= count_words(text) <= MOST_SOUNDBITE_WORDS:
            yield Part.SOUNDBITES

    def _is_ahead(self, text: str | None) -> bool:
        """Whether what a text dates is not over: it names no year, or one that is not past."""
        years = [int(year) for year in _YEAR.findall(text or "")]
        return not years or max(years) > self.newest

    def _is_overtaken(self, quotation: Quotation) -> bool:
        """Whether a quotation looks forward to a year that has come since."""
        written = self.newest - self._age(quotation)
        return any(written < int(year) <= self.newest for year in _YEAR.findall(quotation.text))

    def _age(self, quotation: Quotation) -> int:
        """Years that a quotation's document is older than the newest."""
        return self.newest - year_of(self._index.documents[quotation.passage.document].date)

    def _element(self, fact: Fact, part: Part, about: float) -> Element:
        quotation = fact.quotation
        signature = _signature(quotation) if part is Part.OTHERS else None
        age = self._age(quotation)
        return Element(
            id=_id(part, quotation),
            part=part,
            quotations=tuple(filter(None, (quotation, signature))),
            form=fact.form,
            source=self._index.documents[quotation.passage.document].kind,
            is_dated=age >= DATED_YEARS and not _YEAR.search(quotation.text),
            is_measured=any(isinstance(row, Resultat) and row.value is not None for row in fact.rows) and has_measure(quotation.text),
            score=about + _worth(fact, part) - YEAR_OLDER * min(age, MOST_YEARS) + (SIGNED if signature else 0.0),
        )

    def _unmet(self, theme: Theme) -> Iterator[Element]:
        """The targets of a theme that were not met, each told by its own words and those of the result."""
        told = set()
        for row in self._register.suivi:
            if row.status != "non atteint" or row.resultat is None or not theme.is_about(f"{row.theme} {row.indicator}"):
                continue
            pair = [self._sentences.holding(proof.passage, proof.quote) for proof in (row.cible.proofs[0], row.resultat.proofs[0])]
            if None in pair or squash(row.resultat.proofs[0].quote) in told:
                continue
            told.add(squash(row.resultat.proofs[0].quote))
            quotations = tuple(filter(None, pair))
            yield Element(_id(Part.CAUTION, quotations[0]), Part.CAUTION, quotations, Form.SENTENCE, "", False, True, UNMET)


def _worth(fact: Fact, part: Part) -> float:
    """What a sentence is worth in a part besides being about the theme."""
    text = fact.quotation.text
    worth = -HARD_WORD * max(count_words(text) - EASY_WORDS, 0)
    if fact.form is not Form.LABEL:
        worth += WHOLE
    if part is Part.HOOK:
        return worth + (SHORT if count_words(text) <= MOST_SOUNDBITE_WORDS else 0.0)
    if has_measure(text):
        worth += MEASURED
    if part is Part.RESULTS and not any(isinstance(row, Resultat) for row in fact.rows):
        worth -= UNMEASURED
    if part is Part.COMMITMENTS and fact.form is Form.INFINITIVE:
        worth += 2 * WHOLE
    if part in (Part.RESULTS, Part.SOUNDBITES) and fact.form is Form.LABEL and _SHARE.match(text):
        worth -= UNMEASURED
    return worth


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


def year_of(date: str) -> int:
    """The year of a date in ISO 8601; 0 where it has none."""
    return int(date[:4]) if date[:4].isdigit() else 0

