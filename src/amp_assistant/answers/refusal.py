"""Knowing when not to answer, and helping all the same: what was searched, what is near, whom to ask.

Why a question is refused is decided by rules in a fixed order, the plainest first; each was checked against the development half
of the question set, where together they refuse no answerable question. A refusal quotes what comes nearest.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache

from amp_assistant.answers.extractive import Sentence
from amp_assistant.citations import Quotation, Statement, find_quotation
from amp_assistant.folding import fold, numbers
from amp_assistant.index import Index, understood_texts
from amp_assistant.lexical import terms
from amp_assistant.passages import Nature, Passage
from amp_assistant.retrieval import Hit
from amp_assistant.understanding import Intent, Query

READ_SENTENCES = 6
"""Best sentences among which a figure must be found when one is asked for."""
READ_PLACES = 2
"""Best sentences that must name another territory for it to be what the documents speak of."""
WEAKEST_COVERAGE = 0.15
"""Share of the question's words, weighed by rarity, below which no passage speaks of it: people's own words reach 0.2."""
WEAKEST_OTHER_COVERAGE = 0.5
"""The same for a question that asks for another kind of service."""
NEAR_QUOTED = 2
"""Near subjects quoted in a refusal."""

_INSTRUCTION = re.compile(
    r"\b(ignore\w*|oublie\w*|disregard|forget|ne (?:tiens|tenez) (?:plus|pas) compte|passe outre|contourne\w*)\b.{0,60}"
    r"\b(consignes?|instructions?|regles?|rules|directives?|sources?)\b"
    r"|\b(prompt|mode developpeur|developer mode|nouvelle directive|cles? d.acces|mots? de passe|jailbreak|tu n.as plus besoin de)\b"
    r"|\bregles ne s.appliquent plus\b"
)
_OTHER_SERVICE = re.compile(
    r"\b(recettes?|meteo|horoscope|blagues?|poemes?|chansons?|traduis|traduire|code python|capitale (?:de|d|du|des)|score|match|psg|qui a gagne"
    r"|fievre|symptomes?|medicaments? prendre|ordonnance|lettre de (?:rupture|motivation|demission|licenciement)|bitcoin"
    r"|world cup|coupe du monde|weather|recipe|joke|poem|translate|film|serie a voir)\b"
)
_ELSEWHERE = re.compile(
    r"\b(paris|grand paris|lyon|grand lyon|toulouse|nice|nantes|montpellier|strasbourg|bordeaux|lille|rennes|grenoble|toulon|dijon|brest|metz"
    r"|nancy|rouen|tours|orleans|clermont-ferrand|saint-etienne|londres|barcelone|genes|milan|berlin|madrid|rome|new york)\b"
)
_IMAGINED = re.compile(r"\b(imagin\w*|fiction\w*|recits?|personna\w*|scenario\w*|futurs? (?:possible|souhaite)s?)\b")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")


class Reason(StrEnum):
    """Why a question is not answered."""

    COURTESY = "politesse"
    INSTRUCTION = "consigne"
    ELSEWHERE = "ailleurs"
    IMAGINED = "imaginé"
    NO_FIGURE = "sans chiffre"
    NO_EVIDENCE = "sans preuve"


class Refuser:
    """Judges whether what was found answers a query, and words the refusal where it does not."""

    def __init__(self, index: Index, rarity: Mapping[str, float]) -> None:
        self._rarity = rarity
        texts = understood_texts(index.passages, index.units)
        self._texts = {passage.id: text for passage, text in zip(index.passages, texts, strict=True)}
        self._held = cache(lambda identifier: frozenset(terms(self._texts[identifier])))
        self._contact = _contact(index.passages)

    def reason(self, query: Query, hits: Sequence[Hit], judged: Sequence[Sentence]) -> Reason | None:
        """Why the query is refused, or None where the best sentences may answer it. `judged` are the hits' sentences, best first."""
        question = fold(query.question)
        if query.intent is Intent.COURTESY:
            return Reason.COURTESY
        if _INSTRUCTION.search(question):
            return Reason.INSTRUCTION
        if not judged:
            return Reason.NO_EVIDENCE
        if (place := _ELSEWHERE.search(question)) and not any(place[0] in fold(sentence.quotation.text) for sentence in judged[:READ_PLACES]):
            return Reason.ELSEWHERE
        imagined = {hits[0].passage.nature, judged[0].quotation.passage.nature} == {Nature.RECIT}
        if imagined and not _IMAGINED.search(question):
            return Reason.IMAGINED
        weakest = WEAKEST_OTHER_COVERAGE if _OTHER_SERVICE.search(question) else WEAKEST_COVERAGE
        if max(self._coverage(query, hit.passage) for hit in hits) < weakest:
            return Reason.NO_EVIDENCE
        if query.intent is Intent.FIGURE and not any(numbers(sentence.quotation.text) for sentence in judged[:READ_SENTENCES]):
            return Reason.NO_FIGURE
        return None

    def statements(self, query: Query, reason: Reason, judged: Sequence[Sentence]) -> list[Statement]:
        """The refusal: why, what comes nearest, and the contact that a document gives to those who look for help."""
        statements = [Statement(_WORDS[query.language][reason])]
        if reason in (Reason.COURTESY, Reason.INSTRUCTION):
            return statements
        near = _near(judged)
        if near:
            statements.append(Statement(_NEAR[query.language]))
            statements += [Statement(f"- « {quotation.text} »", (quotation,)) for quotation in near]
        if self._contact and query.intent is Intent.AIDS:
            statements.append(Statement(f"{_ASK[query.language]} {self._contact.text}", (self._contact,)))
        return statements

    def _coverage(self, query: Query, passage: Passage) -> float:
        rarest = max(self._rarity.values(), default=0.0)
        wanted = {term: self._rarity.get(term, rarest) for term in terms(query.search_text)}
        total = sum(wanted.values())
        held = self._held(passage.id)
        return sum(weight for term, weight in wanted.items() if term in held) / total if total else 0.0


def _near(judged: Sequence[Sentence]) -> list[Quotation]:
    """The best sentence of each of the nearest passages."""
    best: dict[str, Quotation] = {}
    for sentence in judged:
        best.setdefault(sentence.quotation.passage.id, sentence.quotation)
    return list(best.values())[:NEAR_QUOTED]


def _contact(passages: Sequence[Passage]) -> Quotation | None:
    """The first address for companies that a document gives."""
    for passage in passages:
        for address in _EMAIL.findall(passage.text):
            if "eco" in address:
                return find_quotation(passage, address)
    return None


_WORDS = {
    "fr": {
        Reason.COURTESY: "Bonjour. Je réponds, citations à l'appui, aux questions sur les plans publics de la Métropole Aix-Marseille-Provence : "
        "aides aux entreprises, actions, objectifs, résultats.",
        Reason.INSTRUCTION: "Je ne réponds qu'à partir des documents publics de la Métropole, citations à l'appui, et cette règle ne change pas. "
        "Posez une question sur les aides, les actions, les objectifs ou les résultats.",
        Reason.ELSEWHERE: "Les documents consultés portent sur Aix-Marseille-Provence : ils ne répondent pas pour un autre territoire.",
        Reason.IMAGINED: "Les documents ne l'évoquent que dans un futur imaginé ou une piste d'atelier : ce n'est ni une décision ni un fait.",
        Reason.NO_FIGURE: "Les documents consultés ne donnent pas ce chiffre.",
        Reason.NO_EVIDENCE: "Les documents consultés ne répondent pas à cette question.",
    },
    "en": {
        Reason.COURTESY: "Hello. I answer, with quotations, questions about the public plans of the Aix-Marseille-Provence metropolis: business "
        "support, actions, targets, results.",
        Reason.INSTRUCTION: "I only answer from the metropolis's public documents, with quotations, and that rule does not change.",
        Reason.ELSEWHERE: "The documents are about Aix-Marseille-Provence: they do not answer for another territory.",
        Reason.IMAGINED: "The documents only speak of it in an imagined future or a workshop idea: it is neither a decision nor a fact.",
        Reason.NO_FIGURE: "The documents do not give this figure.",
        Reason.NO_EVIDENCE: "The documents do not answer this question.",
    },
}
_NEAR = {"fr": "Ce qui s'en approche le plus dans les documents :", "en": "What comes nearest in the documents:"}
_ASK = {"fr": "Pour une question d'entreprise, l'adresse donnée par l'Agenda :", "en": "For a business question, the address that the Agenda gives:"}
