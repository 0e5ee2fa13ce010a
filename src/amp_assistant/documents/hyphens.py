"""Words cut at line ends: put together again, or kept as the compounds they are, as the document itself writes them
elsewhere."""

import re
from collections import Counter
from dataclasses import dataclass

_HYPHENS = "-\u00ad\u2010"
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011’'][^\W\d_]+)*")
_TAIL = re.compile(r"([^\s\u00a0(«“\"]*)[-\u00ad\u2010]$")
_HEAD = re.compile(r"^[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
# Characters at the end of a line where the beginning of a cut word is looked for.
_LONGEST_WORD = 60
_ELISION = re.compile(r"^.*[’']")
# First and last parts that a hyphen follows or precedes in French even where the document writes the word only once.
_FIRST_PARTS_LIST = """
    vice ex non mi demi semi sous avant après arrière auto co éco contre quasi celle celui ceux là ci porte franco
    euro compte comptes
"""
_FIRST_PARTS = frozenset(_FIRST_PARTS_LIST.split())
_LAST_PARTS_LIST = """
    ci là même mêmes il elle on ils elles vous nous je moi
"""
_LAST_PARTS = frozenset(_LAST_PARTS_LIST.split())


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a document that are not cut by a line end, with their counts, in lower case."""

    counts: Counter[str]

    @classmethod
    def of(cls, lines: list[str]) -> "Lexicon":
        """Count the words of the lines; a word cut at a line end is not counted."""
        counts: Counter[str] = Counter()
        cut = False
        for line in lines:
            words = _WORD.findall(line.lower().replace("\u2010", "-"))
            words = words[1:] if cut else words
            cut = line.rstrip().endswith(tuple(_HYPHENS))
            words = words[:-1] if cut else words
            for word in words:
                counts[_ELISION.sub("", word)] += 1
                counts.update(word.split("-") if "-" in word else ())
        return cls(counts)

    def join(self, first: str, second: str) -> str:
        """Two lines as one: the hyphen at the end of the first goes, unless it belongs to the word.

        The document decides: the word is written as it is written elsewhere. A word found nowhere else keeps its hyphen
        if a capital or a digit follows, if both its parts are words, or if one of them makes compounds.
        """
        tail, head = _TAIL.search(first[-_LONGEST_WORD:]), _HEAD.search(second)
        if not tail or not tail.group(1):
            return f"{first} {second}"
        if not head:
            return first + second
        if second[head.end() : head.end() + 1] in ("’", "'"):
            return first + second  # « La Roque- / d’Anthéron »
        left = _ELISION.sub("", tail.group(1).lower().replace("\u2010", "-"))
        right = head.group().lower()
        if first[-1] != "\u00ad" and self._is_compound(left, right, second):
            return first + second
        return first[:-1] + second

    def _is_compound(self, left: str, right: str, second: str) -> bool:
        hyphenated, joined = self.counts[f"{left}-{right}"], self.counts[left + right]
        if not hyphenated and not joined:
            # « Aix-Mar- / seille-Provence » : the parts around the cut may stand elsewhere without the rest of the
            # compound.
            hyphenated = self.counts[f"{left.rpartition('-')[2]}-{right.partition('-')[0]}"]
            joined = self.counts[left.rpartition("-")[2] + right.partition("-")[0]]
        if hyphenated or joined:
            return hyphenated > joined
        if second[0].isupper() or left in _FIRST_PARTS or right in _LAST_PARTS:
            return True
        return bool(self.counts[left] and self.counts[right] and len(left) > 2 and len(right) > 2)
