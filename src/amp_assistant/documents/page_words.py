"""A page of a PDF -> its words, each with its place, by PDFium: what is printed, not the order in which it was drawn."""

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

# PDFium gives a hyphen at a line's end as this control character, and draws the two halves of the word together.
_HYPHEN_AT_LINE_END = "\x02"
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# A digit smaller than this share of its neighbours and raised by so much of their size calls a footnote, or is a power.
_SMALL = 0.85
_RAISED = 0.15
# After a unit of so few letters (« m2 ») it is a power, and stays a plain digit.
_LONGEST_UNIT = 2
_BOLD_WEIGHT = 600
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
    textpage = page.get_textpage()
    words: defaultdict[int, list[Word]] = defaultdict(list)
    for letters in _runs(textpage, page.get_mediabox()):
        words[letters[0].turn].append(_word(letters, textpage))
    return dict(sorted(words.items(), key=lambda item: -len(item[1])))


def _runs(textpage: "PdfTextPage", sheet: tuple[float, float, float, float]) -> Iterator[list[_Letter]]:
    """The letters between two white spaces, real ones or those that PDFium sees by the distance."""
    run: list[_Letter] = []
    for index in range(textpage.count_chars()):
        letter = _letter(textpage, index, sheet)
        if letter is None or (run and letter.turn != run[-1].turn):
            if run:
                yield run
            run = []
        if letter:
            run.append(letter)
            if letter.text == "-" and _character(textpage, index) == _HYPHEN_AT_LINE_END:
                yield run
                run = []
    if run:
        yield run


def _character(textpage: "PdfTextPage", index: int) -> str:
    from pypdfium2 import raw

    code = raw.FPDFText_GetUnicode(textpage, index)
    return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else " "


def _letter(textpage: "PdfTextPage", index: int, sheet: tuple[float, float, float, float]) -> _Letter | None:
    """A printed letter with its place; None for white space and what nobody sees."""
    from pypdfium2 import raw

    text = _character(textpage, index)
    text = "-" if text in (_HYPHEN_AT_LINE_END, "\ufffe") else text
    if text.isspace() or not (text.isprintable() or text == "\u00ad" or "\ue000" <= text <= "\uf8ff"):
        return None
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetLooseCharBox(textpage, index, box)
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    raw.FPDFText_GetCharOrigin(textpage, index, x, y)
    turn = round(-math.degrees(raw.FPDFText_GetCharAngle(textpage, index)) / 90) % 4 * 90  # PDFium turns clockwise
    ends = [_upright(box.left, box.bottom, turn, sheet)[0], _upright(box.right, box.top, turn, sheet)[0]]
    size = raw.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)
    return _Letter(text, min(ends), max(ends), _upright(x.value, y.value, turn, sheet)[1], size, turn, index)


def _upright(x: float, y: float, turn: int, sheet: tuple[float, float, float, float]) -> tuple[float, float]:
    """A point of the stored sheet (origin below, left) as seen with the sheet turned so that the text is upright (origin above, left)."""
    left, bottom, right, top = sheet
    return {0: (x - left, top - y), 90: (y - bottom, x - left), 180: (right - x, y - bottom), 270: (top - y, right - x)}[turn]


def _word(letters: list[_Letter], textpage: "PdfTextPage") -> Word:
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
        bold=_is_bold(textpage, main.index),
    )


def with_power(word: Word, main: Word) -> Word:
    """A number that stands alone, small and raised beside the main word of its line, as the raised figure that it is."""
    return replace(word, text=word.text.translate(_POWERS)) if _is_raised(word, main) else word


def _is_raised(part: _Letter | Word, main: _Letter | Word) -> bool:
    is_small = part.size <= _SMALL * main.size
    return part.text.isdecimal() and is_small and main.baseline - part.baseline >= _RAISED * main.size


def _is_bold(textpage: "PdfTextPage", index: int) -> bool:
    from pypdfium2 import raw

    name, flags = ctypes.create_string_buffer(_FONT_NAME_BYTES), ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage, index, name, _FONT_NAME_BYTES, flags)
    return b"bold" in name.value.lower() or raw.FPDFText_GetFontWeight(textpage, index) >= _BOLD_WEIGHT
