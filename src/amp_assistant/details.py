"""What kind of detail a question asks for: a sum, a share, a number, a date, a place, somebody, a reason, a condition and so on.

Two questions on one subject may differ in that alone, and then one may have an answer and the other none. The kinds of the known questions
are worked out while indexing and kept with their vectors.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Flag, auto
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from amp_assistant.folding import fold

Details = NDArray[np.uint16]
"""The details that some questions ask for, a number each, made of the values of `Detail`."""


class Detail(Flag):
    """A kind of detail; a question may ask for several, or for none that is known."""

    NONE = 0
    SUM = auto()
    SHARE = auto()
    AREA = auto()
    DURATION = auto()
    DATE = auto()
    COUNT = auto()
    REASON = auto()
    PLACE = auto()
    PERSON = auto()
    ADDRESS = auto()
    WAY = auto()
    CONDITION = auto()


MEASURES = Detail.SUM | Detail.SHARE | Detail.AREA | Detail.DURATION | Detail.DATE
"""What a figure may be, other than a number of things."""

TIME = r"(?:ans?|annees?|mois|semaines?|jours?|heures?|minutes?)"
_MONEY = r"(?:euros?|argent|de sous)"
_WHEN = r"(?:^\W*|[,;:?!.] |\b(?:et|and|depuis|since|pour|a partir de|est|savoir|sait|sais|dire|dis|dites|moi|know|me) )"
"""What « quand » asks after; elsewhere it joins: « comment obtenir l'aide quand on s'installe ? »."""
_PATTERNS: Mapping[Detail, re.Pattern[str]] = {
    Detail.SUM: re.compile(
        r"\b(?:montants?|budgets?|couts?|coute\w*|prix|tarifs?|loyers?|plafond|enveloppe|sommes?|credits?|financ\w+|investi\w*"
        rf"|chiffre d.affaires|{_MONEY}|combien (?:de |d.)?(?:millions?|milliards?)"
        r"|combien (?:\S+ ){0,6}?(?:depens\w*|touche\w*|verse\w*|rapporte\w*|paie\w*|payee?s?)"
        r"|cost|funding|money|how much)\b|€"
    ),
    Detail.SHARE: re.compile(r"\b(?:part|proportion|pourcentage|taux|share|percentage|rate)\b|%"),
    Detail.AREA: re.compile(r"\b(?:surface|superficie|combien d.hectares|how large|area)\b"),
    Detail.DURATION: re.compile(
        rf"\b(?:combien (?:de temps|d.annees|{TIME}|de {TIME})|duree|dure|longtemps|delais?|jusqu.a quand|how long)\b"
    ),
    Detail.DATE: re.compile(
        rf"{_WHEN}\b(?:quand|when)\b|\b(?:quand|when)\b(?= est-ce|\W*$| (?:et|ou)\b)"
        r"|\b(?:(?:quelles? )?dates?|quelles? annees?|quel (?:jour|mois)|a quel horizon|horaires?|echeances?|calendrier)\b"
        r"|\bwhat (?:date|year)\b"
    ),
    Detail.COUNT: re.compile(r"\b(?:combien|nombre (?:de|d|total)|nb|cb|chiffres?|quelle (?:longueur|quantite)|how many)\b"),
    Detail.REASON: re.compile(r"\b(?:pourquoi|pk|pq|raisons?|a cause|why)\b"),
    Detail.PLACE: re.compile(
        r"\b(?:ou (?:est|se|sont|aller|puis|faut|trouver|ca)"
        r"|quel(?:le)?s? (?:quartier|commune|ville|rue|lieu|arrondissement|site|adresse)s?|where|adresses?|localisation)\b"
    ),
    Detail.PERSON: re.compile(
        r"\b(?:qui|quel(?:le)?s? (?:entreprise|cabinet|prestataire|elue?|directeur|president|societe|association|architecte|partenaire)s?"
        r"|noms?|s.appell\w+|who|whose|identite)\b"
    ),
    Detail.ADDRESS: re.compile(r"\b(?:telephone|e?-?mail|courriel|contact\w*|joindre|numero|interlocuteur)\b"),
    Detail.WAY: re.compile(r"\b(?:comment|how|de quelle (?:facon|maniere)|demarches?|dossier|formulaire|inscri\w+)\b"),
    Detail.CONDITION: re.compile(r"\b(?:conditions?|criteres?|eligib\w+|droit|faut-il|age|seuil|diplomes?)\b"),
}
"""Words that give a kind of detail away, French and English, for folded text."""


@lru_cache(maxsize=1024)
def asked_details(question: str) -> Detail:
    """The kinds of detail that a question asks for; « combien » asks for a number of things where it asks for no other measure."""
    folded, asked = fold(question), Detail.NONE
    for detail, pattern in _PATTERNS.items():
        if pattern.search(folded):
            asked |= detail
    return asked & ~Detail.COUNT if asked & MEASURES else asked


def details_of(questions: Iterable[str]) -> Details:
    """The details that each of some questions asks for."""
    return np.array([asked_details(question).value for question in questions], dtype=np.uint16)


def agreement(asked: Detail, others: Details) -> NDArray[np.float32]:
    """How far some questions ask for the same details, from 0 to 1: the share of those that either asks for (Jaccard 1912); 1 where
    neither asks for any that is known."""
    value = np.uint16(asked.value)
    both, either = np.bitwise_count(others & value), np.bitwise_count(others | value)
    return np.where(either == 0, 1.0, both / np.maximum(either, 1)).astype(np.float32)
