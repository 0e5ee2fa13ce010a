"""A speech as the query string of an address: what was asked for, and which elements were kept in which order.

The names are those that a visitor reads in the address bar; a link reopens the speech, a file is of the same one. What cannot be read is
told, not guessed.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from amp_assistant.errors import UsageError
from amp_assistant.speech import Audience, Order, Tone, read_audience, read_occasion, read_theme, read_tone

MOST_NAMES = 200
"""Elements, documents or names of one speech at most; a speech of twenty minutes holds about sixty elements."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A speech as somebody has it before them: the order, the ids of the elements kept (all that are proposed where None), and whether a
    language model writes the connecting words."""

    order: Order
    kept: tuple[str, ...] | None = None
    is_reworded: bool = False


def draft_of(query: str) -> Draft:
    """The draft that a query string tells.

    :raises UsageError: something in it does not exist, or is out of range.
    """
    said = parse_qs(query.removeprefix("?"), keep_blank_values=True)

    def one(name: str, default: str = "") -> str:
        return said.get(name, [default])[0] or default

    def some(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, said.get(name, ()))))[:MOST_NAMES]

    order = Order(
        theme=read_theme(one("theme")),
        audience=read_audience(one("public", Audience.RESIDENTS)),
        minutes=_number(one("minutes", "5"), "minutes"),
        tone=read_tone(one("ton", Tone.SOBER)),
        documents=some("document"),
        named=some("nommer"),
        years=tuple(_number(year, "annee") for year in some("annee")),
        occasion=read_occasion(one("occasion")) if one("occasion") else None,
    )
    kept = tuple(filter(None, one("garde").split(",")))[:MOST_NAMES] if "garde" in said else None
    return Draft(order, kept, one("liaisons") == "modele")


def query_of_draft(draft: Draft) -> str:
    """The query string that `draft_of` reads back."""
    order = draft.order
    values: dict[str, object] = {
        "theme": order.theme.name,
        "public": order.audience,
        "occasion": order.occasion,
        "minutes": order.minutes,
        "ton": order.tone,
        "nommer": order.named,
        "document": order.documents,
        "annee": order.years,
        "garde": None if draft.kept is None else ",".join(draft.kept),
        "liaisons": "modele" if draft.is_reworded else None,
    }
    return urlencode({name: value for name, value in values.items() if value not in (None, ())}, doseq=True)


def _number(written: str, name: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= 4):
        raise UsageError(f"« {written} » n’est pas un nombre ({name}) : corrigez l’adresse, ou choisissez sur la page.")
    return int(written)
