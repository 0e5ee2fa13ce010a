"""A second corpus, without enrichment, that nothing was tuned on: each heading of the documents as a question, the passages below
it as the answer, and all headings taken out of the text that is searched.

The encoder is trained twice, each time on the thesaurus and the headings of one half, and asked about the other half only: it
never learnt a heading that it is asked.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from amp_assistant import thesaurus
from amp_assistant.acronyms import Acronyms
from amp_assistant.details import details_of
from amp_assistant.encoder import Encoder, StaticEncoder, train_encoder, training_pairs
from amp_assistant.evaluation import Gold, GoldQuestion, Half
from amp_assistant.folding import squash, tokens
from amp_assistant.index import BuiltFrom, Index, understood_texts
from amp_assistant.lexical import LexicalIndex
from amp_assistant.passages import Passage
from amp_assistant.phrasing import Phrasing
from amp_assistant.retrieval import Hit, Retriever
from amp_assistant.understanding import content_words, understand
from benchmarks.measures import DEPTH, Found, Method, Outcome, first_rank, measure
from benchmarks.methods import ARMS, best_of_arm, french_bm25, minilm

FEWEST_WORDS = 2
"""Content words that make a heading a question: « Action 1 » asks nothing."""


def compare(passages: Sequence[Passage], progress: Callable[[str], None]) -> dict[str, list[Outcome]]:
    """The outcomes of each method over the same passages without headings, by the method's name."""
    bare = without_headings(passages)
    questions = heading_questions(bare)
    outcomes = {}
    for method in _methods(bare, questions, progress):
        progress(f"Titres : {method.name.strip()}")
        outcomes[method.name] = measure(method, questions, first_rank)
    return outcomes


def without_headings(passages: Sequence[Passage]) -> list[Passage]:
    """The passages without the lines that are headings of their document; a passage of such lines only is left out."""
    headings = {(passage.document, squash(heading)) for passage in passages for heading in passage.heading_path}
    bare = []
    for passage in passages:
        lines = [line for line in passage.text.splitlines() if (passage.document, squash(line)) not in headings]
        if lines:
            bare.append(replace(passage, text="\n".join(lines)))
    return bare


def heading_questions(passages: Sequence[Passage]) -> list[GoldQuestion]:
    """Each heading that stands right above a text, once, with the passages below it; same words, same question."""
    below: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.heading_path and len(content_words(passage.heading_path[-1])) >= FEWEST_WORDS:
            below.setdefault(squash(passage.heading_path[-1]), []).append(passage)
    return [
        GoldQuestion(
            id=identity,
            question=answering[0].heading_path[-1],
            gold=[Gold(document=passage.document, quote=passage.text) for passage in answering],
        )
        for identity, answering in below.items()
    ]


def _methods(passages: Sequence[Passage], questions: Sequence[GoldQuestion], progress: Callable[[str], None]) -> list[Method]:
    found = [Found(passage.document, passage.text) for passage in passages]
    ranked = french_bm25([one.text for one in found])
    model = minilm()
    vectors = model.encode_passages([one.text for one in found])
    retrievers = {half: Retriever(_index(passages, _encoder(passages, questions, half, progress))) for half in ("dev", "test")}
    vocabulary = Counter(token for passage in passages for token in tokens(passage.text))

    def by_meaning(question: GoldQuestion) -> list[Found]:
        similarities = vectors @ model.encode_queries([question.question])[0]
        return [found[row] for row in np.argsort(-similarities, kind="stable")[:DEPTH]]

    def hits(question: GoldQuestion, limit: int) -> list[Hit]:
        return retrievers[question.half].retrieve(understand(question.question, (), vocabulary), limit)

    def shown(hits: Sequence[Hit]) -> list[Found]:
        return [Found(hit.passage.document, hit.passage.text) for hit in hits]

    def alone(arm: str) -> Method:
        return Method(f"  {ARMS[arm]} : seul", lambda question: shown(best_of_arm(hits(question, len(passages)), arm)), is_timed=False)

    return [
        Method("MiniLM", by_meaning),
        Method("bm25s en français", lambda question: [found[row] for row in ranked(question.question)]),
        *(alone(arm) for arm in ARMS if arm != "near question"),
        Method("le nôtre, sans enrichissement", lambda question: shown(hits(question, DEPTH))),
    ]


def _encoder(passages: Sequence[Passage], questions: Sequence[GoldQuestion], asked: Half, progress: Callable[[str], None]) -> Encoder:
    """An encoder for the questions of one half, trained on the headings of the other."""
    known = {question.id for question in questions if question.half != asked}
    learnt = [passage for passage in passages if passage.heading_path and squash(passage.heading_path[-1]) in known]
    progress("Titres : encodeur entraîné sur une moitié des titres")
    with TemporaryDirectory() as folder:
        train_encoder([*training_pairs(learnt, ()), *thesaurus.training_pairs()], Path(folder))
        return StaticEncoder.load(Path(folder))


def _index(passages: Sequence[Passage], encoder: Encoder) -> Index:
    """An index in memory of the text alone."""
    bare = tuple(replace(passage, heading_path=()) for passage in passages)
    vectors = encoder.encode_passages([passage.text for passage in bare])
    return Index(
        documents={},
        passages=bare,
        units=(),
        questions=(),
        passage_vectors=vectors,
        silences=(),
        silence_vectors=np.zeros((0, 0), dtype=np.float32),
        silence_details=details_of(()),
        question_vectors=vectors[:0],
        question_details=details_of(()),
        phrasing=Phrasing({}),
        vocabulary={},
        acronyms=Acronyms(),
        lexical=LexicalIndex.build(understood_texts(bare, ())),
        encoder=encoder,
        built_from=BuiltFrom("", encoder.name, {}, 0, len(bare), 0, {}, (), "", {}),
    )
