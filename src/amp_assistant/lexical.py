"""Finding by words: BM25 over the passages, with French analysis.

Okapi BM25 (Robertson and Walker 1994) by bm25s, over whole words and over groups of characters, so that each can be weighted. bm25s
works out every score while indexing; asking adds up those of the question's terms, read from the disk, which takes numpy only.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

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

_PLURALS = ("as", "is", "os", "us")

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
    """A folded word without its ending; short words, mostly acronyms, and numbers stay whole.

    Snowball leaves the plural of « vélos », « agendas » and « menus », since the same letters end words in the singular.
    """
    if len(token) < SHORTEST_STEMMED or not token.isalpha():
        return token
    singular = token[:-1] if len(token) > SHORTEST_STEMMED and token.endswith(_PLURALS) else token
    return str(_stemmer().stemWord(singular))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("french")


@lru_cache(maxsize=100_000)
def _grams(token: str) -> tuple[str, ...]:
    marked = f"_{token}_"
    return tuple(marked[at : at + GRAM] for at in range(max(1, len(marked) - GRAM + 1)))


ANALYSES = {"terms": terms, "grams": grams}
"""The fields of the index: the same texts, cut in two ways."""
MOST_HELD = {"terms": 1.0, "grams": 0.5}
"""A term that more than this share of the texts hold is not indexed. Groups held by more than half tell the least apart and are half of
what a question reads of a million texts: without them the development half finds more (recall@5 0.949 instead of 0.946); with 0.2, less."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The scores of one field: those of the term numbered n, and the rows that have it in ascending order, stand from `starts[n]` to
    `starts[n + 1]`; `count` is the number of rows."""

    numbers: Mapping[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    scores: Scores
    count: int

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> "Postings":
        """Score the terms of some texts."""
        import bm25s

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it brings a handler of its own and tells every step on it
        scored = bm25s.BM25()
        scored.index([list(text) or [""] for text in texts], show_progress=False)
        held = scored.scores
        starts, rows, scores = (np.asarray(held[name]) for name in ("indptr", "indices", "data"))
        numbers = {term: number for term, number in scored.vocab_dict.items() if number < len(starts) - 1}  # one more stands for no term
        return cls(numbers, starts.astype(np.int64), rows.astype(np.int32), scores.astype(np.float32), len(texts))

    @classmethod
    def load(cls, folder: Path) -> "Postings":
        """Open what `save` wrote; the scores stay on the disk until they are added up.

        :raises OSError, ValueError: it is not there, or damaged.
        """
        starts = np.load(folder / "starts.npy")
        rows, scores = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in ("rows.npy", "scores.npy"))
        held = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        return cls({term: number for number, term in enumerate(held["terms"])}, starts, rows, scores, held["count"])

    def rarer(self, most_held: float) -> "Postings":
        """The same without the terms that more than such a share of the rows have."""
        widths = np.diff(self.starts)
        is_kept = widths <= most_held * self.count
        entries = np.repeat(is_kept, widths)
        kept = (term for term in sorted(self.numbers, key=self.numbers.__getitem__) if is_kept[self.numbers[term]])
        starts = np.append(0, np.cumsum(widths[is_kept]))
        return Postings({term: number for number, term in enumerate(kept)}, starts, self.rows[entries], self.scores[entries], self.count)

    def save(self, folder: Path) -> None:
        """Write all of it into a new folder."""
        folder.mkdir(parents=True)
        arrays: dict[str, NDArray[Any]] = {"starts": self.starts, "rows": self.rows, "scores": self.scores}
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array)
        held = {"count": self.count, "terms": sorted(self.numbers, key=self.numbers.__getitem__)}
        (folder / "terms.json").write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")

    def added(self, terms: Sequence[str]) -> Scores:
        """The sum of the scores of some terms, shape (count,); a term that comes twice counts twice."""
        total = np.zeros(self.count, dtype=np.float32)
        for place in map(self._place, terms):
            np.add.at(total, self.rows[place], self.scores[place])  # two and a half times as fast as `total[rows] += scores`
        return total

    def bytes_of(self, terms: Sequence[str]) -> int:
        """How many bytes `added` reads for some terms."""
        return sum(array[place].nbytes for place in map(self._place, terms) for array in (self.rows, self.scores))

    def has(self, term: str, row: int) -> bool:
        """Whether a row has a term."""
        rows = self.rows[self._place(term)]
        at = int(rows.searchsorted(row))
        return at < len(rows) and int(rows[at]) == row

    def frequencies(self) -> dict[str, int]:
        """In how many rows each term stands."""
        counts = np.diff(self.starts)
        return {term: int(counts[number]) for term, number in self.numbers.items()}

    def _place(self, term: str) -> slice:
        number = self.numbers.get(term)
        return slice(0) if number is None else slice(int(self.starts[number]), int(self.starts[number + 1]))


class LexicalIndex:
    """BM25 of the same texts by each analysis."""

    def __init__(self, fields: Mapping[str, Postings]) -> None:
        self._fields = fields

    @classmethod
    def build(cls, texts: Sequence[str]) -> "LexicalIndex":
        """Index some texts; position in the sequence is the row of the scores."""
        cut = {field: [analyse(text) for text in texts] for field, analyse in ANALYSES.items()}
        return cls({field: Postings.of(held).rarer(MOST_HELD[field]) for field, held in cut.items()})

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open what `save` wrote.

        :raises StoreError: the folder does not hold a lexical index.
        """
        try:
            return cls({field: Postings.load(folder / field) for field in ANALYSES})
        except (OSError, ValueError, KeyError) as error:
            raise StoreError(
                f"L'index lexical ({folder}) est illisible : reconstruisez l'index (amp-assistant index --force)."
            ) from error

    def save(self, folder: Path) -> None:
        """Write each field into a folder of its own."""
        for field, postings in self._fields.items():
            postings.save(folder / field)

    def scores(self, field: str, text: str) -> Scores:
        """The BM25 score of every row for a text by a field's analysis, shape (rows,); zeros where nothing is shared but what most rows
        hold (see MOST_HELD)."""
        return self._fields[field].added(ANALYSES[field](text))

    def bytes_of(self, field: str, text: str) -> int:
        """How many bytes `scores` reads from the disk or its cache for a text."""
        return self._fields[field].bytes_of(ANALYSES[field](text))

    def has(self, term: str, row: int) -> bool:
        """Whether the text of a row has a term, as `terms` makes them."""
        return self._fields["terms"].has(term, row)

    def frequencies(self) -> dict[str, int]:
        """In how many texts each term stands."""
        return self._fields["terms"].frequencies()
