"""Which pieces of a Markdown document are headings, and how deep each stands."""

import re
from collections.abc import Iterator, Sequence

from amp_assistant.documents.capitals import Spelling, is_capitals
from amp_assistant.documents.contents import LABELS, Entry, Rank, best_match
from amp_assistant.documents.model import Block, BlockKind, LeftOut
from amp_assistant.documents.pieces import Piece, is_sentence_like, is_short_line
from amp_assistant.folding import fold, squash

_LABELLED = re.compile(rf"(?P<label>{'|'.join(LABELS)})\s+(?P<number>\d+|[IVX]+)\b\s*[:–—-]?\s*(?P<title>\S.*)?", re.IGNORECASE)
_NUMBERED = re.compile(r"\d+(?:\.\d+)*[.)]\s")
_LETTERED = re.compile(r"[a-z][.)]\s")
_DASH = re.compile(r"[—–]\s*(?=[^\W\d_])")
# A line with a verb that states something is a sentence that lost its full stop.
_STATES = re.compile(r"\b(?:est|sont|a|ont|doit|doivent|sera|peut|peuvent|\w+(?:ront|èrent|issent))\b")
# What is written under the pictures of a comparison.
_PICTURE_WORDS = frozenset({"avant", "apres"})
# Who signs a text gives an office below the name.
_OFFICE = re.compile(r"\b(?:vice-)?(?:president|maire|direct(?:eur|rice)|ministre|prefet|conseiller)")
# Where the page had a picture the file has three blank lines or more.
_PICTURE_GAP = 3
# From so many words on, the end of a title that is also the beginning of its text is not chance.
_FEWEST_REPEATED_WORDS = 4


class Outline:
    """Turns pieces into blocks, keeping track of the headings that are open while reading from top to bottom."""

    def __init__(self, pieces: Sequence[Piece], entries: Sequence[Entry], spelling: Spelling) -> None:
        self._pieces = pieces
        self._spelling = spelling
        self._listed = _listed_titles(pieces, entries)
        self._marked = [index for index, piece in enumerate(pieces) if piece.kind is BlockKind.HEADING]
        labels = (_LABELLED.match(piece.text) for piece in pieces if piece.kind is BlockKind.HEADING or is_capitals(piece.text))
        self._outermost = min((LABELS.index(fold(label["label"])) for label in labels if label), default=0)
        self._inset = ""
        self._ranks = [self._rank(index) for index in range(len(pieces))]
        self._open: list[tuple[int, Block]] = []
        self._blocks: list[Block] = []
        self._left_out: list[LeftOut] = []

    def build(self) -> tuple[list[Block], list[LeftOut]]:
        """The blocks of the document, its headings with their levels, and the labels and captions that say nothing."""
        for index, (piece, rank) in enumerate(zip(self._pieces, self._ranks, strict=True)):
            following = self._ranks[index + 1] if index + 1 < len(self._pieces) else 0
            if rank is None:
                self._add_text(piece)
            elif self._is_inset(index, piece):
                self._add_inset(piece, has_text=index + 1 < len(self._pieces) and following is None)
            elif rank >= Rank.DASH and following is not None and following <= rank:
                self._left_out.append(LeftOut("label with nothing below", piece.text))
            else:
                self._add_heading(index, piece, rank)
        return self._blocks, self._left_out

    def _rank(self, index: int) -> int | None:
        """The rank of a piece if it is a heading; where headings are marked, a line without mark is none."""
        piece = self._pieces[index]
        if piece.kind is BlockKind.HEADING:
            return self._rank_of_marked(index, piece)
        if piece.kind is not BlockKind.PARAGRAPH:
            return None
        if is_capitals(piece.text) and not piece.text.endswith("."):
            if label := _LABELLED.match(piece.text):
                return self._label_rank(label)
            if index in self._listed:
                return self._listed[index].rank
            return None if self._marked else Rank.DASH if _DASH.match(piece.text) else Rank.CAPITALS
        return Rank.LINE if not self._marked and self._introduces(index) else None

    def _rank_of_marked(self, index: int, piece: Piece) -> int:
        if label := _LABELLED.match(piece.text):
            return self._label_rank(label)
        if index in self._listed:
            return self._listed[index].rank
        if _NUMBERED.match(piece.text):
            return Rank.NUMBER
        if _LETTERED.match(piece.text):
            return Rank.LETTER
        is_title = index == self._marked[0] and len(self._marked) > 1
        return Rank.TITLE if is_title else Rank.MARKED + piece.level

    def _label_rank(self, label: re.Match[str]) -> int:
        """Labels open inside each other in their order; the outermost one stands beside the sections without label."""
        depth = LABELS.index(fold(label["label"]))
        has_series_above = any(entry.label for entry in self._listed.values())
        return Rank.LABEL + depth if has_series_above or depth > self._outermost else Rank.SECTION

    def _introduces(self, index: int) -> bool:
        """Whether a short line without mark heads what follows: a list or whole sentences, and is none itself."""
        piece, following = self._pieces[index], self._following(index)
        if following is None or not is_short_line(piece) or _STATES.search(piece.text):
            return False
        if following.kind is BlockKind.BULLET:
            return True
        return is_sentence_like(following) and not is_capitals(following.text)

    def _is_inset(self, index: int, piece: Piece) -> bool:
        """Whether a marked heading is a box inside a section: unnumbered under a number, and not in the table of contents."""
        is_plain = piece.kind is BlockKind.HEADING and Rank.MARKED <= (self._ranks[index] or 0) < Rank.DASH
        return is_plain and bool(self._listed) and any(Rank.NUMBER <= rank <= Rank.LETTER for rank, _ in self._open)

    def _add_heading(self, index: int, piece: Piece, rank: int) -> None:
        title = self._title(index, piece)
        entry = self._listed.get(index)
        if entry and entry.label:
            self._open.clear()  # the series the document is built on opens at the top
        rank = next((open_rank for open_rank, block in self._open if squash(block.text) == squash(title)), rank)
        while self._open and self._open[-1][0] >= rank:
            self._open.pop()
        block = Block(BlockKind.HEADING, title, level=len(self._open) + 1)
        self._open.append((rank, block))
        self._blocks.append(block)

    def _add_text(self, piece: Piece) -> None:
        if piece.text.startswith("①") and self._blocks and self._blocks[-1].kind is not BlockKind.HEADING:
            self._close_minor_headings()
        self._blocks.append(Block(piece.kind, self._inset + piece.text, level=piece.level))
        self._inset = ""

    def _add_inset(self, piece: Piece, *, has_text: bool) -> None:
        """The title of a box is the first line of its text."""
        if has_text:
            self._inset = f"{piece.text}\n"
        else:
            self._blocks.append(Block(BlockKind.PARAGRAPH, piece.text))

    def _close_minor_headings(self) -> None:
        """A list of titles (« ① ... ») set after the figures of a part belongs to the part: its heading is given again."""
        if self._open and self._open[-1][0] >= Rank.CAPITALS:
            while len(self._open) > 1 and self._open[-1][0] >= Rank.CAPITALS:
                self._open.pop()
            self._blocks.append(self._open[-1][1])

    def _following(self, index: int) -> Piece | None:
        return self._pieces[index + 1] if index + 1 < len(self._pieces) else None

    def _title(self, index: int, piece: Piece) -> str:
        """A heading as it is shown: « Levier 2 – Renforcer les filières », without what its text repeats."""
        text = _DASH.sub("", piece.text, count=1) if _DASH.match(piece.text) else piece.text
        if label := _LABELLED.match(text):
            title = self._spelling.small(self._without_repetition(index, label["title"] or ""))
            name = f"{label['label'].capitalize()} {label['number']}"
            return f"{name} – {title}" if title else name
        entry = self._listed.get(index)
        is_written_small = entry is not None and not is_capitals(entry.title) and squash(entry.title) == squash(text)
        title = self._spelling.small(entry.title if entry and is_written_small else text).rstrip(" :")
        return f"{entry.label} – {title}" if entry and entry.label else title

    def _without_repetition(self, index: int, title: str) -> str:
        """The title without its last words where the first words of the text below were drawn into it."""
        following = self._following(index)
        words, below = title.split(), following.text.split() if following else []
        for start in range(1, len(words) - _FEWEST_REPEATED_WORDS + 1):
            repeated = [squash(word) for word in words[start:]]
            if repeated == [squash(word) for word in below[: len(repeated)]]:
                self._left_out.append(LeftOut("first words of the text drawn into its title", " ".join(words[start:])))
                return " ".join(words[:start])
        return title


def leave_out_captions(pieces: Sequence[Piece]) -> tuple[list[Piece], list[LeftOut]]:
    """The pieces without the captions of pictures: short lines beside a picture that head nothing and belong to no sentence."""
    kept: list[Piece] = []
    left_out: list[LeftOut] = []
    for run, is_caption in _caption_runs(pieces):
        if is_caption:
            left_out += [LeftOut("caption of a picture", piece.text) for piece in run]
        else:
            kept += run
    return kept, left_out


def _caption_runs(pieces: Sequence[Piece]) -> Iterator[tuple[list[Piece], bool]]:
    """Runs of short lines, each with whether it is captions, and the pieces between them one by one."""
    start = 0
    while start < len(pieces):
        end = start
        while end < len(pieces) and is_short_line(pieces[end]) and not is_capitals(pieces[end].text):
            end += 1
        run = list(pieces[start:end])
        if run:
            yield run, _are_captions(run, pieces[start - 1] if start else None, pieces[end] if end < len(pieces) else None)
        else:
            end = start + 1
            yield [pieces[start]], squash(pieces[start].text) in _PICTURE_WORDS
        start = end


def _are_captions(run: Sequence[Piece], above: Piece | None, below: Piece | None) -> bool:
    """Whether nothing follows the lines but another heading, a picture stands beside them, and nobody signs with them."""
    if below is not None and below.kind is not BlockKind.HEADING and not is_capitals(below.text):
        return False
    in_picture = above is not None and is_capitals(above.text) and above.gap >= _PICTURE_GAP
    beside_picture = in_picture or any(piece.gap >= _PICTURE_GAP for piece in run)
    return beside_picture and not any(_OFFICE.search(fold(piece.text)) for piece in run)


def _listed_titles(pieces: Sequence[Piece], entries: Sequence[Entry]) -> dict[int, Entry]:
    """The pieces that the table of contents lists, by index: for each entry the piece that is nearest to it."""
    indices = [
        index
        for index, piece in enumerate(pieces)
        if piece.kind is BlockKind.HEADING or (piece.kind is BlockKind.PARAGRAPH and is_capitals(piece.text))
    ]
    titles = [pieces[index].text for index in indices]
    matches = ((best_match(entry, titles), entry) for entry in entries)
    return {indices[match]: entry for match, entry in matches if match is not None}
