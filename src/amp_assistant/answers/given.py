"""Where a sentence gives the kind of detail that is asked for: a sum, a share, an area, a duration, a date, a number of things, a reason.

Rules for French and English on folded text; what is found is the sentence's own words.
"""

import re
from collections.abc import Iterator

from amp_assistant.details import MEASURES, TIME, Detail, asked_details
from amp_assistant.folding import fold, numbers, squash
from amp_assistant.lexical import STOP_WORDS

SAME_WORD = 5
"""First letters in which the thing that is counted and the thing asked for agree, singular or plural."""
FIGURES = MEASURES | Detail.COUNT
"""What is told by a figure."""

_MONTH = r"(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)"
_NUMBER = r"(?:\d{1,3}(?:[ .\u00a0\u202f]\d{3})+(?!\d)|\d+(?:,\d+)?)"
_SMALL = r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente|quarante|cinquante|cent)"
_ABOUT = r"(?:(?:plus|pres|moins|au moins|environ|quelque|jusqu['’]a|entre|de l['’]ordre)(?: de| d['’])? )?"
_RANGE = rf"(?<![\w,.]){_ABOUT}(?:{_NUMBER} ?%? ?(?:a|et|-) ?)?{_NUMBER}"
_BEFORE_DATE = r"(?:(?:a l['’]horizon|d['’]ici(?: a| fin)?|depuis(?: le)?|fin|debut|en|le|des|avant|apres|jusqu['’]en) )?"
_STRETCHES: dict[Detail, re.Pattern[str]] = {
    Detail.SHARE: re.compile(rf"{_RANGE} ?%"),
    Detail.SUM: re.compile(rf"{_RANGE} ?(?:(?:milliards?|millions?|md|mds|m|k) ?)?(?:d['’]euros|euros?|€)(?!\w)"),
    Detail.DURATION: re.compile(rf"(?:{_RANGE}|\b{_SMALL}) {TIME}\b"),
    Detail.DATE: re.compile(
        rf"\b{_BEFORE_DATE}(?:(?:1er|\d{{1,2}}) )?(?:{_MONTH} )?(?:19|20)\d\d\b(?! ?(?:%|€|m2|ha\b|emplois|entreprises))"
    ),
    Detail.AREA: re.compile(rf"{_RANGE} ?(?:ha|hectares?|m2|m²|km2|km²|metres carres)(?!\w)"),
    Detail.COUNT: re.compile(rf"{_RANGE}|\b{_SMALL}\b"),
    Detail.REASON: re.compile(
        r"\b(?:car|parce que|afin d|grace a|en raison d|du fait d|en effet|c['’]est pourquoi|permet(?:tra|tent|tront)? de)\b"
    ),
}
_INTERROGATIVES = re.compile(r"\b(?:combien|quel(?:le)?s?|quand|comment|pourquoi|how|what|when|which|where|who|why)\b")
"""More than one of them asks for more than one thing, and one figure is half an answer."""
_COUNTED = re.compile(r"\b(?:combien (?:de |d['’])|nombre (?:de |d['’]|total d['’e] ?)|how many )(?P<thing>[a-z]+)")
_NAMES = re.compile(r"(?<=[\w,;:)] )(?:[A-ZÀ-ÖØ-Þ][\w'’&-]*\w|[\w-]*\d[\w-]*)")
"""Words in capitals but the first of the question, and words with digits: which year, which line, which body."""
_KIND = re.compile(r" (?P<kind>[a-z]+)")
"""The word behind the thing that is counted."""
_OF_SCALE = r"(?: (?:milliers?|millions?|milliards?))?(?: d['’]| de | )"


def given_details(folded: str) -> Detail:
    """The kinds of detail that a sentence, folded, gives."""
    given = Detail.NONE
    for detail, pattern in _STRETCHES.items():
        if pattern.search(folded):
            given |= detail
    return given


def figure_asked(question: str, sentence: str) -> str:
    """The words of a sentence that are the one figure or date a question asks for, « près de 6 050 demandeurs »; empty where the question
    asks for none or for several, or the sentence has none or several."""
    kinds = list(asked_details(question) & FIGURES)
    sentence = sentence.replace("œ", "oe")  # as folding spells it, so that places in one are places in the other
    folded = fold(sentence)
    if len(kinds) != 1 or len(_INTERROGATIVES.findall(fold(question))) > 1 or len(folded) != len(sentence):
        return ""
    known = set(numbers(question))
    found = [sentence[start:end] for start, end in _stretches(kinds[0], fold(question), folded)]
    new = [words for words in dict.fromkeys(found) if known.isdisjoint(numbers(words))]
    return new[0] if len(new) == 1 and len(found) == 1 else ""


def tells_of_another(question: str, told: str) -> bool:
    """Whether a question names what some words do not speak of: another year, another line, another body; or counts things of a kind
    (« véhicules électriques ») where they tell of all."""
    held = squash(told)
    if any(squash(name) not in held for name in _NAMES.findall(question)):
        return True
    counted = _COUNTED.search(fold(question))
    is_french = counted is not None and not counted[0].startswith("how many")  # where the kind comes first
    kind = _KIND.match(fold(question), counted.end()) if counted and is_french else None
    return kind is not None and kind["kind"] not in STOP_WORDS and kind["kind"][:SAME_WORD] not in fold(told)


def _stretches(kind: Detail, question: str, sentence: str) -> Iterator[tuple[int, int]]:
    if kind is not Detail.COUNT:
        yield from (match.span() for match in _STRETCHES[kind].finditer(sentence))
        return
    thing = _COUNTED.search(question)
    is_told_otherwise = thing and re.search(rf"\bnombre (?:total )?(?:de |d['’]){thing['thing'][:SAME_WORD]}", sentence)
    if thing and not is_told_otherwise:  # « six nouvelles communes, portant à 11 le nombre de communes »: the six are not all
        counted = re.compile(rf"(?:{_RANGE}|\b{_SMALL}){_OF_SCALE}(?:[^\W\d]+ )?{thing['thing'][:SAME_WORD]}\w*")
        yield from (match.span() for match in counted.finditer(sentence))
