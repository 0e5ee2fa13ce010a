"""OpenDocument text (.odt) -> Reading, by odfpy: headings, lists, tables, footnotes; pages are not known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax import SAXException

from amp_assistant.documents.archive import opened_archive
from amp_assistant.documents.lines import BULLET, tidy
from amp_assistant.documents.model import Block, BlockKind, LeftOut, Reading
from amp_assistant.documents.naming import DAMAGE, refused
from amp_assistant.documents.rows import row_texts

_DAMAGED = "est endommagé ou n’est pas un texte OpenDocument : remplacez-le par un fichier complet"
_ODT = "application/vnd.oasis.opendocument.text"
_INDEXES = frozenset({"text:table-of-content", "text:illustration-index", "text:table-index", "text:alphabetical-index"})
# What stands in a paragraph without being its text: notes and boxes are read on their own, comments and deletions are not.
_ASIDE = frozenset({"text:note", "draw:text-box", "office:annotation", "text:tracked-changes", "text:ruby-text"})
# A sheet says « repeated 1 000 times » of an empty cell at its edge.
_MOST_REPEATED = 50


def read_odt(path: Path) -> Reading:
    """Read an OpenDocument text; raises DocumentError, with one French sentence, if it is damaged, protected or too large unpacked."""
    from odf.opendocument import load

    try:
        with opened_archive(path) as archive:
            if _ODT not in archive.read("mimetype").decode("ascii", "replace"):
                raise refused(path, _DAMAGED)
            document = load(str(path))
        reader = _Reader()
        return Reading(tuple(reader.blocks(document.text)), tuple(reader.left_out), _metadata(document.meta))
    except (SAXException, *DAMAGE) as error:
        raise refused(path, _DAMAGED) from error


def _metadata(meta: Any) -> dict[str, str]:
    names = {"dc:title": "title", "dc:creator": "author", "meta:initial-creator": "author", "dc:date": "date", "meta:creation-date": "date"}
    said: dict[str, str] = {}
    for element in meta.childNodes:
        name, text = names.get(_tag(element)), tidy(str(element))
        if name and text:
            said.setdefault(name, text[:10] if name == "date" else text)
    return said


def _tag(element: Any) -> str:
    """The name of an element, with its prefix; empty for text."""
    return str(element.tagName) if element.nodeType == element.ELEMENT_NODE else ""


def _attribute(element: Any, name: str) -> str:
    return str(element.attributes.get((element.qname[0], name), ""))


class _Reader:
    """Walks through the body; keeps what it leaves out."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []

    def blocks(self, parent: Any, depth: int = -1) -> Iterator[Block]:
        """The blocks below an element; ``depth`` counts the lists around it from 0."""
        for element in parent.childNodes:
            tag = _tag(element)
            if tag == "text:list":
                yield from self.blocks(element, depth + 1)
            elif tag in ("text:h", "text:p"):
                yield from self._paragraph(element, depth)
            elif tag == "table:table":
                yield from self._table(element)
            elif tag in _INDEXES:
                self.left_out.append(LeftOut("table of contents", tidy(" ".join(_text(line) for line in _found(element, "text:p")))))
            elif tag and tag not in _ASIDE:
                yield from self.blocks(element, depth)

    def _paragraph(self, element: Any, depth: int) -> Iterator[Block]:
        text = _text(element)
        level = _attribute(element, "outline-level")
        if text and _tag(element) == "text:h":
            yield Block(BlockKind.HEADING, text.replace("\n", " "), int(level) if level.isdecimal() else 1)
        elif text and (depth >= 0 or BULLET.match(text)):
            yield Block(BlockKind.BULLET, BULLET.sub("", text), min(max(depth, 0), 1))
        elif text:
            yield Block(BlockKind.PARAGRAPH, text)
        for box in _found(element, "draw:text-box"):
            yield from self.blocks(box)
        yield from _notes(element)

    def _table(self, table: Any) -> Iterator[Block]:
        heads = [row for head in _found(table, "table:table-header-rows") for row in _found(head, "table:table-row")]
        rows = [_cells(row) for row in _found(table, "table:table-row")]
        yield from (Block(BlockKind.ROW, text) for text in row_texts(rows, headed=True if len(heads) == 1 else None))
        yield from _notes(table)


def _notes(element: Any) -> Iterator[Block]:
    for note in _found(element, "text:note-body"):
        text = " ".join(filter(None, map(_text, _found(note, "text:p"))))
        if text:
            yield Block(BlockKind.NOTE, text)


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.childNodes:
        if _tag(cell) in ("table:table-cell", "table:covered-table-cell"):
            text = " ".join(filter(None, map(_text, [*_found(cell, "text:p"), *_found(cell, "text:h")])))
            repeated = _attribute(cell, "number-columns-repeated")
            cells += [text] * (min(int(repeated), _MOST_REPEATED) if repeated.isdecimal() else 1)
    return cells


def _found(element: Any, tag: str) -> Iterator[Any]:
    """The nearest elements of a tag below an element."""
    for child in element.childNodes:
        if _tag(child) == tag:
            yield child
        else:
            yield from _found(child, tag)


def _text(element: Any) -> str:
    """The text of a paragraph, its line breaks kept."""
    return "\n".join(filter(None, map(tidy, "".join(_parts(element)).split("\n"))))


def _parts(element: Any) -> Iterator[str]:
    for child in element.childNodes:
        tag = _tag(child)
        if not tag:
            yield " ".join(str(child).splitlines()) if str(child).strip() else " " * bool(str(child))
        elif tag in ("text:s", "text:tab"):
            yield " "
        elif tag == "text:line-break":
            yield "\n"
        elif tag not in _ASIDE:
            yield from _parts(child)
