"""A theme as people say it, and the words by which a sentence shows that it is about it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from amp_assistant.errors import QuestionError
from amp_assistant.folding import tokens
from amp_assistant.lexical import STOP_WORDS, stem

LONGEST_THEME = 120
"""Characters; a theme is a few words, not a question."""
PLAIN = 3
"""Words of a known theme that say it plainly; the others only point at it."""

POINTING = 0.6
"""What a word that points at a theme is worth beside one that says it."""
POINTING_ALONE = 0.4
"""The same for a single word of a free theme of several: « jeunes » alone does not tell « les jeunes entreprises »."""
LONGEST_PHRASE = 4
"""Words of the longest phrase of a theme."""

_INNER_TITLE = re.compile(r"[“\"«][^“”\"«»]{3,80}[”\"»]")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """What a speech is about.

    `name` is how it is said (« l'eau »), `words` what is searched; of the phrases, stemmed, `plain` say it and `related` point at it,
    each of which is worth `pointing` of one that says it; `other_senses` hold its words and mean something else (« eaux profondes »).
    """

    name: str
    words: str
    plain: frozenset[Phrase]
    related: frozenset[Phrase]
    pointing: float = POINTING
    other_senses: frozenset[Phrase] = frozenset()

    @property
    def is_sayable(self) -> bool:
        """Whether it can be said outside a quotation: it holds no figure and no name."""
        return not re.search(r"\d|[A-ZÀ-ÖØ-Þ]", self.name)

    def nearness(self, text: str | frozenset[Phrase]) -> float:
        """How plainly a text, or its phrases, is about the theme: 1 where it says it, less where it points at it, else 0.

        Each further phrase adds half of what the one before added.
        """
        there = self._own(phrases_of(text) if isinstance(text, str) else text)
        weights = [1.0] * len(self.plain & there) + [self.pointing] * len(self.related & there)
        return sum(weight / float(2**rank) for rank, weight in enumerate(weights))

    def is_said_in(self, text: str | frozenset[Phrase]) -> bool:
        """Whether a text, or its phrases, says the theme plainly."""
        return not self.plain.isdisjoint(self._own(phrases_of(text) if isinstance(text, str) else text))

    def _own(self, there: frozenset[Phrase]) -> frozenset[Phrase]:
        """The phrases of a text without the words that have another sense in it."""
        return there.difference(*map(_runs, self.other_senses & there))

    def is_about(self, label: str) -> bool:
        """Whether a short label, such as an indicator, is about the theme."""
        return self.nearness(label) >= POINTING


def read_theme(words: str) -> Theme:
    """The theme that somebody names: one that is known, or any words.

    :raises QuestionError: it is empty, too long, or has no word that says what it is about.
    """
    said = " ".join(words.split())
    own = [token for token in tokens(said) if token not in STOP_WORDS]
    if not own:
        raise QuestionError("Le thème est vide : dites de quoi parler, par exemple « l'eau » ou « la commande publique ».")
    if len(said) > LONGEST_THEME:
        raise QuestionError(f"Le thème compte {len(said)} caractères, c'est plus que les {LONGEST_THEME} acceptés : donnez quelques mots.")
    for name, phrases in _known().items():
        if _stems(own) == _stems([token for token in tokens(name) if token not in STOP_WORDS]):
            senses = frozenset(map(_phrase, _other_senses().get(name, "").split(";"))) - {()}
            return Theme(name, _known_words()[name], frozenset(phrases[:PLAIN]), frozenset(phrases[PLAIN:]), other_senses=senses)
    stems = _stems(own)
    plain = frozenset({stems})
    return Theme(said, said, plain, frozenset((word,) for word in stems) - plain, POINTING_ALONE)


@cache
def known_themes() -> tuple[Theme, ...]:
    """The themes that are known by name."""
    return tuple(map(read_theme, _known()))


def phrases_of(text: str) -> frozenset[Phrase]:
    """Every run of words of a text that could be a phrase of a theme; a title between inner quotation marks only names."""
    return _runs(_stems(tokens(_INNER_TITLE.sub(" ", text))))


def _runs(words: Phrase) -> frozenset[Phrase]:
    return frozenset(words[at : at + length] for length in range(1, LONGEST_PHRASE + 1) for at in range(len(words) - length + 1))


@cache
def _known() -> dict[str, list[Phrase]]:
    return {name: list(dict.fromkeys(_phrase(word) for word in words.split(";"))) for name, words in _known_words().items()}


@cache
def _known_words() -> dict[str, str]:
    return {name: words for name, words, _ in _lines()}


@cache
def _other_senses() -> dict[str, str]:
    return {name: senses for name, _, senses in _lines()}


def _lines() -> Iterator[tuple[str, str, str]]:
    """The themes: how each is said, its words, its words' other senses."""
    for line in (files("amp_assistant.speech") / "themes.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, rest = line.partition(" : ")
            words, _, senses = rest.partition(" ; sauf : ")
            yield name, words, senses


def _phrase(words: str) -> Phrase:
    return _stems(tokens(words))


def _stems(words: Sequence[str]) -> Phrase:
    return tuple(stem(word) for word in words)
