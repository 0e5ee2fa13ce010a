"""Quantities in everyday French: numbers in words, ages, staff, money, and the bounds that a condition sets."""

import re
from dataclasses import dataclass

from amp_assistant.folding import join_thousands

_UNITS = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100}
_ABOUT = {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50}
_WORDS = {word: value for value, word in enumerate(_UNITS)} | {"une": 1, "dix-sept": 17, "dix-huit": 18, "dix-neuf": 19}
_ONES = "|".join(sorted((*_WORDS, "et-un", "et-une"), key=len, reverse=True))
_NUMBER_WORDS = re.compile(
    rf"\b(?:(?P<ten>{'|'.join(_TENS)})(?:[- ](?:et[- ])?(?P<one>{_ONES}))?|(?P<about>{'|'.join(_ABOUT)})|(?P<alone>{_ONES}))\b"
)
_NOT_A_NUMBER = re.compile(r"^(un|une)$")

NUMBER = r"\d+(?:[.,]\d+)?"
"""A number in digits, thousands joined."""
_SCALES = {"k": 1e3, "m": 1e6, "million": 1e6, "millions": 1e6, "mille": 1e3, "milliard": 1e9, "milliards": 1e9}
MONEY = re.compile(rf"({NUMBER})\s*(k|m|millions?|mille|milliards?)?\s*(?:d'|de )?(?:€|k?euros?)?(?!\w)", re.IGNORECASE)

_BOUNDS = (
    (re.compile(rf"entre ({NUMBER}) et ({NUMBER})"), "both"),
    (re.compile(rf"(?:de )?({NUMBER})\s*(?:a|-|–)\s*({NUMBER})"), "both"),
    (re.compile(rf"(?:plus de|superieure?s? a|au-dela de)\s*({NUMBER})"), "above"),
    (re.compile(rf"(?:moins de|inferieure?s? a|en dessous de)\s*({NUMBER})"), "below"),
    (re.compile(rf"(?:au moins|minimum|a partir de|des)\s*({NUMBER})|(?<!\d)({NUMBER})\s*\S{{0,30}} (?:au moins|minimum)"), "from"),
    (re.compile(rf"(?:au plus|maximum|jusqu'a)\s*({NUMBER})|(?<!\d)({NUMBER})\s*\S{{0,30}} (?:au plus|maximum)"), "to"),
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a number must lie between; None where that side is open, `strict` where the bound itself does not do."""

    low: float | None = None
    high: float | None = None
    strict: bool = False

    def hold(self, value: float) -> bool:
        """Whether a value lies within."""
        if self.low is not None and (value < self.low or (self.strict and value == self.low)):
            return False
        return self.high is None or value < self.high or (not self.strict and value == self.high)


def spaced(number: float) -> str:
    """A number as French readers write it: « 1 450 », « 1,5 », with a narrow no-break space between thousands."""
    return f"{number:,.10g}".replace(",", "\u202f").replace(".", ",")


def in_digits(text: str) -> str:
    """A plain text with its numbers in digits, thousands joined: « vingt-deux » is 22, « une dizaine » 10; « un », « une » stay."""
    return join_thousands(_NUMBER_WORDS.sub(lambda match: match[0] if _NOT_A_NUMBER.match(match[0]) else _digits(match), text))


def as_number(written: str) -> float:
    """The value of a number in digits: 2.5 for « 2,5 »."""
    return float(written.replace(",", "."))


def amount(match: re.Match[str]) -> float:
    """The euros of a match of MONEY."""
    return as_number(match[1]) * _SCALES.get((match[2] or "").lower(), 1.0)


def read_bounds(text: str) -> Bounds | None:
    """The bounds that the words of a condition set, in its own unit, or None.

    « plus de trois ans » and « moins de 40h » leave the number itself out, « de 10 à 49 », « entre 2 et 5 », « au moins 3 » take it in.
    """
    digits = in_digits(text)
    for pattern, kind in _BOUNDS:
        if match := pattern.search(digits):
            first, *more = [as_number(number) for number in match.groups() if number]
            if kind == "both":
                return Bounds(first, more[0])
            low, strict = kind in ("above", "from"), kind in ("above", "below")
            return Bounds(first if low else None, None if low else first, strict)
    return None


def scale_of(text: str) -> float:
    """How many of the base unit one is: a million for « millions d'euros », a thousand for « k€ »."""
    found = re.search(r"\b(k|m|millions?|mille|milliards?)\s*(?=€|euros?|d'euros|d')", text)
    return _SCALES[found[1]] if found else 1.0


def _digits(match: re.Match[str]) -> str:
    if match["about"]:
        return str(_ABOUT[match["about"]])
    one = _WORDS.get((match["one"] or match["alone"] or "").removeprefix("et-"), 0)
    return str(_TENS.get(match["ten"] or "", 0) + one)
