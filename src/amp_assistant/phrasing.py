"""How questions are phrased that the documents leave open, beside those that they answer.

« les noms des… », « à quelle adresse », « a-t-on déjà… » open more questions of the first kind. Each word and each pair of neighbouring
words counts by the logarithm of how much oftener it stands in one kind than in the other (naive Bayes, Maron 1961).
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path

from amp_assistant.builds import read_json, write_json
from amp_assistant.folding import fold

FEWEST = 3
"""Questions in which a word or a pair must stand to count."""
SMOOTHING = 0.5
"""Questions that each kind is taken to have more of, so that no word decides alone (Jeffreys 1946)."""

_WORD = re.compile(r"[a-z0-9']+")
_FIGURE = "#"
"""Stands for every word with a digit: which figure it is tells nothing."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How much each word and pair of words leans to the questions that are left open, as the logarithm of a ratio."""

    leanings: Mapping[str, float]

    @classmethod
    def of(cls, answered: Sequence[str], left_open: Sequence[str]) -> "Phrasing":
        """Count some questions of both kinds."""
        said, unsaid = (Counter(chain.from_iterable(map(_pieces, questions))) for questions in (answered, left_open))
        common = math.log((len(answered) + 1) / (len(left_open) + 1))
        return cls(
            {
                piece: math.log((unsaid[piece] + SMOOTHING) / (said[piece] + SMOOTHING)) + common
                for piece in sorted(said.keys() | unsaid.keys())
                if said[piece] + unsaid[piece] >= FEWEST
            }
        )

    def lean(self, question: str) -> float:
        """How much a question is phrased like those that are left open: above 0 more like them, below 0 more like the others.

        The sum over its pieces, divided by the root of their number, so that long questions, whose words are not independent, weigh
        little more than short ones.
        """
        pieces = set(_pieces(question))
        return sum(self.leanings.get(piece, 0.0) for piece in pieces) / math.sqrt(max(1, len(pieces)))

    def save(self, path: Path) -> None:
        """Write it into a new file."""
        write_json(path, {piece: round(leaning, 3) for piece, leaning in self.leanings.items()})

    @classmethod
    def load(cls, path: Path) -> "Phrasing":
        """Read what `save` wrote.

        :raises OSError, ValueError: it is not there, or damaged.
        """
        return cls(read_json(path))


def _pieces(question: str) -> Iterator[str]:
    """Each word and each pair of neighbours, once."""
    words = [_FIGURE if any(map(str.isdigit, word)) else word for word in _WORD.findall(fold(question))]
    yield from {*words, *map(" ".join, pairwise(words))}
