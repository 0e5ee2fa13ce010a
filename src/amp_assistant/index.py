"""Passages, their vectors and their words: what `building` wrote into a build (see `builds`), opened into memory.

    <fingerprint>-<n>/
      rows/                           passages, vectors and vocabulary, as they are read to answer
      chroma/                         passages and questions with their vectors, for whoever queries them otherwise
      lexical/  encoder/              the words, and the trained encoder
      units.json  silences.json       the enrichment, and what the documents do not say
      details.npy  phrasing.json      what kind of detail the questions of both ask for, and how they are phrased
      acronyms.json                   the acronyms that both spell out
      documents.json                  the card of each document
      readings/                       the documents as they were read, for the next indexing
      report.json  built_from.json    what was done, and what the build is made of, with the checksums of its files
"""

import hashlib
import logging
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from amp_assistant.acronyms import Acronym, Acronyms
from amp_assistant.builds import COMPLETE, current_build, hold, is_of, read_json
from amp_assistant.details import Details
from amp_assistant.documents.model import Document
from amp_assistant.encoder import Encoder, NamedEncoder, StaticEncoder, Vectors
from amp_assistant.enrichment import Question, Stretch, Unit
from amp_assistant.errors import StoreError
from amp_assistant.fingerprint import fingerprint
from amp_assistant.lexical import LexicalIndex
from amp_assistant.passages import Nature, Passage
from amp_assistant.phrasing import Phrasing
from amp_assistant.rows import read_passages, read_vectors, read_vocabulary
from amp_assistant.settings import Settings
from amp_assistant.silences import Silence
from amp_assistant.store import read_store

logger = logging.getLogger(__name__)

DETAILS, PHRASING = "details.npy", "phrasing.json"


@dataclass(frozen=True, slots=True)
class BuiltFrom:
    """What a build was made of, how long each stage took in seconds, and what it holds.

    `training` is the hash of what its encoder was trained on; `files` are the SHA-256 of its other files, by their place in it.
    """

    fingerprint: str
    encoder: str
    versions: Mapping[str, str]
    documents: int
    passages: int
    questions: int
    seconds: Mapping[str, float]
    warnings: tuple[str, ...]
    training: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Index:
    """Everything that answers a question, in memory.

    `passages` are in document order and a passage's place among them is its row in `passage_vectors` and in the lexical
    fields; `questions` are the enrichment's, rows of `question_vectors` and `question_details`, and those of the `silences` in their
    order are rows of `silence_vectors` and `silence_details`; `phrasing` tells the two apart; `vocabulary` counts the folded words of the
    passages and of what the enrichment says of them. The `reading` of the documents tells their pages, not their blocks. While an index
    is in memory, its build is not removed from the disk.
    """

    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    units: tuple[Unit, ...]
    questions: tuple[Question, ...]
    passage_vectors: Vectors
    question_vectors: Vectors
    question_details: Details
    silences: tuple[Silence, ...]
    silence_vectors: Vectors
    silence_details: Details
    phrasing: Phrasing
    vocabulary: Mapping[str, int]
    acronyms: Acronyms
    lexical: LexicalIndex
    encoder: Encoder
    built_from: BuiltFrom


def is_current(settings: Settings) -> bool:
    """Whether the index in use was built from the corpus, the settings and the versions of now."""
    build = current_build(settings.index)
    return build is not None and is_of(build, fingerprint(settings))


def open_index(settings: Settings) -> Index:
    """Read the index in use into memory.

    :raises StoreError: there is none, or it is damaged.
    """
    build = current_build(settings.index)
    if build is None:
        raise StoreError(f"Il n'y a pas d'index dans « {settings.index} » : construisez-le avec « amp-assistant index ».")
    try:
        return open_build(build, settings)
    except StoreError:
        if current_build(settings.index) == build:
            raise
    return open_index(settings)  # it was replaced, and removed, while it was being opened


def open_build(build: Path, settings: Settings) -> Index:
    """Read a build into memory and check it.

    :raises StoreError: it is damaged; the message names the file.
    """
    try:
        release = hold(build)
    except OSError as error:
        raise damaged(build) from error
    try:
        index = _read(build, settings)
    except (OSError, ValueError, KeyError, TypeError) as error:
        release()
        raise damaged(build) from error
    except BaseException:
        release()
        raise
    weakref.finalize(index, release)
    return index


def damaged(path: Path) -> StoreError:
    """The error for a build, or a file of it, that is not as it was written."""
    return StoreError(f"L'index est endommagé ({path}) : reconstruisez-le avec « amp-assistant index --force ».")


def read_built_from(build: Path) -> BuiltFrom:
    """What a build is made of.

    :raises OSError, ValueError, TypeError: it is damaged.
    """
    return BuiltFrom(**read_json(build / COMPLETE))


def checksums(build: Path) -> dict[str, str]:
    """The SHA-256 of the files of a build, by their place in it."""
    sums = {}
    for path in sorted(build.rglob("*")):
        place = path.relative_to(build)
        if path.is_file() and place.name != COMPLETE:
            with path.open("rb") as file:
                sums[place.as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums


def understood_texts(passages: Sequence[Passage], units: Sequence[Unit]) -> list[str]:
    """The text of each passage below its headings, with everything that the enrichment says of it."""
    understood: list[list[str]] = [[passage.placed_text] for passage in passages]
    for unit in units:
        understood[unit.stretch.passage] += [unit.summary, unit.words]
        for question in unit.questions:
            understood[(question.stretch or unit.stretch).passage].append(question.text)
    return [" ".join(texts) for texts in understood]


def _read(build: Path, settings: Settings) -> Index:
    from pydantic import TypeAdapter

    built_from = read_built_from(build)
    there = checksums(build)
    for place, checksum in built_from.files.items():
        if there.get(place) != checksum:
            raise damaged(build / place)
    passages: Sequence[Passage] = read_passages(build / "rows")
    passage_vectors, asked_vectors = read_vectors(build / "rows")
    if settings.chroma_url:  # what a server holds has no checksums here
        passages, passage_vectors, asked_vectors = read_store(build / "chroma", settings.chroma_url)
        if len(passages) != built_from.passages or len(asked_vectors) < built_from.questions:
            raise damaged(build / "chroma")
    documents: list[Document] = TypeAdapter(list[Document]).validate_json((build / "documents.json").read_bytes())
    units = tuple(_unit(fields) for fields in read_json(build / "units.json"))
    questions = tuple(question for unit in units for question in unit.questions)
    details: Details = np.load(build / DETAILS)
    return Index(
        documents={document.id: document for document in documents},
        passages=passages,
        units=units,
        questions=questions,
        passage_vectors=passage_vectors,
        question_vectors=asked_vectors[: len(questions)],
        question_details=details[: len(questions)],
        silences=tuple(TypeAdapter(list[Silence]).validate_json((build / "silences.json").read_bytes())),
        silence_vectors=asked_vectors[len(questions) :],
        silence_details=details[len(questions) :],
        phrasing=Phrasing.load(build / PHRASING),
        vocabulary=read_vocabulary(build / "rows"),
        acronyms=Acronyms(Acronym(**fields) for fields in read_json(build / "acronyms.json")),
        lexical=LexicalIndex.load(build / "lexical"),
        encoder=NamedEncoder(settings.encoder) if settings.encoder else StaticEncoder.load(build / "encoder"),
        built_from=built_from,
    )


def _unit(fields: dict[str, Any]) -> Unit:
    questions = tuple(
        Question(question["text"], Stretch(**question["stretch"]) if question["stretch"] else None) for question in fields["questions"]
    )
    changed = {
        "nature": Nature(fields["nature"]),
        "questions": questions,
        "facts": tuple(fields["facts"]),
        "stretch": Stretch(**fields["stretch"]),
    }
    return Unit(**{**fields, **changed})
