"""Acronyms and their long forms, harvested while indexing: asking with one form finds the passages that have the other.

A pair is taken where documents or enrichment write the two side by side (« grand port maritime de Marseille (GPMM) »), or where both
stand in what is known of one passage, several times. In either case the letters must agree: the words of the long form give their first
letters, in order, until the acronym is spelled (after Schwartz and Hearst 2003, but letters inside a word do not count).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from amp_assistant.enrichment import Unit
from amp_assistant.folding import fold, tokens
from amp_assistant.lexical import STOP_WORDS, stem
from amp_assistant.passages import Passage

MOST_LETTERS = 10
"""Letters of the longest acronym."""
FEWEST_APART = 3
"""Letters of the shortest acronym that is matched with a long form elsewhere: any two words spell one of two letters."""
GIVEN = 3
"""First letters that one word may give where the forms stand side by side: « GEstion des Milieux Aquatiques... »."""
WORDS_A_LETTER = 3
"""Words of a long form for each letter of its acronym, at most; small words count."""
FEWEST_TOGETHER = 2
"""Passages in which forms that never stand side by side must come together: one may be chance."""
MOST_FORMS = 2
"""Long forms of one acronym that are searched, the most frequent first."""

_WORD = re.compile(r"[^\W_]+")
_WRITTEN = re.compile(r"[^\W_][\w&-]*")
_SENTENCE = re.compile(r"[.;:!?()«»\n]+")
_SHORT = re.compile(r"\b[A-ZÀ-Ý][\w&]*[A-ZÀ-Ý0-9](?:oT|aC)?\b")
_IN_BRACKETS = re.compile(r"\(\s*([^()\n]{2,150}?)\s*\)")
_ALONE = re.compile(r"^(?:le |la |les |l['’]|dite? |ou |« ?)*([\w&-]{2,12})(?: ?»)?$")
_FOLLOWED = re.compile(rf"({_SHORT.pattern})\s*(?:[-–—:,]|, ou |, le |, la )\s*(?=[^\W\d_])")
_BEFORE_BRACKET = re.compile(rf"({_SHORT.pattern})[\s»*]*$")


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and one of its long forms, as they are written somewhere."""

    short: str
    long: str

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What is the same however the two are written."""
        return fold(self.short), _stems(self.long)


class Acronyms:
    """The acronyms of an index, looked up by either form; of one acronym the form that is told most often comes first."""

    def __init__(self, pairs: Iterable[Acronym] = ()) -> None:
        self.pairs = tuple(pairs)

    def others(self, text: str) -> list[tuple[str, str]]:
        """Each form that stands in a text, capitals and accents aside, with its other form, unless that stands there too."""
        words, stems = set(tokens(text)), _stems(text)
        found: dict[tuple[str, str], None] = {}
        for short, pairs in self._by_short.items():
            if short in words:
                found.update({(pair.short, pair.long): None for pair in pairs[:MOST_FORMS] if not _holds(stems, pair.key[1])})
        for pair, (short, long) in self._keys:
            if short not in words and _holds(stems, long):
                found[pair.long, pair.short] = None
        return list(found)

    def unexplained(self, text: str) -> list[Acronym]:
        """The acronyms that a text writes and does not spell out, in its order, each with the form that is told most often."""
        known = {pair.short: pair for pair in reversed(self.pairs)}
        written = dict.fromkeys(word for word in _WRITTEN.findall(text) if word in known)
        stems = _stems(text) if written else ()
        return [known[short] for short in written if not _holds(stems, known[short].key[1])]

    def told_in(self, texts: Iterable[str]) -> "Acronyms":
        """Those whose long form stands in some texts, word for word."""
        folded = [fold(text) for text in texts]
        return Acronyms(pair for pair in self.pairs if any(fold(pair.long) in text for text in folded))

    @cached_property
    def _keys(self) -> list[tuple[Acronym, tuple[str, tuple[str, ...]]]]:
        return [(pair, pair.key) for pair in self.pairs]

    @cached_property
    def _by_short(self) -> dict[str, list[Acronym]]:
        grouped: dict[str, list[Acronym]] = {}
        for pair in self.pairs:
            grouped.setdefault(pair.key[0], []).append(pair)
        return grouped


def harvest(passages: Sequence[Passage], units: Iterable[Unit]) -> Acronyms:
    """The acronyms that are spelled out somewhere in the passages and in what the enrichment says of them."""
    texts: list[list[str]] = [[passage.text, *passage.heading_path[-1:]] for passage in passages]
    for unit in units:
        named = [f"{fact['name']} ({fact['acronym']})" for fact in unit.facts if fact.get("name") and fact.get("acronym")]
        texts[unit.stretch.passage] += [unit.summary, unit.words, *(question.text for question in unit.questions), *named]
    ordinary = {token for passage in passages for word in _WORD.findall(passage.text) if word.islower() for token in tokens(word)}
    beside = _counted([pair for of_passage in texts for text in of_passage for pair in _side_by_side(text)])
    together = _counted([pair for of_passage in texts for pair in _together(of_passage, ordinary)])
    known = {short for (short, _), *_ in beside}
    best: dict[str, Acronym] = {}
    for (short, _), pair, count in together:
        if count >= FEWEST_TOGETHER and short not in known:
            best.setdefault(short, pair)
    return Acronyms([*(pair for _, pair, _ in beside), *best.values()])


def spells(short: str, words: Sequence[str], given: int = 1) -> bool:
    """Whether folded words spell an acronym: every word but a small one gives its first letter, or up to `given` of them, in order."""
    letters = "".join(character for character in fold(short) if character.isalnum())

    def fits(at: int, word: int) -> bool:
        if word == len(words):
            return at == len(letters)
        if words[word] in STOP_WORDS and fits(at, word + 1):
            return True
        longest = min(given, len(words[word]), len(letters) - at)
        return any(words[word][:length] == letters[at : at + length] and fits(at + length, word + 1) for length in range(1, longest + 1))

    return bool(words) and words[0][0] == letters[:1] and STOP_WORDS.isdisjoint((words[0], words[-1])) and fits(0, 0)


def _counted(pairs: Iterable[Acronym]) -> list[tuple[tuple[str, tuple[str, ...]], Acronym, int]]:
    """The different pairs with their keys and how often each came, the most frequent first."""
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    written: dict[tuple[str, tuple[str, ...]], Acronym] = {}
    for pair in pairs:
        counts[pair.key] += 1
        written.setdefault(pair.key, pair)
    return [(key, written[key], count) for key, count in counts.most_common()]


def _side_by_side(text: str) -> Iterator[Acronym]:
    """The pairs that a text writes as « long (SHORT) », « SHORT (long) » or « SHORT – long »."""
    for found in _IN_BRACKETS.finditer(text):
        before, inside = text[: found.start()], found[1]
        alone = _ALONE.match(inside)
        if alone and _is_short(alone[1]):
            start = max((end.end() for end in _SENTENCE.finditer(before)), default=0)
            yield from _long(alone[1], before[start:], -1)
        elif short := _BEFORE_BRACKET.search(before):
            yield from _long(short[1], inside, 1)
    for found in _FOLLOWED.finditer(text):
        yield from _long(found[1], _SENTENCE.split(text[found.end() :], maxsplit=1)[0], 1)


def _long(short: str, text: str, side: int) -> Iterator[Acronym]:
    """The long form at the beginning (`side` 1) or the end (-1) of a text; of several the one whose words give fewest letters each."""
    words = list(_WORD.finditer(text)) if _is_short(short) else []
    folded = [fold(word[0]) for word in words]
    for given in range(1, GIVEN + 1):
        for length in range(2, min(len(words), WORDS_A_LETTER * len(short)) + 1):
            run = slice(0, length) if side > 0 else slice(len(words) - length, len(words))
            if spells(short, folded[run], given):
                yield _written(short, text, words[run])
                return


def _together(texts: Sequence[str], ordinary: set[str]) -> Iterator[Acronym]:
    """The pairs whose forms stand anywhere in the texts about one passage, each once; what is also an `ordinary` word is no acronym."""
    shorts = {short for text in texts for short in _SHORT.findall(text) if len(short) >= FEWEST_APART and _is_short(short)}
    shorts = {short for short in shorts if fold(short) not in ordinary}
    found: dict[tuple[str, tuple[str, ...]], Acronym] = {}
    for part in (part for text in texts for part in _SENTENCE.split(text)) if shorts else ():
        words = list(_WORD.finditer(part))
        folded = [fold(word[0]) for word in words]
        for short, at in ((short, at) for short in shorts for at, word in enumerate(folded) if word[0] == fold(short[0])):
            lengths = range(len(short), min(2 * len(short), len(words) - at) + 1)
            length = next((length for length in lengths if spells(short, folded[at : at + length])), None)
            if length:
                pair = _written(short, part, words[at : at + length])
                found.setdefault(pair.key, pair)
    yield from found.values()


def _written(short: str, text: str, words: Sequence[re.Match[str]]) -> Acronym:
    return Acronym(short, " ".join(text[words[0].start() : words[-1].end()].split()))


def _is_short(form: str) -> bool:
    """Whether a form may be an acronym: mostly capitals."""
    capitals = sum(character.isupper() for character in form)
    return capitals >= 2 and capitals * 2 > len(form) and len(form) <= MOST_LETTERS


def _holds(stems: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(stems[at : at + len(wanted)] == wanted for at in range(len(stems) - len(wanted) + 1))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(token) for token in tokens(text) if token not in STOP_WORDS)
