"""What is counted and noted of each question, without a word of it: Prometheus metrics and one line of the log."""

import logging
from collections.abc import Iterator
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from amp_assistant.answers.model import Answer
from amp_assistant.errors import UsageError
from amp_assistant.privacy import mask

logger = logging.getLogger(__name__)

REGISTRY = CollectorRegistry()
"""The metrics of this process."""
QUESTIONS = Counter(
    "amp_questions", "Questions, by what came of them and who wrote the answer", ["outcome", "engine"], registry=REGISTRY
)
SECONDS = Histogram(
    "amp_answer_seconds",
    "Time that a question took, in seconds",
    ["outcome"],
    buckets=(0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60),  # 2 s is the promise, 30 s the default limit of a language model
    registry=REGISTRY,
)
IN_PROGRESS = Gauge("amp_questions_in_progress", "Questions being answered now", registry=REGISTRY)
TOKENS = Counter("amp_model_tokens", "Tokens that the language model read and wrote", ["direction"], registry=REGISTRY)


def observed(question: str, answers: Iterator[Answer], *, with_text: bool) -> Iterator[Answer]:
    """The answers as they come, counted and logged in the end; with its text, masked, only where that is asked for.

    The outcome is `answered`, `refused`, `misasked` (a question that cannot be asked), `stopped` (by the visitor) or `failed`.
    """
    begun = perf_counter()
    outcome, answer = "failed", None
    IN_PROGRESS.inc()
    try:
        for answer in answers:
            yield answer
        outcome = "refused" if answer and answer.abstained else "answered"
    except GeneratorExit:
        outcome = "stopped"
        raise
    except UsageError:
        outcome = "misasked"
        raise
    finally:
        IN_PROGRESS.dec()
        _note(question if with_text else "", outcome, answer, perf_counter() - begun)


def _note(question: str, outcome: str, answer: Answer | None, seconds: float) -> None:
    engine = answer.engine if answer else ""
    QUESTIONS.labels(outcome, engine).inc()
    SECONDS.labels(outcome).observe(seconds)
    if answer and answer.usage:
        TOKENS.labels("read").inc(answer.usage.input_tokens)
        TOKENS.labels("written").inc(answer.usage.output_tokens)
    fields = {"outcome": outcome, "engine": engine, "seconds": round(seconds, 3), "citations": len(answer.citations) if answer else 0}
    if question:
        fields["question"] = mask(question)
    logger.info("question", extra={"fields": fields})
