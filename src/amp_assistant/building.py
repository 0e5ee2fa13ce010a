"""Documents -> index: read what changed, cut, encode, verify, and only then put in use. Until that last step the old index stays."""

import hashlib
import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from amp_assistant import encoder as encoding
from amp_assistant import thesaurus
from amp_assistant.acronyms import harvest
from amp_assistant.builds import (
    COMPLETE,
    current_build,
    is_of,
    new_build,
    put_in_use,
    remove_old,
    remove_unfinished,
    write_atomically,
    write_json,
    writing,
)
from amp_assistant.details import details_of
from amp_assistant.documents import Allowance, Corpus, KeptReadings, read_corpus
from amp_assistant.documents.model import Document
from amp_assistant.documents.ocr import INSTALL_OCR, has_ocr
from amp_assistant.encoder import Encoder, NamedEncoder, Pair, StaticEncoder, Vectors, train_encoder, training_pairs
from amp_assistant.enrichment import Enrichment, read_enrichment, with_natures
from amp_assistant.errors import AssistantError, CorpusError, StoreError
from amp_assistant.fingerprint import LIBRARIES, fingerprint, reviewed_fingerprint
from amp_assistant.folding import tokens
from amp_assistant.index import (
    DETAILS,
    PHRASING,
    BuiltFrom,
    Index,
    checksums,
    damaged,
    is_current,
    open_build,
    open_index,
    read_built_from,
    understood_texts,
)
from amp_assistant.lexical import LexicalIndex
from amp_assistant.passages import Passage, split_document
from amp_assistant.phrasing import Phrasing
from amp_assistant.progress import Progress, Stopwatch, no_progress
from amp_assistant.report import Report, lines_of, read_report
from amp_assistant.rows import write_rows
from amp_assistant.settings import Settings
from amp_assistant.silences import Silence, read_silences, silence_pairs, silent_questions
from amp_assistant.store import BATCH, forget_stores, names_on_server, read_store, write_store
from amp_assistant.verification import verify

logger = logging.getLogger(__name__)

REPORT = "report.json"
FEWEST_GENERAL = 100
"""Pairs of the thesaurus that an encoder is trained on in any case: documents without headings or enrichment bring none of their own."""
OFTEN_ASKED = 3
"""Questions of the enrichment in which a word stands that is no typing error, though no document has it."""


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
            if current_build(settings.index) is None:
                raise
            logger.warning("L'index n'a pas pu être reconstruit, l'ancien reste en service. %s", error)
    return open_index(settings)


def build_index(settings: Settings, progress: Progress = no_progress, *, force: bool = False) -> Report:
    """Read what changed in the corpus, build its index in a folder of its own, verify it and put it in use; the report also goes into
    `report.json` of the index folder. Where nothing changed, nothing is built; with `force`, all is read and built anew.

    Until the last step the index in use stays as it is, whatever happens. The build before is kept, and any that is being read.

    :raises AssistantError: the corpus cannot be read, the encoder cannot be trained or loaded, the folder cannot be written, or the new
        index does not stand its verification.
    """
    with writing(settings.index):
        name, current = fingerprint(settings), current_build(settings.index)
        if current and is_of(current, name) and not force:
            report = _confirmed(settings, current)
        else:
            remove_unfinished(settings.index)
            build = new_build(settings.index, name)
            try:
                report = _build(settings, build, current, progress, force)
            except BaseException:
                shutil.rmtree(build, ignore_errors=True)
                raise
            put_in_use(build)
            _remove_old(settings, keep={build, current})
        write_atomically(settings.index / REPORT, json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n")
    return report


def _remove_old(settings: Settings, keep: set[Path | None]) -> None:
    """Remove the builds that nobody reads, but those to keep, and their collections from the Chroma server."""
    names = {store.parent: found for store in settings.index.glob("*/chroma") if (found := names_on_server(store))}
    remove_old(settings.index, keep)
    if settings.chroma_url:
        forget_stores(settings.chroma_url, [found for build, found in names.items() if not build.exists()])


def _confirmed(settings: Settings, build: Path) -> Report:
    """The report of an index that nothing has changed for; the quotations of the reviewed files are verified if these have."""
    try:
        report = read_report(build / REPORT)
    except (OSError, ValueError) as error:
        raise damaged(build / REPORT) from error
    reviewed = reviewed_fingerprint(settings)
    if reviewed != _reviewed_last(settings, report):
        verify(open_build(build, settings), settings)
    return replace(report.as_unchanged(), reviewed=reviewed)


def _reviewed_last(settings: Settings, report: Report) -> str:
    try:
        return read_report(settings.index / REPORT).reviewed
    except (OSError, ValueError):
        return report.reviewed


@dataclass(frozen=True, slots=True)
class _Content:
    """What goes into a build."""

    corpus: Corpus
    passages: Sequence[Passage]
    enrichment: Enrichment
    silences: Sequence[Silence]
    broken: Sequence[str]

    @property
    def questions(self) -> list[str]:
        return [question.text for unit in self.enrichment.units for question in unit.questions]

    @property
    def vocabulary(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for passage in self.passages:
            counts.update(tokens(passage.text))
        for unit in self.enrichment.units:
            counts.update(tokens(f"{unit.summary} {unit.words}"))
        asked = Counter(word for question in self.questions for word in set(tokens(question)))
        counts.update({word: number for word, number in asked.items() if number >= OFTEN_ASKED})
        return counts

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.corpus.warnings, *self.enrichment.warnings, *self.broken)


def _build(settings: Settings, build: Path, earlier: Path | None, progress: Progress, force: bool) -> Report:
    reviewed = reviewed_fingerprint(settings)
    watch = Stopwatch(progress)
    content = _read(settings, build, None if force else earlier, watch)
    with watch.stage("Index lexical"):
        LexicalIndex.build(understood_texts(content.passages, content.enrichment.units)).save(build / "lexical")
    with watch.stage("Encodeur") as steps:
        training, encoder = _encoder(settings, build, None if force else earlier, content, steps)
    with watch.stage("Vecteurs"):
        _write_rows(build, content, encoder, settings.chroma_url)
    write_json(build / "documents.json", [asdict(_card(document)) for document in content.corpus.documents])
    write_json(build / "units.json", [asdict(unit) for unit in content.enrichment.units])
    _write_kinds(build, content.questions, silent_questions(content.silences))
    write_json(build / "silences.json", [asdict(silence) for silence in content.silences])
    write_json(build / "acronyms.json", [asdict(pair) for pair in harvest(content.passages, content.enrichment.units).pairs])
    report = _report(build, earlier, content, reviewed)
    write_json(build / REPORT, asdict(report))
    _complete(build, content, encoder.name, training, watch.seconds)
    with watch.stage("Vérification"):
        verify(open_build(build, settings), settings)
    return replace(report, seconds=watch.seconds)


def _read(settings: Settings, build: Path, earlier: Path | None, watch: Stopwatch) -> _Content:
    allowance = Allowance(seconds=settings.document_seconds, megabytes=settings.document_megabytes, password=settings.pdf_password)
    kept = KeptReadings(build / "readings", earlier / "readings" if earlier else None)
    with watch.stage("Lecture des documents") as steps:
        corpus = read_corpus(settings.corpus, allowance, kept, on_document=steps, on_page=partial(watch.progress, "Pages lues"))
    with watch.stage("Découpage en passages"):
        passages = [passage for document in corpus.documents for passage in split_document(document)]
        if not passages:
            raise CorpusError(f"Les documents de « {settings.corpus} » ne contiennent aucun texte lisible : rien n'est indexé.")
    with watch.stage("Enrichissement"):
        enrichment = read_enrichment(settings.enrichment, passages)
        silences, broken = read_silences(settings.silences, passages)
    return _Content(corpus, with_natures(passages, enrichment), enrichment, silences, broken)


def _encoder(
    settings: Settings, build: Path, earlier: Path | None, content: _Content, steps: Callable[[int, int], None]
) -> tuple[str, Encoder]:
    """The encoder, and the hash of what it was trained on; that of the build before, where it was trained on the same."""
    if settings.encoder:
        return "", NamedEncoder(settings.encoder)
    pairs = training_pairs(content.passages, content.enrichment.units) + silence_pairs(content.silences, content.passages)
    general = thesaurus.training_pairs()[: max(len(pairs), FEWEST_GENERAL)]  # no more than the documents' own, which it has to learn
    training = _training([*pairs, *general])
    if earlier and _is_trained_on(earlier, training):
        _copy_files(earlier / "encoder", build / "encoder")
    else:
        train_encoder([*pairs, *general], build / "encoder", steps)
    return training, StaticEncoder.load(build / "encoder")


def _copy_files(source: Path, target: Path) -> None:
    target.mkdir()
    for path in source.iterdir():
        shutil.copyfile(path, target / path.name)


def _training(pairs: Sequence[Pair]) -> str:
    """The hash of what training depends on: the pairs, the code and the libraries."""
    digest = hashlib.sha256(json.dumps([pairs, *map(version, LIBRARIES)]).encode())
    digest.update(Path(encoding.__file__).read_bytes())
    return digest.hexdigest()


def _is_trained_on(build: Path, training: str) -> bool:
    """Whether a build has an encoder that was trained on that, undamaged."""
    try:
        built_from = read_built_from(build)
        sums = checksums(build)
    except (OSError, ValueError, TypeError):
        return False
    return built_from.training == training and all(sums.get(place) == checksum for place, checksum in built_from.files.items())


def _write_rows(build: Path, content: _Content, encoder: Encoder, url: str) -> None:
    """Write passages and vectors twice: as files that are read to answer, and into Chroma for whoever queries them otherwise, or on the
    server at `url`, from which they are then read."""
    vectors = _in_batches(encoder.encode_passages, [passage.placed_text for passage in content.passages])
    asked = [*content.questions, *silent_questions(content.silences)]
    question_vectors = _in_batches(encoder.encode_queries, asked) if asked else vectors[:0]
    write_rows(build / "rows", content.passages, vectors, question_vectors, content.vocabulary)
    write_store(build / "chroma", content.passages, vectors, question_vectors, url)
    passages, *stored = read_store(build / "chroma", url)
    if passages != tuple(content.passages) or not all(map(_are_alike, stored, (vectors, question_vectors))):
        raise StoreError("Chroma ne rend pas ce qui y est écrit : l'ancien index reste en service, relancez la construction.")


def _write_kinds(build: Path, questions: Sequence[str], silent: Sequence[str]) -> None:
    """Write what the questions with an answer and those without ask for, and how they are phrased."""
    np.save(build / DETAILS, details_of([*questions, *silent]))
    Phrasing.of(questions, silent).save(build / PHRASING)


def _are_alike(stored: Vectors, written: Vectors) -> bool:
    """Whether vectors are the same up to rounding: Chroma brings them to length 1 once more."""
    return stored.shape == written.shape and np.allclose(stored, written, atol=1e-5)


def _in_batches(encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
    return np.concatenate([encode(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)])


def _card(document: Document) -> Document:
    """What is kept of a document beside its passages: all but its blocks."""
    return replace(document, reading=replace(document.reading, blocks=(), left_out=(), metadata={}))


def _report(build: Path, earlier: Path | None, content: _Content, reviewed: str) -> Report:
    try:
        before = read_report(earlier / REPORT) if earlier else None
    except (OSError, ValueError):  # of a build that wrote none, or damaged: everything counts as added
        before = None
    counts = Counter(passage.document for passage in content.passages)
    lines = lines_of(content.corpus.documents, counts, content.corpus.unreadable, before)
    is_lacking = any(line.unreadable_pages or line.reason for line in lines) and not has_ocr()
    return Report(
        build=build.name,
        passages=len(content.passages),
        questions=len(content.questions),
        documents=lines,
        skipped=content.corpus.skipped,
        warnings=content.warnings,
        advice=f"Pour les pages illisibles, {INSTALL_OCR}." if is_lacking else "",
        reviewed=reviewed,
    )


def _complete(build: Path, content: _Content, encoder: str, training: str, seconds: dict[str, float]) -> None:
    """Write down what the build is made of: it is complete then."""
    built_from = BuiltFrom(
        fingerprint=build.name,
        encoder=encoder,
        versions={library: version(library) for library in LIBRARIES},
        documents=len(content.corpus.documents),
        passages=len(content.passages),
        questions=len(content.questions),
        seconds=seconds,
        warnings=content.warnings,
        training=training,
        files=checksums(build),
    )
    write_json(build / COMPLETE, asdict(built_from))
