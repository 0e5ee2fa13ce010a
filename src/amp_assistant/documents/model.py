"""What a document is once it has been read: a sequence of blocks, each with its place."""

from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    """The role of a block in its document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    ROW = "row"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a bullet, a table row or a footnote, as clean text without markup.

    ``level`` is the depth of a heading (1 is the highest) or of a bullet (0 is the outermost); ``page`` is where the text begins,
    counted from 1, None where the file does not tell pages; ``turns`` tells from which offset of the text on it stands on which
    later page.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    turns: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text of the file that no block carries, with the name of the rule that left it out."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one file: blocks in reading order, what was left out, and what the file says of itself.

    Pages count from 1. ``ocr_pages`` were read by optical character recognition, ``unreadable_pages`` could not be read;
    ``page_labels`` holds what is printed as the number of each page, empty where that is 1, 2, 3...
    """

    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    pages: int | None = None
    unreadable_pages: tuple[int, ...] = ()
    ocr_pages: tuple[int, ...] = ()
    page_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the corpus: what the manifest says of it and what its reader found in it.

    ``date`` is ISO 8601, as precise as known (``2022``, ``2022-06``, ``2021-11-19``); ``digest`` is the SHA-256 of the file; ``names``
    are what people call it in a question.
    """

    id: str
    title: str
    short_title: str
    kind: str
    publisher: str
    date: str
    period: str
    language: str
    description: str
    path: str
    digest: str
    reading: Reading
    names: tuple[str, ...] = ()

    def label_of(self, page: int | None) -> str | None:
        """What is printed on a page as its number (« iv », « 12 »), where that is not its place in the file."""
        labels = self.reading.page_labels
        label = labels[page - 1] if page and page <= len(labels) else ""
        return label if label and label != str(page) else None
