"""Finding by words: BM25 over the passages, with French analysis.

Okapi BM25 (Robertson and Walker 1994) by bm25s, over whole words and over groups of characters, so that each can be weighted.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from amp_assistant.errors import StoreError
from amp_assistant.folding import tokens

Scores = NDArray[np.float32]

SHORTEST_STEMMED = 4
"""Letters of the shortest word that is stemmed: below are mostly acronyms (« GES » would become « ge »)."""
GRAM = 4
"""Characters of a gram: long enough to be rare, short enough to survive one typing error in a word of eight letters."""

STOP_WORDS = frozenset(
    """a ai aie ait alors as au aucun aussi aux avec avoir avons avez car ce ceci cela celle celles celui ces cet cette ceux chaque chez
    ci comme comment d dans de des donc dont du elle elles en encore entre es est et etait etaient etant ete etes etre eu eux fait faire
    fais font furent il ils j je l la le les leur leurs lors lui m ma mais me meme memes mes moi mon n ne ni nos notre nous on ont or ou
    par parce pas plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera serait seront ses si soi soit son
    sont sous sur t ta te tes toi ton tous tout toute toutes tres tu un une va vers voici voila vos votre vous vu y
    and are at by can do does for from how in is it of on the their there they to was what when where which who with""".split()
)
"""Words that every sentence may hold; « pas » and « plus » are among them because a question and its answer seldom share them."""


def terms(text: str) -> list[str]:
    """The words of a text as they are indexed: folded, without stop words, stemmed (Snowball for French)."""
    return [stem(token) for token in tokens(text) if token not in STOP_WORDS]


def grams(text: str) -> list[str]:
    """The overlapping groups of GRAM characters of each word of a text, with marks at the word's ends."""
    return [gram for token in tokens(text) if token not in STOP_WORDS for gram in _grams(token)]


@lru_cache(maxsize=100_000)
def stem(token: str) -> str:
    """A folded word without its ending; short words, mostly acronyms, and numbers stay whole."""
    if len(token) < SHORTEST_STEMMED or not token.isalpha():
        return token
    return str(_stemmer().stemWord(token))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("french")


@lru_cache(maxsize=100_000)
def _grams(token: str) -> tuple[str, ...]:
    marked = f"_{token}_"
    return tuple(marked[at : at + GRAM] for at in range(max(1, len(marked) - GRAM + 1)))


ANALYSES = {"terms": terms, "grams": grams}
"""The fields of the index: the same texts, cut in two ways."""


class LexicalIndex:
    """BM25 of the same texts by each analysis."""

    def __init__(self, fields: Mapping[str, bm25s.BM25]) -> None:
        self._fields = fields

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """Index some texts; position in the sequence is the row of the scores."""
        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it brings a handler of its own and tells every step on it
        built = {}
        for field, analyse in ANALYSES.items():
            built[field] = bm25s.BM25()
            built[field].index([analyse(text) or [""] for text in texts], show_progress=False)
        return cls(built)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open what `save` wrote.

        :raises StoreError: the folder does not hold a lexical index.
        """
        try:
            return cls({field: bm25s.BM25.load(str(folder / field), load_corpus=False, show_progress=False) for field in ANALYSES})
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(
                f"L'index lexical ({folder}) est illisible : reconstruisez l'index (amp-assistant index --force)."
            ) from error

    def save(self, folder: Path) -> None:
        """Write each field into a folder of its own."""
        for field, index in self._fields.items():
            index.save(str(folder / field), show_progress=False)

    def scores(self, field: str, text: str) -> Scores:
        """The BM25 score of every row for a text by a field's analysis, shape (rows,); zeros where nothing is shared."""
        index = self._fields[field]
        ids = index.get_tokens_ids(ANALYSES[field](text))
        if not ids:
            return np.zeros(index.scores["num_docs"], dtype=np.float32)
        return np.asarray(index.get_scores_from_ids(ids), dtype=np.float32)
