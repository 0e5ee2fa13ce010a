"""The commitments of a plan that is made of action bullets: each outermost bullet below a levier is one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from amp_assistant.citations import Quotation
from amp_assistant.enrichment import Unit
from amp_assistant.passages import Nature, Passage
from amp_assistant.register.facts import LeftOut, RowBuilder
from amp_assistant.register.rows import Engagement, Row
from amp_assistant.sentences import split_sentences

_BULLET = re.compile(r"^(?P<indent> *)- (?P<text>.+)$", re.MULTILINE)
_LEVIER = re.compile(r"^Levier \d+\b")
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
