"""Passages, their vectors and their words, kept on disk: built aside, swapped in whole, opened into memory.

    index/
      CURRENT            the name of the folder in use, replaced atomically
      <fingerprint>/     one build: chroma/ (passages and questions with their vectors), lexical/, encoder/, units.json,
                         documents.json, built_from.json

The fingerprint is the hash of everything the build depends on (documents, manifest, enrichment, encoder, versions), so a folder
of that name is the index of exactly that corpus.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from amp_assistant import thesaurus
from amp_assistant.documents import read_corpus
from amp_assistant.documents.model import Document, Reading
from amp_assistant.documents.reading_process import Allowance
from amp_assistant.encoder import Encoder, NamedEncoder, StaticEncoder, Vectors, train_encoder, training_pairs
from amp_assistant.enrichment import Question, Stretch, Unit, read_enrichment, with_natures
from amp_assistant.errors import AssistantError, CorpusError, StoreError
from amp_assistant.lexical import LexicalIndex
from amp_assistant.passages import Nature, Passage, split_document
from amp_assistant.settings import Settings
from amp_assistant.store import read_store, write_store

logger = logging.getLogger(__name__)

LOCK_SECONDS = 600
"""How long a second builder waits for the first; a build takes about a minute."""
STAGES = (
    "documents", "folding.py", "sentences.py", "passages.py", "enrichment.py", "lexical.py", "thesaurus.txt", "encoder.py", "store.py",
    "index.py",
)  # fmt: skip
"""The code that shapes an index: another code, another index."""
LATER = frozenset({"suivi.jsonl", "conflicts.jsonl", "corrections.toml", "communes.toml"})
"""Files of the corpus that are read when the index is opened (see `register`): correcting them rebuilds nothing."""
LIBRARIES = ("chromadb", "bm25s", "sentence-transformers", "tokenizers")

Progress = Callable[[str, int, int], None]
"""Gets the stage's name in French, the steps done and their number."""


def no_progress(stage: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class BuiltFrom:
    """What an index was made of, and how long each stage took in seconds."""

    fingerprint: str
    encoder: str
    versions: Mapping[str, str]
    documents: int
    passages: int
    questions: int
    seconds: Mapping[str, float]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Everything that answers a question, in memory.

    `passages` are in document order and a passage's place in this tuple is its row in `passage_vectors` and in the lexical
    fields; `questions` are the enrichment's, rows of `question_vectors`.
    """

    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    units: tuple[Unit, ...]
    questions: tuple[Question, ...]
    passage_vectors: Vectors
    question_vectors: Vectors
    lexical: LexicalIndex
    encoder: Encoder
    built_from: BuiltFrom


def fingerprint(settings: Settings) -> str:
    """The hash of everything an index depends on, as 16 hexadecimal digits.

    :raises CorpusError: the corpus folder is missing.
    """
    if not settings.corpus.is_dir():
        raise CorpusError(f"Le dossier des documents « {settings.corpus} » n'existe pas : créez-le ou corrigez AMP_CORPUS.")
    digest = hashlib.sha256(json.dumps([settings.encoder, *map(version, LIBRARIES)]).encode())
    package = Path(__file__).parent
    code = [path for stage in STAGES for path in ((package / stage).rglob("*.py") if (package / stage).is_dir() else [package / stage])]
    files = [path for path in settings.corpus.rglob("*") if path.is_file() and path.name not in LATER]
    for path in sorted(code) + sorted(files):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def is_current(settings: Settings) -> bool:
    """Whether the index in use was built from the corpus, the settings and the versions of now."""
    folder = _current(settings)
    return folder is not None and folder.name.partition("-")[0] == fingerprint(settings)


def ensure_index(settings: Settings, progress: Progress = no_progress) -> Index:
    """Open the index, building it first where it is missing or stale.

    Where building fails and an older index is there, the older one is opened and a warning is logged.

    :raises AssistantError: there is no index and none can be built.
    """
    if not is_current(settings):
        logger.warning("L'index est absent ou ne correspond plus aux documents : il est reconstruit.")
        try:
            build_index(settings, progress)
        except AssistantError as error:
            if _current(settings) is None:
                raise
            logger.warning("L'index n'a pas pu être reconstruit, l'ancien reste en service. %s", error)
    return open_index(settings)


def build_index(settings: Settings, progress: Progress = no_progress, *, force: bool = False) -> BuiltFrom:
    """Read the corpus and build its index in a folder of its own, then make it the one in use; without `force`, only where the one
    in use is stale (another process may just have built it).

    Until the last step the index in use stays as it is, whatever happens. The build before is kept for readers that are running.

    :raises AssistantError: the corpus cannot be read, the encoder cannot be trained or loaded, or the folder cannot be written.
    """
    name = fingerprint(settings)
    with _writing(settings):
        current = _current(settings)
        if current and is_current(settings) and not force:
            return _built_from(current)
        _remove_unfinished(settings)
        folder = next(path for n in count(1) if not (path := settings.index / f"{name}-{n}").exists())
        folder.mkdir()
        try:
            built_from = _build(settings, folder, progress)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _write_atomically(settings.index / "CURRENT", folder.name)
        _remove_old(settings, keep={folder, current})
    return built_from


def open_index(settings: Settings) -> Index:
    """Read the index in use into memory.

    :raises StoreError: there is none, or it is damaged.
    """
    folder = _current(settings)
    if folder is None:
        raise StoreError(f"Il n'y a pas d'index dans « {settings.index} » : construisez-le avec « amp-assistant index ».")
    try:
        return _open(settings, folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"L'index « {folder} » est endommagé : reconstruisez-le avec « amp-assistant index --force ».") from error


class _Stopwatch:
    """Seconds a stage, and progress as a stage begins."""

    def __init__(self, progress: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress

    @contextmanager
    def stage(self, name: str, total: int = 1) -> Iterator[Callable[[int, int], None]]:
        begun = perf_counter()
        self._progress(name, 0, total)
        yield lambda done, of: self._progress(name, done, of)
        self.seconds[name] = round(perf_counter() - begun, 2)
        self._progress(name, total, total)


def _build(settings: Settings, folder: Path, progress: Progress) -> BuiltFrom:
    watch = _Stopwatch(progress)
    with watch.stage("Lecture des documents"):
        corpus = read_corpus(settings.corpus, _allowance(settings))
    with watch.stage("Découpage en passages", len(corpus.documents)):
        passages = [passage for document in corpus.documents for passage in split_document(document)]
        if not passages:
            raise CorpusError(f"Les documents de « {settings.corpus} » ne contiennent aucun texte lisible : rien n'est indexé.")
    with watch.stage("Enrichissement"):
        enrichment = read_enrichment(settings.enrichment, passages)
        passages = with_natures(passages, enrichment)
    with watch.stage("Index lexical"):
        LexicalIndex.build(understood_texts(passages, enrichment.units)).save(folder / "lexical")
    with watch.stage("Encodeur") as steps:
        encoder = _encoder(settings, folder, passages, enrichment.units, steps)
    questions = [question.text for unit in enrichment.units for question in unit.questions]
    with watch.stage("Vecteurs", len(passages) + len(questions)):
        write_store(folder / "chroma", passages, questions, encoder)
    _write_json(folder / "documents.json", [asdict(replace(document, reading=Reading(()))) for document in corpus.documents])
    _write_json(folder / "units.json", [asdict(unit) for unit in enrichment.units])
    built_from = BuiltFrom(
        fingerprint=folder.name,
        encoder=encoder.name,
        versions={library: version(library) for library in LIBRARIES},
        documents=len(corpus.documents),
        passages=len(passages),
        questions=len(questions),
        seconds=watch.seconds,
        warnings=(*corpus.warnings, *enrichment.warnings),
    )
    _write_json(folder / "built_from.json", asdict(built_from))
    return built_from


def _allowance(settings: Settings) -> Allowance:
    return Allowance(seconds=settings.document_seconds, megabytes=settings.document_megabytes, password=settings.pdf_password)


def understood_texts(passages: Sequence[Passage], units: Sequence[Unit]) -> list[str]:
    """The text of each passage below its headings, with everything that the enrichment says of it."""
    understood: list[list[str]] = [[passage.placed_text] for passage in passages]
    for unit in units:
        understood[unit.stretch.passage] += [unit.summary, unit.words]
        for question in unit.questions:
            understood[(question.stretch or unit.stretch).passage].append(question.text)
    return [" ".join(texts) for texts in understood]


def _encoder(
    settings: Settings, folder: Path, passages: Sequence[Passage], units: Sequence[Unit], steps: Callable[[int, int], None]
) -> Encoder:
    if settings.encoder:
        return NamedEncoder(settings.encoder)
    pairs = training_pairs(passages, units)
    general = thesaurus.training_pairs()[: len(pairs)]  # never more than the documents' own, which are what it has to learn
    train_encoder([*pairs, *general], folder / "encoder", steps)
    return StaticEncoder.load(folder / "encoder")


def _open(settings: Settings, folder: Path) -> Index:
    built_from = _built_from(folder)
    documents = [
        Document(**{**fields, "reading": Reading(()), "names": tuple(fields["names"])}) for fields in _read_json(folder / "documents.json")
    ]
    units = tuple(_unit(fields) for fields in _read_json(folder / "units.json"))
    passages, passage_vectors, question_vectors = read_store(folder / "chroma")
    if len(passages) != built_from.passages or len(question_vectors) != built_from.questions:
        raise ValueError(f"{len(passages)} passages, {len(question_vectors)} questions")
    return Index(
        documents={document.id: document for document in documents},
        passages=passages,
        units=units,
        questions=tuple(question for unit in units for question in unit.questions),
        passage_vectors=passage_vectors,
        question_vectors=question_vectors,
        lexical=LexicalIndex.load(folder / "lexical"),
        encoder=NamedEncoder(settings.encoder) if settings.encoder else StaticEncoder.load(folder / "encoder"),
        built_from=built_from,
    )


def _built_from(folder: Path) -> BuiltFrom:
    return BuiltFrom(**_read_json(folder / "built_from.json"))


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


def _current(settings: Settings) -> Path | None:
    try:
        folder = settings.index / (settings.index / "CURRENT").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return folder if (folder / "built_from.json").is_file() else None


@contextmanager
def _writing(settings: Settings) -> Iterator[None]:
    """Hold the index folder for writing, alone.

    :raises StoreError: the folder cannot be written, or another builder holds it for too long.
    """
    from filelock import FileLock, Timeout

    try:
        settings.index.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.index / ".lock", timeout=LOCK_SECONDS):
            yield
    except Timeout as error:
        raise StoreError(
            f"Une autre construction occupe « {settings.index} » depuis plus de {LOCK_SECONDS // 60} minutes : attendez ou arrêtez-la."
        ) from error
    except OSError as error:
        raise StoreError(
            f"L'index ne peut pas être écrit dans « {settings.index} » ({error}) : vérifiez les droits et la place, ou AMP_INDEX."
        ) from error


def _remove_unfinished(settings: Settings) -> None:
    for folder in settings.index.iterdir():
        if folder.is_dir() and not (folder / "built_from.json").is_file():
            shutil.rmtree(folder)


def _remove_old(settings: Settings, keep: set[Path | None]) -> None:
    for folder in settings.index.iterdir():
        if folder.is_dir() and folder not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _write_atomically(path: Path, text: str) -> None:
    aside = path.with_suffix(".new")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
