"""What the words of a condition ask, held against a situation: met, not met, or not known.

The same patterns read the document's words and the situation's. What neither tells stays unknown, it is never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from amp_assistant.communes import Communes
from amp_assistant.folding import plain, tokens
from amp_assistant.lexical import stem, terms
from amp_assistant.quantities import as_number, read_bounds, scale_of
from amp_assistant.situation import Situation
from amp_assistant.thesaurus import expansion
from amp_assistant.vocabulary import PEOPLE, PROJECTS, ROLES, SECTORS, SUBJECTS, told

Judgement = Literal["met", "unknown", "not_met"]
LARGEST_SME = 249
"""Staff of the largest PME (European recommendation 2003/361)."""
HALF = 0.5
"""Share of a condition's words that a situation must use for it to speak of the same thing."""
_SAME_WORD = 8
"""Letters that two stems of one family share at least: entrepreneur and entrepreneuriat, not entreprise."""
BETTER: Sequence[Judgement] = ("not_met", "unknown", "met")
"""The judgements, the worst first."""
_COMPLEMENT = re.compile(r"\b(d'|des |de l'|de la |du )$")
"""What follows belongs to the noun before: « associations dédiées à la création d'entreprises » are no firms."""
_EMPTY = frozenset(terms("projet projets action actions démarche démarches pour porter mener"))
"""Words of a condition that every project shares."""
_AGES = re.compile(r"(?<!plus de )(?<!moins de )\b(\d{2})\s*(?:-|a|et)\s*(\d{2}) ans\b")
OPEN = re.compile(r"\b(sous conditions|eligibles?|certaine?s|fragilise\w*|reglement)\b")
"""The document says that there are conditions, and not which."""
EVERYBODY = re.compile(r"\b(par tous|sans restriction|tous secteurs|toutes les entreprises|tous types)\b")
_WILL = re.compile(r"\b(volontaires?|souhait\w+|desireux)\b")
_WILLING = re.compile(r"\b(veux|voulons|veut|voudrai\w*|souhait\w+|pret(e|s|es)? a|sommes prets|cherch\w+|aimer\w+)\b")
_BEFORE = re.compile(r"\ben amont de la creation\b")
_RUNNING = re.compile(r"\boperationnel\w*")
_PARTS = re.compile(r",|;|/|\b(?:et|ou)\b")
_INNOVATIVE = re.compile(r"\b(innovante?s?|start-?ups?|deep tech)\b")
_LARGE = re.compile(r"\b(grands comptes|grandes entreprises|grands groupes?)\b")
_SMALL = re.compile(r"\b(start-?ups?|pme|tpe)\b")
_YOUNG = re.compile(r"\bjeunes (entreprises|pousses|societes)\b")
_METROPOLE = re.compile(r"\b(92 communes|metropol\w+|aix-marseille)\b")
_TERRITORY = re.compile(r"\bterritoire\b")
_AROUND = re.compile(r"\b(autour|secteur|bassin|pres|zone)\b")
_MOVING = frozenset({"s'installer"})
_ZONE = re.compile(r"\b(qpv|quartiers? prioritaires?|centres?-villes?|zac|zae|zones? [a-z']+|friches?|technopoles?)\b")
_SAME_ZONE = {"zone d'activites": "zac", "zone d'activite": "zac", "zae": "zac"}


def role(wanted: str, situation: Situation, name: str = "") -> Judgement:
    """Whether the situation is of the kind of people that some words name."""
    if "tous" in told(ROLES, wanted):
        return "met"
    if told(ROLES, wanted) & frozenset(situation.refused):
        return "not_met"
    named = [part for part in _PARTS.split(wanted) if told(ROLES, part)]
    parts = [part for part in named if _free_roles(part)] or named or [wanted]
    verdict = max((_role_of_part(part, situation) for part in parts), key=BETTER.index)
    helps_to_start = situation.stage in ("création", "reprise") and re.search(r"\b(creation|reprise)", plain(name))
    return "unknown" if verdict == "not_met" and helps_to_start and "association" in told(ROLES, wanted) else verdict


def _role_of_part(wanted: str, situation: Situation) -> Judgement:
    """The same for words that name one kind of people: « étudiants entrepreneurs » are students."""
    asked, roles = _free_roles(wanted) or told(ROLES, wanted), frozenset(situation.roles)
    if not asked or not roles:
        return "unknown"
    if people := asked & PEOPLE:
        return "met" if people & roles else "not_met"
    if "groupement" in asked and "groupement" not in roles:
        joins = "entreprises qui" in wanted and not situation.alone and "entreprise" in roles
        return "unknown" if joins else "not_met"
    if _LARGE.search(wanted) and not _SMALL.search(wanted):
        return "unknown" if situation.employees is None else known(situation.employees > LARGEST_SME)
    if _INNOVATIVE.search(wanted) and "innovation" not in situation.needs:
        return "unknown"
    if _YOUNG.search(wanted) and situation.stage != "création":
        return "unknown"
    is_near = (roles & {"groupement", "créateur"} and "entreprise" in asked) or ("groupement" in roles and "association" in asked)
    return "met" if roles & asked or is_near or _holds_project(wanted, roles) else "not_met"


def _free_roles(wanted: str) -> frozenset[str]:
    """The roles that some words name, without those that only complete another noun."""
    return frozenset(
        name
        for name, pattern in ROLES.items()
        if any(not _COMPLEMENT.search(wanted[: found.start()]) for found in pattern.finditer(wanted))
    )


def _holds_project(wanted: str, roles: frozenset[str]) -> bool:
    """A firm or an association may hold a project too, unless it is the project of founding one."""
    return bool(roles & {"entreprise", "association", "groupement"} and re.search(r"porteurs? d|entrepreneurs?\b", wanted))


def sector(wanted: str, situation: Situation) -> Judgement:
    """Whether the situation is of a sector that some words name; met where they name none."""
    asked, sectors = told(SECTORS, wanted), frozenset(situation.sectors)
    if not asked or EVERYBODY.search(wanted):
        return "met"
    if asked & frozenset(situation.refused):
        return "not_met"
    if asked & sectors:
        return "met"
    if "commune" in situation.roles or not situation.sectors:
        return "not_met" if "commune" in situation.roles and "commune" not in told(ROLES, wanted) else "unknown"
    return "not_met"


def ages(wanted: str, situation: Situation) -> Judgement:
    """Whether a person is of an age that some words bound; met where they bound none."""
    found = _AGES.search(wanted)
    if not found:
        return "met"
    if situation.person_age is None:
        return "unknown"
    return "met" if as_number(found[1]) <= situation.person_age <= as_number(found[2]) else "not_met"


def project(text: str, situation: Situation) -> Judgement:
    """Whether the situation's project is one that some words ask for; those they join by « ou » are alternatives."""
    wanted = plain(text)
    if _BEFORE.search(wanted):
        return {"création": "met", "reprise": "not_met", "entreprise": "not_met"}.get(situation.stage or "", "unknown")  # type: ignore[return-value]
    if _RUNNING.search(wanted):
        return "not_met" if "opérationnel" in situation.refused else "unknown"
    asked = told(PROJECTS, wanted)
    projects = {*situation.projects, *(["créer", "s'installer"] if situation.stage == "création" else [])}
    refused = {*situation.refused, *({"création": ["agrandir"], "entreprise": ["créer"]}.get(situation.stage or "", []))}
    if asked & projects:
        return "met"
    if asked and asked <= refused:
        return "not_met"
    if _AGES.search(wanted):
        return ages(wanted, situation)
    return "unknown" if asked else _speaks_of(text, situation)


def _status(text: str, situation: Situation) -> Judgement:
    wanted = plain(text)
    if _WILL.search(wanted):
        return "met" if _WILLING.search(plain(situation.text)) else "unknown"
    person = role(wanted, situation) if told(ROLES, wanted) else _speaks_of(text, situation)
    return worst([person, sector(wanted, situation), ages(wanted, situation)])


def _sector_condition(text: str, situation: Situation) -> Judgement:
    wanted = plain(text)
    if EVERYBODY.search(wanted):
        return "met"
    return sector(wanted, situation) if told(SECTORS, wanted) else _speaks_of(text, situation)


def place(text: str, situation: Situation, communes: Communes) -> Judgement:
    """Whether the situation is where some words say; of a zone or a site it must say itself that it is in it."""
    wanted = plain(text)
    judgements: list[Judgement] = []
    zones, named = _zones(wanted), communes.named(text)
    if zones:
        judgements.append("met" if zones & _zones(plain(situation.text)) else "unknown")
    if _METROPOLE.search(wanted) or (_TERRITORY.search(wanted) and not named):
        judgements.append(known(situation.in_territory))
    elif named and not zones:
        is_fixed = situation.commune is not None and not _AROUND.search(wanted) and not _MOVING.intersection(situation.projects)
        judgements.append("met" if situation.commune in named else "not_met" if is_fixed and situation.stage != "création" else "unknown")
    if OPEN.search(wanted):
        judgements.append("unknown")
    return worst(judgements) if judgements else _speaks_of(text, situation)


def _zones(text: str) -> frozenset[str]:
    return frozenset(_SAME_ZONE.get(zone := match[0].rstrip("s"), zone) for match in _ZONE.finditer(text))


def _staff(text: str, situation: Situation) -> Judgement:
    if read_bounds(plain(text)) is None and re.search(r"\b(pme|tpe)\b", plain(text)):
        return "unknown" if situation.employees is None else known(situation.employees <= LARGEST_SME)
    return _within(text, situation.employees)


def _age(text: str, situation: Situation) -> Judgement:
    return _within(text, 0.0 if situation.stage == "création" else situation.age_years)


def _turnover(text: str, situation: Situation) -> Judgement:
    return _within(text, situation.turnover)


def _other(text: str, situation: Situation) -> Judgement:
    wanted = plain(text)
    if EVERYBODY.search(wanted):
        return "met"
    if re.search(r"\d ?h\b|heures", wanted):
        return _within(text, situation.hours)
    return "unknown" if OPEN.search(wanted) else _speaks_of(text, situation)


def _within(text: str, value: float | None) -> Judgement:
    wanted = plain(text)
    bounds = read_bounds(wanted)
    if bounds is None or value is None:
        return "unknown"
    return known(bounds.hold(value / scale_of(wanted)))


def _speaks_of(text: str, situation: Situation) -> Judgement:
    """Met where the situation is about the same subject as the condition, or uses half of its words or their synonyms.

    It never tells against: silence is no denial.
    """
    if told(SUBJECTS, plain(text)) & told(SUBJECTS, plain(situation.text)):
        return "met"
    said = terms(situation.text)
    words = [token for token in tokens(text) if stem(token) not in _EMPTY]
    wanted = terms(" ".join(words))
    near = terms(expansion(" ".join(words)))
    echoed = sum(word in near or any(are_one(word, other) for other in wanted) for word in set(said)) / max(len(wanted), 1)
    return "met" if max(shared(wanted, said), echoed) >= HALF else "unknown"


def shared(wanted: Sequence[str], said: Sequence[str]) -> float:
    """The share of some stems that stand among others, 0 to 1."""
    return sum(any(are_one(word, other) for other in said) for word in wanted) / len(wanted) if wanted else 0.0


def are_one(one: str, other: str) -> bool:
    """Whether two stems are of one family of words."""
    return one == other or (min(len(one), len(other)) >= _SAME_WORD and one[:_SAME_WORD] == other[:_SAME_WORD])


def known(holds: bool | None) -> Judgement:
    """The judgement of something that holds, does not hold or is not known."""
    return "unknown" if holds is None else "met" if holds else "not_met"


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """The judgement that decides where all are asked for."""
    return min(judgements, key=BETTER.index)


READERS: Mapping[str, Callable[[str, Situation], Judgement]] = {
    "effectif": _staff,
    "anciennete": _age,
    "chiffre-affaires": _turnover,
    "secteur": _sector_condition,
    "statut": _status,
    "autre": _other,
}
"""How each criterion's words are read."""
