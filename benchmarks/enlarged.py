"""Corpora of any size, made of the sentences of the real one: drawn at random, with other names and other figures, put together to
passages as long as the real ones. The real passages stand first, with their enrichment, so that the questions keep their answers.

The vectors are those of the real encoder and the scores those of BM25, both worked out from the sentences, whose parts add up: the
vector of a passage is the mean of its tokens', and a term is counted once for each time it stands in one of the sentences. `check`
proves that the results are the same as from the texts.
"""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import overload

import numpy as np
from numpy.typing import NDArray

from amp_assistant.answers.extractive import sentences
from amp_assistant.builds import COMPLETE, write_json
from amp_assistant.encoder import StaticEncoder, Vectors, normalised
from amp_assistant.folding import tokens
from amp_assistant.index import Index, checksums, understood_texts
from amp_assistant.lexical import ANALYSES, MOST_HELD, Postings
from amp_assistant.passages import Passage
from amp_assistant.rows import write_rows

SEED = 13
MADE_NAMES = 20_000
"""Other names to draw from: more than the names of the corpus, as in a corpus of other places."""
FEWEST_VARIANTS, MOST_VARIANTS = 2, 30
"""Times each sentence is written with other names and figures; more for a larger corpus."""
PASSAGES_A_DOCUMENT = 1_000
CHUNK = 50_000
"""Passages whose terms are counted at once."""
K1, B = 1.5, 0.75
"""BM25's parameters, bm25s' own."""
COMPARED = 500
"""Passages that are made from their texts too, to compare."""
_NAME = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Ý][a-zà-ÿ]{3,}")
_FIGURE = re.compile(r"\d+")
_SYLLABLES = tuple(first + second for first in "bcdfglmnprstv" for second in ("a", "e", "i", "o", "u", "an", "ou", "er"))


@dataclass(frozen=True, slots=True)
class Enlarged(Sequence[Passage]):
    """The passages of an enlarged corpus: the real ones, then those put together of `pool`; `ends` are the places in `drawn` where the
    sentences of each of these end, after a first 0."""

    real: Sequence[Passage]
    pool: Sequence[str]
    drawn: NDArray[np.int32]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        """The number of passages."""
        return len(self.real) + len(self.ends) - 1

    @overload
    def __getitem__(self, at: int) -> Passage: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Passage, ...]: ...

    def __getitem__(self, at: int | slice) -> Passage | tuple[Passage, ...]:
        """The passage of a row, or those of a slice."""
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        row = range(len(self))[at]
        if row < len(self.real):
            return self.real[row]
        made = row - len(self.real)
        document = name_of(made // PASSAGES_A_DOCUMENT)
        text = " ".join(self.pool[one] for one in self.drawn[self.ends[made] : self.ends[made + 1]])
        return Passage(f"{document}:{made:010x}", document, made % PASSAGES_A_DOCUMENT, text, ())


def name_of(document: int) -> str:
    """The id of a document that was put together."""
    return f"recombine-{document:04d}"


def enlarge(index: Index, size: int) -> Enlarged:
    """The passages of an index, and as many more as make up `size`."""
    random = Random(SEED)
    variants = min(MOST_VARIANTS, max(FEWEST_VARIANTS, size // 5_000))
    written = [quotation.text for passage in index.passages for quotation in sentences(passage)]
    names = ["".join(random.choices(_SYLLABLES, k=random.randint(2, 4))).capitalize() for _ in range(MADE_NAMES)]
    pool = [_changed(text, names, random) for text in written for _ in range(variants)]
    lengths = [len(passage.text.split()) for passage in index.passages]
    drawn: list[int] = []
    ends = [0]
    for _ in range(size - len(index.passages)):
        words = random.choice(lengths)
        while words > 0:
            drawn.append(random.randrange(len(pool)))
            words -= pool[drawn[-1]].count(" ") + 1
        ends.append(len(drawn))
    return Enlarged(index.passages, pool, np.array(drawn, dtype=np.int32), np.array(ends, dtype=np.int64))


def _changed(text: str, names: Sequence[str], random: Random) -> str:
    """A sentence with other names and other figures of as many digits."""
    renamed = _NAME.sub(lambda _: random.choice(names), text)
    return _FIGURE.sub(lambda found: str(random.randrange(10 ** (len(found[0]) - 1), 10 ** len(found[0]))), renamed)


def write_enlarged(index: Index, source: Path, folder: Path, size: int) -> None:
    """Write the index of an enlarged corpus into a folder, from the index and its build; Chroma is left out: nothing reads it to answer."""
    passages = enlarge(index, size)
    build = folder / f"enlarged-{size}"
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    shutil.copytree(source / "encoder", build / "encoder")
    for path in filter(Path.is_file, source.iterdir()):  # what the enrichment says, whatever files that takes; some are written anew below
        shutil.copyfile(path, build / path.name)
    vectors = vectors_of(index, passages)
    asked = np.concatenate([index.question_vectors, index.silence_vectors])
    write_rows(build / "rows", passages, vectors, asked, _vocabulary(index, passages))
    for field in ANALYSES:
        postings = postings_of(index, passages, field)
        _check(index, passages, vectors, postings, field)
        postings.rarer(MOST_HELD[field]).save(build / "lexical" / field)
    documents = list(index.documents.values())
    made = range((size - len(index.passages)) // PASSAGES_A_DOCUMENT + 1)
    named = [(name_of(number), replace(documents[0], names=())) for number in made]
    documents += [replace(document, id=name, title=name, short_title=name) for name, document in named]
    write_json(build / "documents.json", [asdict(document) for document in documents])
    built = replace(index.built_from, fingerprint=build.name, documents=len(documents), passages=size, files=checksums(build), seconds={})
    write_json(build / COMPLETE, asdict(built))
    (folder / "CURRENT").write_text(build.name)


def vectors_of(index: Index, passages: Enlarged) -> Vectors:
    """The vectors of all passages, from those of the tokens of their sentences."""
    encoder = index.encoder
    assert isinstance(encoder, StaticEncoder), "the static encoder adds up"
    sums = np.zeros((len(passages.pool), index.passage_vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(passages.pool), CHUNK):
        for row, ids in enumerate(encoder.token_ids(passages.pool[start : start + CHUNK]), start):
            sums[row] = encoder.table[ids].sum(axis=0)
    vectors = np.empty((len(passages), sums.shape[1]), dtype=np.float32)
    vectors[: len(index.passages)] = index.passage_vectors
    for first in range(0, len(passages.ends) - 1, CHUNK):
        starts = passages.ends[first : first + CHUNK + 1]
        added = np.add.reduceat(sums[passages.drawn[starts[0] : starts[-1]]], starts[:-1] - starts[0], axis=0)
        at = len(index.passages) + first
        vectors[at : at + len(added)] = normalised(added)
    return vectors


def postings_of(index: Index, passages: Enlarged, field: str) -> Postings:
    """The scores of a field of all passages, from the terms of their sentences."""
    from scipy.sparse import coo_array  # type: ignore[import-untyped]

    analyse = ANALYSES[field]
    numbers: dict[str, int] = {}
    texts = [*understood_texts(index.passages, index.units), *passages.pool]
    terms = [np.array([numbers.setdefault(term, len(numbers)) for term in analyse(text)], dtype=np.int32) for text in texts]
    parts = list(_counted(terms, passages, len(index.passages), len(numbers)))
    rows, columns, counts = (np.concatenate([part[at] for part in parts]) for at in range(3))
    del parts
    size = len(passages)
    lengths = np.bincount(rows, weights=counts, minlength=size)
    held = coo_array((counts, (rows, columns)), shape=(size, len(numbers))).tocsc()
    del rows, columns, counts
    frequencies = np.diff(held.indptr)
    rarity = np.log(1 + (size - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
    norms = (K1 * (1 - B + B * lengths / lengths.mean())).astype(np.float32)
    scores = held.data / (held.data + norms[held.indices])
    scores *= np.repeat(rarity, frequencies)
    used = {term: number for number, term in enumerate(term for term, number in numbers.items() if frequencies[number])}
    starts = np.append(held.indptr[:-1][frequencies > 0], held.indptr[-1])
    return Postings(used, starts.astype(np.int64), held.indices.astype(np.int32), scores, size)


def _counted(
    terms: Sequence[NDArray[np.int32]], passages: Enlarged, real: int, width: int
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]]:
    """Rows, terms and how often, some passages at a time, in the order of the rows."""
    lengths = np.array([len(one) for one in terms])
    flat = np.concatenate(terms)
    starts = np.cumsum(lengths) - lengths
    sources = np.concatenate([np.arange(real), passages.drawn + real])
    ends = np.concatenate([np.arange(real), passages.ends + real])
    for first in range(0, len(passages), CHUNK):
        bounds = ends[first : first + CHUNK + 1]
        used = sources[bounds[0] : bounds[-1]]
        of_row = np.repeat(np.arange(first, first + len(bounds) - 1), np.diff(bounds))
        long = lengths[used]
        at = np.repeat(starts[used] - (np.cumsum(long) - long), long) + np.arange(long.sum())
        keys, counts = np.unique(np.repeat(of_row, long) * width + flat[at], return_counts=True)
        yield (keys // width).astype(np.int32), (keys % width).astype(np.int32), counts.astype(np.float32)


def _vocabulary(index: Index, passages: Enlarged) -> Mapping[str, int]:
    words = Counter(index.vocabulary)
    for text in passages.pool:
        words.update(tokens(text))
    return words


def _check(index: Index, passages: Enlarged, vectors: Vectors, postings: Postings, field: str) -> None:
    """Compare with what the texts themselves give: the vectors of the last passages, and the terms that they hold.

    :raises ValueError: they differ.
    """
    rows = range(len(passages) - min(COMPARED, len(passages)), len(passages))
    texts = [passages[row].placed_text for row in rows]
    if not np.allclose(vectors[rows.start :], index.encoder.encode_passages(texts), atol=1e-4):
        raise ValueError("the vectors put together differ from those of the texts")
    for row, text in zip(rows[::50], texts[::50], strict=True):
        if not all(postings.has(term, row) for term in ANALYSES[field](text)):
            raise ValueError(f"« {text} » lacks a term in « {field} »")
