"""The titles of a document as a person who saw its pages would list them: for files whose layout no longer tells
them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from amp_assistant.documents.lines import Line

# A title is set over a few lines at most, with its number apart.
_TITLE_LINES = 9
# Lines whose words are enough to recognise where a passage begins.
_OPENING_LINES = 6
# The number of a title stands at most so many lines from its words.
_NUMBER_LINES = 12
# The longest page has about so many lines.
_PAGE_LINES = 90

_NUMBER = re.compile(r"\d+(?:\.\d+)*\.?\s+")


@dataclass(frozen=True, slots=True)
class Title:
    """A title of the document: its words, as they stand in the file, its depth (1 is the highest), and what it heads.

    ``before`` gives the first words of the text below it, where the file has the title elsewhere: text taken from a
    designed page often gives a title after its columns, or a chapter's number after its name. Empty: the title stands
    where it is found.
    """

    level: int
    text: str
    before: str = ""


def place_titles(lines: Sequence[Line], outline: Sequence[Title]) -> tuple[list[Line], list[Title]]:
    """The lines with each title of the outline on one line of its own, above what it heads; and the titles that were
    not found.

    Titles are looked for in the order of the outline, each behind the one before it. The lines that spell a title are
    taken from where they stand, so that no word is doubled and none is lost.
    """
    letters = [_letters(line.text) for line in lines]
    taken: set[int] = set()
    heads: dict[int, list[Title]] = {}
    missing: list[Title] = []
    at = 0
    for title in outline:
        below = _opening(letters, _letters(title.before), at) if title.before else at
        near = at if below is None else below
        spelled = _find(letters, title, near, taken)
        if below is None or spelled is None:
            missing.append(title)
            continue
        at = below if title.before else spelled[0]
        heads.setdefault(at, []).append(title)
        taken.update(spelled)
    return _with_titles(lines, heads, taken), missing


def _letters(text: str) -> str:
    """The letters and digits of a text; capitals count, so that a title is not taken for the item of a list that names
    it."""
    return "".join(character for character in text if character.isalnum())


def _opening(letters: Sequence[str], wanted: str, start: int) -> int | None:
    """The first line from ``start`` on where the wanted words begin."""
    for index in range(start, len(letters)):
        if letters[index] and "".join(letters[index : index + _OPENING_LINES]).startswith(wanted):
            return index
    return None


def _find(letters: Sequence[str], title: Title, near: int, taken: set[int]) -> list[int] | None:
    """The lines that spell a title: behind ``near``, else, for one that the file has elsewhere, the nearest of all."""
    ahead = range(near, min(near + _PAGE_LINES, len(letters)) if title.before else len(letters))
    anywhere = sorted(range(len(letters)), key=lambda i: abs(i - near)) if title.before else ()
    for candidates in (ahead, anywhere):
        spelled = _spelling(letters, _letters(title.text), candidates, taken) or _apart(
            letters, title, candidates, near, taken
        )
        if spelled:
            return spelled
    return None


def _spelling(letters: Sequence[str], wanted: str, candidates: Iterable[int], taken: set[int]) -> list[int] | None:
    """The lines, from the first candidate that serves, that together spell what is wanted, none of them taken."""
    for index in candidates:
        spelled = ""
        for stop in range(index, min(index + _TITLE_LINES, len(letters))):
            spelled += letters[stop]
            if stop in taken or not wanted.startswith(spelled):
                break
            if spelled == wanted:
                return list(range(index, stop + 1))
    return None


def _apart(
    letters: Sequence[str], title: Title, candidates: Iterable[int], near: int, taken: set[int]
) -> list[int] | None:
    """The lines that spell a numbered title whose number stands on a line of its own, by the words or where the text
    begins."""
    match = _NUMBER.match(title.text)
    words = match and _spelling(letters, _letters(title.text[match.end() :]), candidates, taken)
    if not match or not words:
        return None
    around = [
        near,
        *sorted(
            range(max(words[0] - _NUMBER_LINES, 0), min(words[-1] + _NUMBER_LINES, len(letters))),
            key=lambda i: abs(i - words[0]),
        ),
    ]
    number = next((i for i in around if letters[i] == _letters(match.group()) and i not in taken), None)
    return None if number is None else sorted([*words, number])


def _with_titles(lines: Sequence[Line], heads: dict[int, list[Title]], taken: set[int]) -> list[Line]:
    placed: list[Line] = []
    for index, line in enumerate(lines):
        placed += [Line(title.text, line.sheet, gap=1, title=title) for title in heads.get(index, ())]
        if index not in taken:
            placed.append(replace(line, gap=max(line.gap, 1)) if index - 1 in taken or index in heads else line)
    return placed
