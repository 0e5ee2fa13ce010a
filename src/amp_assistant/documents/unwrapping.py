"""Lines of extracted text -> blocks: paragraphs, bullets, rows, headings and footnotes as the page had them.

Text taken from a page comes as lines. What belongs together is seen by the empty lines, the width of the column, the
marks at the ends and the case at the beginnings; nothing is added to the words and nothing taken away but what `debris`
names.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from amp_assistant.documents.dated_table import DATE, is_table_head, read_rows
from amp_assistant.documents.debris import boxes, leave_out
from amp_assistant.documents.hyphens import Lexicon
from amp_assistant.documents.joining import AUTHOR, Piece, Role, cut_box, join_pieces
from amp_assistant.documents.lines import (
    BULLET,
    Line,
    has_sentence,
    is_capitals,
    is_final,
    is_open,
    starts_high,
    starts_low,
    tidy,
)
from amp_assistant.documents.model import Block, BlockKind, LeftOut
from amp_assistant.documents.outline import Title, place_titles

logger = logging.getLogger(__name__)

_LONGEST_HEADING = 110
_LONGEST_CAPITALS = 160
# Lines of a title; in a title’s own font, told by the tabs between its words, it may have more.
_LONGEST_TITLE = 3
_LONGEST_MARKED = 5
_NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2})+)\.?\s+(?=[^\W\d_]|[«\"])")
_NOTE = re.compile(r"^(?:(\d{1,2})\s+(?=[A-ZÀ-Ý])|([⁰¹²³⁴-⁹]{1,3})\s*(?=\w|[«\"(]))")
# A footnote stands on the page of its mark; where pages are told by a space only, a page may be cut in two.
_NOTE_SHEETS = 1
# A short line may share its block with the short lines below it.
_LONGEST_LISTED = 60


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The blocks of a text and what was left out of them."""

    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...]


def unwrap(lines: Sequence[Line], outline: Sequence[Title] = (), *, pages: bool = False) -> Unwrapped:
    """Turn the lines of a text into blocks.

    ``outline`` gives the titles where the layout does not tell them; the headings found by their look then come below
    them. ``pages`` tells that the sheets of the lines are the pages of the file, so that the blocks carry their number.
    """
    placed, missing = place_titles(lines, outline)
    if missing:
        logger.warning("Titles of the outline not found in the text: %s", " | ".join(title.text for title in missing))
    kept, left = leave_out(placed, paged=pages)
    lexicon = Lexicon.of([line.text for line in kept])
    pieces, marks = _notes(_pieces(kept, lexicon))
    depth = max((title.level for title in outline), default=0)
    blocks = _blocks(join_pieces(pieces, lexicon), depth)
    if not pages:
        blocks = [replace(block, page=None, turns=()) for block in blocks]
    return Unwrapped(tuple(blocks), tuple(left + marks))


def _pieces(lines: list[Line], lexicon: Lexicon) -> list[Piece]:
    """The lines that stand together, cut where a line ends on purpose; the rows of a table of dates."""
    pieces: list[Piece] = []
    after_table = 0
    for box in boxes(lines):
        if box[0] < after_table:
            continue
        head = next((index for index in box if is_table_head(lines[index].text) and _is_date(lines, index + 1)), None)
        pieces += cut_box([lines[index] for index in box if head is None or index < head], lexicon)
        if head is not None:
            after_table = _table_end(lines, head + 1)
            pieces += _rows(lines[head:after_table])
    return pieces


def _is_date(lines: list[Line], index: int) -> bool:
    return index < len(lines) and not lines[index].row and bool(DATE.match(lines[index].text))


def _table_end(lines: list[Line], start: int) -> int:
    """The table goes on to the next title or line in capitals."""
    return next((i for i in range(start, len(lines)) if lines[i].title or is_capitals(lines[i].text)), len(lines))


def _rows(lines: list[Line]) -> list[Piece]:
    dated = [line for line in lines[1:] if DATE.match(line.text)]
    rows = read_rows([line.text for line in lines[1:]])
    head = Piece(Role.TITLE, tidy(lines[0].text), lines[0], lines[0].text, len(lines[0].text))
    return [head, *(Piece(Role.ROW, row, line, row, len(row)) for row, line in zip(rows, dated, strict=True))]


def _notes(pieces: list[Piece]) -> tuple[list[Piece], list[LeftOut]]:
    """Footnotes as pieces of their own kind, each behind the piece that calls it, and their numbers taken out of the words."""
    marks: list[LeftOut] = []
    placed: list[Piece] = []
    for piece in pieces:
        note = _NOTE.match(piece.text) if piece.role is Role.TEXT and not is_capitals(piece.text) else None
        mark = _mark(note) if note else None
        calling = _calling(mark, placed, piece.first.sheet - _NOTE_SHEETS) if mark else None
        if note and mark and calling is not None:
            marks += [LeftOut("footnote mark", note.group().strip())] * 2
            placed[calling].text = mark.sub("", placed[calling].text, count=1)
            piece.role, piece.text = Role.NOTE, piece.text[note.end() :]
            placed.insert(calling + 1, piece)
        else:
            placed.append(piece)
    return placed, marks


def _calling(mark: re.Pattern[str], pieces: list[Piece], first_sheet: int) -> int | None:
    """The nearest piece that holds the mark of a note, not before the first sheet where it may stand."""
    near = takewhile(lambda index: pieces[index].first.sheet >= first_sheet, range(len(pieces) - 1, -1, -1))
    return next((index for index in near if mark.search(pieces[index].text)), None)


def _mark(note: re.Match[str]) -> re.Pattern[str]:
    """Where a footnote is called: by its raised number, or by a plain one that stands at a word, as its own number does."""
    return re.compile(rf"(?<![⁰¹²³⁴-⁹]){note[2]}(?![⁰¹²³⁴-⁹])" if note[2] else rf"(?<=[a-zà-ÿ]{{3}}){note[1]}(?![\w])")


def _blocks(pieces: list[Piece], depth: int) -> list[Block]:
    """The pieces as blocks; headings that the outline does not know come below its titles, capitals above the
    others."""
    blocks: list[Block] = []
    listed = False
    for index, piece in enumerate(pieces):
        page = piece.first.sheet + 1
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        short = piece.role is Role.TEXT and len(piece.text) <= _LONGEST_LISTED and not is_final(piece.text)
        if piece.role is Role.TITLE:
            level = piece.first.title.level if piece.first.title else depth + _depth(piece.text) + 1
            blocks.append(Block(BlockKind.HEADING, piece.text, level, page))
        elif following and _looks_like_heading(piece, following, pieces[max(index - 1, 0)]):
            blocks.append(Block(BlockKind.HEADING, piece.text, depth + (piece.first.rank or _depth(piece.text)), page))
        elif short and listed and piece.first.gap == 0 and blocks[-1].page == page and not piece.turns:
            blocks[-1] = replace(blocks[-1], text=f"{blocks[-1].text}\n{piece.text}")
            continue
        else:
            blocks.append(Block(_kind(piece), piece.text, 0, page, tuple((offset, sheet + 1) for offset, sheet in piece.turns)))
        listed = short and blocks[-1].kind is BlockKind.PARAGRAPH
    return blocks


def _kind(piece: Piece) -> BlockKind:
    if piece.role is Role.BULLET and not BULLET.match(piece.first.text) and is_final(piece.text):
        return BlockKind.PARAGRAPH
    return {Role.BULLET: BlockKind.BULLET, Role.ROW: BlockKind.ROW, Role.NOTE: BlockKind.NOTE}.get(
        piece.role, BlockKind.PARAGRAPH
    )


def _depth(text: str) -> int:
    """How deep a heading found by its look lies: a number tells (« 2.1 » is at 2), capitals are above small letters."""
    numbered = _NUMBERED.match(text)
    if numbered:
        return numbered.group(1).count(".") + 1
    return 1 if is_capitals(text) else 2


def _looks_like_heading(piece: Piece, following: Piece, before: Piece) -> bool:
    """Whether a piece is a title: short, without a stop, and above text; in capitals or in a title's font it may be
    longer."""
    text = piece.text
    if piece.role is Role.BULLET:
        # « - Des clubs de signataires », alone above a paragraph, is a title set like an item of a list.
        alone = before.role is not Role.BULLET and following.role is Role.TEXT and starts_high(following.text)
        return (
            alone
            and len(text) <= _LONGEST_HEADING
            and not text.endswith((".", ";", ":", ","))
            and has_sentence(following.text)
        )
    if (
        piece.role is not Role.TEXT
        or "\n" in text
        or text.endswith((".", ";", ":", ",", "…"))
        or is_open(text)
        or starts_low(text)
    ):
        return False
    if starts_low(following.text) or following.first.sheet != piece.first.sheet:
        return False
    if is_capitals(text):
        above_text = (
            following.role is Role.BULLET or has_sentence(following.text) or len(following.text) > _LONGEST_LISTED
        )
        return (
            above_text and len(text) <= _LONGEST_CAPITALS and len(text.split()) > 1 and not is_capitals(following.text)
        )
    if _NUMBERED.match(text):
        return len(text) <= _LONGEST_HEADING
    if (
        (not text[0].isupper() and text[0] not in "#«…" and not piece.first.rank)
        or len(text) > _LONGEST_HEADING
        or piece.lines > (_LONGEST_MARKED if piece.first.marked else _LONGEST_TITLE)
        or AUTHOR.match(text)
    ):
        return False
    return piece.first.marked or (
        following.role is Role.TEXT and (following.lines > 1 and has_sentence(following.text))
    )
