"""A Markdown text cut into pieces: marked headings, paragraphs, bullets, table rows and notes, each clean.

Made for Markdown as optical character recognition gives it: a paragraph cut by a page, a column or a photograph is two pieces of
the file but one of the document, and is put together here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from amp_assistant.documents.capitals import is_capitals
from amp_assistant.documents.hyphens import Lexicon
from amp_assistant.documents.markup import clean_markup
from amp_assistant.documents.model import BlockKind, LeftOut

_MARKED = re.compile(r"(#{1,6})\s+(.*?)[\s#]*$")
_BULLET = re.compile(r"(\s*)(?:[-*+•●▪◦‣\ue000-\uf8ff]\s+|(?=\d{1,2}\.\s)|(?=[①-⑳]))(.*)")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$|\s*(?:```|~~~)")
_TABLE = re.compile(r"^\s*(?:- )?\||\S?\t\S?")
_SEPARATOR = re.compile(r"[\s|:\-]*$")
_NOTE = re.compile(r"[¹²³⁴-⁹]\s*\S")
_CIRCLED_ALONE = re.compile(r"[①-⑳]$")
_SPACED_HYPHEN = re.compile(r"([^\W\d_]+)- (?!et\b|ou\b)([^\W\d_]+)")
_CELL_ITEM = re.compile(r"(?<=[\w)]) (?=(?:Le|La|Les|Un|Une|Des|L['’])\b)")
_LAST_WORD = re.compile(r"([^\W\d_]+)['’]?$")
# A sentence never ends with one of these, so what follows goes on with it even if it begins with a capital.
_UNFINISHED = frozenset(
    "à au aux avec ce ces cette d dans de des du en entre et l la le les leur leurs notre ou par pour qu que qui sa sans ses son sous sur "
    "un une vers votre".split()
)
_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";")
# In words: the longest title of the corpus has 18, and fewer than eight with a full stop are a date, a signature or an address.
_LONGEST_SHORT_LINE = 20
_SHORTEST_SENTENCE = 8
# Two short lines may be one broken line; three that each begin with a figure are a list without marks.
_ITEM_LINES = 3
_ITEM_WORDS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the file; `level` is the number of `#` of a heading or the depth of a bullet, `gap` the blank lines before it."""

    kind: BlockKind
    text: str
    level: int = 0
    gap: int = 0


def read_pieces(lines: Sequence[str], words: Lexicon) -> list[Piece]:
    """Cut the lines of a file into pieces, in order; nothing is left out but markup."""
    pieces: list[Piece] = []
    for gap, group in _groups(lines):
        read = list(_read_table(group) if _TABLE.search(group[0]) else _read_group(group))
        pieces += [replace(piece, text=_join_hyphens(piece.text, words), gap=gap if not number else 0) for number, piece in enumerate(read)]
    return [piece for piece in _number_bullets(pieces) if piece.text]


def join_pieces(pieces: Sequence[Piece], words: Lexicon) -> tuple[list[Piece], list[LeftOut]]:
    """The pieces with sentences cut in the file made whole, and the captions that stood inside such a sentence."""
    joined: list[Piece] = []
    left_out: list[LeftOut] = []
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if joined and following and _is_caption_inside(joined[-1], piece, following):
            left_out.append(LeftOut("caption inside a sentence", piece.text))
        elif joined and _goes_on(joined[-1], piece):
            whole = replace(joined[-1], text=words.join(joined[-1].text, piece.text))
            joined[-1] = replace(whole, kind=BlockKind.PARAGRAPH, level=0) if whole.kind is BlockKind.HEADING else whole
        else:
            joined.append(piece)
    return joined, left_out


def is_short_line(piece: Piece) -> bool:
    """Whether a paragraph looks like a title or a caption: one short line with a capital and no stop at its end."""
    return (
        piece.kind is BlockKind.PARAGRAPH
        and "\n" not in piece.text
        and (piece.text[0].isupper() or piece.text[0].isdecimal())
        and len(piece.text.split()) <= _LONGEST_SHORT_LINE
        and not piece.text.endswith((*_SENTENCE_ENDS, ",", "-"))
        and "@" not in piece.text
    )


def is_sentence_like(piece: Piece) -> bool:
    """Whether a paragraph holds at least one whole sentence, or leads to a list."""
    text = piece.text.rstrip("»)” ")
    return piece.kind is BlockKind.PARAGRAPH and len(text.split()) >= _SHORTEST_SENTENCE and text.endswith(_SENTENCE_ENDS)


def _groups(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The runs of lines without a blank line, a rule or a change between table and text, each with the blank lines before it."""
    gap, group = 0, list[str]()
    before = 0
    for line in [*lines, ""]:
        blank = not line.strip() or bool(_RULE.match(line))
        changes = group and bool(_TABLE.search(line)) != bool(_TABLE.search(group[-1]))
        if group and (blank or changes or _MARKED.match(line) or _MARKED.match(group[-1])):
            yield before, group
            gap, group = 0, []
        if blank:
            gap += 1
        else:
            if not group:
                before = gap
            group.append(line)


def _read_group(group: Sequence[str]) -> Iterator[Piece]:
    """The pieces of a run of lines: a marked heading, bullets with their continuations, or a paragraph."""
    if marked := _MARKED.match(group[0]):
        yield Piece(BlockKind.HEADING, clean_markup(marked[2]), level=len(marked[1]))
        return
    piece: Piece | None = None
    breaks, items = False, _is_item_list(group)
    for line in group:
        started = Piece(BlockKind.BULLET, clean_markup(line)) if items else _start(line, piece, breaks)
        if started:
            if piece:
                yield piece
            piece = started
        elif piece:
            text = clean_markup(line)
            piece = replace(piece, text=f"{piece.text}{_glue(text, breaks)}{text}")
        breaks = line.endswith("  ")
    if piece:
        yield piece


def _start(line: str, previous: Piece | None, breaks: bool) -> Piece | None:
    """The piece that a line begins, or None if the line goes on with the piece before it."""
    text = clean_markup(line)
    if bullet := _BULLET.match(line):
        return Piece(BlockKind.BULLET, clean_markup(bullet[2]), level=min(len(bullet[1].expandtabs(2)), 1))
    if _NOTE.match(text):
        return Piece(BlockKind.NOTE, text)
    if previous is None:
        return Piece(BlockKind.PARAGRAPH, text)
    if previous.kind is BlockKind.BULLET and not breaks and text[:1].isupper():
        if previous.text.endswith(":"):
            return Piece(BlockKind.BULLET, text, level=previous.level + 1)
        if previous.level:
            return Piece(BlockKind.BULLET, text, level=previous.level) if line[:1] != " " else Piece(BlockKind.PARAGRAPH, text)
    return None


def _glue(text: str, breaks: bool) -> str:
    return "\n" if breaks and (text[:1].isupper() or text[:1].isdecimal()) else " "


def _is_item_list(group: Sequence[str]) -> bool:
    """Whether lines without a mark are the items of a list: several short lines, each beginning with a figure."""
    return len(group) >= _ITEM_LINES and all(line[:1].isdecimal() and len(line.split()) <= _ITEM_WORDS for line in group)


def _read_table(group: Sequence[str]) -> Iterator[Piece]:
    """The rows of a table, their headers repeated; a row whose first cell is empty goes on with the row above."""
    has_header = len(group) > 1 and "---" in group[1] and not _SEPARATOR.match(group[0])
    rows = [[clean_markup(cell) for cell in _cells(line)] for line in group if not _SEPARATOR.match(line)]
    header = rows.pop(0) if has_header else []
    row: list[str] = []
    for cells in rows:
        filled = [_split_items(cell) for cell in cells if cell]
        if header:
            pairs = zip(header, cells, strict=False)
            yield Piece(BlockKind.ROW, " ; ".join(f"{name} : {cell}" if name else cell for name, cell in pairs if cell))
        elif cells[0] or not row:
            if row:
                yield Piece(BlockKind.ROW, _row_text(row))
            row = filled if cells[0] else []
            if not cells[0]:
                yield Piece(BlockKind.ROW, " ; ".join(filled))
        else:
            row += filled
    if row:
        yield Piece(BlockKind.ROW, _row_text(row))


def _row_text(cells: Sequence[str]) -> str:
    is_titled = is_capitals(cells[0]) and len(cells) > 1
    return f"{cells[0]} : {' ; '.join(cells[1:])}" if is_titled else " ; ".join(cells)


def _cells(line: str) -> list[str]:
    return line.strip().removeprefix("- ").strip("|").split("|") if "|" in line and "\t" not in line else line.split("\t")


def _split_items(cell: str) -> str:
    """A cell of several items that lost their marks: « ... récupération La production ... » gets its semicolon."""
    return _CELL_ITEM.sub(" ; ", cell)


def _number_bullets(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """« ① » alone on its line belongs to the paragraph below it."""
    number = ""
    for piece in pieces:
        if _CIRCLED_ALONE.match(piece.text):
            number = f"{piece.text} "
        else:
            yield replace(piece, kind=BlockKind.BULLET, text=number + piece.text) if number else piece
            number = ""
    if number:
        yield Piece(BlockKind.BULLET, number.strip())


def _join_hyphens(text: str, words: Lexicon) -> str:
    """« RÉSIDEN- TIELLE » made whole, as the document writes the word elsewhere."""
    return _SPACED_HYPHEN.sub(lambda match: words.join(f"{match[1]}-", match[2]), text)


def _goes_on(previous: Piece, piece: Piece) -> bool:
    """Whether a paragraph is the rest of the piece before it."""
    if piece.kind is not BlockKind.PARAGRAPH or not piece.text:
        return False
    starts_small = piece.text.lstrip("(«“\"' ")[:1].islower()
    if previous.kind is BlockKind.HEADING:
        return starts_small  # a key figure set as a heading: « 74 % du territoire » / « avec l'adoption ... »
    if previous.kind not in (BlockKind.PARAGRAPH, BlockKind.BULLET) or is_capitals(previous.text) or is_capitals(piece.text):
        return False
    return _is_open(previous.text) and (starts_small or previous.text.endswith("-") or _is_unfinished(previous.text))


def _is_open(text: str) -> bool:
    return not text.rstrip("»)” ").endswith(_SENTENCE_ENDS)


def _is_unfinished(text: str) -> bool:
    word = _LAST_WORD.search(text)
    return word is not None and word[1].lower() in _UNFINISHED


def _is_caption_inside(previous: Piece, piece: Piece, following: Piece) -> bool:
    """Whether a short line parts a sentence from its rest, as the caption of a photograph does."""
    is_cut = previous.kind in (BlockKind.PARAGRAPH, BlockKind.BULLET) and _is_unfinished(previous.text)
    return is_cut and is_short_line(piece) and following.text[:1].islower() and _goes_on(previous, following)
