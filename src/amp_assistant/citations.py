"""A statement and its quotations: found word for word, checked, numbered. Every answer passes through here.

A quotation is accepted only if its words stand in the passage one after the other; white space, hyphens at line ends, ligatures
and typographic marks are folded, nothing else. A statement is accepted only if every number, unit, year and proper name in it
stands in its quotations and it does not deny what they affirm.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from amp_assistant.documents.model import Document
from amp_assistant.figures import MONTHS, read_figures, read_ranges, text_with_digits
from amp_assistant.folding import FoldedText, tokens
from amp_assistant.lexical import STOP_WORDS
from amp_assistant.passages import Nature, Passage

MARK = re.compile(r"\[(\d+)\]")
"""A citation's number in an answer's text."""

_NAME = re.compile(r"\b(?:[A-ZÀ-ÖØ-ÞŒ][\w'’-]*\w|[A-Z])(?!\w)")
_SIGN_OF_UNIT = re.compile(r"(?<=\d)\s?(?:Mds?|[kKMGT]?Wh?c?|[kKMT])(?=\s?€|(?!\w))")
"""Capitals after a number that are its scale or unit, which is checked with it."""
_OPENING = re.compile(r"(?:^|[.!?:«“…\n•]|\s[-–—])[\s\u00a0\u202f]*$")
"""What stands before a word that has a capital for its place, not for being a name."""
_ELIDED = re.compile(r"^(?:[a-z]|qu|lorsqu|puisqu|jusqu|quoiqu)['’]", re.IGNORECASE)
_COMMON_ENDING = re.compile(r"(?:er|ir|[dtuv]re|[iu]ire|ment|tions?|sions?|ages?|ites?|ants?|ees?|eurs?|ing|ed|ly)$")
"""Endings of verbs, adverbs and nouns of action: a first word that has one is no name (« Accompagner », « Création », « Désormais »)."""
_OPENERS = STOP_WORDS | frozenset(
    """ainsi apres autre autres avant certaines certains contre deja depuis desormais enfin face faire grace jusqu lorsqu lors malgre mettre
    mieux non oui outre parmi pendant plusieurs pourtant puis quelque quelques sauf selon toutefois cependant vers
    an all as but each no not some these this those we he she with""".split()
)
"""Words that open a sentence without naming anything."""
_TITLES = frozenset("metropole".split())
"""Names that every document goes by: a plan of the Métropole says « nous » or nothing."""

_DENIALS = frozenset("ne n pas jamais aucun aucune ni sans rien not never no without".split())
_NUMERO = re.compile(r"\bn\s?°", re.IGNORECASE)
_ENGLISH = frozenset("the of and is are was were with for to by will has have".split())
_YEARS = range(1900, 2101)
_SAME_WORD = 5
"""First letters in which a counted thing and its plural or feminine agree."""


RECOGNISED = "lu par reconnaissance de caractères : vérifiez sur le document"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a passage: `passage.text[start:end]`."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words themselves, as the document has them, on one line."""
        return " ".join(self.passage.text[self.start : self.end].split())


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the quotations that carry it. Without quotations it is a connecting phrase and states nothing."""

    text: str
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quotation with its place: what the reader opens to check a statement.

    `quote` stands word for word in the passage; `section` is the heading path, outermost first; `page` is where the quotation begins (1
    is the first page of the file), None where the document's pages are unknown; `page_label` is what is printed there as its number,
    where that is another; `ocr` tells words that were recognised on the image of a page; `date` is ISO 8601, as precise as known.
    """

    number: int
    document: str
    title: str
    date: str
    page: int | None
    section: tuple[str, ...]
    quote: str
    passage: str
    nature: Nature
    page_label: str | None = None
    ocr: bool = False

    @property
    def page_text(self) -> str:
        """The page as a reader looks it up: « page 12 », « page iv (6 du fichier) »; empty where it is unknown."""
        if self.page is None:
            return ""
        return f"page {self.page_label} ({self.page} du fichier)" if self.page_label else f"page {self.page}"

    @property
    def caution(self) -> str:
        """What to know before one trusts the words; empty where there is nothing."""
        return RECOGNISED if self.ocr else ""


def find_quotation(passage: Passage, words: str) -> Quotation | None:
    """The place of some words in a passage, word for word, or None."""
    place = FoldedText.of(passage.text).find(words)
    return Quotation(passage, *place) if place else None


def faults(statement: str, quotations: Iterable[str], *, context: Iterable[str] = ()) -> list[str]:
    """What a statement says and its quotations do not: one French phrase each, none where it is proved.

    Checked are figures with their scale, unit and the thing they count, months, proper names and acronyms, and denials; the meaning
    of the other words is not. `context` is text that proves names only: the headings above the quotations, the document's title.
    """
    stated, quoted = MARK.sub("", statement), list(quotations)
    proof = "\n".join(quoted)
    missing = [*_unproved_figures(stated, proof), *_unproved_months(stated, proof)]
    proving = "\n".join([proof, *context])
    named = {*tokens(proving), *(token for found in _NAME.finditer(proving) for token in tokens(found[0])), *_TITLES}
    missing += [f"le nom « {name} »" for name in _names(stated, named)]
    if quoted and _denies(stated) != any(map(_denies, quoted)) and not (_denies(proof) and not all(map(_denies, quoted))):
        missing.append("la négation")
    return list(dict.fromkeys(missing))


def number_statements(statements: Sequence[Statement], documents: Mapping[str, Document]) -> tuple[str, tuple[Citation, ...]]:
    """The statements as one text with their citations' numbers, and the citations; equal quotations share a number."""
    places: dict[Quotation, int] = {}
    parts = []
    for statement in statements:
        marks = "".join(f" [{places.setdefault(quotation, len(places) + 1)}]" for quotation in statement.quotations)
        parts.append(statement.text + marks)
    return "\n".join(parts), tuple(cite(quotation, documents, number) for quotation, number in places.items())


def cite(quotation: Quotation, documents: Mapping[str, Document], number: int = 1) -> Citation:
    """The citation of a quotation, under a number."""
    passage = quotation.passage
    document = documents[passage.document]
    page, last = passage.page_at(quotation.start), passage.page_at(max(quotation.end - 1, quotation.start))
    return Citation(
        number=number,
        document=document.id,
        title=document.title,
        date=document.date,
        page=page,
        section=passage.heading_path,
        quote=quotation.text,
        passage=passage.id,
        nature=passage.nature,
        page_label=document.label_of(page),
        ocr=page is not None and last is not None and any(page <= recognised <= last for recognised in document.reading.ocr_pages),
    )


def _unproved_figures(stated: str, proof: str) -> Iterator[str]:
    there = read_figures(proof)
    words = {word[:_SAME_WORD] for word in tokens(text_with_digits(proof))}
    counts = {(other.counted[:_SAME_WORD], other.value) for other in there}
    counted = {word for word, _ in counts if word}
    is_english = len(_ENGLISH.intersection(tokens(stated))) > 1
    for figure in read_figures(stated):
        same = [other for other in there if other.value == figure.value]
        if not same:
            yield f"le nombre {figure.value:g}"
        elif not any((other.scale, other.unit) == (figure.scale, figure.unit) for other in same):
            measure = " ".join(filter(None, (f"{figure.value:g}", figure.scale, figure.unit)))
            yield f"l'unité de « {measure} »"
        elif figure.counted and not is_english and figure.counted not in STOP_WORDS:
            thing = figure.counted[:_SAME_WORD]
            is_other = thing in counted and (thing, figure.value) not in counts
            if is_other or (thing not in words and figure.value not in _YEARS):
                yield f"ce que compte « {figure.value:g} {figure.counted} »"
    for first, last in read_ranges(stated) - read_ranges(proof):
        yield f"l'intervalle de {first:g} à {last:g}"


def _unproved_months(stated: str, proof: str) -> Iterator[str]:
    there = tokens(text_with_digits(proof))
    for month in MONTHS:
        if month in tokens(text_with_digits(stated)) and month not in there:
            yield f"le mois « {month} »"


def _names(text: str, proved: Container[str]) -> Iterator[str]:
    """The proper names, acronyms and codes of a text that are not proved.

    The first word of a sentence has a capital anyway: it is a name unless it is a function word or ends like a verb, an adverb or a
    noun of action.
    """
    text = _SIGN_OF_UNIT.sub("", text)
    for found in _NAME.finditer(text):
        name = found[0]
        opens = bool(_OPENING.search(text[: found.start()]))
        if opens:
            name = _ELIDED.sub("", name)
            if not name[:1].isupper() and len(name) > 1:
                continue
        unproved = [token for token in tokens(name) if token not in proved]
        if opens and not name[1:2].isupper():
            unproved = [token for token in unproved if token not in _OPENERS and not _COMMON_ENDING.search(token)]
        if unproved:
            yield name


def _denies(text: str) -> bool:
    return not _DENIALS.isdisjoint(tokens(_NUMERO.sub(" ", text)))
