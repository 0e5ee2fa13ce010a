"""What is asked of the workshop, what it found, and the speech made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from amp_assistant.citations import Quotation, Statement
from amp_assistant.errors import UsageError
from amp_assistant.folding import fold
from amp_assistant.speech.sayable import Form
from amp_assistant.speech.theme import Theme

WORDS_A_MINUTE = 130
"""Spoken French from a lectern, the measure that cabinets count with."""
LONGEST_MINUTES = 20
TOLERANCE = 0.1
"""How far the words of a speech may be from what its minutes hold."""


class Audience(StrEnum):
    """Who listens."""

    RESIDENTS = "habitants"
    COMPANIES = "entreprises"
    AGENTS = "agents"
    PRESS = "presse"
    COUNCIL = "conseil"


class Tone(StrEnum):
    """How it is said."""

    SOBER = "sobre"
    ROUSING = "mobilisateur"
    TEACHING = "pédagogique"


class Occasion(StrEnum):
    """When it is said."""

    MEETING = "réunion publique"
    OPENING = "inauguration"
    WISHES = "vœux"
    CONFERENCE = "colloque"
    VISIT = "visite"


def read_audience(word: str) -> Audience:
    """The audience that a word names.

    :raises UsageError: it names none.
    """
    return _choice(word, Audience, "Le public")


def read_tone(word: str) -> Tone:
    """The tone that a word names, with or without its accents.

    :raises UsageError: it names none.
    """
    return _choice(word, Tone, "Le ton")


def read_occasion(word: str) -> Occasion:
    """The occasion that a word names, with or without its accents.

    :raises UsageError: it names none.
    """
    return _choice(word, Occasion, "L'occasion")


class Part(StrEnum):
    """The parts of a speech, in the order in which they are spoken; the value is the heading."""

    HOOK = "Accroche"
    RESULTS = "Où nous en sommes"
    COMMITMENTS = "Ce que nous avons engagé"
    GOALS = "Où nous allons"
    PLACES = "Preuves sur le territoire"
    OTHERS = "Ce que d'autres ont dit"
    CAUTION = "Points de vigilance"
    SOUNDBITES = "Éléments de langage"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for.

    `minutes` from 1 to LONGEST_MINUTES; `documents` are the ids of the documents to draw on and `years` those of their dates, all where
    empty; `named` are communes or sectors to name if the documents allow it.

    :raises UsageError: the minutes are out of range.
    """

    theme: Theme
    audience: Audience = Audience.RESIDENTS
    minutes: int = 5
    tone: Tone = Tone.SOBER
    documents: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    occasion: Occasion | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= LONGEST_MINUTES:
            raise UsageError(f"Un discours dure de 1 à {LONGEST_MINUTES} minutes, et non {self.minutes} : choisissez entre les deux.")

    @property
    def words(self) -> int:
        """The words that the minutes hold."""
        return self.minutes * WORDS_A_MINUTE


@dataclass(frozen=True, slots=True)
class Element:
    """One fact that a speech may tell, which a person may keep, drop or move.

    `quotations` carry it: one; for words of a person perhaps also the name that the document puts below them; for a target that was
    not met the target, then the result. `is_dated` tells that it comes from a document much older than the newest, without a year
    of its own, so that it must be said in the past; `is_measured` that it gives the value of a result. `source` is the kind of its
    document (« agenda », « rapport »). The higher the score the better.
    """

    id: str
    part: Part
    quotations: tuple[Quotation, ...]
    form: Form
    source: str
    is_dated: bool
    is_measured: bool
    score: float

    @property
    def words(self) -> int:
        """Words of its quotations."""
        return sum(count_words(quotation.text) for quotation in self.quotations)


@dataclass(frozen=True, slots=True)
class Brief:
    """The facts of a speech: those chosen, in order; what else there is, best first; what to know before speaking.

    `cautions` are not spoken: figures that disagree, targets without a published result, old sources. `notices` are French sentences
    about the brief itself; `shortfall` is the one, if any, that says that the theme is too thin for the length.
    """

    order: Order
    elements: tuple[Element, ...]
    spare: tuple[Element, ...] = ()
    cautions: tuple[Statement, ...] = ()
    notices: tuple[str, ...] = ()
    shortfall: str = ""

    def keeping(self, ids: Sequence[str]) -> "Brief":
        """The brief with the elements of these ids, in this order within each part; elements left aside may be named too.

        :raises UsageError: an id is not of this brief.
        """
        held = {element.id: element for element in (*self.elements, *self.spare)}
        if unknown := [identifier for identifier in ids if identifier not in held]:
            raise UsageError(f"L'élément « {unknown[0]} » n'est pas dans ce discours : reprenez les éléments proposés.")
        chosen = [held[identifier] for identifier in dict.fromkeys(ids)]
        order = list(Part)
        kept = tuple(sorted(chosen, key=lambda element: order.index(element.part)))
        return replace(self, elements=kept, spare=tuple(element for element in held.values() if element not in kept))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a speech as it is spoken: paragraphs of statements, those without quotations being connecting words."""

    part: Part
    paragraphs: tuple[tuple[Statement, ...], ...]

    @property
    def words(self) -> int:
        """Spoken words."""
        return sum(count_words(statement.text) for paragraph in self.paragraphs for statement in paragraph)

    @property
    def seconds(self) -> int:
        """Speaking time."""
        return round(self.words * 60 / WORDS_A_MINUTE)


@dataclass(frozen=True, slots=True)
class Speech:
    """A speech that can be delivered, made of a brief."""

    brief: Brief
    title: str
    sections: tuple[Section, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that is spoken, in order."""
        return tuple(statement for section in self.sections for paragraph in section.paragraphs for statement in paragraph)

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """The words of documents that are spoken, in order."""
        return tuple(quotation for statement in self.statements for quotation in statement.quotations)

    @property
    def words(self) -> int:
        """Spoken words."""
        return sum(section.words for section in self.sections)

    @property
    def seconds(self) -> int:
        """Speaking time."""
        return round(self.words * 60 / WORDS_A_MINUTE)


Choice = TypeVar("Choice", bound=StrEnum)


def _choice(word: str, choices: type[Choice], what: str) -> Choice:
    for choice in choices:
        if fold(choice) == fold(word.strip()):
            return choice
    raise UsageError(f"{what} « {word} » n'existe pas : choisissez parmi {', '.join(choices)}.")


def count_words(text: str) -> int:
    """The words of a text as they are spoken: signs alone do not count."""
    return sum(any(character.isalnum() for character in word) for word in text.split())
