"""What a ranking is worth: the same measures for every method, from the ranks at which it holds what proves the answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log2
from statistics import mean, median, quantiles
from time import perf_counter

from amp_assistant.evaluation import GoldQuestion, holds

DEPTH = 10
"""Hits that are looked at."""
READ = 5
"""Hits that a person reads: their words are counted."""
WARM_UP = 5
"""Questions asked before the clock runs."""


Ranks = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A text that a method found, in the words that it shows, and the id of its document."""

    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Method:
    """A way to find passages, with its name in French; `is_timed` is false where its time is not that of a person's search."""

    name: str
    search: Callable[[GoldQuestion], Sequence[Found]]
    is_timed: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method made of one question: for each gold quotation the rank of the first hit that holds it, counted from 1 (None
    where no hit does), the words of the first READ hits, and the milliseconds from the question to the hits."""

    question: GoldQuestion
    ranks: Ranks
    words: int
    milliseconds: float

    def recall(self, depth: int) -> float:
        """Share of the gold quotations among the first hits, 0 to 1."""
        return mean(rank is not None and rank <= depth for rank in self.ranks)

    @property
    def reciprocal_rank(self) -> float:
        """1 over the rank of the first hit that holds any gold quotation; 0 without one."""
        return max((1 / rank for rank in self.ranks if rank), default=0.0)

    @property
    def ndcg(self) -> float:
        """Discounted cumulative gain (Järvelin and Kekäläinen 2002) over that of one quotation a hit from the first on; at most 1,
        also where one hit holds several."""
        gain = sum(1 / log2(rank + 1) for rank in self.ranks if rank)
        return min(1.0, gain / sum(1 / log2(rank + 1) for rank in range(1, len(self.ranks) + 1)))


MEASURES: Mapping[str, Callable[[Outcome], float]] = {
    "rappel@1": lambda outcome: outcome.recall(1),
    "rappel@5": lambda outcome: outcome.recall(5),
    "rappel@10": lambda outcome: outcome.recall(10),
    "MRR": lambda outcome: outcome.reciprocal_rank,
    "nDCG@10": lambda outcome: outcome.ndcg,
}
"""Each between 0 and 1, the mean over the questions; all look at the first DEPTH hits."""


Judge = Callable[[GoldQuestion, Sequence[Found]], Ranks]


def ranks(question: GoldQuestion, found: Sequence[Found]) -> Ranks:
    """For each gold quotation the rank of the first hit that holds it."""
    return tuple(
        next((rank for rank, one in enumerate(found, 1) if one.document == gold.document and _holds(one.text, gold.quote)), None)
        for gold in question.gold
    )


def first_rank(question: GoldQuestion, found: Sequence[Found]) -> Ranks:
    """The rank of the first hit that holds any gold quotation, where one is enough."""
    return (min(filter(None, ranks(question, found)), default=None),)


def measure(method: Method, questions: Sequence[GoldQuestion], judge: Judge = ranks) -> list[Outcome]:
    """Put every question to a method, one by one, and compare."""
    for question in questions[:WARM_UP]:
        method.search(question)
    outcomes = []
    for question in questions:
        begun = perf_counter()
        found = method.search(question)[:DEPTH]
        milliseconds = 1000 * (perf_counter() - begun)
        outcomes.append(Outcome(question, judge(question, found), sum(len(one.text.split()) for one in found[:READ]), milliseconds))
    return outcomes


def average(outcomes: Iterable[Outcome], name: str) -> float:
    """The mean of one of MEASURES."""
    return mean(map(MEASURES[name], outcomes))


def median_words(outcomes: Iterable[Outcome]) -> float:
    """The median of the words in the first READ hits."""
    return median(outcome.words for outcome in outcomes)


def times(outcomes: Iterable[Outcome]) -> tuple[float, float]:
    """The median and the 95th percentile of the milliseconds."""
    milliseconds = [outcome.milliseconds for outcome in outcomes]
    return median(milliseconds), quantiles(milliseconds, n=20)[-1]


@cache
def _holds(text: str, quote: str) -> bool:
    """`holds`, remembered: the methods find many of the same texts."""
    return holds(text, quote)
