"""Questions with gold quotations to figures: how often the right passage is found, the right answer given, the proof complete.

A question file holds one JSON object a line: the fields of the batch contract (``id``, ``question``, ``history``) and ``gold`` (list
of ``{"document", "quote"}``, empty for a question that the documents do not answer), ``must`` (strings that a right answer holds),
``kind``, ``style`` and ``group``.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Literal

from pydantic import BaseModel, ValidationError

from amp_assistant.answers.model import Answer
from amp_assistant.citations import MARK
from amp_assistant.errors import UsageError
from amp_assistant.folding import numbers, squash, tokens

Half = Literal["dev", "test"]

CUT_OFFS = (1, 5, 10)
HELD_SHARE = 0.6
"""Share of the three-word runs of a gold quotation that a passage must hold where a passage border cuts the quotation."""


class Gold(BaseModel):
    """A place of a document that proves the answer."""

    document: str
    quote: str


class GoldQuestion(BaseModel):
    """A question and what is known of its right answer."""

    id: str
    question: str
    history: list[str] = []
    gold: list[Gold] = []
    must: list[str] = []
    kind: str = "fact"
    style: str = "plain"
    group: str = "agent"

    @property
    def half(self) -> Half:
        """The half it belongs to, by a hash of its id, so that adding questions moves none."""
        return "test" if hashlib.sha256(self.id.encode()).digest()[0] % 2 else "dev"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one question. Shares are from 0 to 1; `recall` is by cut-off, of the passages found; `cited` is the share of the gold
    quotations that are cited, `precise` the share of the citations that are gold."""

    question: GoldQuestion
    answer: Answer
    recall: dict[int, float]
    must: float
    cited: float
    precise: float
    figures: float
    words: int


def read_questions(path: Path, half: Half | None = None) -> list[GoldQuestion]:
    """The questions of a file, or of every ``.jsonl`` file of a folder, of one half or of both.

    :raises UsageError: the path is missing or a line is not a question.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise UsageError(f"Il n'y a pas de questions dans « {path} » : donnez un fichier .jsonl ou un dossier qui en contient.")
    questions = []
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            try:
                if line.strip():
                    questions.append(GoldQuestion.model_validate_json(line))
            except ValidationError as error:
                raise UsageError(f"{file.name}, ligne {number} : ce n'est pas une question ({error.errors()[0]['msg']}).") from error
    return [question for question in questions if half in (None, question.half)]


def evaluate(questions: Iterable[GoldQuestion], ask: Callable[[str, Sequence[str]], Answer]) -> list[Result]:
    """Ask every question and compare."""
    return [_compare(question, ask(question.question, question.history)) for question in questions]


def holds(text: str, quote: str) -> bool:
    """Whether a text holds a quotation, whole or for its most part."""
    if squash(quote) in squash(text):
        return True
    words, there = tokens(quote), tokens(text)
    runs = {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))}
    held = {tuple(there[at : at + 3]) for at in range(max(1, len(there) - 2))}
    return len(runs & held) / len(runs) >= HELD_SHARE


def unproved_figures(answer: Answer) -> list[float]:
    """The figures of an answer that stand in none of its quotations; a list's own counts and headings are no statements."""
    proved = {number for citation in answer.citations for number in numbers(citation.quote)}
    stated = "\n".join(line for line in answer.text.splitlines() if line not in answer.framing)
    return [number for number in numbers(MARK.sub("", stated)) if number not in proved]


def _compare(question: GoldQuestion, answer: Answer) -> Result:
    found = [
        [hit.passage.document == gold.document and holds(hit.passage.text, gold.quote) for hit in answer.hits] for gold in question.gold
    ]
    stated = squash(answer.text)
    figures = numbers(MARK.sub("", answer.text))
    return Result(
        question=question,
        answer=answer,
        recall={k: _share(any(hits[:k]) for hits in found) for k in CUT_OFFS},
        must=_share(squash(must) in stated for must in question.must),
        cited=_share(any(_overlap(citation.quote, gold.quote) for citation in answer.citations) for gold in question.gold),
        precise=_share(any(_overlap(citation.quote, gold.quote) for gold in question.gold) for citation in answer.citations),
        figures=1 - len(unproved_figures(answer)) / len(figures) if figures else 1.0,
        words=len(answer.text.split()),
    )


def _overlap(one: str, other: str) -> bool:
    return holds(one, other) or holds(other, one)


def _share(flags: Iterable[bool]) -> float:
    listed = list(flags)
    return sum(listed) / len(listed) if listed else 1.0


def summary(results: Sequence[Result]) -> dict[str, float]:
    """The figures of a set of results: shares from 0 to 1, words and seconds as medians, seconds also at the 95th percentile."""
    answerable = [result for result in results if result.question.gold]
    unanswerable = [result for result in results if not result.question.gold]
    seconds = [result.answer.seconds for result in results]
    figures: dict[str, float] = {"questions": len(results)}
    if answerable:
        figures |= {f"recall@{k}": mean(result.recall[k] for result in answerable) for k in CUT_OFFS}
        figures |= {
            "must": mean(result.must for result in answerable),
            "right": mean(result.must == 1 for result in answerable),
            "cited": mean(result.cited for result in answerable),
            "precise": mean(result.precise for result in answerable),
            "answered": mean(not result.answer.abstained for result in answerable),
            "words": median(result.words for result in answerable),
            "words@5": median(sum(len(hit.passage.text.split()) for hit in result.answer.hits[:5]) for result in answerable),
        }
    if unanswerable:
        figures["refused"] = mean(result.answer.abstained for result in unanswerable)
    if results:
        figures["figures proved"] = mean(result.figures for result in results)
        figures["seconds"] = median(seconds)
        figures["seconds p95"] = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    return figures


def by(results: Sequence[Result], attribute: str) -> dict[str, dict[str, float]]:
    """The same figures for each value of ``kind``, ``style``, ``group`` or ``engine``."""
    sorted_out: dict[str, list[Result]] = {}
    for result in results:
        of = result.answer if attribute == "engine" else result.question
        sorted_out.setdefault(getattr(of, attribute), []).append(result)
    return {value: summary(of_value) for value, of_value in sorted(sorted_out.items())}


def worst(results: Sequence[Result], count: int) -> list[Result]:
    """The answers that went most wrong: those that hold least of what a right one holds, then those that cite least of the gold."""
    answerable = [result for result in results if result.question.gold]
    return sorted(answerable, key=lambda result: (result.must, result.cited, -result.words))[:count]
