"""Knowing when not to answer, and helping all the same: what was searched, what is near, whom to ask.

Rules in a fixed order decide, the plainest first, so that a refusal can say why. Each was kept because on the development half of
the question set it refuses questions without an answer and at most one of the 153 that have one; a logistic regression on twenty
features and boosted trees were tried and did not refuse more. A refusal quotes what comes nearest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cache

from amp_assistant.answers.extractive import Sentence, share_held
from amp_assistant.citations import Quotation, Statement, find_quotation
from amp_assistant.folding import fold, numbers
from amp_assistant.lexical import terms
from amp_assistant.passages import Nature, Passage
from amp_assistant.retrieval import Hit
from amp_assistant.understanding import Intent, Query

PROVING_SENTENCES = 2
"""Best sentences among which the asked kind of answer (a figure, a sum, a date) must stand."""
TOLD_SENTENCES, TOLD_HITS = 3, 4
"""Best sentences and hits that tell whether what was found is an imagined future."""
WEAKEST_COVERAGE = 0.15
"""Share of the question's words, weighed by rarity, below which no passage speaks of it: people's own words reach 0.2."""
WEAKEST_OTHER_COVERAGE = 0.5
"""The same for a question that asks for another kind of service."""
NEAR_QUOTED = 2
"""Near subjects quoted in a refusal."""

# All patterns are for folded text: lower case, no accents.
_INSTRUCTION = re.compile(
    r"\b(?:ignore\w*|oublie\w*|disregard|forget|ne (?:tiens|tenez) (?:plus|pas) compte|passe outre|contourne\w*)\b.{0,60}"
    r"\b(?:consignes?|instructions?|regles?|rules|directives?|sources?|documents)\b"
    r"|\b(?:tu es (?:desormais|maintenant)|you are now|act as|joue le role|fais comme si|sans (?:regles|sources))\b"
    r"|\b(?:no rules|reply only|obey)\b"
    r"|\b(?:prompt|mode developpeur|developer mode|nouvelle directive|consigne systeme|cles? d.acces|mots? de passe|jailbreak|base64)\b"
    r"|\b(?:tu n.as plus besoin de|regles ne s.appliquent plus|coupe le controle|avant ma question|fabrique-moi)\b"
    r"|(?<!ai )(?<!a )\binvente (?:un|une|des|moi)\b"
    r"|<<|\[syst"
)
_OTHER_SERVICE = re.compile(
    r"\b(?:recettes?|meteo|horoscope|blagues?|poemes?|chansons?|traduis|traduire|code python|capitale d[eu]?|score|match|psg|qui a gagne"
    r"|fievre|symptomes?|medicaments? prendre|ordonnance|lettre de (?:rupture|motivation|demission|licenciement)|bitcoin"
    r"|world cup|coupe du monde|weather|recipe|joke|poem|translate)\b"
)
_PERSONAL = re.compile(
    r"\b(?:domicile de|vie privee|salaire d[eu]|numero de portable|adresse personnelle|religion|home address"
    r"|telephone|num tel|phone number)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:paris|lyon|toulouse|nice|nantes|montpellier|strasbourg|bordeaux|lille|rennes|grenoble|toulon|dijon|brest|metz|nancy|rouen"
    r"|orleans|clermont-ferrand|saint-etienne|avignon|nimes|arles|londres|barcelone|genes|turin|milan|berlin|madrid|rome|amsterdam"
    r"|copenhague|new york|bretagne|normandie|occitanie|ile-de-france|alsace|corse|espagne|italie|allemagne|belgique|suisse|royaume-uni"
    r"|etats-unis|canada|japon|chine|maroc|algerie|tunisie|senegal|abidjan|dakar|casablanca)\b"
)
_TERRITORIES = tuple(f"{name} {of}" for name in ("metropole", "ville", "agglomeration", "mairie", "region") for of in ("de ", "d'", "d’"))
"""What makes another place the one that a question is about: « la métropole de »."""
_IMAGINED = re.compile(r"\b(?:imagin\w*|fiction\w*|recits?|personna\w*|personas?|scenario\w*|futurs? (?:possible|souhaite)s?)\b")
_WHEN = re.compile(r"\b(?:quand|quelle date|quelle annee|quel jour|when|what (?:date|year)|horaires?|echeance)\b")
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|ete|printemps|automne)\b"
)
_SUM = re.compile(
    r"\b(?:combien (?:ca |d.argent |d.euros )?(?:cout\w*|touche\w*|a coute)|montant|budget|couts?|prix|tarif|loyer|cost|plafond)\b"
)
_MONEY = re.compile(r"€|\beuros?\b|\bmilliards?\b|\bmillions? d")
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")


class Reason(StrEnum):
    """Why a question is not answered."""

    COURTESY = "politesse"
    INSTRUCTION = "consigne"
    PERSONAL = "vie privée"
    ELSEWHERE = "ailleurs"
    IMAGINED = "imaginé"
    NO_SUM = "sans montant"
    NO_DATE = "sans date"
    NO_FIGURE = "sans chiffre"
    NO_EVIDENCE = "sans preuve"
    FILTERED = "filtres"


class Refuser:
    """Judges whether what was found answers a query, and words the refusal where it does not.

    `texts` are what each of the passages holds with its enrichment; `rarity` weighs the terms of the index.
    """

    def __init__(self, passages: Sequence[Passage], texts: Sequence[str], rarity: Mapping[str, float]) -> None:
        self._rarity = rarity
        self._texts = {passage.id: text for passage, text in zip(passages, texts, strict=True)}
        self._held: Callable[[str], frozenset[str]] = cache(lambda identifier: frozenset(terms(self._texts[identifier])))
        self._contact = _contact(passages)

    def reason(self, query: Query, hits: Sequence[Hit], judged: Sequence[Sentence]) -> Reason | None:
        """Why the query is refused, or None where the best sentences may answer it. `judged` are the hits' sentences, best first."""
        question = fold(query.question)
        if query.intent is Intent.COURTESY:
            return Reason.COURTESY
        if _INSTRUCTION.search(question):
            return Reason.INSTRUCTION
        if _PERSONAL.search(question):
            return Reason.PERSONAL
        if not judged and query.filters:
            return Reason.FILTERED
        if not judged or self._is_off_subject(query, question, hits):
            return Reason.NO_EVIDENCE
        if (place := _ELSEWHERE.search(question)) and query.intent is not Intent.COMPARISON:
            is_its_own = question[: place.start()].endswith(_TERRITORIES)
            if is_its_own or place[0] not in fold(judged[0].quotation.text):
                return Reason.ELSEWHERE
        if _is_imagined(hits, judged) and not _IMAGINED.search(question):
            return Reason.IMAGINED
        return _lacking(query, question, [sentence.quotation.text for sentence in judged[:PROVING_SENTENCES]])

    def statements(self, query: Query, reason: Reason, judged: Sequence[Sentence]) -> list[Statement]:
        """The refusal: why, what comes nearest, and the contact that a document gives to those who look for help."""
        statements = [Statement(_WORDS[query.language][reason])]
        if reason in (Reason.COURTESY, Reason.INSTRUCTION, Reason.PERSONAL):
            return statements
        near = _near(judged)
        if near:
            statements.append(Statement(_NEAR[query.language]))
            statements += [Statement(f"- « {quotation.text} »", (quotation,)) for quotation in near]
        if self._contact and query.intent is Intent.AIDS:
            statements.append(Statement(f"{_ASK[query.language]} {self._contact.text}", (self._contact,)))
        return statements

    def _is_off_subject(self, query: Query, question: str, hits: Sequence[Hit]) -> bool:
        weakest = WEAKEST_OTHER_COVERAGE if _OTHER_SERVICE.search(question) else WEAKEST_COVERAGE
        return max(self._coverage(query, hit.passage) for hit in hits) < weakest

    def _coverage(self, query: Query, passage: Passage) -> float:
        rarest = max(self._rarity.values(), default=0.0)
        wanted = {term: self._rarity.get(term, rarest) for term in terms(query.search_text)}
        return share_held(wanted, self._held(passage.id))


def _is_imagined(hits: Sequence[Hit], judged: Sequence[Sentence]) -> bool:
    """Whether what comes nearest is told of an imagined future, not of what is or is decided."""
    told = [sentence.quotation.passage.nature is Nature.RECIT for sentence in judged[:TOLD_SENTENCES]]
    found = [hit.passage.nature is Nature.RECIT for hit in hits[:TOLD_HITS]]
    return (told[0] and found[0]) or sum(told) * 2 > len(told) or (any(told) and sum(found) * 2 >= len(found))


def _lacking(query: Query, question: str, best: Sequence[str]) -> Reason | None:
    """The kind of answer that is asked for and that the best sentences do not give."""
    if _SUM.search(question) and not any(_MONEY.search(fold(text)) for text in best):
        return Reason.NO_SUM
    if _WHEN.search(question) and not any(_DATE.search(fold(text)) for text in best):
        return Reason.NO_DATE
    if query.intent is Intent.FIGURE and not any(numbers(text) for text in best):
        return Reason.NO_FIGURE
    return None


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
        Reason.COURTESY: "Bonjour. Je réponds, citations à l'appui, aux questions sur les plans publics de la Métropole "
        "Aix-Marseille-Provence : aides aux entreprises, actions, objectifs, résultats.",
        Reason.INSTRUCTION: "Je ne réponds qu'à partir des documents publics de la Métropole, citations à l'appui, et cette règle ne "
        "change pas. Posez une question sur les aides, les actions, les objectifs ou les résultats.",
        Reason.PERSONAL: "Je ne donne ni coordonnées ni renseignements sur des personnes. Pour joindre la Métropole, passez par son "
        "accueil ou son site officiel.",
        Reason.ELSEWHERE: "Les documents consultés portent sur Aix-Marseille-Provence : ils ne répondent pas pour un autre territoire.",
        Reason.IMAGINED: "Les documents ne l'évoquent que dans un futur imaginé ou une piste d'atelier : ce n'est ni une décision ni "
        "un fait.",
        Reason.NO_SUM: "Les documents consultés ne donnent pas ce montant.",
        Reason.NO_DATE: "Les documents consultés ne donnent pas cette date.",
        Reason.NO_FIGURE: "Les documents consultés ne donnent pas ce chiffre.",
        Reason.NO_EVIDENCE: "Les documents consultés ne répondent pas à cette question.",
        Reason.FILTERED: "Aucun passage des documents ne correspond aux filtres choisis : retirez-en un, ou posez la question sans filtre.",
    },
    "en": {
        Reason.COURTESY: "Hello. I answer, with quotations, questions about the public plans of the Aix-Marseille-Provence "
        "metropolis: business support, actions, targets, results.",
        Reason.INSTRUCTION: "I only answer from the metropolis's public documents, with quotations, and that rule does not change.",
        Reason.PERSONAL: "I give no contact details or information about persons. Please contact the metropolis through its "
        "official site.",
        Reason.ELSEWHERE: "The documents are about Aix-Marseille-Provence: they do not answer for another territory.",
        Reason.IMAGINED: "The documents only speak of it in an imagined future or a workshop idea: it is neither a decision nor a fact.",
        Reason.NO_SUM: "The documents do not give this amount.",
        Reason.NO_DATE: "The documents do not give this date.",
        Reason.NO_FIGURE: "The documents do not give this figure.",
        Reason.NO_EVIDENCE: "The documents do not answer this question.",
        Reason.FILTERED: "No passage of the documents fits the chosen filters: remove one of them, or ask without filters.",
    },
}
_NEAR = {"fr": "Ce qui s'en approche le plus dans les documents :", "en": "What comes nearest in the documents:"}
_ASK = {
    "fr": "Pour une question d'entreprise, l'adresse donnée par l'Agenda :",
    "en": "For a business question, the address that the Agenda gives:",
}
