"""What kind of thing a question asks for, and where a sentence gives one: a share, a sum, a duration, a date, an area, a number of things.

Rules for French and English on folded text; what is found is the sentence's own words.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from amp_assistant.folding import fold, numbers

SAME_WORD = 5
"""First letters in which the thing that is counted and the thing asked for agree, singular or plural."""


class Asked(StrEnum):
    """A kind of thing that a question asks for."""

    SHARE = "part"
    SUM = "montant"
    DURATION = "durée"
    DATE = "date"
    AREA = "surface"
    COUNT = "nombre"
    REASON = "raison"


_TIME = r"(?:ans?|annees?|mois|semaines?|jours?|heures?|minutes?)"
_MONTH = r"(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)"
_MONEY = r"(?:euros?|argent|de sous)"
_QUESTIONS: dict[Asked, re.Pattern[str]] = {
    Asked.SHARE: re.compile(r"\b(?:part|proportion|pourcentage|taux|share|percentage|rate)\b|%"),
    Asked.SUM: re.compile(
        r"\b(?:montants?|budgets?|couts?|coute\w*|prix|tarifs?|enveloppe|sommes?|financ\w+|investi\w*|chiffre d.affaires|cost|funding|money"
        rf"|combien (?:de |d.)?(?:millions?|milliards?|{_MONEY}))\b|€|\b{_MONEY}\b"
    ),
    Asked.DURATION: re.compile(rf"\b(?:combien (?:de temps|d.annees|{_TIME}|de {_TIME})|duree|dure|longtemps|how long)\b"),
    Asked.DATE: re.compile(r"\b(?:quand|quelle (?:date|annee|echeance)|quel (?:jour|mois)|when|what (?:date|year)|a quel horizon)\b"),
    Asked.AREA: re.compile(r"\b(?:surface|superficie|combien d.hectares|how large|area)\b"),
    Asked.COUNT: re.compile(
        rf"\b(?:combien (?:de |d['’])(?!temps|euros?|argent|sous|{_TIME}|hectares|millions?|milliards?)|nombre d|how many)"
    ),
    Asked.REASON: re.compile(r"\b(?:pourquoi|pk|pq|quelles? raisons?|why)\b"),
}
_NUMBER = r"(?:\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?!\d)|\d+(?:,\d+)?)"
_SMALL = r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|cent)"
_ABOUT = r"(?:(?:plus|pres|moins|au moins|environ|quelque|jusqu['’]a|entre|de l['’]ordre)(?: de| d['’])? )?"
_RANGE = rf"(?<![\w,.]){_ABOUT}(?:{_NUMBER} ?%? ?(?:a|et|-) ?)?{_NUMBER}"
_BEFORE_DATE = r"(?:(?:a l['’]horizon|d['’]ici(?: a| fin)?|depuis(?: le)?|fin|debut|en|le|des|avant|apres|jusqu['’]en) )?"
_STRETCHES: dict[Asked, re.Pattern[str]] = {
    Asked.SHARE: re.compile(rf"{_RANGE} ?%"),
    Asked.SUM: re.compile(rf"{_RANGE} ?(?:(?:milliards?|millions?|md|mds|m|k) ?)?(?:d['’]euros|euros?|€)(?!\w)"),
    Asked.DURATION: re.compile(rf"(?:{_RANGE}|\b{_SMALL}) {_TIME}\b"),
    Asked.DATE: re.compile(
        rf"\b{_BEFORE_DATE}(?:(?:1er|\d{{1,2}}) )?(?:{_MONTH} )?(?:19|20)\d\d\b(?! ?(?:%|€|m2|ha\b|emplois|entreprises))"
    ),
    Asked.AREA: re.compile(rf"{_RANGE} ?(?:ha|hectares?|m2|m²|km2|km²|metres carres)(?!\w)"),
    Asked.COUNT: re.compile(rf"{_RANGE}|\b{_SMALL}\b"),
    Asked.REASON: re.compile(
        r"\b(?:car|parce que|afin d|grace a|en raison d|du fait d|en effet|c['’]est pourquoi|permet(?:tra|tent|tront)? de)\b"
    ),
}
_INTERROGATIVES = re.compile(r"\b(?:combien|quel(?:le)?s?|quand|comment|pourquoi|how|what|when|which|where|who|why)\b")
"""More than one of them asks for more than one thing, and one figure is half an answer."""
_COUNTED = re.compile(r"\b(?:combien (?:de |d['’])|nombre (?:de |d['’]|total d['’e] ?)|how many )(?P<thing>[a-z]+)")
_OF_SCALE = r"(?: (?:milliers?|millions?|milliards?))?(?: d['’]| de | )"


@lru_cache(maxsize=1024)
def asked(question: str) -> tuple[Asked, ...]:
    """The kinds of things that a question asks for."""
    folded = fold(question)
    return tuple(kind for kind, pattern in _QUESTIONS.items() if pattern.search(folded))


def gives(kind: Asked, folded: str) -> bool:
    """Whether a sentence, folded, has a thing of that kind."""
    return bool(_STRETCHES[kind].search(folded))


def figure_asked(question: str, sentence: str) -> str:
    """The words of a sentence that are the one figure or date a question asks for, « près de 6 050 demandeurs »; empty where the question
    asks for none or for several, or the sentence has none or several."""
    kinds = [kind for kind in asked(question) if kind is not Asked.REASON]
    folded = fold(sentence)
    if len(kinds) != 1 or len(_INTERROGATIVES.findall(fold(question))) > 1 or len(folded) != len(sentence):
        return ""
    known = set(numbers(question))
    found = [sentence[start:end] for start, end in _stretches(kinds[0], fold(question), folded)]
    new = [words for words in dict.fromkeys(found) if known.isdisjoint(numbers(words))]
    return new[0] if len(new) == 1 and len(found) == 1 else ""


def _stretches(kind: Asked, question: str, sentence: str) -> Iterator[tuple[int, int]]:
    if kind is not Asked.COUNT:
        yield from (match.span() for match in _STRETCHES[kind].finditer(sentence))
        return
    thing = _COUNTED.search(question)
    if thing:
        counted = re.compile(rf"(?:{_RANGE}|\b{_SMALL}){_OF_SCALE}(?:[^\W\d]+ )?{thing['thing'][:SAME_WORD]}\w*")
        yield from (match.span() for match in counted.finditer(sentence))
