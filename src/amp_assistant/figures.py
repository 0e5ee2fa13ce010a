"""The figures of a text: each number with its scale and its unit, so that two writings of the same figure compare equal.

« 1 200 » is 1200; « 1,3 milliard d'euros » is 1.3, milliard, €; « trois écoles » has a 3; « 19/11/2021 » reads as « 19 novembre 2021 ».
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from amp_assistant.folding import fold

MONTHS = tuple("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split())
_ENGLISH_MONTHS = tuple("january february march april may june july august september october november december".split())

_WORDS = {
    **{word: value for value, word in enumerate("deux trois quatre cinq six sept huit".split(), 2)},  # « un » and « neuf » mean more
    **{word: value for value, word in enumerate("dix onze douze treize quatorze quinze seize".split(), 10)},
    **{"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "cent": 100, "mille": 1000},
    **{"two": 2, "three": 3, "four": 4, "five": 5},
}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_BLANKS = re.compile(r"[^\S\n]+")
_DATE = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_FIRST_OF_MONTH = re.compile(rf"\b1er(?=\s(?:{'|'.join(MONTHS)})\b)")
_PER_CENT = re.compile(r"\b(?:pour ?cents?|percent|per cent)\b")

_SCALES = (("millier", r"milliers?|thousand|k"), ("million", r"millions?|mio|m"), ("milliard", r"milliards?|billions?|mds?|mrds?"))
_UNITS = (
    ("%", r"%"),
    ("€", r"€|euros?|eur"),
    ("$", r"\$|dollars?"),
    ("ha", r"ha|hectares?"),
    ("m2", r"m2|metres? carres?"),
    ("m3", r"m3|metres? cubes?"),
    ("km2", r"km2|kilometres? carres?"),
    ("km", r"km|kilometres?"),
    ("m", r"m(?!\.)|metres?"),
    ("t", r"t|tonnes?"),
    ("kg", r"kg|kilos?"),
    ("wh", r"wh"),
    ("kwh", r"kwh"),
    ("mwh", r"mwh"),
    ("gwh", r"gwh"),
    ("twh", r"twh"),
    ("kw", r"kwc?"),
    ("mw", r"mwc?"),
    ("gw", r"gwc?"),
    ("an", r"ans?|annees?|years?"),
    ("mois", r"mois|months?"),
    ("semaine", r"semaines?|weeks?"),
    ("jour", r"jours?|days?"),
    ("heure", r"heures?|h|hours?"),
    ("minute", r"minutes?|min|mn"),
    ("point", r"points?"),
    ("fois", r"fois|times"),
    ("degre", r"degres?|°c?"),
    ("rang", r"e|er|ere|re|eme|nd|nde|st|th"),
)
"""Each unit and the ways it is written, folded."""


def _any_of(table: tuple[tuple[str, str], ...]) -> str:
    return "|".join(pattern for _, pattern in table)


_FIGURE = re.compile(
    r"(?<![^\W_])(?<!\d[.,])(?P<whole>\d{1,3}(?:[ .]\d{3})+(?!\d)|\d+)(?:[.,](?P<part>\d+))?"
    rf"(?:\s*(?P<scale>{_any_of(_SCALES)})(?=\s*(?:€|eur(?:os?)?\b)|\b(?<=\w\w\w)|\b(?<=md)))?"
    rf"(?:\s*(?:d['’]\s*|de\s|of\s)?(?P<unit>{_any_of(_UNITS)})(?!\w))?"
    r"(?:\s+(?:d['’]\s*|de\s)?(?P<counted>[a-z]{4,}))?"
)
"""A number that is no part of a code (« CO2 », « A50 »), and what follows it; « k » and « m » are scales before a currency only."""
_THROUGH = re.compile(r"\s*(?:a|-|–|—|to)\s*")
_RANKS = ("rang", "")
_YEARS = range(1900, 2101)
_BETWEEN = re.compile(r"\s*(?:a|et|ou|-|–|/|to|and)\s*")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a text gives it: its value before scaling, its scale and unit ("" where it has none), the folded word it counts
    ("" where a unit, a stop or a short word follows), and where it stands in the folded text."""

    value: float
    scale: str
    unit: str
    counted: str
    start: int
    end: int


def read_figures(text: str) -> list[Figure]:
    """The figures of a text, in order; the first of « 12 à 15 % » is there twice, as written and with the unit of the second."""
    return list(_ranged(text_with_digits(text)))


def tells_quantity(text: str) -> bool:
    """Whether a text tells how much or how many: a number with a scale or a unit or that counts something, and is no year, rank or date."""
    return any(
        one.scale or one.unit not in _RANKS or (one.counted and one.counted not in MONTHS and one.value not in _YEARS)
        for one in read_figures(text)
    )


def read_ranges(text: str) -> set[tuple[float, float]]:
    """The pairs of numbers with « à » or a dash between them: (2021, 2027) for « 2021-2027 » and for « de 2021 à 2027 »."""
    written = text_with_digits(text)
    figures = [_figure(found) for found in _FIGURE.finditer(written)]
    return {(one.value, other.value) for one, other in pairwise(figures) if _THROUGH.fullmatch(written[one.end : other.start])}


def text_with_digits(text: str) -> str:
    """The folded text with dates in words, « pour cent » as a sign and small number words as digits."""
    written = _PER_CENT.sub("%", _BLANKS.sub(" ", fold(text)))
    for month, english in zip(MONTHS, _ENGLISH_MONTHS, strict=True):
        written = re.sub(rf"\b{english}\b(?=\s\d)|(?<=\d\s)\b{english}\b", month, written)
    written = _DATE.sub(lambda found: f"{int(found[1])} {_month(int(found[2]))} {found[3]}", written)
    written = _FIRST_OF_MONTH.sub("1", written)
    return _WORD.sub(lambda found: str(_WORDS[found[0]]), written)


def _month(number: int) -> str:
    return MONTHS[number - 1] if 1 <= number <= len(MONTHS) else str(number)


def _ranged(text: str) -> Iterator[Figure]:
    figures = [_figure(found) for found in _FIGURE.finditer(text)]
    for at, figure in enumerate(figures):
        yield figure
        following = figures[at + 1] if at + 1 < len(figures) else None
        if following and not (figure.scale or figure.unit) and _BETWEEN.fullmatch(text[figure.end : following.start]):
            yield replace(figure, scale=following.scale, unit=following.unit, counted=following.counted)


def _figure(found: re.Match[str]) -> Figure:
    whole = re.sub(r"[ .]", "", found["whole"])
    unit = _named(_UNITS, found["unit"])
    return Figure(
        value=float(f"{whole}.{found['part'] or 0}"),
        scale=_named(_SCALES, found["scale"]),
        unit=unit,
        counted="" if unit not in ("", "rang") else found["counted"] or "",
        start=found.start(),
        end=found.end("unit") if found["unit"] else found.end("scale") if found["scale"] else max(found.end("whole"), found.end("part")),
    )


def _named(table: tuple[tuple[str, str], ...], written: str | None) -> str:
    return next((name for name, pattern in table if written and re.fullmatch(pattern, written)), "")
