"""A query to the passages that answer it, best first.

Every arm scores every passage: BM25 on the words of the text and its enrichment, on their groups of characters, and for the
thesaurus's synonyms; dot products with the passages' vectors and with the questions' vectors, whose scores go to the passage that
answers them. Scores are standardised arm by arm and summed with fitted weights, a convex combination (Bruch et al. 2023, arXiv
2210.11934), which measured better here than reciprocal ranks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import islice

import numpy as np

from amp_assistant.dense import DenseIndex, largest, similar
from amp_assistant.enrichment import Question
from amp_assistant.filters import Filters
from amp_assistant.index import Index
from amp_assistant.lexical import Scores
from amp_assistant.passages import Passage
from amp_assistant.references import Outline
from amp_assistant.reranker import Reranker
from amp_assistant.thesaurus import expansion
from amp_assistant.understanding import Query


@dataclass(frozen=True, slots=True)
class Match:
    """A question of the enrichment that resembles the query, how much (cosine, -1 to 1), and the details that it asks for."""

    question: Question
    similarity: float
    details: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query: its score (the higher the better), each arm's share of it, and the questions it answers that
    come nearest to the query, nearest first."""

    passage: Passage
    score: float
    arms: Mapping[str, float]
    matches: tuple[Match, ...]


WEIGHTS: Mapping[str, float] = {"words": 0.55, "grams": 0.30, "synonyms": 0.35, "near text": 0.50, "near question": 0.50}
"""The share of each arm, fitted on the development half of the question set and rounded (see docs/retrieval.md). BM25 on the text
without its enrichment and BM25 on the enrichment's questions were tried as arms and brought nothing."""
NAMED_SHARE = 2.0
"""What the passages of a document that the query names gain in score: from 1.5 to 4 the development half finds the same, 0.96 at five
instead of 0.91 where a document is named."""
HEARD_HITS = 5
"""First hits, among which each document that the question names has its best passage."""
RERANKED = 50
"""First rows that a reranker puts in its own order: nearly all the passages that answer are among them (docs/retrieval.md)."""
FIRST_SORTED, GROWTH = 1_000, 30
"""Rows that are sorted at first, and how many times more where filters let too few of them through."""
MATCHES = 8
"""Nearest questions kept with a hit; a passage answers about six."""


class Retriever:
    """Finds passages in one index; safe to share between threads."""

    def __init__(self, index: Index, reranker: Reranker | None = None) -> None:
        self._index = index
        self._reranker = reranker
        self._dense = DenseIndex(index.passage_vectors)
        places = [(question.stretch or unit.stretch).passage for unit in index.units for question in unit.questions]
        self._passage_of_question = np.array(places, dtype=np.intp)
        self._questions_of_passage: dict[int, list[int]] = {}
        for row, passage in enumerate(places):
            self._questions_of_passage.setdefault(passage, []).append(row)

    def retrieve(self, query: Query, limit: int = 10) -> list[Hit]:
        """The `limit` best passages that the query's filters let through, best first; fewer where there are fewer.

        Scores are standardised over the whole index, so that a passage scores the same with filters and without, unless a reranker
        deals them out anew.
        """
        vector = self._index.encoder.encode_queries([query.search_text])[0]
        similarities = similar(self._index.question_vectors, vector)
        arms = self._arms(query, vector, similarities)
        shares = {name: _standardised(scores, WEIGHTS[name]) for name, scores in arms.items()}
        if query.documents:
            shares["document"] = self._named(query)
        if query.references:
            shares["place"] = self._placed(query, reduce(np.add, shares.values()))
        total = reduce(np.add, shares.values())
        if self._reranker:
            shares["reranker"] = self._reranked(query, total, self._reranker) - total
            total = total + shares["reranker"]
        best = self._heard(self._best(total, query.filters, max(limit, HEARD_HITS)), total, query)[:limit]
        return [
            Hit(
                passage=self._index.passages[row],
                score=float(total[row]),
                arms={name: float(share[row]) for name, share in shares.items()},
                matches=self._matches(row, similarities),
            )
            for row in best
        ]

    def _best(self, total: Scores, filters: Filters, count: int) -> list[int]:
        return list(islice((row for row in best_first(total) if self._admits(filters, row)), count))

    def _reranked(self, query: Query, total: Scores, reranker: Reranker) -> Scores:
        """The scores with those of the first rows dealt out among them in the reranker's order, best first, so that what a score is worth
        stays the same. Passages at a place that the query refers to stay before the others."""
        rows = self._best(total, query.filters, RERANKED)
        texts = [self._index.passages[row].placed_text for row in rows]
        referred = {row for reference in query.references for row in self.outline.rows(reference, query.documents)}
        judged = zip(rows, reranker.scores(query.search_text, texts) if rows else (), strict=True)
        ordered = sorted(judged, key=lambda one: (one[0] not in referred, -one[1]))
        dealt = total.copy()
        dealt[[row for row, _ in ordered]] = total[rows]
        return dealt

    def _named(self, query: Query) -> Scores:
        share = np.zeros(len(self._index.passages), dtype=np.float32)
        for document in query.documents:
            rows = self._rows_of_document.get(document, range(0))
            share[rows.start : rows.stop] = NAMED_SHARE
        return share

    def _placed(self, query: Query, total: Scores) -> Scores:
        """What puts the passages at the places that a query refers to before all others."""
        share = np.zeros_like(total)
        for reference in query.references:
            share[self.outline.rows(reference, query.documents)] = np.ptp(total)
        return share

    @cached_property
    def outline(self) -> Outline:
        """The places of the passages, read when a question first refers to one."""
        return Outline(self._index.passages)

    def _heard(self, best: list[int], total: Scores, query: Query) -> list[int]:
        """The best rows, with that of each document and each part of a plan which the query names among the first, where the last of
        the others gives way."""
        groups: list[Sequence[int]] = [self._rows_of_document.get(document, range(0)) for document in query.documents]
        groups += [self.outline.rows(reference, query.documents) for reference in query.references]
        named = [self._best_of(rows, total, query.filters) for rows in groups]
        first = best[:HEARD_HITS]
        for row in named:
            given = next((other for other in reversed(first) if other not in named), None)
            if row is not None and row not in first and given is not None:
                first.remove(given)
                first.append(row)
        return [*first, *(row for row in best if row not in first)]

    def _best_of(self, rows: Sequence[int], total: Scores, filters: Filters) -> int | None:
        scores = total[rows.start : rows.stop] if isinstance(rows, range) else total[rows]
        return next((rows[at] for at in best_first(scores) if self._admits(filters, rows[at])), None)

    @cached_property
    def _rows_of_document(self) -> dict[str, range]:
        """The rows of each document; they follow one another."""
        rows: dict[str, range] = {}
        for row, passage in enumerate(self._index.passages):
            rows[passage.document] = range(rows.get(passage.document, range(row, row)).start, row + 1)
        return rows

    def _admits(self, filters: Filters, row: int) -> bool:
        if not filters:
            return True
        passage = self._index.passages[row]
        return filters.admit(passage, self._index.documents[passage.document])

    def _arms(self, query: Query, vector: Scores, similarities: Scores) -> dict[str, Scores]:
        lexical, text = self._index.lexical, query.search_text
        return {
            "words": lexical.scores("terms", text),
            "grams": lexical.scores("grams", text),
            "synonyms": lexical.scores("terms", " ".join([expansion(text), *query.forms])),
            "near text": self._dense.scores(vector),
            "near question": self._pooled(similarities),
        }

    def _pooled(self, question_scores: Scores) -> Scores:
        """The best score among the questions that each passage answers; 0 where it answers none."""
        pooled = np.zeros(len(self._index.passages), dtype=np.float32)
        np.maximum.at(pooled, self._passage_of_question, question_scores)
        return pooled

    def _matches(self, passage: int, similarities: Scores) -> tuple[Match, ...]:
        rows = sorted(self._questions_of_passage.get(passage, ()), key=lambda row: -similarities[row])[:MATCHES]
        details = self._index.question_details
        return tuple(Match(self._index.questions[row], float(similarities[row]), int(details[row])) for row in rows)


def best_first(scores: Scores) -> Iterator[int]:
    """The rows, best score first, those of one score in their order. Few are looked at, so they are sorted a part at a time."""
    sorted_rows, done = FIRST_SORTED, 0
    while done < len(scores):
        rows = largest(scores, sorted_rows)
        ranked = rows[np.argsort(-scores[rows], kind="stable")].tolist()
        yield from ranked[done:]
        done, sorted_rows = len(ranked), sorted_rows * GROWTH


def _standardised(scores: Scores, weight: float) -> Scores:
    """The scores with mean 0 and the weight as deviation over the passages, in their place, since new memory takes longer than the
    arithmetic; zeros where all are alike."""
    scores -= scores.mean()
    deviation = np.linalg.norm(scores) / len(scores) ** 0.5
    scores *= weight / deviation if deviation > 0 else 0
    return scores
