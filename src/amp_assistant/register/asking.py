"""What a question asks of the register: a list or a count of its rows, and the filters that the question tells.

The rules are made for precision: a question is read as a request only where the kind of row stands right behind the words that ask
for a list, and every word of it is understood as a filter or as the theme. Any other question is none for the register.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from amp_assistant.communes import Communes
from amp_assistant.documents.model import Document
from amp_assistant.folding import fold, plain
from amp_assistant.lexical import STOP_WORDS, terms
from amp_assistant.references import NESTED, read_mentions
from amp_assistant.register.rows import Table
from amp_assistant.register.selecting import Selection
from amp_assistant.texting import written_out

MOST_THEME_WORDS = 4
"""A question with more words left than a theme has is no list of rows."""


class Thing(StrEnum):
    """What is listed or counted."""

    ENGAGEMENTS = "engagements"
    TARGETS = "cibles"
    RESULTS = "resultats"
    AIDS = "dispositifs"
    ACTIONS = "actions"
    LEVIERS = "leviers"


_NOUNS = {
    Thing.ENGAGEMENTS: r"engagements|promesses",
    Thing.TARGETS: r"cibles|objectifs",
    Thing.RESULTS: r"resultats",
    Thing.AIDS: r"dispositifs(?: d'(?:aide|accompagnement)s?)?|aides|accompagnements",
    Thing.ACTIONS: r"actions",
    Thing.LEVIERS: r"leviers",
}
"""The nouns of each thing, in the plural: the singular asks for one fact. Patterns are for folded text with straight apostrophes."""
_TABLES: dict[Thing, Table] = {
    Thing.TARGETS: "cibles",
    Thing.RESULTS: "resultats",
    Thing.AIDS: "dispositifs",
}
_ANY = "|".join(_NOUNS.values())
_FULL = r"(?:la )?(?:liste )?(?:complete |exhaustive |entiere )?"
_ASKED_WHOLE = re.compile(
    rf"\b(?:(?:list|enumer|recens)\w*(?:[ -](?:moi|nous))? {_FULL}(?:de )?(?:tou(?:te)?s )?(?:les |des |d')"
    rf"|l(?:'ensemble|'integralite|a totalite) des |tou(?:te)?s (?:les |nos |leurs |ses ))(?P<noun>{_ANY})\b"
)
_ASKED = re.compile(
    rf"\b(?:quel(?:le)?s (?:sont |etaient |seront )?(?:les |nos |leurs |ses )?"
    rf"|(?:donn|montr|affich|cit)\w*(?:[ -](?:moi|nous))? les )(?P<noun>{_ANY})\b"
)
_COUNTED = re.compile(
    rf"\bcombien (?:y a-t-il |a-t-on |compte-t-on )?(?:de |d')(?P<noun>{_ANY})\b|\bnombre (?:total )?(?:de |d')(?P<other>{_ANY})\b"
)
_AT_A_PLACE = re.compile(
    r"^\W*(?:(?:que|qu'est-ce que) (?:prevoit|contient|comporte|promet) )?(?:dans )?(?:l'|le |la )?"
    r"(?=(?:action|levier) (?:n ?° ?|numero )?\d)"
)
_OTHERS = re.compile(
    r"\b(?:pourquoi|comment|qui|tenus?|tenues?|atteints?|atteintes?|respecte\w*|realise\w*|par rapport|evolution\w*|compar\w+|difference\w*"
    r"|depuis|discours|argument\w*|droit|j|je|mon|ma|mes|notre|votre|vos|contact\w*)\b|[.?!:;]\s+\S"
)
"""What makes a question another one: a reason, an outcome, a comparison, a situation, a speech, a second sentence."""
_AIDS_FOR = re.compile(
    r"(?:^\W*|\bquel(?:le)?s? (?:sont |est )?(?:les |l')?(?:principa\w+ )?"
    r"|\b(?:y a-t-il|il y a|ya|avez-vous|existe-t-il) (?:des |une? )?|\bdes )"
    r"(?:aides?|subventions?|dispositifs?|accompagnements?|soutiens?|coups? de (?:main|pouce))"
    r"(?: financi\w+| possibles?| existant\w+| existent| prop\w+)? (?:pour|aux?|a la|a l'|en faveur de|en matiere de|en|sur) ?"
)
"""What asks for aids of a kind, without asking for all: « quelles aides pour embaucher »."""
_AIDS_LAST = re.compile(
    r"^(?P<theme>\W*\w.*?)\W+quel(?:le)?s? (?:aides?|subventions?|dispositifs?|accompagnements?|soutiens?)(?: possibles?)?\W*$"
)
"""The same in key words, « économie circulaire quelles aides »."""
_OTHER_FACTS = re.compile(
    r"\b(?:pourquoi|comment|combien|qui|quand|montants?|delais?|dates?|bilan|resultats?|ou en (?:est|sont))\b|[.?!:;]\s+\S"
)
_QUANTIFIED = re.compile(r"(?P<year>(?:\W+(?:de |en )?20\d\d)?)\W+(?:chiffre|quantifie|mesurable)e?s\b")
_ABOUT = re.compile(
    r"\b(?:sur|pour|concern\w+|matiere|domaine|theme|sujet|propos|faveur|autour|visant|lie\w+|relati\w+|destine\w+|aux?|en)\b"
)
"""Words that lead to a theme; without one the words left are the subject of another question: « combien d'actions compte le PDA »."""
_YEAR = re.compile(r"\b(?P<due>pour |d'ici |(?:a l')?horizon |echeance )?(?:a |en )?(?P<year>20\d\d)\b")
_ACTOR = re.compile(
    r"\b(?:avec|aupres de|aux cotes de|(?:porte|mene|pilote|soutenu|pris|tenu)e?s? par) (?:la |le |l'|les )?"
    r"(?P<actor>[\w-]+(?: (?!pour\b|sur\b|dans\b|en\b|de\b|des\b|d'|et\b)[\w-]+)?)"
)
_THE_METROPOLE = re.compile(r"\b(?:metropole )?(?:d')?aix[- ]marseille[- ]provence\b|\b(?:la |de la )?metropole\b(?! de )|\bamp\b")
_FILLER = frozenset(
    """prend prennent prendre pris prises prise fixe fixes fixee fixees fixer compte comptent contient contiennent prevus prevues prevoit
    existe existent existants existantes propose proposes proposees annonces annoncees publies publiees obtenus obtenues figurent figure
    concernant concernent concerne matiere domaine theme sujet propos niveau termes faveur destines destinees visent vise lies liees
    porte portent parlent traitent plan plans document documents numero liste listes recenses inscrits inscrites enonces affiches
    registre corpus moi nous metropolitains metropolitaines metropolitain ensemble tous toutes total quels quelles
    chiffre annee annees an ici horizon echeance donnes svp stp merci""".split()
)
"""Words of a request that say nothing of what is asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """A list or a count of the register's rows.

    `selection` holds the filters of its table; `theme` the words left for what the rows are about; `actor` who must act in them or stand
    in their quotations; `communes` those that they must name; `is_due` where the year is a deadline; `is_quantified` where rows must have
    a figure; `is_whole` where the question asks for all, or how many (`is_counted`).
    """

    thing: Thing
    selection: Selection
    theme: str = ""
    actor: str = ""
    communes: tuple[str, ...] = ()
    is_due: bool = False
    is_quantified: bool = False
    is_whole: bool = False
    is_counted: bool = False


def read_request(question: str, history: Sequence[str], documents: Iterable[Document], communes: Communes) -> Request | None:
    """What a question asks of the register, or None where it asks something else.

    A question that only adds to the request before it (« et pour 2030 ? ») is that request with its own filters; `history` holds the
    earlier questions, oldest first.
    """
    listed = list(documents)
    text = plain(question)
    if request := _read(text, listed, communes):
        return _spelled(request, question)
    earlier = read_request(history[-1], history[:-1], listed, communes) if history else None
    if not (earlier and re.match(r"^\W*et\b", text)) or _OTHERS.search(text):
        return None
    added = _filters(text, Request(earlier.thing, Selection(earlier.selection.table)), listed, communes)
    return _joined(earlier, _spelled(added, question)) if added and not _is_empty(added) else None


def read_kind_of_aids(question: str, documents: Iterable[Document], communes: Communes) -> Request | None:
    """The aids of one kind that a question asks for, without asking for all of them; None where it asks something else."""
    text = plain(written_out(question))
    found, last = _AIDS_FOR.search(text), _AIDS_LAST.search(text)
    if not (found or last) or _OTHER_FACTS.search(text):
        return None
    kind = text[found.end() :] if found else last["theme"] if last else ""
    read = _filters(f"pour {kind}", Request(Thing.AIDS, Selection(_TABLES[Thing.AIDS])), list(documents), communes)
    return _spelled(read, question) if read and read.theme else None


def _read(text: str, documents: Sequence[Document], communes: Communes) -> Request | None:
    if _OTHERS.search(text):
        return None
    for pattern in (_ASKED_WHOLE, _COUNTED, _ASKED, _AT_A_PLACE):
        if found := pattern.search(text):
            noun = next(filter(None, found.groups()), "engagements")
            thing = next(one for one, nouns in _NOUNS.items() if re.fullmatch(nouns, noun))
            before, rest = text[: found.start()], text[found.end() :]
            figured = _QUANTIFIED.match(rest)
            request = Request(
                thing,
                Selection(_TABLES.get(thing, "engagements")),
                is_whole=pattern in (_ASKED_WHOLE, _COUNTED),
                is_counted=pattern is _COUNTED,
                is_quantified=bool(figured),
            )
            if re.match(rf"\W+et (?:les )?(?:{_ANY})\b", rest):
                return None
            read = _filters(f"{before} {figured['year'] + rest[figured.end() :] if figured else rest}", request, documents, communes)
            return _settled(read) if read else None
    return None


def _filters(text: str, request: Request, documents: Sequence[Document], communes: Communes) -> Request | None:
    """The request with the filters that a text tells; None where the text holds more than filters and a theme."""
    named, text = _documents(_THE_METROPOLE.sub(" ", text), documents)
    places, text = _places(text)
    years = list(_YEAR.finditer(text))
    text = _YEAR.sub(" ", text)
    actor = _ACTOR.search(text)
    text = text[: actor.start()] + text[actor.end() :] if actor else text
    towns = tuple(communes.named(text))
    for name in sorted(communes.names, key=len, reverse=True):
        text = re.sub(rf"\b{'[^a-z0-9]+'.join(map(re.escape, name.split()))}\b", " ", text) if towns else text
    theme = _theme(text)
    if theme and not _ABOUT.search(text[: text.find(theme.split()[0])]):
        return None
    if places is None or len({found["year"] for found in years}) > 1 or len(set(terms(theme))) > MOST_THEME_WORDS:
        return None
    selection = replace(
        request.selection,
        orientation=places.get("orientation"),
        levier=places.get("levier"),
        action=places.get("action"),
        documents=named,
        year=int(years[0]["year"]) if years else None,
    )
    return replace(
        request,
        selection=selection,
        theme=theme,
        actor=actor["actor"] if actor else "",
        communes=towns,
        is_due=any(found["due"] for found in years),
    )


def _settled(request: Request) -> Request | None:
    """The request, where the question is sure to be one: what can be asked of any subject needs a filter that only rows have."""
    selection = request.selection
    at_a_place = bool(selection.orientation or selection.levier)
    is_dated = selection.year is not None
    if request.thing is Thing.ACTIONS and request.is_whole and request.theme and not at_a_place:
        return None if request.is_counted else replace(request, thing=Thing.ENGAGEMENTS)
    if request.thing in (Thing.ACTIONS, Thing.LEVIERS):
        is_sure = at_a_place and not request.theme
    elif selection.action and not (selection.orientation or selection.levier):
        is_sure = False  # other plans number their actions too, in one series
    elif request.thing is Thing.AIDS:
        is_sure = request.is_whole
    elif request.thing is Thing.ENGAGEMENTS:
        is_sure = request.is_whole or not _is_empty(request)
    else:
        is_sure = request.is_whole or at_a_place or is_dated or request.is_quantified
    return request if is_sure else None


def _is_empty(request: Request) -> bool:
    """Whether a request asks for every row of its table."""
    return replace(request, is_whole=False, is_counted=False) == Request(request.thing, Selection(request.selection.table))


def _joined(earlier: Request, added: Request) -> Request:
    """The earlier request with the filters that a later question adds or changes."""
    mine, its = earlier.selection, added.selection
    below = its.orientation is not None or its.levier is not None
    selection = replace(
        mine,
        orientation=its.orientation or mine.orientation,
        levier=its.levier or (None if its.orientation else mine.levier),
        action=its.action or (None if below else mine.action),
        documents=its.documents or mine.documents,
        year=its.year or mine.year,
    )
    return replace(
        earlier,
        selection=selection,
        theme=added.theme or earlier.theme,
        actor=added.actor or earlier.actor,
        communes=added.communes or earlier.communes,
        is_due=added.is_due if its.year else earlier.is_due,
    )


def _theme(text: str) -> str:
    """The words of a text that tell a theme, with the small ones among them: « creation d'entreprise »."""
    words = [word for word in re.findall(r"[^\W_]+'?", text) if word.rstrip("'") not in _FILLER]
    telling = [at for at, word in enumerate(words) if word.rstrip("'") not in STOP_WORDS]
    return " ".join(words[telling[0] : telling[-1] + 1]).replace("' ", "'") if telling else ""


def _spelled(request: Request, question: str) -> Request:
    """The request with its words as the question spells them, accents and capitals kept."""
    spelling = {fold(word): word for word in re.findall(r"[^\W_]+", question)}

    def spell(words: str) -> str:
        return re.sub(r"[^\W_]+", lambda found: spelling.get(found[0], found[0]), words)

    return replace(request, theme=spell(request.theme), actor=spell(request.actor))


def _documents(text: str, documents: Sequence[Document]) -> tuple[tuple[str, ...], str]:
    """The documents that a text names, and the text without their names and the years that go with them."""
    found: dict[str, None] = {}
    names = sorted(((plain(name), one.id) for one in documents for name in one.names), key=lambda pair: -len(pair[0]))
    for name, identifier in names:
        pattern = re.compile(rf"\b{re.escape(name)}\b(?: economique\b)?(?: (?:de )?20\d\d(?:\s?[-–]\s?20\d\d)?)?")
        if pattern.search(text):
            found[identifier] = None
            text = pattern.sub(" ", text)
    return tuple(found), text


def _places(text: str) -> tuple[dict[str, int] | None, str]:
    """The orientation, levier and action that a text names, None where it names two of a level, and the text without them."""
    mentions = [mention for mention in read_mentions(text) if mention.level in NESTED]
    for mention in mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    told = {(mention.level, mention.number) for mention in mentions}
    return (dict(told) if len({level for level, _ in told}) == len(told) else None), text
