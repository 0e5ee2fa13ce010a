"""Web page -> Reading, by lxml: headings, paragraphs, lists, tables; menus, heads and feet of the site are left out.

Not by trafilatura, which is made for articles and leaves out what a plan is made of (short lists, tables, repeated headings).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from amp_assistant.documents.encoding import read_text
from amp_assistant.documents.lines import BULLET, seen, tidy
from amp_assistant.documents.model import Block, BlockKind, LeftOut, Reading
from amp_assistant.documents.naming import DAMAGE, refused
from amp_assistant.documents.rows import row_texts

_HEADING = re.compile(r"h([1-6])")
_UNSEEN = frozenset("script style noscript template svg math head iframe object select button textarea datalist".split())
_AROUND = frozenset("nav header footer aside form menu dialog".split())
_BLOCKS = frozenset(
    "address article blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr "
    "html li main nav ol p pre section summary table tbody td tfoot th thead tr ul aside menu dialog caption".split()
)
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_SPACES = re.compile(r"[\s\u00a0]+")
_DATES = ("article:published_time", "dcterms.date", "dc.date", "date")


def read_html(path: Path) -> Reading:
    """Read a web page; pages are not known. Raises DocumentError, with one French sentence, if it cannot be opened or holds no markup."""
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    text = read_text(path).replace("\x00", "")
    try:
        root = document_fromstring(text.encode(), parser=HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
        reader = _Reader()
        return Reading(tuple(reader.blocks(root)), tuple(reader.left_out), _metadata(root))
    except (LxmlError, *DAMAGE) as error:
        raise refused(path, "n’est pas une page web lisible : réenregistrez-la") from error


def _metadata(root: Any) -> dict[str, str]:
    named = {(meta.get("name") or meta.get("property") or "").lower(): tidy(meta.get("content") or "") for meta in root.iter("meta")}
    title = _line(root.findtext(".//title") or "")
    date = next((named[name] for name in _DATES if re.match(r"\d{4}(-\d\d){0,2}", named.get(name, ""))), "")
    said = {"title": title, "author": named.get("author", ""), "date": date[:10]}
    return {name: value for name, value in said.items() if value}


def _tag(element: Any) -> str:
    return element.tag if isinstance(element.tag, str) else ""


class _Reader:
    """Walks through the page; keeps what it leaves out."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []

    def blocks(self, parent: Any, depth: int = -1) -> Iterator[Block]:
        """The blocks below an element; ``depth`` counts the lists around it from 0, and text in a list's item is a bullet."""
        words = parent.text or ""
        for child in parent:
            tag = _tag(child)
            if tag in _UNSEEN:
                pass
            elif self._is_around(child):
                self.left_out.append(LeftOut("menu, head or foot of the site", _line(_text(child))))
            elif tag in _BLOCKS:
                yield from _plain(words, depth)
                words = ""
                yield from self._block(child, depth)
            else:
                words += "\n" if tag == "br" else _text(child)
            words += child.tail or ""
        yield from _plain(words, depth)

    def _block(self, element: Any, depth: int) -> Iterator[Block]:
        tag = _tag(element)
        heading = _HEADING.fullmatch(tag)
        if heading:
            text = _line(_text(element))
            yield from [Block(BlockKind.HEADING, text, int(heading[1]))] if text else []
        elif tag == "table" and _is_data(element):
            yield from _rows(element)
        else:
            yield from self.blocks(element, depth + (tag in ("ul", "ol", "dl")))

    def _is_around(self, element: Any) -> bool:
        """What surrounds the text of every page of a site; the head of an article is part of it."""
        tag, role = _tag(element), element.get("role", "")
        in_article = any(_tag(parent) in ("article", "main") for parent in element.iterancestors())
        return role in _ROLES or (tag in _AROUND and not (in_article and tag in ("header", "footer", "aside", "form")))


def _is_data(table: Any) -> bool:
    """Whether a table holds data; one that holds headings or another table lays out the page."""
    return not any(_HEADING.fullmatch(_tag(inner)) or (_tag(inner) == "table" and inner is not table) for inner in table.iter())


def _rows(table: Any) -> Iterator[Block]:
    rows = [[cell for cell in row if _tag(cell) in ("td", "th")] for row in table.iter("tr")]
    caption = next((_line(_text(caption)) for caption in table.iter("caption")), "")
    if caption:
        yield Block(BlockKind.PARAGRAPH, caption)
    is_headed = bool(rows and rows[0]) and all(_tag(cell) == "th" for cell in rows[0])
    cells = [[text for cell in row for text in _cells(cell)] for row in rows]
    yield from (Block(BlockKind.ROW, text) for text in row_texts(cells, headed=True if is_headed else None))


def _cells(cell: Any) -> list[str]:
    """The text of a cell, and empty cells for the columns that it spans besides its own."""
    span = cell.get("colspan", "1")
    return [_line(_text(cell)), *[""] * (min(int(span), 100) - 1 if span.isdecimal() else 0)]


def _text(element: Any) -> str:
    """The text that is seen below an element; white space stands for a break and between blocks."""
    parts = [element.text or ""]
    for child in element:
        tag = _tag(child)
        if tag == "br":
            parts.append("\n")
        elif tag and tag not in _UNSEEN:
            parts.append(f" {_text(child)} " if tag in _BLOCKS else _text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _line(words: str) -> str:
    return _SPACES.sub(" ", seen(words)).strip()


def _plain(words: str, depth: int) -> Iterator[Block]:
    text = _line(words)
    if not text:
        return
    if depth >= 0 or BULLET.match(text):
        yield Block(BlockKind.BULLET, BULLET.sub("", text), min(max(depth, 0), 1))
    else:
        yield Block(BlockKind.PARAGRAPH, text)
