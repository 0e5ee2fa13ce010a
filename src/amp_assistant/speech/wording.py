"""The connecting words of a speech: written beforehand, chosen by audience and tone, each said once."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from amp_assistant.speech.brief import Order, Part

_SOURCES = {
    "agenda": "notre agenda",
    "rapport": "notre rapport",
    "communiqué": "notre communiqué",
    "plan": "notre plan",
    "démarche": "notre projet métropolitain",
}
"""A document by its kind in the manifest, as an élu calls it."""
_ARTICLES = (("les ", "des "), ("le ", "du "), ("la ", "de la "), ("l'", "de l'"), ("l’", "de l’"))


class Wording:
    """The connecting words of one speech: gives each sentence once, in an order that is always the same for an order."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._used: set[str] = set()

    def greeting(self) -> list[str]:
        """How the speech begins: whom it greets, on what occasion, what it is about, how it goes about it."""
        order, bank = self._order, _bank()
        about = with_of(order.theme.name) if order.theme.is_sayable else ""
        subject = bank["subject" if about else "subject_unnamed"][order.tone].format(theme=order.theme.name, of_theme=about)
        occasion = [bank["occasion"][order.occasion]] if order.occasion else []
        return [bank["greeting"][order.audience], *occasion, subject, bank["method"][order.audience]]

    def opening(self, part: Part) -> str:
        """The sentence that opens a part."""
        return self._next(_bank()["opening"][part.name][self._order.tone]) or ""

    def lead(self, part: Part, kinds: Sequence[str], source: str) -> str | None:
        """Words that lead up to a quotation of one of these kinds, the first that has some left; None where all have been said."""
        for kind in kinds:
            found = self._next(_bank()["lead"][part.name].get(kind, ()), source)
            if found:
                return found
        return None

    def bridge(self) -> str | None:
        """A sentence that lets what was said sink in; None where all have been said."""
        return self._next(_bank()["bridge"][self._order.tone])

    def closing(self) -> list[str]:
        """How the speech ends."""
        return [_bank()["closing"][self._order.tone], _bank()["thanks"][self._order.audience]]

    def _next(self, lines: Sequence[str], source: str = "") -> str | None:
        said = _SOURCES.get(source, "notre document")
        for line in lines:
            if line not in self._used:
                self._used.add(line)
                return line.format(source=said, Source=said[0].upper() + said[1:])
        return None


def with_of(theme: str) -> str:
    """« de l'eau », « du tourisme », « des transports »; empty where the theme has no article."""
    return next((of + theme[len(article) :] for article, of in _ARTICLES if theme.startswith(article)), "")


def connecting_lines() -> list[str]:
    """Every line of the bank, for those who check that it states nothing."""
    return [re.sub(r"\{[Ss]ource\}", "notre rapport", line) for line in _lines(_bank())]


def _lines(bank: Any) -> list[str]:
    if isinstance(bank, str):
        return [bank]
    return [line for part in (bank.values() if isinstance(bank, Mapping) else bank) for line in _lines(part)]


@cache
def _bank() -> Mapping[str, Any]:
    return tomllib.loads((files("amp_assistant.speech") / "wording.toml").read_text(encoding="utf-8"))
