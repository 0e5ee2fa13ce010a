"""A document without enrichment -> its enrichment file, written by a language model unit by unit and checked by code.

The format is that of ``corpus/enrichment/FORMAT.md``. The model writes what ordinary people would ask; the anchor is cut by code, and
every quotation, number and choice of what the model writes is compared with the unit: what fails is dropped and counted. Lines are
only added, one when its unit is done, so that an interrupted run goes on where it stopped and what a person has corrected stays.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from amp_assistant.documents.model import BlockKind, Document
from amp_assistant.errors import DocumentError, LanguageModelError
from amp_assistant.folding import FoldedText, squash, tokens
from amp_assistant.language_model import LanguageModel, Message, Usage
from amp_assistant.passages import Nature
from amp_assistant.unit_form import INSTRUCTIONS, Asked, Fact, WrittenUnit, fact_fault, fact_record, is_told, question_fault

SHORTEST_ANCHOR, LONGEST_ANCHOR = 30, 160
SHORT_BULLET = 15
"""Words of a bullet that may share a unit with its neighbours."""
MOST_BULLETS = 5
FEWEST_QUESTIONS, MOST_QUESTIONS = 3, 8
FEWEST_WORDS, MOST_WORDS = 5, 20
"""Search words of a line: 8 are asked for, and a few may turn out to stand in the unit."""
UNIT_SECONDS = 120.0
"""Time for one unit: nobody waits before the screen, and a model on a plain computer writes ten tokens a second."""
MOST_FAILURES = 3
"""Calls in a row that may fail before the run is given up: the server is down, not the unit difficult."""

@dataclass(frozen=True, slots=True)
class TextUnit:
    """A stretch of a document that gets a line: its text and the headings above it, outermost first."""

    text: str
    headings: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """How far a run has come: units of the document, those that had a line before, lines written, what was dropped and why (in
    French, with its number), and what the model took."""

    usage: Usage
    units: int = 0
    present: int = 0
    written: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """Units that need no call any more in this run."""
        return self.present + self.written + self.dropped["unité"]


def enrich_document(document: Document, model: LanguageModel, path: Path, progress: Callable[[Report], None]) -> Report:
    """Add to the file of `path` a line for each unit of the document that has none; `progress` gets the report after each unit.

    :raises LanguageModelError: the model failed several times in a row; the lines written so far stay.
    :raises DocumentError: the file cannot be read or written.
    """
    whole = FoldedText.of("\n".join(block.text for block in document.reading.blocks))
    units = list(text_units(document))
    report = Report(Usage(model.name), units=len(units))
    failures = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        quoted = list(_quoted(path))
        for unit in units:
            if _is_present(unit, quoted):
                report.present += 1
                progress(report)
                continue
            try:
                line = _line(unit, document, whole, model, report)
                failures = 0
            except LanguageModelError:
                failures += 1
                report.dropped["réponse inutilisable du modèle"] += 1
                if failures == MOST_FAILURES:
                    raise
                line = None
            if line is None:
                report.dropped["unité"] += 1
            else:
                _append(path, line)
                report.written += 1
            progress(report)
    except OSError as error:
        raise DocumentError(f"Le fichier « {path} » ne peut être lu ou écrit ({error.strerror}) : vérifiez ses droits.") from error
    return report


def text_units(document: Document) -> Iterator[TextUnit]:
    """The paragraphs, bullets and rows of a document, short neighbouring bullets together; what is too short for an anchor is left out."""
    headings: list[tuple[int, str]] = []
    bullets: list[str] = []

    def unit(text: str) -> Iterator[TextUnit]:
        if len(text) >= SHORTEST_ANCHOR:
            yield TextUnit(text, tuple(heading for _, heading in headings))

    for block in document.reading.blocks:
        is_short = block.kind is BlockKind.BULLET and len(block.text.split()) <= SHORT_BULLET
        if bullets and (not is_short or len(bullets) == MOST_BULLETS):
            yield from unit("\n".join(bullets))
            bullets = []
        if block.kind is BlockKind.HEADING:
            headings = [*(above for above in headings if above[0] < block.level), (block.level, block.text)]
        elif is_short:
            bullets.append(block.text)
        else:
            yield from unit(block.text)
    yield from unit("\n".join(bullets))


def anchor_of(unit: TextUnit, whole: FoldedText) -> str | None:
    """The fewest first words of a unit that stand only once in the document, or None where its longest anchor is not enough."""
    words = unit.text.split()
    for count in range(1, len(words) + 1):
        anchor = " ".join(words[:count])
        if len(anchor) > LONGEST_ANCHOR:
            break
        if len(anchor) >= SHORTEST_ANCHOR and (place := whole.find(anchor)) and not whole.find(anchor, place[1]):
            return anchor
    return None


def _line(unit: TextUnit, document: Document, whole: FoldedText, model: LanguageModel, report: Report) -> dict[str, Any] | None:
    """The line of a unit, or None where too little of what the model wrote is right."""
    anchor = anchor_of(unit, whole)
    if anchor is None:
        report.dropped["ancre"] += 1
        return None
    written = _read(unit, document, model, report)
    text = FoldedText.of(unit.text)
    questions = [asked.model_dump() for asked in written.questions if _passes("question", question_fault(asked, text), report)]
    words = [word for word in written.words.replace(",", " ").split() if squash(word) and squash(word) not in tokens(unit.text)]
    facts = [] if written.nature is Nature.RECIT else written.facts
    checked = [fact_record(fact) for fact in facts if _passes("fait", fact_fault(fact, text), report)]
    report.dropped["fait dans un récit"] += len(written.facts) - len(facts)
    is_right = len(questions) >= FEWEST_QUESTIONS and len(words) >= FEWEST_WORDS and is_told(written.summary, unit.text)
    if not is_right:
        return None
    return {
        "document": document.id,
        "anchor": anchor,
        "nature": str(written.nature),
        "summary": " ".join(written.summary.split()),
        "questions": questions[:MOST_QUESTIONS],
        "words": " ".join(dict.fromkeys(words[:MOST_WORDS])),
        "facts": checked,
    }


def _read(unit: TextUnit, document: Document, model: LanguageModel, report: Report) -> WrittenUnit:
    """What the model writes of a unit; a question or fact of another form costs only itself."""
    *_, draft = model.write(_messages(unit, document), WrittenUnit, UNIT_SECONDS)
    report.usage += draft.usage or Usage(model.name)
    content = dict(draft.content)
    parts: tuple[tuple[str, str, type[BaseModel]], ...] = (("questions", "question", Asked), ("facts", "fait", Fact))
    for name, what, form in parts:
        items = content.get(name)
        content[name] = [item for item in (items if isinstance(items, list) else []) if _passes(what, _form_fault(item, form), report)]
    try:
        return WrittenUnit.model_validate(content)
    except ValidationError as error:
        raise LanguageModelError(f"Le modèle de langage « {model.name} » a écrit une réponse illisible.") from error


def _form_fault(item: object, form: type[BaseModel]) -> str:
    try:
        form.model_validate(item)
    except ValidationError:
        return "forme inconnue"
    return ""


def _messages(unit: TextUnit, document: Document) -> list[Message]:
    mark = blake2b(unit.text.encode(), digest_size=6).hexdigest()  # a document cannot hold the hash of itself
    place = " > ".join([document.title, *unit.headings])
    return [("system", INSTRUCTIONS), ("human", f"Titres : {place}\n\n<unite-{mark}>\n{unit.text}\n</unite-{mark}>\n\nDécris cette unité.")]


def _passes(what: str, fault: str, report: Report) -> bool:
    if fault:
        report.dropped[f"{what} : {fault}"] += 1
    return not fault


def _quoted(path: Path) -> Iterator[str]:
    """The anchors and quotations of the lines that are there, broken lines left aside."""
    lines: Iterable[str] = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else ()
    for line in lines:
        try:
            held = json.loads(line)
            yield from [held["anchor"], *(asked["answer"] for asked in held["questions"])]
        except (ValueError, KeyError, TypeError):
            continue


def _is_present(unit: TextUnit, quoted: Sequence[str]) -> bool:
    text = FoldedText.of(unit.text)
    return any(squash(words) in text.letters for words in quoted if len(words) >= SHORTEST_ANCHOR)


def _append(path: Path, line: dict[str, Any]) -> None:
    """Add a line, whole on the disk before the next is asked for; after a line that was cut off it begins on one of its own."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                file.write(b"\n")
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
