"""A build put to the test before it is put in use: read back whole, asked what it must know, its register proved.

What is wrong on the disk is found when the build is opened, by the checksums of its files (see `index`).
"""

from collections.abc import Iterator

import numpy as np

from amp_assistant.errors import StoreError
from amp_assistant.index import Index
from amp_assistant.passages import Passage
from amp_assistant.register import Register
from amp_assistant.retrieval import Retriever
from amp_assistant.settings import Settings
from amp_assistant.silences import silent_questions
from amp_assistant.understanding import Intent, Query

PROBES = 20
"""Questions of the enrichment, and beginnings of passages, that are asked."""
PROBE_WORDS = 20
"""Words of a passage below its headings that stand for a question where there is no enrichment."""
FIRST_HITS = 10
FOUND = 0.5
"""Share of the probes whose passage must come among the first hits. A sound index finds nearly all of them, one whose vectors or words
belong to other passages hardly any; documents that repeat one another may lose some."""


def verify(index: Index, settings: Settings) -> None:
    """Put an index to the test.

    :raises StoreError: something is missing, or it does not find what it holds.
    :raises RegisterError: a quotation of the enrichment or of a reviewed file is not in its document; the message names file and line.
    """
    built = index.built_from
    counts = (len(index.documents), len(index.passages), len(index.questions), len(index.passage_vectors), len(index.question_vectors))
    if counts != (built.documents, built.passages, built.questions, built.passages, built.questions):
        raise StoreError(f"L'index construit n'est pas complet ({counts}) : l'ancien reste en service, relancez la construction.")
    if len(index.silence_vectors) != len(silent_questions(index.silences)):
        raise StoreError("L'index construit n'a pas tous ses silences : l'ancien reste en service, relancez la construction.")
    if not (np.isfinite(index.passage_vectors).all() and np.isfinite(index.question_vectors).all()):
        raise StoreError("L'index construit contient des vecteurs sans valeur : l'ancien reste en service, relancez la construction.")
    _verify_finding(index)
    Register.of(index, settings)


def _verify_finding(index: Index) -> None:
    retriever = Retriever(index)
    probes = [*_questions(index), *_beginnings(index)]
    found = 0
    for text, passage in probes:
        hits = retriever.retrieve(Query(text, text, "fr", Intent.FACT, ()), FIRST_HITS)
        found += any(hit.passage.text == passage.text for hit in hits)
    if found < FOUND * len(probes):
        raise StoreError(
            f"L'index construit ne retrouve que {found} passages sur {len(probes)} questions connues : l'ancien reste en service, "
            "relancez la construction ou corrigez AMP_ENCODER."
        )


def _questions(index: Index) -> Iterator[tuple[str, Passage]]:
    asked = [(question.text, question.stretch or unit.stretch) for unit in index.units for question in unit.questions]
    for text, stretch in asked[:: len(asked) // PROBES + 1]:
        yield text, index.passages[stretch.passage]


def _beginnings(index: Index) -> Iterator[tuple[str, Passage]]:
    for passage in index.passages[:: len(index.passages) // PROBES + 1]:
        yield " ".join(passage.placed_text.split()[:PROBE_WORDS]), passage
