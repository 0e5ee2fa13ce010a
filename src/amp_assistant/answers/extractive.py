"""An answer made of the documents' own sentences: the ones that answer, each between quotation marks with its number.

A sentence is judged by the enrichment's questions that point at it (the nearer to what was asked, the better), by the words and
the meaning it shares with the question, by its passage's rank, and by whether it has the figure that is asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from amp_assistant.answers.given import given_details
from amp_assistant.answers.lists import MOST_LIST_WORDS, list_of
from amp_assistant.answers.propriety import is_instruction
from amp_assistant.answers.wording import evolves, worded
from amp_assistant.citations import Quotation, Statement
from amp_assistant.details import Detail, asked_details
from amp_assistant.documents.model import Document
from amp_assistant.encoder import Encoder, Vectors
from amp_assistant.figures import tells_quantity
from amp_assistant.folding import fold, numbers, tokens
from amp_assistant.lexical import terms
from amp_assistant.passages import Passage
from amp_assistant.retrieval import Hit
from amp_assistant.sentences import split_sentences
from amp_assistant.thesaurus import expansion
from amp_assistant.understanding import Intent, Query

READ_HITS = 8
"""Passages whose sentences are judged."""
MOST_WORDS = 260
"""Words of an answer that is no list; people read the first screen."""
HEARD_SENTENCES = 2
"""Sentences at least of each document that the question names: both sides of an evolution are told."""
KEPT_PASSAGES = 1_024
"""Passages whose sentences are kept as they were read, some 20 kB each: the same ones come up again and again."""
KEPT_SENTENCES = 8_192
"""Sentences whose words are kept for comparing: those of as many passages."""
SECTION_REACH = 3
"""Passages before and after one in which its list may begin and end."""
FEWEST_WORDS = 4
"""A shorter line is a heading or a label, not a sentence."""
MOST_SPEECH_WORDS = 320
"""Words of what is gathered for a speech: material to choose from."""
ENOUGH_FIGURES = 3
"""Sentences with a figure from which a speech that asks for figures gets no other sentence."""
MARGIN = 0.85
"""How far below the best sentence another may be judged and still be shown."""
SPEECH_MARGIN = 1.1
"""The same for a speech, which wants more than the one thing that was asked."""
HEARD_MARGIN = 1.6
"""The same for a document that the question names, which may say less about it."""
LIST_MARGIN = 0.3
"""The same for a sentence that brings the whole list it belongs to, where one is asked for."""
REASONED = 2
"""First sentences that are told with their reason, where « pourquoi » or « comment » is asked."""
ALIKE = 0.6
"""Share of a sentence's words from which another one says the same."""

STRAY: Mapping[str, float] = {"asked": 0.35, "meaning": 0.25}
"""Below which a sentence that has no word of the question, nor a synonym, is none of its answer: on the development half 112 sentences of
2 197, of which 3 prove one."""
BESIDE = 3
"""Best sentences beside a list from the register: what one word of a question is about may be told by a sentence alone."""
SPEAKING_ITEMS = 0.4
"""Share of a list's items that speak of what is asked from which the list is about it."""
WHOLLY_ALIKE = 0.85
"""The same from which the longer one, though judged lower, stands in for the shorter."""

_ONLY_A_DATE = re.compile(r"(?:[Ll]e )?\d{1,2}(?:er)? \w+ \d{4}\s?[.:]")
"""A date that opens what it dates."""
_NAME = re.compile(r"[A-ZÉÈÎÔ][\w-]+(?: [A-ZÉÈÎÔ][\w-]+){1,2}")
_OFFICE = re.compile(r"(?:Vice-)?[Pp]résidente? |Maires? |Direct(?:eur|rice)s? |Conseill(?:er|ère) |Ministre |Préfète? ")
"""A person's name on a line, and the office on the line below it."""
_JOINING = re.compile(r"ET|OU|DE|DU|DES|LA|LE|LES|UN|UNE|À|AU|AUX|SUR|POUR|PAR|AVEC|DANS|EN|QUI|QUE|MAIS")
"""Words that end no title and begin none: a title goes on over the line."""
_FIGURED = (Intent.FIGURE, Intent.SPEECH)
"""Kinds of questions that want figures."""
_FIGURES_ASKED = re.compile(
    r"\bquel(?:le)?s (?:sont les )?(?:montants?|budgets?|parts?|taux|pourcentages?|sommes?|surfaces?|couts?|dates?)\b"
)
"""What asks for several figures, which is no list of the documents."""
_FIGURES = re.compile(r"\b(?:chiffres?|chiffre[es]s?|donnees?|statistiques?|stats?|montants?|figures?|numbers?|data)\b")
"""What asks for figures as the material of a speech."""
_FOLLOWS_FROM = re.compile(
    r"^(?:c['’]est (?:pourquoi|dans ce)|ainsi|aussi,|pour cela|a cette fin|de ce fait|dans ce (?:but|cadre)|en consequence)\b"
)
"""Opens a sentence whose reason is told by the one before, folded."""
_REASONS = re.compile(
    r"^(?:en effet|ainsi|cela|ceci|pour cela|c['’]est pourquoi)\b"
    r"|\b(?:car|parce qu|afin d|grace a|en raison d|du fait d|permet(?:tra|tent|tront)? (?:de|d['’]|ainsi))\b"
)
"""Tells the reason of the sentence before, or the means."""
_OF_OTHERS = re.compile(r"\b(?:inspir\w+|exemples?|ailleurs|etrang\w+|autres (?:villes|metropoles)|compar\w+)\b")
"""What announces the example of other places, folded: not to be said as one's own in a speech."""
_ROW = re.compile(r"^[^.;]{1,100} ; [^.;]{1,100} ; [^;]*[^.;]$")
"""A row of a table, as it is read: its cells, no sentence."""
_AIDS = frozenset(terms("aide aides aider dispositif subvention accompagnement soutien soutenir financement financier prime"))
"""Terms of what a question for aids asks for, which tell nothing of what the aids are for."""
_LISTED = (Intent.LIST, Intent.AIDS)
"""Kinds of questions that want whole lists."""

WEIGHTS: Mapping[str, float] = {"asked": 1.35, "words": 0.8, "meaning": 1.05, "rank": 1.1, "figure": 0.3, "kind": 0.4, "leads": -0.35}
"""Fitted on the development half of the question set, so that sentences which hold a gold quotation come first."""
SURE: Mapping[str, float] = {"asked": 0.52, "words": 0.35}
"""From which of these on the best sentence's figure opens the answer: on the development half, 19 of 20 such figures are right."""


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
    """What a sentence is judged by, whatever is asked; `terms` are its `own` with those of its headings and of the sentence before."""

    quotation: Quotation
    own: Set[str]
    terms: Set[str]
    gives: Detail
    leads: bool
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
        parts: Sequence[Sequence[Sentence]] = (),
    ) -> list[Statement]:
        """The statements that answer a query: its best sentences, each list whole where one is asked for or led to; what is `told`
        already is not said again. `parts` are the sentences judged for each question that the query joins: the best of each come first."""
        chosen: list[Quotation] = []
        for part, of_part in zip(query.parts, parts, strict=False):
            chosen = self._chosen(of_part[:1], part, told, chosen, MARGIN, MOST_WORDS)
        margin, most = (SPEECH_MARGIN, MOST_SPEECH_WORDS) if query.intent is Intent.SPEECH else (MARGIN, MOST_WORDS)
        chosen = self._chosen(judged, query, told, chosen, margin, most)
        if asked_details(query.question) & (Detail.REASON | Detail.WAY):
            chosen = self._reasoned(chosen)
        if evolves(query):
            chosen.sort(key=lambda quotation: _age(documents[quotation.passage.document], query.documents))
        chosen += _unheard(chosen, judged, query.documents)
        return worded(chosen, query, documents, leads=not told, is_sure=bool(judged) and _is_sure(judged[0]))

    def beside(
        self, query: Query, judged: Sequence[Sentence], documents: Mapping[str, Document], told: Sequence[Quotation]
    ) -> list[Statement]:
        """The best sentences that say something else than a list that is `told`."""
        best = [sentence.quotation for sentence in _wanted(judged, query)[:BESIDE]]
        new = [quotation for quotation in best if not any(_repeats(quotation, other) for other in told)]
        return worded(new, query, documents, leads=False, is_sure=False)

    def _chosen(
        self, judged: Sequence[Sentence], query: Query, told: Sequence[Quotation], begun: Sequence[Quotation], margin: float, most: int
    ) -> list[Quotation]:
        """What is `begun` and the best sentences that say something else, within the margin and `most` words more, with the lists they
        belong or lead to."""
        wants_list = not told and query.intent in _LISTED and not _FIGURES_ASKED.search(fold(query.question))
        most -= sum(len(quotation.text.split()) for quotation in told)
        spoken = _spoken(query)
        chosen = list(begun)
        for sentence in _wanted(judged, query):
            gap = judged[0].score - sentence.score
            if gap > margin:
                break
            quotation = sentence.quotation
            is_whole = wants_list and gap <= LIST_MARGIN
            listed = list_of(quotation, self._section(quotation.passage), led_only=not is_whole)
            if not _is_about(listed, spoken):
                listed = []
            if not listed and (_announces(quotation) or any(_repeats(quotation, other) for other in (*told, *chosen))):
                continue
            kept = chosen if listed else [other for other in chosen if not _repeats(other, quotation, WHOLLY_ALIKE)]
            new = [one for one in listed or [quotation] if not any(_meet(one, other) for other in (*told, *kept))]
            length = sum(len(one.text.split()) for one in (*kept, *new))
            if not all(map(_announces, new)) and (not chosen or length <= (MOST_LIST_WORDS if listed and is_whole else most)):
                chosen = [*kept, *new]
        return chosen

    def _reasoned(self, chosen: Sequence[Quotation]) -> list[Quotation]:
        """What was chosen, its first sentences with the one next to them that gives their reason or their means."""
        whole: list[Quotation] = []
        for quotation in chosen[:REASONED]:
            lines = [line.quotation for line in self._read(quotation.passage)]
            at = lines.index(quotation) if quotation in lines else None
            before, after = (lines[max(0, at - 1) : at], lines[at + 1 : at + 2]) if at is not None else ([], [])
            before = [one for one in before if _FOLLOWS_FROM.match(fold(quotation.text)) and _are_in_line(one, quotation)]
            after = [one for one in after if _REASONS.search(fold(one.text)) and _are_in_line(quotation, one)]
            whole += [one for one in (*before, quotation, *after) if one not in whole]
        return whole + [one for one in chosen[REASONED:] if one not in whole]

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
        spoken = _spoken(query)
        asked = asked_details(query.question)
        best = hits[0].score
        judged = []
        for hit, line in found:
            features = {
                "asked": _asked(hit, line.quotation),
                "words": share_held(wanted, line.terms),
                "meaning": float(line.vector @ vector),
                "rank": hit.score / best if best > 0 else 0.0,
                "figure": float(query.intent in _FIGURED and line.has_figure),
                "kind": float(bool(line.gives & asked)),
                "leads": float(line.leads),
                "speaks": float(not spoken.isdisjoint(line.own)),
            }
            judged.append(Sentence(line.quotation, sum(weight * features[name] for name, weight in WEIGHTS.items()), features))
        return sorted(judged, key=lambda sentence: -sentence.score)

    def _read_passage(self, passage: Passage) -> tuple["_Line", ...]:
        quotations = list(sentences(passage))
        headed = [" ".join([*passage.heading_path[-1:], quotation.text]) for quotation in quotations]
        vectors = self._encoder.encode_passages(headed) if headed else ()
        headings = frozenset(terms(" ".join(passage.heading_path)))
        own = [frozenset(terms(quotation.text)) for quotation in quotations]
        return tuple(
            _Line(
                quotation=quotation,
                own=here,
                terms=here | before | headings,
                gives=given_details(fold(quotation.text)),
                leads=quotation.text.endswith(":"),
                vector=vector,
                has_figure=bool(numbers(quotation.text)),
            )
            for quotation, here, before, vector in zip(quotations, own, [frozenset[str](), *own], vectors, strict=False)
        )


def _wanted(judged: Sequence[Sentence], query: Query) -> Sequence[Sentence]:
    """The sentences that may be quoted: the best, and those that speak of what is asked; for a speech no row of a table, and those with a
    figure alone where figures are asked for and enough have one."""
    judged = [sentence for place, sentence in enumerate(judged) if not (place and _is_stray(sentence))]
    if query.intent is not Intent.SPEECH:
        return judged
    sayable = [sentence for sentence in judged if not _ROW.search(sentence.quotation.text)] or judged
    if not _OF_OTHERS.search(fold(query.question)):
        sayable = [sentence for sentence in sayable if not _tells_of_others(sentence.quotation.passage)] or sayable
    figured = [sentence for sentence in sayable if tells_quantity(sentence.quotation.text)] if _FIGURES.search(fold(query.question)) else []
    return figured if len(figured) >= ENOUGH_FIGURES else sayable


def _tells_of_others(passage: Passage) -> bool:
    """Whether a passage stands in a part that tells what other places do, as a source of inspiration."""
    return bool(_OF_OTHERS.search(fold(" ".join(passage.heading_path))))


def _spoken(query: Query) -> Set[str]:
    """The terms that speak of what a query asks: its own and their synonyms, without those of the request for aids."""
    return {*terms(query.search_text), *terms(expansion(query.search_text))} - _AIDS


def _is_about(listed: Sequence[Quotation], spoken: Set[str]) -> bool:
    """Whether a list is about what is asked: what leads to it, the heading over it, or a share of its items speaks of it."""
    if not listed:
        return True
    over = [listed[0].text, *listed[0].passage.heading_path[-1:]]
    speaking = [not spoken.isdisjoint(terms(one.text)) for one in listed[1:]]
    return not spoken.isdisjoint(terms(" ".join(over))) or sum(speaking) >= SPEAKING_ITEMS * len(speaking)


def _is_stray(sentence: Sentence) -> bool:
    """Whether nothing in a sentence has to do with the question: it stands in a passage that was found for another of its sentences."""
    return not sentence.features["speaks"] and all(sentence.features[name] < least for name, least in STRAY.items())


def _age(document: Document, named: Sequence[str]) -> tuple[bool, str]:
    """By what documents are put in order: those that the question names, where it names some, first; then the oldest."""
    return bool(named) and document.id not in named, document.date


def _is_sure(sentence: Sentence) -> bool:
    """Whether a sentence comes near enough to the question to give its figure as the answer."""
    return any(sentence.features[name] >= least for name, least in SURE.items())


def sentences(passage: Passage) -> Iterator[Quotation]:
    """The sentences and bullets of a passage, without the bullets' marks; what cannot stand alone goes with what follows it, what is an
    order to whoever reads it is left out."""
    text = passage.text
    begun: int | None = None
    spans = split_sentences(text)
    for (start, end), (following, last) in zip(spans, [*spans[1:], (len(text), len(text))], strict=True):
        while start < end and text[start] in " -•":
            start += 1
        begun = start if begun is None else begun
        if _goes_on(text[start:end], text[end:following], text[following:last]):
            continue
        if len(text[begun:end].split()) >= FEWEST_WORDS and not is_instruction(text[begun:end]):
            yield Quotation(passage, begun, end)
        begun = None


def _goes_on(words: str, between: str, following: str) -> bool:
    """Whether a sentence is only the beginning of what follows: a date before what happened then, a title over two lines, labels one
    below the other."""
    if "\n" not in between:
        return bool(following and _ONLY_A_DATE.fullmatch(words))
    if _is_label(words):
        is_person = bool(_NAME.fullmatch(words) and _OFFICE.match(following))
        return is_person or _is_label(following) or bool(numbers(words) and following[:1].isupper())
    are_titles = words.isupper() and following.isupper() and words[-1:].isalpha()
    return are_titles and (_JOINING.fullmatch(words.split()[-1]) or _JOINING.fullmatch(following.split()[0])) is not None


def _is_label(words: str) -> bool:
    """Whether a line is too short to stand alone and no sentence or bullet."""
    return 0 < len(words.split()) < FEWEST_WORDS and not words.endswith((".", "!", "?", ";")) and words[0] not in "-•"


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
        near = (sentence for sentence in judged if sentence.score >= judged[0].score - HEARD_MARGIN)
        of_document = [sentence.quotation for sentence in near if sentence.quotation.passage.document == document]
        quoted = [quotation for quotation in of_document if quotation in chosen]
        new = (quotation for quotation in of_document if not any(_repeats(quotation, other) for other in chosen))
        yield from islice(new, max(0, HEARD_SENTENCES - len(quoted)))


def _are_in_line(one: Quotation, other: Quotation) -> bool:
    return "\n" not in one.passage.text[one.end : other.start]


def _announces(quotation: Quotation) -> bool:
    """Whether a quotation only leads to something: it tells nothing without it."""
    return quotation.text.endswith(":")


def _meet(one: Quotation, other: Quotation) -> bool:
    return one.passage.id == other.passage.id and one.start < other.end and other.start < one.end


def _repeats(one: Quotation, other: Quotation, share: float = ALIKE) -> bool:
    """Whether a share of the words of a quotation stand in another one, and all its figures."""
    words, there = _words(one.text), _words(other.text)
    return len(words & there) > share * len(words) and all(word in there for word in words if word.isdigit())


@lru_cache(KEPT_SENTENCES)
def _words(text: str) -> frozenset[str]:
    return frozenset(tokens(text))
