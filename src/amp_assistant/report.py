"""What an indexing did, document by document: shown as a table, kept as `report.json`."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from amp_assistant.documents import Refusal
from amp_assistant.documents.model import Document


class State(StrEnum):
    """What became of a document since the index before."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Line:
    """One document: its place in the corpus folder, what became of it, and what was read.

    `pages` is None where the format has none; pages count from 1; `reason` is the French sentence on why it could not be read;
    `version` is the hash of the file and of what the manifest says of it.
    """

    path: str
    state: State
    document: str = ""
    title: str = ""
    pages: int | None = None
    passages: int = 0
    ocr_pages: tuple[int, ...] = ()
    unreadable_pages: tuple[int, ...] = ()
    reason: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An indexing: the build it put in use, its documents in the order of their places, the files that were passed over.

    `advice` says how to have pages read that were not; `seconds` tells what each stage took, and is empty where nothing had changed;
    `reviewed` is the hash of the reviewed files whose quotations were verified last.
    """

    build: str
    passages: int
    questions: int
    documents: tuple[Line, ...]
    skipped: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    advice: str = ""
    seconds: Mapping[str, float] | None = None
    reviewed: str = ""

    def count(self, state: str) -> int:
        """How many documents are in a state."""
        return sum(line.state == state for line in self.documents)

    def as_unchanged(self) -> "Report":
        """The same index, seen again: what was added or changed is there, what was removed is forgotten."""
        lines = tuple(
            replace(line, state=State.UNCHANGED) if line.state in (State.ADDED, State.CHANGED) else line
            for line in self.documents
            if line.state is not State.REMOVED
        )
        return replace(self, documents=lines, seconds=None)


def lines_of(
    documents: Sequence[Document], passages: Mapping[str, int], unreadable: Sequence[Refusal], earlier: Report | None
) -> tuple[Line, ...]:
    """The lines of a report; `passages` counts those of each document, `earlier` is the report of the index before."""
    known = {line.path: line for line in earlier.documents if line.version} if earlier else {}
    lines = [_line(document, passages[document.id], known.get(document.path)) for document in documents]
    lines += [Line(refusal.path, State.UNREADABLE, reason=refusal.reason) for refusal in unreadable]
    there = {line.path for line in lines}
    lines += [
        Line(line.path, State.REMOVED, line.document, line.title)
        for path, line in known.items()
        if path not in there and line.state is not State.REMOVED
    ]
    return tuple(sorted(lines, key=lambda line: line.path))


def read_report(path: Path) -> Report:
    """Read a report.

    :raises OSError, ValueError: it is not there, or is no report.
    """
    from pydantic import TypeAdapter

    report: Report = TypeAdapter(Report).validate_json(path.read_bytes())
    return report


def _line(document: Document, passages: int, known: Line | None) -> Line:
    version = _version(document)
    state = State.ADDED if known is None else State.UNCHANGED if known.version == version else State.CHANGED
    reading = document.reading
    return Line(
        path=document.path,
        state=state,
        document=document.id,
        title=document.title,
        pages=reading.pages,
        passages=passages,
        ocr_pages=reading.ocr_pages,
        unreadable_pages=reading.unreadable_pages,
        version=version,
    )


def _version(document: Document) -> str:
    described = (document.title, document.short_title, document.kind, document.publisher, document.date, document.period)
    content = "\n".join((document.digest, *described, document.language, document.description, *document.names))
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]
