"""The headings of a plan by their place: its orientations, their leviers, the actions of each."""

from collections.abc import Iterable, Iterator, Mapping

from amp_assistant.citations import Quotation
from amp_assistant.passages import Passage
from amp_assistant.register.placing import NUMBERED
from amp_assistant.register.proofs import HeadingQuotation
from amp_assistant.register.selecting import Place

_LEVELS = ("Orientation", "Levier", "Action")


def plan_headings(passages: Iterable[Passage]) -> Mapping[Place, Quotation]:
    """The first heading at each place, in the order of the documents; that of a small section stands in the text of a passage."""
    headings: dict[Place, Quotation] = {}
    for passage in passages:
        place: Place = ()
        for quotation in _headings(passage):
            found = NUMBERED.match(quotation.text)
            depth = _LEVELS.index(found[1]) if found else 0
            if found and len(place) >= depth:
                place = (*place[:depth], int(found[2]))
                headings.setdefault(place, quotation)
    return headings


def _headings(passage: Passage) -> Iterator[Quotation]:
    for heading in passage.heading_path:
        if NUMBERED.match(heading):
            yield HeadingQuotation(passage, 0, 0, heading)
    for found in NUMBERED.finditer(passage.text):
        yield Quotation(passage, found.start(), found.end())
