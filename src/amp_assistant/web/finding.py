"""Words found in a text whatever their case and accents, and places of a text marked in its HTML."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from amp_assistant.folding import FoldedText, fold, join_thousands

LONGEST_WORDS = 200
"""Characters of what is searched for within a document."""
LONGEST_QUOTE = 5_000
"""Characters of a quotation; a passage has fewer."""

_WORD = re.compile(r"[^\W_]+")
_GAP = r"[\W_]+"
_IN_THOUSANDS = "[ .\u00a0\u202f\u2009]?"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a text to mark: offsets, a class, and an id or none."""

    start: int
    end: int
    kind: str
    anchor: str = ""


def finder(words: str) -> Callable[[str], list[tuple[int, int]]]:
    """What finds some words in a text, one after the other, the last perhaps unfinished: « développ » in « Développement »."""
    parts = [_written(word) for word in _WORD.findall(fold(join_thousands(words[:LONGEST_WORDS])))]
    if not parts:
        return lambda text: []
    pattern = re.compile(r"(?<![^\W_])" + _GAP.join(parts))

    def find(text: str) -> list[tuple[int, int]]:
        if not pattern.search(fold(text)):  # most texts: the places of their letters are not needed
            return []
        letters, offsets = _folded(text)
        return [(offsets[found.start()], offsets[found.end() - 1] + 1) for found in pattern.finditer(letters)]

    return find


def quoted(text: str, quote: str) -> list[tuple[int, int]]:
    """Where a quotation stands word for word in a text."""
    wanted = quote[:LONGEST_QUOTE].strip()
    place = FoldedText.of(text).find(wanted) if wanted else None
    return [place] if place else []


def marked(text: str, start: int, end: int, places: Iterable[Place]) -> str:
    """`text[start:end]` as HTML with its places marked; where two overlap, the first counts."""
    parts: list[str] = []
    at = start
    for place in sorted(places, key=lambda place: place.start):
        first, last = max(place.start, at), min(place.end, end)
        if first >= last:
            continue
        anchor = f' id="{escape(place.anchor)}"' if place.anchor and first == place.start else ""
        parts += [escape(text[at:first]), f'<mark class="{place.kind}"{anchor}>{escape(text[first:last])}</mark>']
        at = last
    return "".join([*parts, escape(text[at:end])])


def _written(word: str) -> str:
    """The pattern of a word; a number is whole, and may have its thousands apart."""
    if not (word.isascii() and word.isdigit()):
        return re.escape(word)
    head = len(word) % 3
    groups = [word[:head]] * bool(head) + [word[at : at + 3] for at in range(head, len(word), 3)]
    return _IN_THOUSANDS.join(groups) + r"(?!\d)"


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and the offset in the text of each of its characters."""
    pairs = [(letter, offset) for offset, character in enumerate(text) for letter in fold(character)]
    return "".join(letter for letter, _ in pairs), [offset for _, offset in pairs]
