"""Commitments that the layout of a plan tells: each outermost bullet below a levier, each heading of those that one announces."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from amp_assistant.citations import Quotation
from amp_assistant.enrichment import Unit
from amp_assistant.passages import Nature, Passage
from amp_assistant.register.facts import LeftOut, RowBuilder
from amp_assistant.register.proofs import HeadingQuotation
from amp_assistant.register.rows import Engagement, Row
from amp_assistant.sentences import split_sentences

_BULLET = re.compile(r"^(?P<indent> *)- (?P<text>.+)$", re.MULTILINE)
_LEVIER = re.compile(r"^Levier \d+\b")
_ANNOUNCED = re.compile(r"\b(\d+) engagements pour\b", re.IGNORECASE)
"""A heading such as « 3 engagements pour… Vivre Mieux »: the next three headings below it are the engagements."""
_TOLD = {
    Nature.DESCRIPTION: "décrit ce qui existe",
    Nature.RESULTAT: "rend compte d'un résultat",
    Nature.CITATION: "paroles d'une personne",
    Nature.RECIT: "futur imaginé",
}
"""Why a bullet of that nature is no commitment."""


def missing_commitments(
    passages: Sequence[Passage], units: Iterable[Unit], quotations: Iterable[Quotation], builder: RowBuilder
) -> tuple[list[Row], list[LeftOut]]:
    """The action bullets of which no engagement quotes a word, as rows, and those that are no commitment, with the reason.

    `quotations` are those of the engagements known. A row made here says what the first sentence of its bullet says.
    """
    quoted: dict[str, list[Quotation]] = defaultdict(list)
    for quotation in quotations:
        quoted[quotation.passage.id].append(quotation)
    natures: dict[int, list[Unit]] = defaultdict(list)
    for unit in units:
        natures[unit.stretch.passage].append(unit)
    rows: list[Row] = []
    left_out: list[LeftOut] = []
    for at, bullet, indent in _bullets(passages):
        if any(quotation.start < bullet.end and quotation.end > bullet.start for quotation in quoted[bullet.passage.id]):
            continue
        nature = _nature(bullet, natures[at])
        reason = "précise le point au-dessus" if indent else _TOLD.get(nature)
        if reason:
            left_out.append(LeftOut(bullet.passage.document, bullet.text, reason))
        else:
            start, end = split_sentences(bullet.passage.text[bullet.start : bullet.end])[0]
            sentence = Quotation(bullet.passage, bullet.start + start, bullet.start + end)
            rows.append(builder.of_quotation(Engagement, sentence, nature, what=sentence.text))
    return rows, left_out


def announced_commitments(passages: Sequence[Passage], builder: RowBuilder) -> list[Row]:
    """The headings that another heading announces as engagements, as rows."""
    announced: dict[tuple[str, str], dict[str, Passage]] = defaultdict(dict)
    for passage in passages:
        for above, heading in pairwise(passage.heading_path):
            if _ANNOUNCED.search(above):
                announced[passage.document, above].setdefault(heading, passage)
    rows = []
    for (_, above), headings in announced.items():
        number = _ANNOUNCED.search(above)
        for heading, passage in list(headings.items())[: int(number[1]) if number else 0]:
            quotation = HeadingQuotation(passage, 0, 0, heading)
            rows.append(builder.of_quotation(Engagement, quotation, Nature.ENGAGEMENT, what=heading))
    return rows


def _bullets(passages: Sequence[Passage]) -> Iterator[tuple[int, Quotation, int]]:
    """The bullets below a levier: the passage's place, the words after the mark, and how far they are indented."""
    for at, passage in enumerate(passages):
        if any(_LEVIER.match(heading) for heading in passage.heading_path):
            for match in _BULLET.finditer(passage.text):
                yield at, Quotation(passage, match.start("text"), match.end("text")), len(match["indent"])


def _nature(bullet: Quotation, units: Iterable[Unit]) -> Nature:
    """The nature of the unit that holds the bullet's first word; a bullet that none holds is a commitment, as its levier's others."""
    holding = [unit for unit in units if unit.stretch.start <= bullet.start < unit.stretch.end]
    return holding[-1].nature if holding else Nature.ENGAGEMENT
