"""Which facts of a theme are told, so that the speech lasts as long as was asked for and tells nothing twice."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain

from amp_assistant.folding import numbers
from amp_assistant.lexical import terms
from amp_assistant.speech.brief import Audience, Brief, Element, Order, Part
from amp_assistant.speech.facts import overlap
from amp_assistant.speech.sayable import YEARS
from amp_assistant.speech.writing import write

SHARES: Mapping[Part, float] = {
    Part.HOOK: 0.05,
    Part.RESULTS: 0.31,
    Part.COMMITMENTS: 0.25,
    Part.GOALS: 0.12,
    Part.PLACES: 0.12,
    Part.OTHERS: 0.04,
    Part.CAUTION: 0.06,
    Part.SOUNDBITES: 0.05,
}
"""What share of the quoted words goes to each part: mostly what was done and what is promised, as speeches of an élu have it."""
FAVOURED: Mapping[Audience, Part] = {
    Audience.RESIDENTS: Part.PLACES,
    Audience.COMPANIES: Part.COMMITMENTS,
    Audience.AGENTS: Part.COMMITMENTS,
    Audience.PRESS: Part.RESULTS,
    Audience.COUNCIL: Part.GOALS,
}
"""The part that an audience came for: it gets half as much again."""
FAVOUR = 1.5
QUOTED = 0.75
"""Share of the words of a speech that are quotations, to begin with; the rest connects them."""
CHOICE = (Part.CAUTION, Part.SOUNDBITES, Part.GOALS, Part.PLACES, Part.HOOK, Part.OTHERS, Part.COMMITMENTS, Part.RESULTS)
"""Parts that few sentences can serve choose first."""
ALIKE = 0.6
"""Share of common words from which two sentences say the same."""
ALIKE_WITH_FIGURE = 0.4
"""The same where they share a figure too."""
SAME_FIGURES = 2
"""Figures besides years that two sentences share when they tell the same fact."""
LONGEST_DUE = 28
"""Words of a hook or goal that even the shortest speech has."""
CLOSE = 0.02
"""How far from the words asked for is near enough to stop looking."""
LEAST_SCORE = -0.15
"""Score below which an element only fills time: a shorter speech is the better one. It can still be ticked."""
SECOND_HOOK = 0.8
"""Score from which a second hook is told where nothing else is left to tell."""
MOST_STEPS = 60
"""Elements added or dropped at most on the way to the right length; a speech of twenty minutes holds about so many."""


def choose(order: Order, found: Sequence[Element]) -> Brief:
    """The brief whose speech comes nearest to the length asked for; `found` is best first."""
    chosen = _first_choice(order, found)
    best = brief = _brief(order, chosen, found)
    for _ in range(MOST_STEPS):
        missing = order.words - write(brief).words
        if abs(missing) < abs(order.words - write(best).words):
            best = brief
        if abs(missing) <= CLOSE * order.words:
            break
        changed = _longer(order, brief, missing) if missing > 0 else _shorter(brief, -missing)
        if changed is None:
            break
        brief = _brief(order, changed, found)
    return best


def _first_choice(order: Order, found: Sequence[Element]) -> list[Element]:
    chosen: list[Element] = []
    shares = {part: share * (FAVOUR if FAVOURED[order.audience] is part else 1.0) for part, share in SHARES.items()}
    scale = order.words * QUOTED / sum(shares.values())
    for part in CHOICE:
        left = shares[part] * scale
        for element in found:
            fits = element.words <= max(left, 0) + element.words / 2 or _is_due(element, chosen)
            if element.part is part and fits and element.score >= LEAST_SCORE and _may_join(order, element, chosen):
                chosen.append(element)
                left -= element.words
    return chosen


def _is_due(element: Element, chosen: Sequence[Element]) -> bool:
    """Whether an element is told however short the speech: a target that was not met, the hook, the first goal."""
    is_first = all(other.part is not element.part for other in chosen)
    is_unmet = element.part is Part.CAUTION and len(element.quotations) > 1
    return is_unmet or (is_first and element.part in (Part.HOOK, Part.GOALS) and element.words <= LONGEST_DUE)


def _longer(order: Order, brief: Brief, missing: int) -> list[Element] | None:
    """The elements with one more: the best that is not longer than what is missing, a second hook where there is nothing else."""
    short = [one for one in brief.spare if one.words <= missing + CLOSE * order.words and one.score >= LEAST_SCORE]
    fitting = [element for element in short if _may_join(order, element, brief.elements)]
    if not fitting and sum(element.part is Part.HOOK for element in brief.elements) == 1:
        hooks = [element for element in short if element.part is Part.HOOK and element.score >= SECOND_HOOK]
        fitting = [hook for hook in hooks if not any(_same(hook, other) for other in brief.elements)]
    if fitting:
        return [*brief.elements, max(fitting, key=lambda element: element.score)]
    return None


def _shorter(brief: Brief, excess: int) -> list[Element] | None:
    """The elements with one less: the weakest of a part that keeps another one, about as long as the excess where there is one."""
    counts = {part: sum(element.part is part for element in brief.elements) for part in Part}
    weighed = [element for element in brief.elements if counts[element.part] > 1 and len(element.quotations) == 1]
    droppable = weighed or list(brief.elements[1:])
    if not droppable:
        return None
    small = [element for element in droppable if element.words <= excess * FAVOUR] or [min(droppable, key=lambda element: element.words)]
    dropped = min(small, key=lambda element: element.score)
    return [element for element in brief.elements if element is not dropped]


def _may_join(order: Order, element: Element, chosen: Sequence[Element]) -> bool:
    held = sum(other.part is element.part for other in chosen)
    return held < _most(order, element.part) and not any(_same(element, other) for other in chosen)


def _most(order: Order, part: Part) -> int:
    """Elements that a part may hold at most: some parts tire quickly."""
    minutes = order.minutes
    return {
        Part.HOOK: 1 + minutes // 8,
        Part.PLACES: 2 + minutes,
        Part.OTHERS: 1 + minutes // 4,
        Part.CAUTION: 1 + minutes // 3,
        Part.SOUNDBITES: 1 + minutes // 3,
    }.get(part, 100)


def _same(one: Element, other: Element) -> bool:
    """Whether two elements share words of a passage or tell the same fact."""
    return any(tell_the_same(first.text, second.text) or overlap(first, second) for first in one.quotations for second in other.quotations)


def tell_the_same(one: str, other: str) -> bool:
    """Whether two sentences tell the same fact: most of their words, or several figures, are the same."""
    first, second = _words(one), _words(other)
    shared = len(first & second) / max(min(len(first), len(second)), 1)
    figures = {number for number in numbers(one) if number not in YEARS}.intersection(numbers(other))
    return shared > ALIKE or len(figures) >= SAME_FIGURES or (bool(figures) and shared > ALIKE_WITH_FIGURE)


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _brief(order: Order, chosen: Sequence[Element], found: Sequence[Element]) -> Brief:
    taken = {element.id for element in chosen}
    return Brief(order, tuple(_in_order(chosen)), tuple(element for element in found if element.id not in taken))


def _in_order(chosen: Sequence[Element]) -> Iterator[Element]:
    """Part by part; within a part the newest document first, each in its own order, so that what belongs together is told together."""
    return chain.from_iterable(
        sorted((element for element in chosen if element.part is part), key=_place) for part in Part
    )


def _place(element: Element) -> tuple[bool, str, int, int]:
    first = element.quotations[0]
    return element.is_dated, first.passage.document, first.passage.position, first.start
