"""Markdown as optical character recognition gives it, read into the blocks of the document it was.

Four steps, one module each: the table of contents is taken out and kept as evidence (`contents`), the lines become pieces and the
sentences cut by pages and pictures are joined (`pieces`), debris is left out here, by named rules, and headings are found
(`headings`). No word is added and none is lost: what no block carries stands in `Reading.left_out` with the rule that put it there.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from amp_assistant.documents.capitals import Spelling
from amp_assistant.documents.contents import LABELS, take_contents
from amp_assistant.documents.headings import Outline, leave_out_captions
from amp_assistant.documents.hyphens import Lexicon
from amp_assistant.documents.markup import clean_markup
from amp_assistant.documents.model import Block, BlockKind, LeftOut, Reading
from amp_assistant.documents.pieces import Piece, join_pieces, read_pieces
from amp_assistant.folding import tokens

_LABEL = "|".join(LABELS)
_RUNNING_HEAD = re.compile(rf"(?!(?:{_LABEL})\b).*\s[-–]\s(?:{_LABEL}) \d+(?: (?:et|à) (?:{_LABEL}) \d+)?$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page |p\.? ?)?\d{1,4}(?: ?/ ?\d{1,4})?$", re.IGNORECASE)
_LEGEND = re.compile(r"●[^●]+●")
_ENGLISH = frozenset("the of is and in with on to its below above visible which are at by from image photograph shows background".split())
# A French text hardly ever has one of these in ten words, even where it quotes an English name.
_SHARE_OF_ENGLISH = 0.2
_FEWEST_WORDS_TO_TELL = 8


def read_markdown(text: str) -> Reading:
    """Read a Markdown text; its pages are not known, so no block has one."""
    lines = text.splitlines()
    words = Lexicon.of([clean_markup(line) for line in lines])
    parts, entries, contents = take_contents(lines)
    left_out = [LeftOut("table of contents", contents)] if contents else []
    spelling = Spelling.of([clean_markup(line) for line in lines])
    blocks: list[Block] = []
    for part in parts:
        pieces, debris = _leave_out(read_pieces(part, words))
        pieces, inner_captions = join_pieces(pieces, words)
        pieces, captions = leave_out_captions(pieces)
        read, labels = Outline(pieces, entries, spelling).build()
        blocks += read
        left_out += [*debris, *inner_captions, *captions, *labels]
    return Reading(tuple(blocks), tuple(left_out))


def _leave_out(pieces: Iterable[Piece]) -> tuple[list[Piece], list[LeftOut]]:
    kept: list[Piece] = []
    left_out: list[LeftOut] = []
    gap = 0
    for piece in pieces:
        rule = next((name for name, applies in _RULES.items() if applies(piece)), None)
        if rule:
            left_out.append(LeftOut(rule, piece.text))
            gap = max(gap, piece.gap)
        else:
            kept.append(replace(piece, gap=max(gap, piece.gap)))
            gap = 0
    return kept, left_out


def _is_english(piece: Piece) -> bool:
    """The descriptions of pictures that recognition adds are English in a document that is not."""
    words = tokens(piece.text)
    found = sum(word in _ENGLISH for word in words)
    return len(words) >= _FEWEST_WORDS_TO_TELL and found >= _SHARE_OF_ENGLISH * len(words)


_RULES: dict[str, Callable[[Piece], bool]] = {
    "running head": lambda piece: piece.kind is BlockKind.PARAGRAPH and bool(_RUNNING_HEAD.match(piece.text)),
    "page number": lambda piece: piece.kind is BlockKind.PARAGRAPH and bool(_PAGE_NUMBER.match(piece.text)),
    "legend of a picture": lambda piece: bool(_LEGEND.match(piece.text)) or piece.text.startswith("|||"),
    "description of a picture": _is_english,
}
