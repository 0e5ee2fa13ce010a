"""How much work an answer is, counted, not timed: the same on every machine, and more only where somebody means it.

Twenty fixed questions; each ceiling is what was counted when it was written, and a tenth more.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from amp_assistant import dense, retrieval, rows
from amp_assistant.answers import extractive
from amp_assistant.assistant import Assistant
from amp_assistant.encoder import StaticEncoder
from amp_assistant.enrichment import Question
from amp_assistant.lexical import LexicalIndex, Postings
from benchmarks.speed import Measured, check

QUESTIONS = 20
CEILINGS = {
    "texts encoded": 930,
    "vectors read": 724_000,
    "postings bytes": 1_590_000,
    "scores": 75_000,
    "characters split": 125_100,
    "sentences judged": 1_160,
    "terms looked up": 1_210,
}
"""Of all twenty questions together. Vectors have 1 024 bytes each; scores are those of the words, one for each passage and arm."""

LEAST_RECALL = 0.97
"""Of the ten nearest vectors, the share that has to be found where not all are read."""


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Counts what passes through the stages while the block runs."""
    work: Counter[str] = Counter()

    def watch(owner: Any, name: str, count: Any) -> None:
        function = getattr(owner, name)

        def watched(*given: Any, **named: Any) -> Any:
            result = function(*given, **named)
            for kind, number in count(result, *given).items():
                work[kind] += number
            return result

        monkeypatch.setattr(owner, name, watched)

    watch(StaticEncoder, "encode_queries", lambda _, encoder, texts: {"texts encoded": len(texts)})
    watch(StaticEncoder, "encode_passages", lambda _, encoder, texts: {"texts encoded": len(texts)})
    for reader in (dense, retrieval):
        watch(reader, "similar", lambda _, vectors, vector: {"vectors read": len(vectors)})
    watch(LexicalIndex, "scores", lambda scores, index, field, text: {"postings bytes": index.bytes_of(field, text), "scores": len(scores)})
    watch(Postings, "has", lambda *_: {"terms looked up": 1})
    watch(extractive.ExtractiveAnswerer, "judge", lambda judged, *_: {"sentences judged": len(judged)})
    watch(extractive, "split_sentences", lambda found, text: {"characters split": len(text)})
    with monkeypatch.context():
        yield work
    monkeypatch.undo()


def questions(assistant: Assistant) -> list[Question]:
    """Questions of the enrichment, spread over all of it."""
    every = assistant.index.questions
    return list(islice(every[:: len(every) // QUESTIONS], QUESTIONS))


def test_twenty_answers_are_no_more_work_than_they_were(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = questions(assistant)
    assistant = Assistant(assistant.index)  # one that has read no passage yet
    assistant.ask(asked[0].text)  # what is built on first use is built now
    with counted(monkeypatch) as work:
        for question in asked:
            assistant.ask(question.text)
    print(dict(work))
    assert set(work) == set(CEILINGS)
    assert {kind: number for kind, number in work.items() if number > CEILINGS[kind]} == {}


def test_the_same_questions_are_the_same_work(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []
    for question in questions(assistant)[:5]:
        assistant.ask(question.text)  # the sentences of these passages are read once
    for _ in range(2):
        with counted(monkeypatch) as work:
            for question in questions(assistant)[:5]:
                assistant.ask(question.text)
        runs.append(dict(work))
    assert runs[0] == runs[1]


def test_answering_loads_neither_chroma_nor_torch_nor_bm25s(assistant: Assistant) -> None:
    """Each would cost the first answer from the shell more than the answer itself."""
    script = "import sys; from amp_assistant.assistant import Assistant; from amp_assistant.index import open_index; "
    script += "from amp_assistant.settings import read_settings; "
    script += "Assistant(open_index(read_settings())).ask('Quelles aides pour innover ?'); "
    script += "print(sorted({'torch', 'chromadb', 'bm25s', 'scipy', 'gradio'} & set(sys.modules)))"
    environment = {**os.environ, "AMP_INDEX": str(assistant.settings.index)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "[]"


def test_the_best_rows_come_first_and_rows_alike_in_their_order() -> None:
    random = np.random.default_rng(13)
    scores = random.integers(0, 50, 5_000).astype(np.float32)
    assert list(retrieval.best_first(scores)) == np.argsort(-scores, kind="stable").tolist()


def test_the_largest_scores_are_found_wherever_they_stand() -> None:
    scores = np.zeros(5_000, dtype=np.float32)
    scores[1:1_000] = np.arange(999, 0, -1)  # all in one place
    scores[::16] = -1  # and smaller where the others are estimated from
    assert dense.largest(scores, 100).tolist() == np.flatnonzero(scores >= np.sort(scores)[-100]).tolist()
    assert dense.largest(scores[:7], 100).tolist() == list(range(7))


def test_many_vectors_are_read_in_part_and_the_nearest_are_found(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, asked = assistant.index.question_vectors, assistant.index.silence_vectors[::60]
    monkeypatch.setattr(dense, "EXACT_UP_TO", 1_000)
    monkeypatch.setattr(dense, "READ_WHOLE", 500)
    index = dense.DenseIndex(vectors)
    assert index.bytes_read < vectors.nbytes / 3
    shares = []
    for vector in asked:
        scores, exact = index.scores(vector), vectors @ vector
        nearest = np.argsort(-exact)[:10]
        found = np.argsort(-scores)[:10]
        shares.append(len(set(nearest.tolist()) & set(found.tolist())) / 10)
        assert np.allclose(scores[found], exact[found], atol=1e-5), "those found have their whole score"
    assert np.mean(shares) >= LEAST_RECALL


def test_no_time_is_shown_without_what_the_answers_were_worth() -> None:
    times = {"median": 0.01, "p95": 0.02}
    check([Measured("le nôtre", "réel", {**times, "rappel@5": 0.9}, None, 0)])
    with pytest.raises(ValueError, match="rappel@5"):
        check([Measured("le nôtre", "réel", times, None, 0)])


def test_many_passages_are_read_one_by_one_and_are_the_same(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages, vectors = assistant.index.passages, assistant.index.passage_vectors
    rows.write_rows(tmp_path / "rows", passages, vectors, vectors[:0], {})
    assert rows.read_passages(tmp_path / "rows") == passages
    monkeypatch.setattr(rows, "MOST_KEPT", 10)
    stored = rows.read_passages(tmp_path / "rows")
    assert not isinstance(stored, tuple)
    assert (tuple(stored), stored[-1], stored[3:5]) == (passages, passages[-1], passages[3:5])
