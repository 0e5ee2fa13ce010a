"""Everyday words beside the words of public plans, with English: general knowledge of French, nothing of any document.

``thesaurus.txt`` holds a concept a line, its French terms, then « | », then its English terms. It widens what is searched (never what
is shown) and teaches the encoder which words go together.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice
from random import Random

from amp_assistant.folding import tokens
from amp_assistant.lexical import stem

LONGEST_TERM = 4
"""Words of the longest term that is looked up."""
MOST_SENSES = 2
"""Concepts that a term may bring: one that stands in more means too many things."""
PARTNERS = 3
"""Terms of the same concept that each term is paired with for training."""
SEED = 13
SHORTEST_ROOT, LONGEST_ENDING = 6, 3
"""Letters of the shortest stem that another one may go on from, and by how many: « presid », « president »."""


def expansion(text: str) -> str:
    """The French terms that go with the words of a text, as one string; empty where the thesaurus knows none of them."""
    return " ".join(synonyms(text))


def synonyms(text: str) -> tuple[str, ...]:
    """The French terms that go with the words of a text."""
    words = [stem(token) for token in tokens(text)]
    found: dict[str, None] = {}
    for start in range(len(words)):
        for length in range(1, LONGEST_TERM + 1):
            key = tuple(words[start : start + length])
            if len(key) == length:
                for concept in _senses().get(key) or _senses_of_family(key):
                    found.update(dict.fromkeys(term for term in _concepts()[concept][0] if _key(term) != key))
    return tuple(found)


def is_known(token: str) -> bool:
    """Whether a folded word stands in some French term, in this or another ending."""
    return stem(token) in _known()


@cache
def _known() -> frozenset[str]:
    return frozenset(part for french, _ in _concepts() for term in french for part in _key(term))


def training_pairs() -> list[tuple[str, str]]:
    """Pairs of terms of one concept, French and English, shuffled, in an order that is always the same."""
    random = Random(SEED)
    pairs = []
    for french, english in _concepts():
        terms = [*french, *english]
        for term in terms:
            pairs += [(term, other) for other in random.sample(terms, min(PARTNERS, len(terms))) if other != term]
    random.shuffle(pairs)
    return pairs


@cache
def _concepts() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    return tuple(_read())


def _read() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for line in (files("amp_assistant") / "thesaurus.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            french, _, english = line.partition("|")
            yield _terms(french), _terms(english)


def _terms(part: str) -> tuple[str, ...]:
    return tuple(term.strip() for term in part.split(";") if term.strip())


@cache
def _senses() -> dict[tuple[str, ...], tuple[int, ...]]:
    """The concepts of each term, by its stemmed words."""
    senses: dict[tuple[str, ...], dict[int, None]] = {}
    for number, (french, english) in enumerate(_concepts()):
        for term in (*french, *english):
            senses.setdefault(_key(term), {})[number] = None
    return {key: tuple(islice(numbers, MOST_SENSES)) for key, numbers in senses.items()}


@lru_cache(100_000)
def _senses_of_family(key: tuple[str, ...]) -> tuple[int, ...]:
    """The concepts of the shortest term whose stem begins with that of a word that the thesaurus lacks: « préside », « président »."""
    if len(key) > 1 or len(key[0]) < SHORTEST_ROOT:
        return ()
    root = key[0]
    family = [other for (other, *more) in _senses() if not more and 0 < len(other) - len(root) <= LONGEST_ENDING and other.startswith(root)]
    return _senses()[(min(family, key=len),)] if family else ()


@cache
def _key(term: str) -> tuple[str, ...]:
    return tuple(stem(token) for token in tokens(term))
