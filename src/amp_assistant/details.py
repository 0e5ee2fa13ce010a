"""What kind of detail a question asks for: a sum, a number, a date, a place, somebody, an address, a reason, a way, a condition.

Two questions on one subject may differ in that alone, and then one may have an answer and the other none. The kinds of the known questions
are worked out while indexing and kept with their vectors.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Flag, auto

import numpy as np
from numpy.typing import NDArray

from amp_assistant.folding import fold

Details = NDArray[np.uint16]
"""The details that some questions ask for, a number each, made of the values of `Detail`."""


class Detail(Flag):
    """A kind of detail; a question may ask for several, or for none that is known."""

    NONE = 0
    SUM = auto()
    COUNT = auto()
    DATE = auto()
    PLACE = auto()
    PERSON = auto()
    ADDRESS = auto()
    REASON = auto()
    WAY = auto()
    CONDITION = auto()


_PATTERNS: Mapping[Detail, re.Pattern[str]] = {
    Detail.SUM: re.compile(
        r"\b(?:combien (?:ca |d.argent |d.euros )?(?:cout\w*|touche\w*|a coute|va couter|paie\w*|verse\w*|rapporte\w*)|montants?|budget\w*"
        r"|combien (?:\S+ ){1,6}?(?:investi\w*|depens\w*|coute\w*|verse\w*|rapporte\w*|finance\w*|payee?s?)"
        r"|couts?|prix|tarifs?|loyers?|cost|plafond|enveloppe|somme|euros?|sous|credits?|paye|how much)\b"
    ),
    Detail.COUNT: re.compile(
        r"\b(?:combien|nombre (?:de|d)|nb|how many|cb|chiffres?|quelle (?:part|proportion|surface|superficie|longueur|quantite)"
        r"|pourcentage|taux|part)\b"
    ),
    Detail.DATE: re.compile(
        r"\b(?:quand|(?:quelles? )?dates?|quelles? annees?|quel (?:jour|mois)|when|what (?:date|year)|horaires?|echeances?|calendrier"
        r"|delais?)\b"
    ),
    Detail.PLACE: re.compile(
        r"\b(?:ou (?:est|se|sont|aller|puis|faut|trouver|ca)"
        r"|quel(?:le)?s? (?:quartier|commune|ville|rue|lieu|arrondissement|site|adresse)s?|where|adresses?|localisation)\b"
    ),
    Detail.PERSON: re.compile(
        r"\b(?:qui|quel(?:le)?s? (?:entreprise|cabinet|prestataire|elue?|directeur|president|societe|association|architecte|partenaire)s?"
        r"|noms?|s.appell\w+|who|whose|identite)\b"
    ),
    Detail.ADDRESS: re.compile(r"\b(?:telephone|e?-?mail|courriel|contact\w*|joindre|numero|interlocuteur)\b"),
    Detail.REASON: re.compile(r"\b(?:pourquoi|raisons?|why|a cause)\b"),
    Detail.WAY: re.compile(r"\b(?:comment|how|de quelle (?:facon|maniere)|demarches?|dossier|formulaire|inscri\w+)\b"),
    Detail.CONDITION: re.compile(r"\b(?:conditions?|criteres?|eligib\w+|droit|faut-il|age|seuil|diplomes?)\b"),
}
"""Words that give a kind of detail away, for folded text."""


def asked_details(question: str) -> Detail:
    """The kinds of detail that a question asks for."""
    folded, asked = fold(question), Detail.NONE
    for detail, pattern in _PATTERNS.items():
        if pattern.search(folded):
            asked |= detail
    return asked


def details_of(questions: Iterable[str]) -> Details:
    """The details that each of some questions asks for."""
    return np.array([asked_details(question).value for question in questions], dtype=np.uint16)


def agreement(asked: Detail, others: Details) -> NDArray[np.float32]:
    """How far some questions ask for the same details, from 0 to 1: the share of those that either asks for (Jaccard 1912); 1 where
    neither asks for any that is known."""
    value = np.uint16(asked.value)
    both, either = np.bitwise_count(others & value), np.bitwise_count(others | value)
    return np.where(either == 0, 1.0, both / np.maximum(either, 1)).astype(np.float32)
