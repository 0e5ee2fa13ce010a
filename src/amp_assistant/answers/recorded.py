"""What only the register knows, added to an answer: what came of an aim, the aids that fit a situation, the figures that disagree."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from amp_assistant.answers.aids import Adviser
from amp_assistant.citations import Citation, Quotation, Statement, find_quotation
from amp_assistant.dates import in_words
from amp_assistant.folding import fold, numbers
from amp_assistant.lexical import terms
from amp_assistant.passages import Passage
from amp_assistant.register import Register, Suivi
from amp_assistant.situation import Fields
from amp_assistant.thesaurus import expansion
from amp_assistant.understanding import Intent, Query

ENOUGH_SHARED = 0.5
"""Share of the question's words, weighed by rarity, that a followed aim must hold to be what is asked about."""
MOST_AIMS = 2
MOST_AIDS = 3
"""Aids that match, added to an answer; the whole list is what the aids page is for."""

_OUTCOME = re.compile(r"\b(?:ou en (?:est|sont|sommes)|a-t-on (?:tenu|atteint)|avons-nous (?:tenu|atteint)|tenu|atteint\w*|rattrap\w*|bilan)\b")
_SITUATION = re.compile(r"\b(?:je|j|nous|on|mon|ma|mes|notre|nos|my|our|we|i)\b")
_STATUS = {
    "atteint": "L'objectif est atteint",
    "dépassé": "L'objectif est dépassé",
    "en cours": "L'objectif est en cours",
    "non atteint": "L'objectif n'est pas atteint",
    "pas de résultat publié": "Les documents ne publient pas de résultat",
}


class Recorder:
    """Reads one register for the answers; `passage` gives a passage by its id, `rarity` weighs the terms of the index."""

    def __init__(self, register: Register, adviser: Adviser, passage: Callable[[str], Passage], rarity: Mapping[str, float]) -> None:
        self._register = register
        self._adviser = adviser
        self._passage = passage
        self._rarity = rarity

    def outcomes(self, query: Query) -> list[Statement]:
        """Each aim that the question asks the outcome of: the aim, then its result; none where it asks for no outcome."""
        if query.intent is not Intent.COMPARISON and not _OUTCOME.search(fold(query.question)):
            return []
        rows = sorted(((self._shared(query, row), row) for row in self._register.suivi), key=lambda pair: -pair[0])
        return [statement for share, row in rows[:MOST_AIMS] if share >= ENOUGH_SHARED for statement in self._followed(row)]

    def aids(self, query: Query, told: Iterable[Quotation]) -> list[Statement]:
        """The aids that match the situation a question tells, but for those already quoted."""
        if query.intent is not Intent.AIDS or not _SITUATION.search(fold(query.question)):
            return []
        seen = {quotation.passage.id: quotation.text for quotation in told}
        statements = []
        for aid in self._adviser.advise(query.question, Fields()).aids:
            proof = aid.dispositif.proofs[0]
            quotation = find_quotation(self._passage(proof.passage), proof.quote)
            if aid.verdict == "match" and quotation and proof.quote not in seen.get(proof.passage, "") and len(statements) < MOST_AIDS:
                statements.append(Statement(f"- Peut convenir à votre situation : « {quotation.text} »", (quotation,)))
        return statements

    def disagreements(self, citations: Sequence[Citation]) -> Iterator[str]:
        """A French sentence for each figure quoted of which the documents give another value elsewhere."""
        for conflict in self._register.conflicts:
            places = [proof for figure in conflict.figures for proof in figure.proofs]
            quoted = [place for place in places if any(_is_within(place, citation) for citation in citations)]
            others = [place for place in places if place not in quoted and not _same_numbers(place, quoted)]
            if quoted and others:
                told = " ; ".join(f"« {one.quote} » ({one.title}, {in_words(one.date)})" for one in others[:2])
                yield f"Un autre chiffre existe pour « {conflict.indicator} » : {told}."

    def _shared(self, query: Query, row: Suivi) -> float:
        wanted = {term: self._rarity.get(term, 0.0) for term in terms(query.search_text)}
        held = set(terms(f"{row.indicator} {row.theme} {row.cible.proofs[0].quote}"))
        held.update(terms(expansion(f"{row.indicator} {row.theme}")))
        total = sum(wanted.values())
        return sum(weight for term, weight in wanted.items() if term in held) / total if total else 0.0

    def _followed(self, row: Suivi) -> Iterator[Statement]:
        aim = self._quotation(row.cible.proofs)
        result = self._quotation(row.resultat.proofs) if row.resultat else None
        if aim:
            yield Statement(f"{_STATUS.get(row.status, 'Suivi')} dans les documents. Ce qui était visé : « {aim.text} »", (aim,))
        if aim and result:
            yield Statement(f"- Ce qui est publié : « {result.text} »", (result,))

    def _quotation(self, proofs: Sequence[Citation]) -> Quotation | None:
        return find_quotation(self._passage(proofs[0].passage), proofs[0].quote) if proofs else None


def _is_within(place: Citation, citation: Citation) -> bool:
    return place.passage == citation.passage and (place.quote in citation.quote or citation.quote in place.quote)


def _same_numbers(place: Citation, quoted: Sequence[Citation]) -> bool:
    return any(set(numbers(place.quote)) <= set(numbers(one.quote)) for one in quoted)
