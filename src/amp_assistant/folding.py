"""Text reduced to what makes two writings the same: for searching and for finding a quotation again.

`fold` takes case, accents and ligatures away; `tokens` cuts folded text into the words and numbers that are indexed;
`FoldedText` keeps only letters and digits, each with its place, so that a quotation is found word for word whatever the white
space, the hyphens at line ends, the typographic marks and the markup around it.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"[^\W_]+")
_THOUSANDS = re.compile(r"(?<=\d)[ .\u00a0\u202f\u2009](?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    if character in "œŒ":
        return "oe"
    if character in "æÆ":
        return "ae"
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def fold(text: str) -> str:
    """The text in lower case, without accents and ligatures; white space and punctuation stay."""
    return "".join(map(_fold_character, text))


def plain(text: str) -> str:
    """The text folded, on one line, with straight apostrophes: what patterns of French words are written for."""
    return " ".join(fold(text).replace("’", "'").split())


def join_thousands(text: str) -> str:
    """The text with « 1 200 » and « 1.200 » written 1200, as one number."""
    return _THOUSANDS.sub("", text)


def tokens(text: str) -> list[str]:
    """The folded words and numbers of a text, in order; « 1 200 » is one token, elisions and hyphens cut."""
    return _TOKEN.findall(fold(join_thousands(text)))


def numbers(text: str) -> list[float]:
    """The numbers written in digits in a text, in order: 1200.0 for « 1 200 », 1.9 for « 1,9 »."""
    return [float(number.replace(",", ".")) for number in _NUMBER.findall(join_thousands(text))]


def squash(text: str) -> str:
    """The folded letters and digits of a text, nothing between them."""
    return "".join(c for c in fold(text) if c.isalnum())


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text and its letters and digits alone (`letters`), each with its offset in the text (`offsets`)."""

    text: str
    letters: str
    offsets: Sequence[int]

    @classmethod
    def of(cls, text: str) -> "FoldedText":
        """Fold a text; takes about a microsecond a character."""
        letters: list[str] = []
        offsets: list[int] = []
        for offset, character in enumerate(text):
            for folded in _fold_character(character):
                if folded.isalnum():
                    letters.append(folded)
                    offsets.append(offset)
        return cls(text, "".join(letters), offsets)

    def find(self, quotation: str, start: int = 0) -> tuple[int, int] | None:
        """The first place, from offset `start` on, where the words of the quotation stand word for word.

        Returns the start and end offsets in the text, or None. A place that begins or ends inside a word or a number does
        not count.
        """
        wanted = squash(quotation)
        if not wanted:
            return None
        at = self.letters.find(wanted, bisect_left(self.offsets, start))
        while at >= 0:
            first, last = self.offsets[at], self.offsets[at + len(wanted) - 1]
            if self._stands_alone(first, last) and _same_numbers(quotation, self.text[first : last + 1]):
                before, after = _signs_around(quotation)
                return self._back_over(first, before), self._on_over(last + 1, after)
            at = self.letters.find(wanted, at + 1)
        return None

    def _on_over(self, end: int, signs: str) -> int:
        """The end of a place moved past the signs that end the quotation too (« 75 % », « Parc+ »), as far as they agree."""
        at = end
        for sign in signs:
            while self.text[at : at + 1].isspace():
                at += 1
            if self.text[at : at + 1] != sign:
                break
            at += 1
            end = at
        return end

    def _back_over(self, start: int, signs: str) -> int:
        """The start of a place moved before the signs that begin the quotation too (« ( »), as far as they agree."""
        at = start
        for sign in reversed(signs):
            while at and self.text[at - 1].isspace():
                at -= 1
            if not at or self.text[at - 1] != sign:
                break
            at -= 1
            start = at
        return start

    def _stands_alone(self, first: int, last: int) -> bool:
        before = self.text[first - 1] if first else " "
        after = self.text[last + 1] if last + 1 < len(self.text) else " "
        return not (before.isalnum() and self.text[first].isalnum()) and not (after.isalnum() and self.text[last].isalnum())


def _signs_around(quotation: str) -> tuple[str, str]:
    """What stands before the first and after the last letter or digit of a quotation, without white space."""
    places = [at for at, character in enumerate(quotation) if character.isalnum()]
    return "".join(quotation[: places[0]].split()), "".join(quotation[places[-1] + 1 :].split())


def _same_numbers(one: str, other: str) -> bool:
    """Without this, « 12 00 » would be found in « 1 200 »: letters and digits alone do not tell numbers apart."""
    return numbers(one) == numbers(other)
