"""What only the register knows, added to an answer: what came of an aim, the figures that disagree."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from amp_assistant.answers.extractive import share_held
from amp_assistant.citations import Citation, Quotation, Statement, find_quotation
from amp_assistant.dates import in_words
from amp_assistant.folding import fold, numbers
from amp_assistant.lexical import terms
from amp_assistant.passages import Passage
from amp_assistant.register import Register, Suivi
from amp_assistant.thesaurus import expansion
from amp_assistant.understanding import Intent, Query

ENOUGH_SHARED = 0.4
"""Share of the question's words, weighed by rarity, that a followed aim must hold to be what is asked about."""
HEEDED = 3
"""First citations whose figures are compared: the later ones are context; a warning about each would hide the one that counts."""

_OUTCOME = re.compile(
    r"\b(?:ou en (?:est|sont|sommes)|a-t-on (?:tenu|atteint)|avons-nous (?:tenu|atteint)|tenu|atteint\w*|rattrap\w*|bilan)\b"
)
_STATUS = {
    "atteint": "D'après les documents, l'objectif est atteint.",
    "dépassé": "D'après les documents, l'objectif est dépassé.",
    "en cours": "D'après les documents, l'objectif est en cours.",
    "non atteint": "D'après les documents, l'objectif n'est pas atteint.",
    "pas de résultat publié": "Les documents ne publient pas de résultat pour cet objectif.",
}


class Recorder:
    """Reads one register for the answers; `passage` gives a passage by its id, `rarity` weighs the terms of the index."""

    def __init__(self, register: Register, passage: Callable[[str], Passage], rarity: Mapping[str, float]) -> None:
        self._register = register
        self._passage = passage
        self._rarity = rarity
        named = [f"{row.indicator} {row.theme}" for row in register.suivi]
        self._followed = [({*terms(name), *terms(expansion(name))}, row) for name, row in zip(named, register.suivi, strict=True)]

    def outcome(self, query: Query) -> Suivi | None:
        """The aim that the question asks the outcome of; None where it asks for no outcome or none comes near enough."""
        if query.intent is not Intent.COMPARISON and not _OUTCOME.search(fold(query.question)):
            return None
        wanted = {term: self._rarity.get(term, 0.0) for term in terms(query.search_text)}
        shares = [(share_held(wanted, held), row) for held, row in self._followed]
        share, best = max(shares, key=lambda pair: (pair[0], pair[1].resultat is not None), default=(0.0, None))
        return best if share >= ENOUGH_SHARED else None

    def followed(self, row: Suivi) -> list[Statement]:
        """An aim with its status, then its result."""
        aim = self._quotation(row.cible.proofs)
        result = self._quotation(row.resultat.proofs) if row.resultat else None
        if not aim:
            return []
        statements = [Statement(f"{_STATUS[row.status]} Ce qui était visé : « {aim.text} »", (aim,))]
        return [*statements, Statement(f"- Ce qui est publié : « {result.text} »", (result,))] if result else statements

    def disagreements(self, citations: Sequence[Citation]) -> Iterator[str]:
        """A French sentence for each figure among the first quoted of which the documents give another value elsewhere."""
        for conflict in self._register.conflicts:
            places = [proof for figure in conflict.figures for proof in figure.proofs]
            quoted = [place for place in places if any(_is_within(place, citation) for citation in citations[:HEEDED])]
            others = [place for place in places if place not in quoted and not _same_numbers(place, quoted)]
            if quoted and others:
                told = " ; ".join(f"« {one.quote} » ({one.title}, {in_words(one.date)})" for one in others[:2])
                yield f"Un autre chiffre existe pour « {conflict.indicator} » : {told}."

    def _quotation(self, proofs: Sequence[Citation]) -> Quotation | None:
        return find_quotation(self._passage(proofs[0].passage), proofs[0].quote) if proofs else None


def _is_within(place: Citation, citation: Citation) -> bool:
    return place.passage == citation.passage and (place.quote in citation.quote or citation.quote in place.quote)


def _same_numbers(place: Citation, quoted: Sequence[Citation]) -> bool:
    return any(set(numbers(place.quote)) <= set(numbers(one.quote)) for one in quoted)
