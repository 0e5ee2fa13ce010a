"""The list that a line of a passage leads to or belongs to, whole: a list may run on into the next passages of its section."""

from collections.abc import Sequence
from itertools import takewhile

from amp_assistant.citations import Quotation
from amp_assistant.passages import Passage
from amp_assistant.sentences import split_sentences

MOST_LIST_WORDS = 400
"""Words of a list that is shown whole; of a longer one, the first sentence of each item is."""
MOST_LEADING_WORDS = 8
"""A line this short before a list is its title, whether or not it ends with « : »."""


def list_of(quotation: Quotation, section: Sequence[Passage], *, led_only: bool) -> list[Quotation]:
    """The line that leads to a list and the list's items, one quotation each; empty where there is no list or it is too long.

    `section` holds the passages around that of the quotation, in order. With `led_only`, an item does not bring its list.
    """
    lines = [line for passage in section for line in _lines(passage)]
    here = quotation.passage.id
    at = next((n for n, line in enumerate(lines) if line.passage.id == here and line.start <= quotation.start < line.end), None)
    if at is None or (is_item(lines[at]) and led_only):
        return []
    before = len(list(takewhile(is_item, reversed(lines[: at + 1]))))
    first = at + 1 - before
    if not before:
        first = at + 1
    items = list(takewhile(is_item, lines[first:]))
    lead = [_last_sentence(line) for line in lines[first - 1 : first] if _leads(line)]
    if not before and lead and quotation.end <= lead[0].start:
        return []
    if not items and quotation.text.endswith(":"):
        lead, items = [lines[at]], [line for line in lines[at + 1 : at + 2] if not line.text.endswith(":")]
    if not items or (len(items) < 2 and not lead) or (not before and not lead):
        return []
    whole = [*lead, *items]
    return whole if _words(whole) <= MOST_LIST_WORDS else _shortened(whole, quotation)


def is_item(quotation: Quotation) -> bool:
    """Whether a quotation begins a bullet."""
    text = quotation.passage.text
    return text[text.rfind("\n", 0, quotation.start) + 1 : quotation.start].strip() in ("-", "•")


def _lines(passage: Passage) -> list[Quotation]:
    """The lines of a passage, without the bullets' marks."""
    found, place = [], 0
    for line in passage.text.split("\n"):
        words = line.lstrip(" -•")
        if words.strip():
            found.append(Quotation(passage, place + len(line) - len(words), place + len(line.rstrip())))
        place += len(line) + 1
    return found


def _leads(line: Quotation) -> bool:
    return line.text.endswith(":") or (len(line.text.split()) <= MOST_LEADING_WORDS and not line.text.endswith((".", "!", "?", ";")))


def _last_sentence(line: Quotation) -> Quotation:
    """What leads to the list: the end of the line alone."""
    start, end = split_sentences(line.passage.text[line.start : line.end])[-1]
    return Quotation(line.passage, line.start + start, line.start + end)


def _shortened(lines: Sequence[Quotation], asked: Quotation) -> list[Quotation]:
    """The first sentence of each line, and the one that was asked for; nothing where that is still too long."""
    kept = []
    for line in lines:
        first = line.start + split_sentences(line.passage.text[line.start : line.end])[0][1]
        kept.append(Quotation(line.passage, line.start, first))
        if asked.passage.id == line.passage.id and first <= asked.start < line.end:
            kept.append(asked)
    return kept if _words(kept) <= MOST_LIST_WORDS else []


def _words(quotations: Sequence[Quotation]) -> int:
    return sum(len(quotation.text.split()) for quotation in quotations)
