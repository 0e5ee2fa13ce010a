"""A brief to a speech: its facts in quotation marks, connecting words between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from amp_assistant.citations import Quotation, Statement
from amp_assistant.speech.brief import Brief, Element, Part, Section, Speech
from amp_assistant.speech.sayable import Form, is_count
from amp_assistant.speech.wording import Wording

SHORT_MINUTES = 3
"""Up to so many minutes the parts follow each other without an opening sentence: there is no time for it."""
IN_A_ROW: Mapping[Form, int] = {Form.INFINITIVE: 3, Form.LABEL: 3, Form.SENTENCE: 2}
"""Quotations of one form that may follow one lead: a list that the ear can still hold, two sentences that need nothing between them."""
ENOUGH_QUOTED = 0.7
"""Share of the words asked for that quotations hold where there is enough to tell: with less, each sentence has a lead of its own."""
LIST_WORDS = 60
"""Words of such a list, for the same reason."""
IN_A_PARAGRAPH = 3
"""Leads with their quotations in one paragraph."""
LED_ONE_BY_ONE = (Part.HOOK, Part.OTHERS, Part.CAUTION)
"""Parts whose every quotation has a voice or a weight of its own."""

Paragraph = tuple[Statement, ...]


def write(brief: Brief) -> Speech:
    """The speech that a brief makes."""
    wording = Wording(brief.order)
    is_rich = sum(element.words for element in brief.elements) >= ENOUGH_QUOTED * brief.order.words
    sections: list[Section] = []
    for part, elements in groupby(brief.elements, key=lambda element: element.part):
        groups = list(_groups(list(elements), is_rich))
        paragraphs = list(_part(part, groups, brief, wording))
        if not sections:
            greeting, *introduction = map(Statement, wording.greeting())
            paragraphs = [(greeting,), tuple(introduction), *paragraphs]
        sections.append(Section(part, tuple(paragraphs)))
    if sections:
        last = sections[-1]
        sections[-1] = Section(last.part, (*last.paragraphs, tuple(map(Statement, wording.closing()))))
    name = brief.order.theme.name
    return Speech(brief, name[0].upper() + name[1:], tuple(sections))


def _part(part: Part, groups: Sequence[Sequence[Element]], brief: Brief, wording: Wording) -> Iterator[Paragraph]:
    is_long = brief.order.minutes > SHORT_MINUTES
    if is_long and part is not Part.HOOK:
        yield (Statement(wording.opening(part)),)
    paragraph: list[Statement] = []
    leads, count = 0, 1
    for group in groups:
        written, is_led = _group(part, group, wording)
        if is_led and leads == IN_A_PARAGRAPH:
            if is_long and count % 2 and (bridge := wording.bridge()):
                paragraph.append(Statement(bridge))
            yield tuple(paragraph)
            paragraph, leads, count = [], 0, count + 1
        leads += is_led
        paragraph += written
    yield tuple(paragraph)


def _groups(elements: Sequence[Element], is_rich: bool) -> Iterator[list[Element]]:
    """Elements that share a lead: some of one form and one document in a row, in parts where none needs a lead of its own."""
    group: list[Element] = []
    for element in elements:
        may_share = element.part not in LED_ONE_BY_ONE and (is_rich or element.form is not Form.SENTENCE)
        is_like = group and may_share and _kind(element) == _kind(group[0]) and _can_follow(element)
        fits = is_like and len(group) < IN_A_ROW[element.form] and sum(other.words for other in (*group, element)) <= LIST_WORDS
        if group and not fits:
            yield group
            group = []
        group.append(element)
    if group:
        yield group


def _kind(element: Element) -> tuple[str, str, bool, bool, int]:
    return element.source, element.form, element.is_dated, _is_counted(element), len(element.quotations)


def _can_follow(element: Element) -> bool:
    """Whether a quotation can stand right after another: a sentence that begins like one."""
    return element.form is not Form.SENTENCE or not element.quotations[0].text[0].islower()


def _is_counted(element: Element) -> bool:
    """Whether a label says how many of something there are: it can follow « nous comptons »."""
    return element.form is Form.LABEL and element.part in (Part.RESULTS, Part.PLACES) and is_count(element.quotations[0].text)


def _group(part: Part, group: Sequence[Element], wording: Wording) -> tuple[list[Statement], bool]:
    """The statements of a group, and whether they begin with a lead."""
    first = group[0]
    if part is Part.CAUTION and len(first.quotations) > 1:
        return list(_unmet(first, wording)), True
    lead = wording.lead(part, list(_lead_kinds(first)), first.source)
    statements = [Statement(lead)] if lead else []
    last = len(group) - 1
    runs_on = lead is not None and not lead.endswith((":", "."))
    preposition = ["à"] if runs_on and lead is not None and lead.endswith(" à") else []
    for at, element in enumerate(group):
        if at and runs_on and (words := ["et"] * (at == last) + preposition):
            statements.append(Statement(" ".join(words)))
        between = "." if first.form is Form.SENTENCE else " ;" if not runs_on else "" if at == last - 1 else ","
        statements.append(quoted(element.quotations[:1], "." if at == last else between))
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
    if _is_counted(element):
        yield "counted"
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
