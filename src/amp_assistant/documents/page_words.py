"""A page of a PDF -> its words, each with its place, by PDFium: what is printed, not the order in which it was drawn."""

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

# PDFium gives a hyphen at a line's end as this control character, and the two halves of the word without white between them.
_HYPHEN_AT_LINE_END = "\x02"
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# A digit smaller than this share of its neighbours and raised by so much of their size calls a footnote, or is a power.
_SMALL = 0.85
_RAISED = 0.15
# After a unit of so few letters (« m2 ») it is a power, and stays a plain digit.
_LONGEST_UNIT = 2
# Letters of a word stand on one line (raised figures not higher than so much of their size) and follow each other with less white between
# them, or overlapping less, than so much; the space of a narrow font is a fifth of it.
_LEVEL = 0.05
_TOUCH = 0.1
_OVERLAP = 0.3
_HIGHEST = 0.7
_LINE_BREAKS = (0x0A, 0x0D)
_BOLD_WEIGHT = 600
_LAST_CHARACTER = 0x10FFFF
_FONT_NAME_BYTES = 128


@dataclass(frozen=True, slots=True)
class Word:
    """A word as printed: lengths in points, counted from the upper left corner of the sheet held so that the word is upright.

    ``size`` is the size of its letters, ``baseline`` the line they stand on.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False

    @property
    def top(self) -> float:
        """The height that capital letters reach, near enough."""
        return self.baseline - self.size


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    left: float
    right: float
    baseline: float
    size: float
    turn: int
    index: int


def read_words(page: "PdfPage") -> dict[int, list[Word]]:
    """The words of a page by the direction of their text, in degrees counter-clockwise (0, 90, 180, 270) on the sheet as stored.

    The direction with most words stands first: on a turned page it is the one to read.
    """
    letters = _Letters(page)
    words: defaultdict[int, list[Word]] = defaultdict(list)
    for run in letters.runs():
        words[run[0].turn].append(_word(run, is_bold=letters.is_bold(max(run, key=lambda letter: letter.size).index)))
    return dict(sorted(words.items(), key=lambda item: -len(item[1])))


class _Letters:
    """The letters of a page, asked of PDFium one by one; the memory that it writes its answers to is used again for each."""

    def __init__(self, page: "PdfPage") -> None:
        from pypdfium2 import raw

        self._pdfium = raw
        self._text = page.get_textpage()
        self._sheet = page.get_mediabox()
        self._box, self._matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def runs(self) -> Iterator[list[_Letter]]:
        """The letters between two white spaces, real ones or those that PDFium sees by the distance; a hyphen at a line's end ends one.

        On a page of narrow columns PDFium may take the lines to run downwards and break one after each letter: a break between two
        letters that touch is none.
        """
        run: list[_Letter] = []
        is_parted, is_broken = False, False
        for index in range(self._text.count_chars()):
            character = self._character(index)
            if not character:
                is_broken = is_broken or self._breaks_line(index)
                is_parted = is_parted or not self._breaks_line(index)
                continue
            if character != _HYPHEN_AT_LINE_END:
                letter = self._letter(character, index)
                if run and (is_parted or _parts(run[-1], letter) or (is_broken and not _touch(run[-1], letter))):
                    yield run
                    run = []
                run.append(letter)
            elif run:
                yield run if is_parted or is_broken else [*run, self._letter("-", index)]
                run = []
            is_parted = is_broken = False
        if run:
            yield run

    def is_bold(self, index: int) -> bool:
        """Whether the font of a letter is a bold one."""
        name, flags = ctypes.create_string_buffer(_FONT_NAME_BYTES), ctypes.c_int()
        self._pdfium.FPDFText_GetFontInfo(self._text, index, name, _FONT_NAME_BYTES, flags)
        return b"bold" in name.value.lower() or self._pdfium.FPDFText_GetFontWeight(self._text, index) >= _BOLD_WEIGHT

    def _breaks_line(self, index: int) -> bool:
        return self._pdfium.FPDFText_GetUnicode(self._text, index) in _LINE_BREAKS

    def _character(self, index: int) -> str:
        """The character at a place; empty for white space and what nobody sees."""
        code = self._pdfium.FPDFText_GetUnicode(self._text, index)
        character = chr(code) if code <= _LAST_CHARACTER else ""
        if character in ("\u00ad", "\ufffe", _HYPHEN_AT_LINE_END):
            return _HYPHEN_AT_LINE_END
        is_seen = character.isprintable() or "\ue000" <= character <= "\uf8ff"
        return character if is_seen and not character.isspace() else ""

    def _letter(self, character: str, index: int) -> _Letter:
        pdfium, text, box, matrix = self._pdfium, self._text, self._box, self._matrix
        pdfium.FPDFText_GetLooseCharBox(text, index, box)
        pdfium.FPDFText_GetMatrix(text, index, matrix)
        pdfium.FPDFText_GetCharOrigin(text, index, self._x, self._y)
        turn = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) % 4 * 90
        one, other = _upright(box.left, box.bottom, turn, self._sheet)[0], _upright(box.right, box.top, turn, self._sheet)[0]
        baseline = _upright(self._x.value, self._y.value, turn, self._sheet)[1]
        size = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        return _Letter(character, min(one, other), max(one, other), baseline, size, turn, index)


def _parts(letter: _Letter, following: _Letter) -> bool:
    """Whether a letter is of another line than the one before it, raised figures apart."""
    return following.turn != letter.turn or abs(following.baseline - letter.baseline) > _HIGHEST * max(letter.size, following.size)


def _touch(letter: _Letter, following: _Letter) -> bool:
    """Whether a letter follows another on its line without a space between."""
    size = max(letter.size, following.size)
    is_level = abs(following.baseline - letter.baseline) <= _LEVEL * size
    return is_level and -_OVERLAP * size <= following.left - letter.right <= _TOUCH * size


def _upright(x: float, y: float, turn: int, sheet: tuple[float, float, float, float]) -> tuple[float, float]:
    """A point of the stored sheet (origin below, left) as seen with the sheet turned so that the text is upright (origin above, left)."""
    left, bottom, right, top = sheet
    if turn == 0:
        return x - left, top - y
    return {90: (y - bottom, x - left), 180: (right - x, y - bottom), 270: (top - y, right - x)}[turn]


def _word(letters: list[_Letter], *, is_bold: bool) -> Word:
    main = max(letters, key=lambda letter: letter.size)
    plain = "".join(letter.text for letter in letters if not _is_raised(letter, main))
    is_unit = 0 < len(plain) <= _LONGEST_UNIT and plain.isalpha()
    parts = (letter.text.translate(_POWERS) if _is_raised(letter, main) and not is_unit else letter.text for letter in letters)
    return Word(
        text="".join(parts).translate(_LIGATURES),
        left=letters[0].left,
        right=letters[-1].right,
        baseline=main.baseline,
        size=main.size,
        bold=is_bold,
    )


def with_power(word: Word, main: Word) -> Word:
    """A number that stands alone, small and raised beside the main word of its line, as the raised figure that it is."""
    return replace(word, text=word.text.translate(_POWERS)) if _is_raised(word, main) else word


def _is_raised(part: _Letter | Word, main: _Letter | Word) -> bool:
    is_small = part.size <= _SMALL * main.size
    return part.text.isdecimal() and is_small and main.baseline - part.baseline >= _RAISED * main.size
