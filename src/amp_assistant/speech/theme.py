"""A theme as people say it, and the words by which a sentence shows that it is about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from amp_assistant.errors import QuestionError
from amp_assistant.folding import tokens
from amp_assistant.lexical import STOP_WORDS, stem
from amp_assistant.thesaurus import expansion

LONGEST_THEME = 120
"""Characters; a theme is a few words, not a question."""
PLAIN = 3
"""Words of a known theme that say it plainly; the others only point at it."""

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """What a speech is about: how it is said (« l'eau »), the phrases that say it and those that point at it, stemmed."""

    name: str
    plain: frozenset[Phrase]
    related: frozenset[Phrase]

    @property
    def search_text(self) -> str:
        """The theme as a query."""
        return self.name

    @property
    def is_sayable(self) -> bool:
        """Whether it can be said outside a quotation: it holds no figure and no name."""
        return not re.search(r"\d|[A-ZÀ-ÖØ-Þ]", self.name)

    def nearness(self, text: str) -> float:
        """How plainly a text is about the theme: 1 where it says it, less where it points at it, 0 where it does neither.

        Each further phrase adds half of what the one before added.
        """
        words = [stem(token) for token in tokens(text)]
        there = {tuple(words[at : at + length]) for length in range(1, 5) for at in range(len(words) - length + 1)}
        weights = sorted([1.0] * len(self.plain & there) + [0.6] * len(self.related & there), reverse=True)
        return sum(weight / 2**rank for rank, weight in enumerate(weights))


def read_theme(words: str) -> Theme:
    """The theme that somebody names: one that is known, or any words.

    :raises QuestionError: it is empty, too long, or has no word that says what it is about.
    """
    said = " ".join(words.split())
    own = [token for token in tokens(said) if token not in STOP_WORDS]
    if not own:
        raise QuestionError("Le thème est vide : dites de quoi parler, par exemple --theme « l'eau » ou --theme « la commande publique ».")
    if len(said) > LONGEST_THEME:
        raise QuestionError(f"Le thème compte {len(said)} caractères, c'est plus que les {LONGEST_THEME} acceptés : donnez quelques mots.")
    for name, phrases in _known().items():
        if _stems(own) == _stems([token for token in tokens(name) if token not in STOP_WORDS]):
            return Theme(name, frozenset(phrases[:PLAIN]), frozenset(phrases[PLAIN:]))
    stems = _stems(own)
    plain = {stems} if len(stems) > 1 else {(word,) for word in stems}
    related = {(word,) for word in stems} | {_phrase(term) for term in expansion(said).split() if term not in STOP_WORDS}
    return Theme(said, frozenset(plain), frozenset(related - plain))


def known_themes() -> tuple[str, ...]:
    """The themes that are known by name."""
    return tuple(_known())


@cache
def _known() -> dict[str, list[Phrase]]:
    themes = {}
    for line in (files("amp_assistant.speech") / "themes.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, words = line.partition(" : ")
            themes[name] = list(dict.fromkeys(_phrase(word) for word in words.split(";")))
    return themes


def _phrase(words: str) -> Phrase:
    return _stems(tokens(words))


def _stems(words: Sequence[str]) -> Phrase:
    return tuple(stem(word) for word in words)
