"""The parts of a question that asks two things: « Qu'a-t-on promis pour les déchets, et on en est où ? » is two questions on one subject.

Rules for French and English. A part that has no subject of its own keeps what it is joined to.
"""

import re
from itertools import pairwise

from amp_assistant.folding import fold, tokens
from amp_assistant.lexical import STOP_WORDS

MOST_PARTS = 3
FEWEST_WORDS = 3
"""Words of its own, question words aside, from which a part names its subject."""

_BEFORE = r"(?:(?:a|de|en|par|pour|avec|dans|depuis|sur|jusqu['’]a|to|for|by|in) )?"
_ASKS = (
    r"(?:combien|quel(?:le)?s?|lesquel(?:le)?s|comment|pourquoi|ou (?:en|sont|est)|on en est ou|est-ce|qu['’](?:est-ce|a-t-|avons-|en)"
    r"|(?:l['’])?a-t-|(?:l['’])?ont-|how|what|when|which|where|why)(?!\w)"
)
_JOINT = re.compile(
    rf"\s*[?!]+\s+(?=\w)|(?:\s*[,;]\s*|\s+)(?:et|mais|puis|ou|and|but)\s+(?={_BEFORE}(?:{_ASKS}|quand\b))|\s*[,;]\s*(?={_BEFORE}{_ASKS})"
)
"""What stands between two parts, in folded text: a question mark, or a joint before a word that asks."""
_ASKING = re.compile(rf"(?<!\w){_ASKS}|\w-(?:t-)?(?:on|ils?|elles?|nous|vous)\b|^\W*(?:qui|que|quoi|ou|quand|who)\b|\bqu['’]")
_LEANING = re.compile(r"\b(?:en|y|ca|cela|ils?|elles?|it|they|this|that)\b|\bl['’]a-t-")
_ASKING_WORDS = frozenset(
    "combien quel quelle quels quelles quand comment pourquoi lesquels lesquelles depuis aujourd hui maintenant".split()
)
_NO_SUBJECT = STOP_WORDS | _ASKING_WORDS | frozenset("promis prevu dit ecrit annonce fixe fixait fixe-t-il objectif engagement but".split())
"""Words that ask, and those for what a plan says, which another part asks otherwise."""


def parts_of(question: str) -> tuple[str, ...]:
    """The questions that a question is made of, in its order, each with its subject; empty where it is one."""
    folded = fold(question)
    if len(folded) != len(question):  # a ligature was spelled out: the places are not those of the question
        return ()
    subject, colon, asked = question.rpartition(" : ")
    if _ASKING.search(fold(subject)):
        subject, colon, asked = "", "", question
    begin = len(question) - len(asked)
    borders = [begin, *(place for found in _JOINT.finditer(folded, begin) for place in found.span()), len(question)]
    pieces = [question[start:end].strip(" ,;?!.") for start, end in list(pairwise(borders))[::2]]
    pieces = [piece for piece in pieces if piece]
    if not 2 <= len(pieces) <= MOST_PARTS or not all(_ASKING.search(fold(piece)) for piece in pieces):
        return ()
    first, *others = pieces
    if colon:
        return tuple(f"{subject}{colon}{piece}" for piece in pieces)
    return (first, *(f"{_subject(first)} : {piece}" if _leans(piece) else piece for piece in others))


def _subject(piece: str) -> str:
    """The words of a part that say what it is about."""
    return " ".join(word for word in piece.split() if not _NO_SUBJECT.issuperset(tokens(word)))


def _leans(piece: str) -> bool:
    """Whether a part takes its subject from the one before."""
    own = [token for token in tokens(piece) if token not in STOP_WORDS and token not in _ASKING_WORDS]
    return len(own) < FEWEST_WORDS or (len(own) == FEWEST_WORDS and _LEANING.search(fold(piece)) is not None)
