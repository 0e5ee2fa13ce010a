"""Lines put together into pieces: cut where a line was ended on purpose, joined where an empty line or a page end parts
a sentence."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from amp_assistant.documents.hyphens import Lexicon
from amp_assistant.documents.lines import (
    BULLET,
    Line,
    has_sentence,
    has_word,
    is_capitals,
    is_final,
    is_open,
    starts_high,
    starts_low,
    tidy,
)

# A line that fills less of its column than this was ended on purpose.
_FULL_LINE = 0.72
# Before a small letter a ragged line may be shorter.
_FILLED_LINE = 0.66
# In a column of so few characters no line can be called short.
_NARROW_COLUMN = 24
# In a column of so many characters a full line without a stop goes on in the next.
_WIDE_COLUMN = 60
# The lines beside a drop cap: two at most, and not so short as a title's.
_DROP_CAP_LINES = 2
_SHORTEST_DROP_CAP = 30
# A text that breaks off at the end of a page, and not a label of a picture, has at least so many characters.
_LONG_TEXT = 120
# Characters after which lines without an empty line between them are no paragraph any more (a page of text has 3 000): each line that
# is added is judged with all that stands above it.
_LONGEST_PIECE = 6_000
_INNER_STOP = re.compile(r"[.!?…][»”\"]? +\S")
AUTHOR = re.compile(r"^[A-ZÀ-Ý][\w’'-]+(?: [A-ZÀ-Ý][\w’'-]+){1,3}\s*(?: [—–-] |, (?=[A-ZÀ-Ý]))")
"""How a line begins that says whose words stand above it: « Paul Chaffard — » or « Frédéric Chevalier, Fondateur »."""


class Role(Enum):
    """What a piece is on its page."""

    TEXT = auto()
    BULLET = auto()
    TITLE = auto()
    ROW = auto()
    NOTE = auto()


@dataclass(slots=True)
class Piece:
    """Lines that belong together, on their way to a block: the first of them, the last as it stands in the file, the
    column's width, and from which offsets of the text on it stands on which later sheets."""

    role: Role
    text: str
    first: Line
    last: str
    width: int
    lines: int = 1
    turns: tuple[tuple[int, int], ...] = ()

    @property
    def sheet(self) -> int:
        """The page (0 is the first) on which the text ends."""
        return self.turns[-1][1] if self.turns else self.first.sheet

    @property
    def is_full(self) -> bool:
        """Whether the last line goes on to the end of its column, so that the text may go on too."""
        return len(self.last) >= _FULL_LINE * self.width


def cut_box(box: list[Line], lexicon: Lexicon) -> list[Piece]:
    """A box of lines as pieces: a new one begins at a bullet, after capitals, and after a line that was ended on
    purpose."""
    width = max((len(line.text) for line in box), default=0)
    pieces: list[Piece] = []
    for line in box:
        bullet = BULLET.match(line.text)
        if pieces and pieces[-1].role is Role.TEXT and AUTHOR.match(line.text):
            _sign(pieces[-1], line.text, lines=1)
        elif not pieces or line.row or bullet or _begins(pieces[-1], line):
            role = (
                Role.ROW
                if line.row
                else Role.TITLE
                if line.title
                else Role.BULLET
                if bullet or (line.indented and starts_high(line.text))
                else Role.TEXT
            )
            text = tidy(line.text[bullet.end() :] if bullet else line.text)
            pieces.append(Piece(role, text, line, line.text, width))
        else:
            _add(pieces[-1], line.text, lexicon, lines=1)
    return pieces


def _add(piece: Piece, text: str, lexicon: Lexicon, *, lines: int) -> None:
    piece.text = lexicon.join(piece.text, tidy(text))
    piece.last, piece.lines = text, piece.lines + lines


def _sign(piece: Piece, text: str, *, lines: int) -> None:
    """The words of a person and, below them, who said them are one block, on two lines."""
    piece.text = f"{piece.text}\n{tidy(text)}"
    piece.last, piece.lines = text, piece.lines + lines


def _turn(piece: Piece, added: Piece) -> None:
    """Note where the page turns in a piece to whose text that of another was just added."""
    if added.first.sheet > piece.sheet:
        piece.turns = (*piece.turns, (len(piece.text) - len(added.text), added.first.sheet))


def _begins(piece: Piece, line: Line) -> bool:
    """Whether a line begins a piece of its own, the piece before it standing directly above."""
    text = line.text
    if len(piece.text) > _LONGEST_PIECE:
        return True
    if "\n" not in piece.text and not has_word(piece.text) and not BULLET.match(piece.first.text):
        return False  # a figure, with what it counts below
    if is_open(piece.last) or starts_low(text):
        return False
    if (
        is_capitals(piece.text) != is_capitals(text)
        and len(text) > 1
        and (is_capitals(piece.text) or not piece.is_full)
    ):
        return True
    return not piece.is_full and not line.flows and not is_capitals(text)


def join_pieces(pieces: list[Piece], lexicon: Lexicon) -> list[Piece]:
    """The pieces with what an empty line, a drop cap, a column's or a page's end had parted put together again.

    A footnote or a box between two parts of a sentence stays where it is: the sentence is joined over it.
    """
    joined: list[Piece] = []
    for piece in pieces:
        before = next((other for other in reversed(joined) if other.role is not Role.NOTE), None)
        if before and _is_author_of(piece, before):
            _sign(before, piece.text, lines=piece.lines)
            _turn(before, piece)
            continue
        start = before if before and _goes_on(before, piece) else _broken_off(joined, piece)
        if start:
            start.width = piece.width
            _add(start, piece.text, lexicon, lines=piece.lines)
            start.last = piece.last
            _turn(start, piece)
        else:
            joined.append(piece)
    return joined


def _is_author_of(piece: Piece, before: Piece) -> bool:
    both_text = piece.role is before.role is Role.TEXT
    return both_text and bool(AUTHOR.match(piece.text)) and before.lines > 1 and "\n" not in before.text


def _broken_off(joined: list[Piece], piece: Piece) -> Piece | None:
    """The text of the page before that breaks off in mid-sentence, if a page begins in mid-sentence and a box comes
    between."""
    begins_page = bool(joined) and piece.first.sheet != joined[-1].first.sheet and starts_low(piece.text)
    if not begins_page or not is_final(joined[-1].text):
        return None
    page_before = [other for other in reversed(joined) if other.first.sheet == joined[-1].first.sheet]
    long_enough = (other for other in page_before if len(other.text) >= _LONG_TEXT)
    return next((other for other in long_enough if _goes_on(other, piece)), None)


def _goes_on(piece: Piece, following: Piece) -> bool:
    """Whether the text of a piece goes on in the one that follows it."""
    apart = following.first.gap > 0 or following.first.sheet != piece.first.sheet
    if piece.role not in (Role.TEXT, Role.BULLET) or following.role is not Role.TEXT or not apart:
        return False
    if is_capitals(piece.text) != is_capitals(following.text) and is_capitals(piece.text):
        return False
    low = starts_low(following.text) or following.text.startswith("(")
    bracket = piece.text.count("(") > piece.text.count(")")
    stops = (
        (".", "!", "?", ";", "…")
        if low and (piece.role is Role.BULLET or has_sentence(following.text))
        else (".", "!", "?", ":", ";", "…", ")")
    )
    if "\n" in piece.text or (piece.text.endswith(stops) and not bracket):
        return False
    width = max(piece.width, following.width)
    if low:
        filled = len(piece.last) >= _FILLED_LINE * width
        return filled or width <= _NARROW_COLUMN or is_open(piece.text) or not has_word(piece.text)
    if is_open(piece.text):
        return not is_capitals(following.text) or len(piece.text) > len(following.text)
    if following.first.gap > 1 or following.first.sheet != piece.first.sheet:
        return False
    double_spaced = (
        following.lines == 1
        and min(len(piece.last), len(following.text)) >= _FULL_LINE * width
        and width >= _WIDE_COLUMN
    )
    drop_cap = (
        len(piece.last) >= _FILLED_LINE * width
        and piece.lines <= _DROP_CAP_LINES
        and len(piece.text) > _SHORTEST_DROP_CAP
        and bool(_INNER_STOP.search(following.text))
    )
    return double_spaced or drop_cap
