"""What the documents do not say: questions that they lead people to ask and do not answer.

Reads the files described in ``corpus/enrichment/silences/FORMAT.md``. Like the enrichment, silences help to understand a question and
are never cited. A question that comes nearer to them than to the questions that are answered is likely to have no answer here.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from amp_assistant.encoder import Pair
from amp_assistant.folding import FoldedText
from amp_assistant.passages import Passage

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Silence:
    """A detail that no document gives: of which subject, what is missing, and how people ask for it.

    `passage` is the position of the passage that comes nearest, None where none does; `is_elsewhere` where another place is asked about.
    """

    subject: str
    missing: str
    questions: tuple[str, ...]
    passage: int | None
    is_elsewhere: bool = False


class _Line(BaseModel):
    document: str
    anchor: str | None
    kind: Literal["detail", "sujet", "ailleurs", "fiction"]
    subject: str
    missing: str
    questions: list[str]


def read_silences(folder: Path, passages: Sequence[Passage]) -> tuple[tuple[Silence, ...], tuple[str, ...]]:
    """The silences about the documents of some passages (in document order), and a French sentence for each line that is broken."""
    silences: list[Silence] = []
    warnings: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        texts = [(row, FoldedText.of(one.placed_text)) for row, one in enumerate(passages) if one.document == path.stem]
        if texts:
            silences += _of_file(path, texts, warnings)
    for warning in warnings:
        logger.warning("%s", warning)
    return tuple(silences), tuple(warnings)


def _of_file(path: Path, texts: Sequence[tuple[int, FoldedText]], warnings: list[str]) -> Iterator[Silence]:
    rows: dict[str, int | None] = {}  # some six silences hang on one anchor, and each search reads the document
    for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        try:
            line = _Line.model_validate_json(text)
        except ValidationError:
            warnings.append(f"silences/{path.name}, ligne {number} : cette ligne est illisible ou incomplète, elle est ignorée.")
            continue
        anchor = line.anchor or ""
        if anchor not in rows:
            rows[anchor] = next((row for row, folded in texts if anchor and folded.find(anchor)), None)
        yield Silence(line.subject, line.missing, tuple(line.questions), rows[anchor], line.kind == "ailleurs")


def silent_questions(silences: Sequence[Silence]) -> list[str]:
    """The questions of all silences, in order."""
    return [question for silence in silences for question in silence.questions]


def silence_pairs(silences: Sequence[Silence], passages: Sequence[Passage]) -> list[Pair]:
    """Texts that mean the same, to train an encoder on: the questions of one silence, and each with the passage that comes nearest."""
    pairs: list[Pair] = []
    for silence in silences:
        pairs += combinations(silence.questions, 2)
        if silence.passage is not None:
            pairs += [(question, passages[silence.passage].placed_text) for question in silence.questions]
    return pairs
