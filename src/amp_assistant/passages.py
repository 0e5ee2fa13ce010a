"""A document cut into passages: what is indexed, found and cited.

A passage is one or more whole blocks under one heading, in the document's own words: long enough to stand alone, short enough to be
about one thing. Cuts are made between blocks first, and between sentences only where a single block is too long.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from amp_assistant.documents.model import Block, BlockKind, Document
from amp_assistant.folding import squash
from amp_assistant.sentences import split_sentences

# Sizes in words. Shorter passages say too little to be found, longer ones are about several things.
_SHORTEST = 40
_LONGEST = 160
_AIM = 120
# Blocks up to this length are never cut: two or three sentences that were written together.
_LONG_BLOCK = 60
# A cut inside a block is as bad as a passage 50 words off the aim, one that parts bullets from what introduces them as 30; a passage
# out of bounds is worse than any number of these.
_COST_INSIDE_BLOCK = 2500
_COST_INSIDE_LIST = 900
_COST_OUTSIDE = 10**6
_ID_DIGITS = 10


class Nature(StrEnum):
    """What a passage tells: a commitment, a target, a result, how things are, words of a person, or an imagined future."""

    ENGAGEMENT = "engagement"
    CIBLE = "cible"
    RESULTAT = "resultat"
    DESCRIPTION = "description"
    CITATION = "citation"
    RECIT = "recit"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document, verbatim, with its place.

    ``id`` is the document's id and a hash of heading path and text, so that it stays the same while these do; ``position`` counts from
    0 in the document; ``heading_path`` holds the headings above, outermost first, without the document's title; ``pages`` tells from
    which offset of the text on it stands on which page (1 is the first), and is empty where the file tells no pages.
    """

    id: str
    document: str
    position: int
    text: str
    heading_path: tuple[str, ...]
    pages: tuple[tuple[int, int], ...] = ()
    nature: Nature = Nature.DESCRIPTION

    @property
    def first_page(self) -> int | None:
        """The page where the text begins."""
        return self.pages[0][1] if self.pages else None

    @property
    def last_page(self) -> int | None:
        """The last page on which a part of it stands."""
        return max((page for _, page in self.pages), default=None)

    def page_at(self, offset: int) -> int | None:
        """The page of an offset in the text."""
        return next((page for start, page in reversed(self.pages) if start <= offset), self.first_page)

    @property
    def placed_text(self) -> str:
        """The text below its two nearest headings: what is indexed, so that a passage is found by what it is about."""
        return "\n".join([*self.heading_path[-2:], self.text])


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence of a long block, or a block: what no cut goes through.

    ``glue`` stands before it unless it opens a passage: a newline before a block, a space inside one. ``leads``: what follows
    belongs to it (« ... : » before its bullets, a heading kept as a line), so that no passage ends with it. ``cut_cost``: how bad
    it is to begin a passage with it. ``pages``: from which offset of the text on it stands on which page.
    """

    text: str
    pages: tuple[tuple[int, int], ...]
    glue: str = "\n"
    leads: bool = False
    cut_cost: float = 0.0

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class _Section:
    """The lines directly under one heading, or under several small sibling headings, kept as lines."""

    path: tuple[str, ...]
    pieces: tuple[_Piece, ...]
    is_merged: bool = False

    @property
    def words(self) -> int:
        return sum(piece.words for piece in self.pieces)


def split_document(document: Document) -> list[Passage]:
    """The passages of a document, in reading order, 40 to 160 words each where the document allows it."""
    titles = {squash(document.title), squash(document.short_title)}
    passages: list[Passage] = []
    seen: Counter[str] = Counter()
    for section in _merge_small(_sections(document.reading.blocks, titles)):
        for pieces in _cut(section.pieces):
            text, page_starts = _joined(pieces)
            identity = _identity(document.id, section.path, text)
            seen[identity] += 1
            passages.append(
                Passage(
                    id=identity if seen[identity] == 1 else f"{identity}-{seen[identity]}",
                    document=document.id,
                    position=len(passages),
                    text=text,
                    heading_path=section.path,
                    pages=page_starts,
                )
            )
    return passages


def _joined(pieces: Sequence[_Piece]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of some pieces, and where in it each page begins."""
    text = ""
    pages: list[tuple[int, int]] = []
    for piece in pieces:
        text += piece.glue if text else ""
        for offset, page in piece.pages:
            if not pages or pages[-1][1] != page:
                pages.append((len(text) + offset, page))
        text += piece.text
    return text, tuple(pages)


def _identity(document_id: str, path: Sequence[str], text: str) -> str:
    content = "\n".join((*path, "", text)).encode()
    return f"{document_id}:{hashlib.blake2b(content).hexdigest()[:_ID_DIGITS]}"


def _sections(blocks: Sequence[Block], titles: set[str]) -> Iterator[_Section]:
    """What stands directly under each heading; a heading without text of its own makes no section."""
    open_headings: list[Block] = []
    pieces: list[_Piece] = []
    is_introduced = False
    for block, following in pairwise([*blocks, Block(BlockKind.HEADING, "")]):
        if block.kind is BlockKind.HEADING:
            while open_headings and open_headings[-1].level >= block.level:
                open_headings.pop()
            open_headings.append(block)
        else:
            is_introduced = block.kind is BlockKind.BULLET and (block.level > 0 or is_introduced or (bool(pieces) and pieces[-1].leads))
            pieces += _pieces(block, following, _COST_INSIDE_LIST if is_introduced else 0.0)
        if following.kind is BlockKind.HEADING and pieces:
            yield _Section(tuple(heading.text for heading in open_headings if squash(heading.text) not in titles), tuple(pieces))
            pieces = []


def _pieces(block: Block, following: Block, cut_cost: float) -> list[_Piece]:
    """A block, with its mark if it is a bullet; a long one sentence by sentence."""
    text = f"{'  ' * block.level}- {block.text}" if block.kind is BlockKind.BULLET else block.text
    leads = text.endswith((":", "...", "…")) and following.kind is not BlockKind.HEADING
    pages = _page_starts(block, len(text) - len(block.text))
    if len(text.split()) <= _LONG_BLOCK:
        return [_Piece(text, pages, leads=leads, cut_cost=cut_cost)]
    spans = split_sentences(text)
    ends = [*(start for start, _ in spans[1:]), len(text)]
    starts = [0, *ends[:-1]]
    parts = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    glues = ["\n", *(part[len(part.rstrip()) :] for part in parts)]
    costs = [cut_cost, *([_COST_INSIDE_BLOCK] * (len(parts) - 1))]
    pieces = [
        _Piece(text[start:end].rstrip(), _between(pages, start, end), glue, cut_cost=cost)
        for start, end, glue, cost in zip(starts, ends, glues, costs, strict=False)
    ]
    return [*pieces[:-1], replace(pieces[-1], leads=leads)]


def _page_starts(block: Block, mark: int) -> tuple[tuple[int, int], ...]:
    """From which offset on the text of a block, behind a mark of some characters, stands on which page."""
    return () if block.page is None else ((0, block.page), *((mark + offset, page) for offset, page in block.turns))


def _between(pages: Sequence[tuple[int, int]], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The same for the part of the text from ``start`` to ``end``."""
    begun = [page for offset, page in pages if offset <= start][-1:]
    return (*((0, page) for page in begun), *((offset - start, page) for offset, page in pages if start < offset < end))


def _cut(pieces: Sequence[_Piece]) -> list[Sequence[_Piece]]:
    """The pieces of a section as passages, none of which ends with a piece that leads.

    Of all ways to cut, the one that costs least (see `_cost`), by dynamic programming over the places where a passage may end.
    """
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        options: list[tuple[float, int]] = []
        words = 0
        for start in range(end - 1, -1, -1):
            words += pieces[start].words
            if options and words > 2 * _LONGEST:
                break
            if start == 0 or not pieces[start - 1].leads:
                options.append((best[start][0] + _cost(words) + (pieces[start].cut_cost if start else 0), start))
        best.append(min(options))
    passages: list[Sequence[_Piece]] = []
    end = len(pieces)
    while end:
        start = best[end][1]
        passages.append(pieces[start:end])
        end = start
    return passages[::-1]


def _cost(words: int) -> float:
    """How far a passage is from the best size; outside the bounds far more, so that they break only where nothing else is possible."""
    outside = max(_SHORTEST - words, words - _LONGEST, 0)
    return float((words - _AIM) ** 2 + (_COST_OUTSIDE + outside**2 if outside else 0))


def _merge_small(sections: Iterable[_Section]) -> list[_Section]:
    """Sections too small to stand alone joined with a neighbour under the same parent, each heading kept as a line of the text."""
    merged: list[_Section] = []
    for section in sections:
        if merged and _belong_together(merged[-1], section):
            pieces = (*_with_heading(merged[-1], section), *_with_heading(section))
            merged[-1] = _Section(section.path[:-1], pieces, is_merged=True)
        else:
            merged.append(section)
    return merged


def _belong_together(one: _Section, other: _Section) -> bool:
    """Whether two sections are siblings, or a parent and its first child, one of them too small and both not too long together."""
    parents = (one.path,) if one.is_merged else (one.path, one.path[:-1])
    are_near = bool(one.path) and bool(other.path) and other.path[:-1] in parents
    return are_near and min(one.words, other.words) < _SHORTEST and one.words + other.words <= _LONGEST


def _with_heading(section: _Section, next_section: _Section | None = None) -> tuple[_Piece, ...]:
    """The pieces of a section below its heading; the text of a parent, or of sections merged before, has its heading in the path."""
    if section.is_merged or (next_section and section.path == next_section.path[:-1]):
        return section.pieces
    return (_Piece(section.path[-1], section.pieces[0].pages[:1], leads=True), *section.pieces)
