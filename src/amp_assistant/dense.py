"""Finding by meaning: the dot products of vectors of length 1 with that of a question.

Up to EXACT_UP_TO vectors all are read, which measured faster than a graph of neighbours (docs/performance.md). Of more, the memory's
bandwidth is the limit: they are read in part, along the principal axes (Pearson 1901) on which they differ most, and only those that come
nearest so are read whole.
"""

import numpy as np
from numpy.typing import NDArray

from amp_assistant.encoder import Vectors
from amp_assistant.lexical import Scores

EXACT_UP_TO = 50_000
"""Vectors that are all read whole: up to there the two readings take as long as one."""
AXES = 64
"""Principal axes of the first reading: a quarter of the trained encoder's dimensions."""
READ_WHOLE = 10_000
"""Vectors of the second reading: of a million, the ten nearest are among them 997 times of 1 000 (with 48 axes 985 times)."""
SAMPLED = 10_000
"""Vectors from which the axes are worked out: from all of a million they are no better."""
STRIDE, MARGIN = 16, 2
"""One score in STRIDE tells above which all the largest stand, with so many times their number: few of the others are sorted."""


class DenseIndex:
    """The dot products of some vectors with others; safe to share between threads."""

    def __init__(self, vectors: Vectors) -> None:
        """Take vectors of shape (rows, dimensions); of more than EXACT_UP_TO, the first readings are held in memory."""
        self._vectors = vectors
        self._axes: Vectors | None = None
        if len(vectors) > EXACT_UP_TO:
            self._axes = _principal_axes(vectors[:: len(vectors) // SAMPLED])
            self._first = vectors @ self._axes

    def scores(self, vector: Vectors) -> Scores:
        """The dot product of each row with a vector, shape (rows,); for rows far from it, the part of it that the first axes tell."""
        if self._axes is None:
            return similar(self._vectors, vector)
        scores = similar(self._first, vector @ self._axes)
        nearest = largest(scores, READ_WHOLE)
        scores[nearest] = similar(self._vectors[nearest], vector)
        return scores

    @property
    def bytes_read(self) -> int:
        """How many bytes `scores` reads, but for the scores themselves."""
        return self._vectors.nbytes if self._axes is None else self._first.nbytes + READ_WHOLE * self._vectors[0].nbytes


def similar(vectors: Vectors, vector: Vectors) -> Scores:
    """The dot product of each of some vectors with one."""
    return vectors @ vector


def largest(scores: Scores, count: int) -> NDArray[np.intp]:
    """The rows of the `count` largest scores, and of those equal to the last of them, in the order of the rows."""
    if count >= len(scores):
        return np.arange(len(scores), dtype=np.intp)
    sample = scores[::STRIDE]
    place = min(MARGIN * count // STRIDE + 1, len(sample))
    likely = np.flatnonzero(scores >= np.partition(sample, -place)[-place])
    if len(likely) < count:  # the sample misled
        likely = np.arange(len(scores), dtype=np.intp)
    held = scores[likely]
    best: NDArray[np.intp] = likely[held >= np.partition(held, -count)[-count]]
    return best


def _principal_axes(vectors: Vectors) -> Vectors:
    """The AXES directions, in columns, that hold most of some vectors; the origin is not moved, so that dot products stay."""
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    return np.ascontiguousarray(axes[:, : -AXES - 1 : -1], dtype=np.float32)
