"""The lines of extracted text and what can be seen on a single line: bullets, capitals, stops, words that leave a
phrase open."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amp_assistant.documents.outline import Title


@dataclass(frozen=True, slots=True)
class Line:
    """A line with text: ``gap`` counts the empty lines before it, ``sheet`` the pages before it (0 is the first page).

    ``title`` is the outline's title that the line stands for; ``marked`` tells that the file sets tabs between the
    words, as text in a title's font comes out; ``indented`` that white space stands before the words, as where the sign
    of a bullet was lost; ``row`` that the line is a whole row of a table; ``flows`` that the line before it
    had no room for its first word, so that it was not ended on purpose; ``rank`` how high a title in the type of the
    line stands among the titles of the document (1 is the highest, 0: not known).
    """

    text: str
    sheet: int
    gap: int = 0
    title: "Title | None" = None
    marked: bool = False
    indented: bool = False
    row: bool = False
    flows: bool = False
    rank: int = 0


BULLET = re.compile(
    r"^\s*(?:[•▪◦●■►\uf0b7\uf0a7\uf0d8\uf02d\uf076\uf0fc\ue000-\uf8ff]\s*|[-–]\s+|—\s+(?=[a-zà-ÿ]))(?=\S)"
)
_FINAL = re.compile(r"[.!?…][»”\"')\]\s]*$")
_SENTENCE = re.compile(r"[.!?…][»”\"')\]]*(?:\s|$)")
_OPEN_WORDS_LIST = """
    le la les l un une des du de d au aux à en dans par pour sur sous avec sans et ou ni que qui dont où ce cet
    cette ces son sa ses leur leurs notre nos votre vos mon ma mes est sont a ont vers chez entre plus très d’une
    d’un l’association the of and to in for with
"""
_OPEN_WORDS = frozenset(_OPEN_WORDS_LIST.split())
_LAST_WORD = re.compile(r"([^\W\d_][\w’'-]*)\s*$")
_WORD = re.compile(r"[^\W\d_]{3}")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
# Where a word may be cut, and what has no width; at the end of a line a soft hyphen is seen, and tells that the word goes on.
_INVISIBLE = re.compile(r"\u00ad(?=.)|[\u200b-\u200d\u2060\ufeff]")


def seen(text: str) -> str:
    """The text of a line without the characters that nobody sees, which would part its words for a search."""
    return _INVISIBLE.sub("", text)


def tidy(text: str) -> str:
    """The text as it is seen, without the white space around it, and single spaces within."""
    return _SPACES.sub(" ", seen(text)).strip()


def is_capitals(text: str) -> bool:
    """Whether a text of at least two letters is set in capitals (a small « e » of « 2e » does not count against it)."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 2 and sum(character.isupper() for character in letters) >= 0.85 * len(letters)


def is_final(text: str) -> bool:
    """Whether a text ends as a sentence ends."""
    return bool(_FINAL.search(text))


def has_sentence(text: str) -> bool:
    """Whether a sentence ends somewhere in the text."""
    return bool(_SENTENCE.search(text))


def has_word(text: str) -> bool:
    """Whether the text holds a word of three letters; « 2e » and « 56 % » do not."""
    return bool(_WORD.search(text))


def is_open(text: str) -> bool:
    """Whether a text breaks off in the middle of a phrase: at a comma, a hyphen, a bracket, or a word such as « de » or
    « pour »."""
    stripped = text.rstrip()
    if (
        stripped.endswith((",", "-", "\u2010", "(", "«", "/", "’", "'", "&"))
        or text.count("(") > text.count(")")
        or text.count("«") > text.count("»")
    ):
        return True
    last = _LAST_WORD.search(stripped)
    return last is not None and last.group(1).lower() in _OPEN_WORDS


def starts_low(text: str) -> bool:
    """Whether a text begins with a small letter, or with a mark that no text begins with."""
    return text[:1].islower() or text[:1] in ("/", ")", ",", ";", ":", "»")


def starts_high(text: str) -> bool:
    """Whether a text begins as a new paragraph may: with a capital, a digit, an opening mark."""
    return not starts_low(text)
