"""The rows of the register that are about a theme: those that say it, in their own words or in the heading just above.

A row is about a theme where it holds each of the theme's words, stemmed; or, for a word that it does not hold, one of the
thesaurus's synonyms, if the row's meaning comes near the theme's. For a list precision matters more than recall: nearness alone
brought « étang de Berre » among the commitments on water.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from amp_assistant.encoder import Encoder, Vectors
from amp_assistant.folding import plain, tokens
from amp_assistant.lexical import terms
from amp_assistant.register.rows import Dispositif, Row
from amp_assistant.thesaurus import synonyms
from amp_assistant.vocabulary import NEEDS, told

NEAR = 0.25
"""Cosine from which a row that says a theme by a synonym is taken: of the 1 014 engagements read for four themes, those above it were about
the theme, and from 0.22 down more and more were not."""
SHORTEST_ROOT = 6
"""Letters from which a stem that begins another one means the same: « climat », « climatique »; with 5 « hydro » was « hydrogène »."""
LONGEST_ENDING = 4
"""Letters by which the longer of the two is longer."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The stems of a row's words, and of them with those of the heading just above."""

    own: frozenset[str]
    placed: frozenset[str]


class Themes:
    """Judges what rows are about; what it has read of a row it keeps."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._said: dict[str, _Said] = {}
        self._vectors: dict[str, Vectors] = {}

    def about(self, rows: Iterable[Row], theme: str) -> list[Row]:
        """Those of the rows that are about a theme, in their order."""
        listed = list(rows)
        wanted = list(dict.fromkeys(terms(theme)))
        if not wanted or not listed:
            return listed
        needs = told(NEEDS, plain(theme))
        senses = {term: [set(terms(one)) for word in tokens(theme) if terms(word) == [term] for one in synonyms(word)] for term in wanted}
        near = self._nearness(listed, theme) >= NEAR
        return [
            row
            for row, is_near in zip(listed, near, strict=True)
            if (isinstance(row, Dispositif) and needs.intersection(row.needs)) or self._holds(row, wanted, senses if is_near else {})
        ]

    def nearest(self, rows: Sequence[Row], theme: str) -> list[Row]:
        """The rows, those whose meaning comes nearest to a theme first."""
        near = self._nearness(rows, theme)
        return [rows[at] for at in np.argsort(-near, kind="stable")]

    def _holds(self, row: Row, wanted: Sequence[str], senses: Mapping[str, Sequence[set[str]]]) -> bool:
        said = self._words(row)
        return all(
            _says(said.placed, term) or any(sense and sense <= said.own for sense in senses.get(term, ())) for term in wanted
        )

    def _words(self, row: Row) -> _Said:
        if row.id not in self._said:
            own = frozenset(terms(_text(row)))
            self._said[row.id] = _Said(own, own | frozenset(terms(row.section[-1] if row.section else "")))
        return self._said[row.id]

    def _nearness(self, rows: Sequence[Row], theme: str) -> Vectors:
        """The cosine of each row's words and the theme."""
        new = [row for row in rows if row.id not in self._vectors]
        if new:
            self._vectors |= zip((row.id for row in new), self._encoder.encode_passages([_text(row) for row in new]), strict=True)
        vector = self._encoder.encode_queries([theme])[0]
        return np.asarray(np.stack([self._vectors[row.id] for row in rows]) @ vector)


def _text(row: Row) -> str:
    more = [row.acronym, *row.other_names, row.beneficiary, row.benefit] if isinstance(row, Dispositif) else []
    return " ".join([row.subject, *filter(None, more), *(proof.quote for proof in row.proofs)])


def _says(said: frozenset[str], term: str) -> bool:
    if term in said:
        return True
    return len(term) >= SHORTEST_ROOT and any(
        len(longer) - len(shorter) <= LONGEST_ENDING and len(shorter) >= SHORTEST_ROOT and longer.startswith(shorter)
        for one in said
        for shorter, longer in pairwise(sorted((term, one), key=len))
    )
