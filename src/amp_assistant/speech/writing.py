"""A brief to a speech: its facts in quotation marks, connecting words between them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from amp_assistant.citations import Quotation, Statement
from amp_assistant.speech.brief import Brief, Element, Part, Section, Speech
from amp_assistant.speech.sayable import Form
from amp_assistant.speech.wording import Wording

SHORT_MINUTES = 3
"""Up to so many minutes the parts follow each other without an opening sentence: there is no time for it."""
IN_A_ROW = 3
"""Quotations of one form that may follow one lead: a list that the ear can still hold."""
LIST_WORDS = 60
"""Words of such a list, for the same reason."""
IN_A_PARAGRAPH = 3
"""Leads with their quotations in one paragraph."""
LIST_FORMS = (Form.INFINITIVE, Form.LABEL)

Paragraph = tuple[Statement, ...]


def write(brief: Brief) -> Speech:
    """The speech that a brief makes."""
    wording = Wording(brief.order)
    sections: list[Section] = []
    for part, elements in groupby(brief.elements, key=lambda element: element.part):
        paragraphs = list(_part(part, list(elements), brief, wording))
        if not sections:
            greeting, *introduction = map(Statement, wording.greeting())
            paragraphs = [(greeting,), tuple(introduction), *paragraphs]
        sections.append(Section(part, tuple(paragraphs)))
    if sections:
        last = sections[-1]
        sections[-1] = Section(last.part, (*last.paragraphs, tuple(map(Statement, wording.closing()))))
    name = brief.order.theme.name
    return Speech(brief, name[0].upper() + name[1:], tuple(sections))


def _part(part: Part, elements: Sequence[Element], brief: Brief, wording: Wording) -> Iterator[Paragraph]:
    is_long = brief.order.minutes > SHORT_MINUTES
    if is_long and part is not Part.HOOK:
        yield (Statement(wording.opening(part)),)
    paragraph: list[Statement] = []
    leads, count = 0, 1
    for group in _groups(elements):
        written, is_led = _group(part, group, wording)
        if is_led and leads == IN_A_PARAGRAPH:
            if is_long and count % 2 and (bridge := wording.bridge()):
                paragraph.append(Statement(bridge))
            yield tuple(paragraph)
            paragraph, leads, count = [], 0, count + 1
        leads += is_led
        paragraph += written
    yield tuple(paragraph)


def _groups(elements: Sequence[Element]) -> Iterator[list[Element]]:
    """Elements that share a lead: some infinitives or labels of one document in a row, every other one alone."""
    group: list[Element] = []
    for element in elements:
        is_like = group and element.form in LIST_FORMS and _kind(element) == _kind(group[0])
        fits = is_like and len(group) < IN_A_ROW and sum(other.words for other in (*group, element)) <= LIST_WORDS
        if group and not fits:
            yield group
            group = []
        group.append(element)
    if group:
        yield group


def _kind(element: Element) -> tuple[str, str, bool, int]:
    return element.source, element.form, element.is_dated, len(element.quotations)


def _group(part: Part, group: Sequence[Element], wording: Wording) -> tuple[list[Statement], bool]:
    """The statements of a group, and whether they begin with a lead."""
    first = group[0]
    if part is Part.CAUTION and len(first.quotations) > 1:
        return list(_unmet(first, wording)), True
    lead = wording.lead(part, list(_lead_kinds(first)), first.source)
    statements = [Statement(lead)] if lead else []
    joined = first.form in LIST_FORMS and len(group) > 1
    preposition = " à" if lead and lead.endswith(" à") else ""
    for at, element in enumerate(group):
        if at and preposition:
            statements.append(Statement("et à" if at == len(group) - 1 else "à"))
        end = "." if at == len(group) - 1 or not joined else "," if preposition and at < len(group) - 2 else "" if preposition else " ;"
        statements.append(quoted(element.quotations[:1], end))
    for author in first.quotations[1:]:
        said = wording.lead(part, ["author"], first.source)
        statements += [Statement(said or "Ces mots sont de"), quoted((author,), ".")]
    return statements, lead is not None


def _lead_kinds(element: Element) -> Iterator[str]:
    if element.is_dated and element.part in (Part.RESULTS, Part.PLACES, Part.CAUTION, Part.HOOK, Part.SOUNDBITES):
        yield "dated"
        return
    if element.form is Form.INFINITIVE:
        yield "infinitive"
    if element.part is Part.RESULTS and element.is_measured and element.form is Form.SENTENCE:
        yield "figure"
    if element.form is Form.SENTENCE:
        yield "sentence"
    yield "label"
    yield "sentence"


def _unmet(element: Element, wording: Wording) -> Iterator[Statement]:
    target, result = element.quotations
    for kind, quotation in (("target", target), ("result", result)):
        yield from map(Statement, filter(None, [wording.lead(Part.CAUTION, [kind], "")]))
        yield quoted((quotation,), ".")
    yield from map(Statement, filter(None, [wording.lead(Part.CAUTION, ["unmet"], "")]))


def quoted(quotations: Iterable[Quotation], end: str) -> Statement:
    """A statement that is its quotations, each between quotation marks, marks inside them turned into inner ones."""
    held = tuple(quotations)
    text = " ".join(f"« {inner_marks(quotation.text)} »" for quotation in held)
    return Statement(text + end, held)


def inner_marks(text: str) -> str:
    """The text with the quotation marks in it as those inside a quotation."""
    for outer, inner in (("« ", "“"), ("«", "“"), (" »", "”"), ("»", "”")):
        text = text.replace(outer, inner)
    return text
