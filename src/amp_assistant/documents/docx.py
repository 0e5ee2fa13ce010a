"""Word file (.docx) -> Reading, by python-docx: headings by style, lists, tables, footnotes; pages are not known.

The text is gathered from the XML below each paragraph, because python-docx leaves out what stands in content controls, text boxes
and tracked insertions; what was deleted in a tracked change is left out.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amp_assistant.documents.archive import opened_archive
from amp_assistant.documents.lines import BULLET, tidy
from amp_assistant.documents.model import Block, BlockKind, LeftOut, Reading
from amp_assistant.documents.naming import DAMAGE, refused
from amp_assistant.documents.rows import row_texts

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DAMAGED = "est endommagé ou n’est pas un fichier Word : remplacez-le par un fichier complet"
_BREAKS = {f"{_W}t": "", f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# What stands in a paragraph without being its text: its second copy for old programs, boxes (read on their own), deletions.
_ASIDE = frozenset({_FALLBACK, f"{_W}txbxContent", f"{_W}del", f"{_W}moveFrom"})
_CONTENTS_STYLE = ("toc", "tm")
_NUMBERS = ("w:numPr",)


def read_docx(path: Path) -> Reading:
    """Read a Word file; raises DocumentError, with one French sentence, if it is damaged, protected, or too large unpacked."""
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        with opened_archive(path):
            return _reading(Document(str(path)))
    except (OpcError, LxmlError, *DAMAGE) as error:
        raise refused(path, _DAMAGED) from error


def _reading(document: "WordDocument") -> Reading:
    reader = _Reader(_footnotes(document), _styles(document))
    blocks = tuple(reader.blocks(document.element.body))
    said = document.core_properties
    date = said.modified or said.created
    metadata = {"title": (said.title or "").strip(), "author": (said.author or "").strip(), "date": f"{date:%Y-%m-%d}" if date else ""}
    return Reading(blocks, tuple(reader.left_out), {name: value for name, value in metadata.items() if value})


def _styles(document: "WordDocument") -> dict[str, tuple[str, int, bool]]:
    """By the id of a paragraph style: its name in small letters, its depth as a heading (0: none), and whether it makes lists."""
    styles: dict[str, tuple[str, int, bool]] = {}
    for style in document.styles.element.findall(f"{_W}style"):
        name = _value(style, "name").lower()
        outline = _value(style, "pPr/outlineLvl")
        level = int(outline) + 1 if outline.isdecimal() and int(outline) < 9 else 1 if name == "title" else 0
        in_list = style.find(f"{_W}pPr/{_W}numPr") is not None and not level
        styles[style.get(f"{_W}styleId", "")] = (name, level, in_list or name.startswith("list"))
    return styles


def _footnotes(document: "WordDocument") -> dict[str, Any]:
    """The footnotes and endnotes of the document by the kind of their call and their number."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from lxml.etree import XMLParser, fromstring

    notes: dict[str, Any] = {}
    for relation in document.part.rels.values():
        kind = {RELATIONSHIP_TYPE.FOOTNOTES: "footnote", RELATIONSHIP_TYPE.ENDNOTES: "endnote"}.get(relation.reltype)
        if kind:
            root = fromstring(relation.target_part.blob, XMLParser(resolve_entities=False, no_network=True))
            notes |= {f"{kind}{note.get(f'{_W}id')}": note for note in root.findall(f"{_W}{kind}")}
    return notes


def _value(element: Any, path: str) -> str:
    """The value of a property below an element, empty where it has none."""
    found = element.find("/".join(f"{_W}{name}" for name in path.split("/")))
    return "" if found is None else str(found.get(f"{_W}val", ""))


class _Reader:
    """Walks through the body; keeps what it leaves out."""

    def __init__(self, notes: Mapping[str, Any], styles: Mapping[str, tuple[str, int, bool]]) -> None:
        self.left_out: list[LeftOut] = []
        self._notes = notes
        self._styles = styles

    def blocks(self, parent: Any) -> Iterator[Block]:
        for element in parent:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                yield from self._table(element)
            elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
                yield from self.blocks(element)

    def _paragraph(self, element: Any) -> Iterator[Block]:
        text = _text(element)
        name, level, in_list = self._styles.get(_value(element, "pPr/pStyle"), ("", 0, False))
        outline = _value(element, "pPr/outlineLvl")
        level = int(outline) + 1 if outline.isdecimal() and int(outline) < 9 else level
        if text and name.startswith(_CONTENTS_STYLE) and name[-1:].isdecimal():
            self.left_out.append(LeftOut("table of contents", text))
        elif text and level:
            yield Block(BlockKind.HEADING, text.replace("\n", " "), level)
        elif text and (in_list or BULLET.match(text) or element.find(f"{_W}pPr/{_W}numPr") is not None):
            depth = _value(element, "pPr/numPr/ilvl")
            yield Block(BlockKind.BULLET, BULLET.sub("", text), min(int(depth), 1) if depth.isdecimal() else 0)
        elif text:
            yield Block(BlockKind.PARAGRAPH, text)
        for box in _found(element, f"{_W}txbxContent", inside=False):
            yield from self.blocks(box)
        yield from self._called(element)

    def _called(self, element: Any) -> Iterator[Block]:
        """The notes that are called below an element, each once."""
        for kind in ("footnote", "endnote"):
            for call in _found(element, f"{_W}{kind}Reference"):
                note = self._notes.get(f"{kind}{call.get(f'{_W}id')}")
                text = " ".join(filter(None, map(_text, note.iter(f"{_W}p")))) if note is not None else ""
                if text:
                    yield Block(BlockKind.NOTE, text)

    def _table(self, table: Any) -> Iterator[Block]:
        rows: list[list[str]] = []
        for row in table.iter(f"{_W}tr"):
            if next(row.iterancestors(f"{_W}tbl")) is table:  # the rows of a table in a cell belong to the cell
                rows.append([cell for tc in row.iter(f"{_W}tc") if next(tc.iterancestors(f"{_W}tr")) is row for cell in _cells(tc)])
        yield from (Block(BlockKind.ROW, text) for text in row_texts(rows))
        yield from self._called(table)


def _cells(cell: Any) -> list[str]:
    """The text of a cell, and empty cells for the columns that it spans besides its own; one merged with the cell above is empty."""
    text = " ".join(filter(None, (_text(paragraph) for paragraph in cell.iter(f"{_W}p"))))
    span = _value(cell, "tcPr/gridSpan")
    return [text, *[""] * (min(int(span), 100) - 1 if span.isdecimal() else 0)]


def _found(element: Any, tag: str, *, inside: bool = True) -> Iterator[Any]:
    """The elements of a tag below an element, second copies and deletions apart; those inside one another only if ``inside``."""
    for child in element:
        if child.tag == tag:
            yield child
        if child.tag not in (_FALLBACK, f"{_W}del", f"{_W}moveFrom") and (inside or child.tag != tag):
            yield from _found(child, tag, inside=inside)


def _text(paragraph: Any) -> str:
    """The text of a paragraph, its line breaks kept."""
    return "\n".join(filter(None, map(tidy, "".join(_parts(paragraph)).split("\n"))))


def _parts(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag in _BREAKS:
            yield (child.text or "") + _BREAKS[child.tag]
        elif child.tag not in _ASIDE:
            yield from _parts(child)
