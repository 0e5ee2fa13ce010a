"""Somebody's situation, from a sentence or from fields: who they are, how big and how old, where, what they want."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from amp_assistant.communes import Communes
from amp_assistant.folding import plain
from amp_assistant.quantities import MONEY, NUMBER, amount, as_number, in_digits, spaced
from amp_assistant.vocabulary import NEEDS, PEOPLE, PROJECTS, ROLES, SECTORS, denied, of_all, told

Stage = Literal["création", "reprise", "entreprise"]
"""Nothing is created yet; a firm of somebody else's is to be taken over; there is a firm."""


class Situation(BaseModel):
    """What is known of somebody; None and empty where it is not told.

    `turnover` is in euros a year, `age_years` is the firm's age and `person_age` the person's, `hours` are those of a training;
    `refused` are the sectors, roles and projects that the sentence denies.
    """

    model_config = ConfigDict(frozen=True)

    text: str = ""
    employees: int | None = None
    age_years: float | None = None
    turnover: float | None = None
    needs: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    commune: str | None = None
    in_territory: bool | None = None
    roles: tuple[str, ...] = ()
    stage: Stage | None = None
    alone: bool = False
    projects: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    person_age: int | None = None
    hours: int | None = None


class Fields(BaseModel):
    """What a form or flags tell; what they tell goes before what the sentence tells."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    employees: int | None = None
    age_years: float | None = None
    turnover: float | None = None
    needs: tuple[str, ...] = ()
    sector: str | None = None
    commune: str | None = None


_STAFF = (
    re.compile(r"(\d+) (?:de |d')?(?:salarie|employe|collaborat|etp\b|equivalents? temps)"),
    re.compile(r"(?:emploi\w*|equipe de|nous sommes|on est|sommes) (\d+)\b(?! ans)"),
    re.compile(r"(\d+) (?:personnes|gens)\b"),
    re.compile(r"(?:effectif|salaries|employes)\s*:?\s*(?:de )?(\d+)"),
)
_NO_STAFF = re.compile(r"\bsans (?:aucun )?(?:salarie|employe)|\baucun (?:salarie|employe)|\b(?:je suis|je travaille) (?:tout )?seule?\b")
_PERSON_AGE = re.compile(r"\bj'ai (\d+) ans\b(?! d)|^(\d+) ans\b|\b(?:je suis|jeune|homme|femme) (?:age )?(?:de )?(\d+) ans")
_FIRM_AGE = re.compile(
    rf"(?:il y a|depuis|fete ses|existe depuis|dans sa) ({NUMBER}) (an|mois)|"
    rf"({NUMBER}) (an|mois)\w*(?: d'(?:existence|age|anciennete|activite))?"
)
_FOUNDED = re.compile(r"\b(?:cree\w*|fonde\w*|existe|installe\w*|depuis) (?:en |depuis )?((?:19|20)\d\d)\b")
_NOT_A_FIRM_AGE = re.compile(r"(barre|chantier|travaux|ferme|bloque|perturb)\w*( \w+){0,3} $|\b(pendant|dans|d'ici|sous) $")
_TURNOVER = re.compile(r"\b(ca|chiffre d'affaires?|chiffre)\b")
_HOURS = re.compile(r"(\d+) ?(?:h\b|heures)")
_TAKEOVER = re.compile(r"\b(repren\w+|racheter|rachat|reprise) (d'|de |du |un|une|le|la|l')")
_NOT_CREATED = re.compile(r"\bpas encore ((cree|monte|lance) (ma|mon|notre|la|l'|une)|immatricul|creee)|\brien n'est( encore)? cree")
_FOREIGN = re.compile(
    r"\b(algerien|americain|anglais|argentin|bresilien|britannique|camerounais|canadien|chinois|colombien|espagnol|indien|italien|ivoirien|"
    r"japonais|libanais|marocain|mexicain|portugais|russe|senegalais|suisse|syrien|tunisien|turc|ukrainien|vietnamien)(ne|e)?s?\b"
)
_FRENCH = re.compile(r"\bfrancais(e|es)?\b(?! (de|du|des)\b)")
_ALONE = re.compile(r"\b(entreprise|societe|boite) (toute )?seule\b|\bnotre seule entreprise\b")
_NOT_STARTED = re.compile(r"\brien n'(est|a)( \w+)? (lance|commence|fait)|\bpas (encore )?(lance|commence)")
_ON_THE_SPOT = re.compile(r"\bsur place\b")
_TO_FOUND = re.compile(r"\b(creer|monter|lancer|ouvrir|fonder|demarrer|idee de) (\w+ )*?(boite|entreprise|societe|boutique|start-?up|pme)")
"""A firm that is wished for is none yet: « créer ma boîte »."""
_FIRM_WORDS = re.compile(
    r"\b(je (tiens|dirige|gere)|(mon|notre) entreprise|(ma|notre) (pme|societe|boite|boutique|start-?up|usine)|(mes|nos) salaries|"
    r"(mon|notre) (atelier|commerce|magasin|restaurant|garage|cabinet|salon|hotel)\b|"
    r"j'ai une (petite )?(entreprise|boite|societe)|auto-?entrepreneu|micro-?ent)"
)
LEAST_WHOLE_YEARS = 2
"""Age of a firm from which it is told in years, not in months."""
_LARGEST_YEARS = 200
_OLDEST_YOUNG = 30
"""A person of that age may still be « jeune »; the age that a dispositif sets decides."""


def read_situation(text: str, fields: Fields, communes: Communes) -> Situation:
    """The situation that a sentence and fields tell; either may be empty. Nothing is assumed that neither tells."""
    said = in_digits(plain(text))
    roles = _roles(said) | of_all([fields.sector or ""], {role: ROLES[role] for role in ("commune", "association")})
    person = _person_age(said, roles)
    if person is not None and person <= _OLDEST_YOUNG:
        roles |= {"jeune"}
    age = fields.age_years if fields.age_years is not None else (None if person else _firm_age(said))
    turnover = fields.turnover if fields.turnover is not None else _turnover(said)
    employees = fields.employees if fields.employees is not None else _employees(said)
    has_firm = any(value is not None for value in (age, turnover, employees)) or bool(_FIRM_WORDS.search(_TO_FOUND.sub("", said)))
    sectors, refused = _sectors(said, fields.sector)
    stage = _stage(said, fields.needs, roles | sectors, has_firm)
    place = communes.place(fields.commune) if fields.commune else communes.place(text)
    if fields.commune and place[0] is None:
        place = (fields.commune, None)
    needs = dict.fromkeys((*fields.needs, *sorted(told(NEEDS, said) - denied(NEEDS, said)), *_needs_of(stage, roles)))
    return Situation(
        text=text,
        employees=employees,
        age_years=age,
        turnover=turnover,
        needs=tuple(needs),
        sectors=tuple(sorted(sectors)),
        commune=place[0],
        in_territory=place[1],
        roles=tuple(sorted(_with_stage(roles, stage, sectors))),
        stage=stage,
        alone=bool(_ALONE.search(said)),
        projects=tuple(sorted(told(PROJECTS, said) - denied(PROJECTS, said))),
        refused=tuple(sorted(refused | denied(PROJECTS, said) | _refused(said))),
        person_age=person,
        hours=_first_int(_HOURS, said),
    )


def in_words(situation: Situation) -> str:
    """A situation as a French phrase, « 12 salariés, 2 ans d'existence, Aubagne »; empty where nothing of it is told."""
    parts = [
        *(role for role in situation.roles if role != "entreprise" or len(situation.roles) == 1),
        ", ".join(situation.sectors),
        _counted(situation.employees, "salarié"),
        _age_in_words(situation.age_years),
        f"{spaced(situation.turnover)}\u00a0€ de chiffre d'affaires" if situation.turnover is not None else "",
        situation.commune or "",
    ]
    return ", ".join(filter(None, parts))


def _age_in_words(years: float | None) -> str:
    if years is None:
        return ""
    told = _counted(round(years * 12), "mois") if years < LEAST_WHOLE_YEARS else _counted(round(years), "an")
    return f"{told} d'existence"


def _counted(number: int | None, noun: str) -> str:
    return "" if number is None else f"{spaced(number)} {noun}{'s' if number > 1 and not noun.endswith('s') else ''}"


def _roles(said: str) -> frozenset[str]:
    """Who the sentence says it is about; « vendre aux mairies » makes nobody a commune."""
    roles = set(told(ROLES, said)) - {"tous", "créateur", "entreprise", "agent"}
    if not NEEDS["commune"].search(said):
        roles.discard("commune")
    if "groupement" in roles:
        roles.discard("association")
    if _FOREIGN.search(said):
        roles.add("talent étranger")
    if roles & {"commune", "association", "groupement"}:
        roles -= PEOPLE
    return frozenset(roles)


def _with_stage(roles: frozenset[str], stage: Stage | None, sectors: frozenset[str]) -> frozenset[str]:
    if "commune" in roles:
        return roles
    more = {"création": {"créateur"}, "reprise": {"créateur", "repreneur"}, "entreprise": {"entreprise"}}.get(stage or "", set())
    if "association" in roles and "ess" in sectors:
        more = more | {"entreprise"}
    return roles | more


def _stage(said: str, needs: Sequence[str], roles: frozenset[str], has_firm: bool) -> Stage | None:
    if roles & {"commune", "association", "groupement"}:
        return None
    if _TAKEOVER.search(said) or ("reprise" in needs and not has_firm):
        return "reprise"
    if _NOT_CREATED.search(said) or (not has_firm and (NEEDS["creation"].search(said) or "creation" in needs)):
        return "création"
    is_firm = bool(roles & SECTORS.keys() or told(ROLES, said) & {"entreprise"}) and not roles & PEOPLE
    return "entreprise" if has_firm or is_firm else None


def _needs_of(stage: Stage | None, roles: frozenset[str]) -> list[str]:
    """The needs that go with who somebody is."""
    needs = {"création": ["creation"], "reprise": ["reprise"]}.get(stage or "", [])
    return [*needs, *(["talents-etrangers"] if "talent étranger" in roles else []), *(["commune"] if "commune" in roles else [])]


def _sectors(said: str, flag: str | None) -> tuple[frozenset[str], frozenset[str]]:
    refused = denied(SECTORS, said)
    named = of_all([flag], SECTORS) if flag else frozenset()
    return (told(SECTORS, said) | named) - refused, refused


def _refused(said: str) -> frozenset[str]:
    refused = set()
    if _FRENCH.search(said):
        refused.add("talent étranger")
    if _ON_THE_SPOT.search(said):
        refused.add("s'installer")
    if _NOT_STARTED.search(said):
        refused.add("opérationnel")
    return frozenset(refused)


def _employees(said: str) -> int | None:
    found = next(filter(None, (pattern.search(said) for pattern in _STAFF)), None)
    if found:
        return int(found[1])
    return 0 if _NO_STAFF.search(said) else None


def _person_age(said: str, roles: frozenset[str]) -> int | None:
    found = _PERSON_AGE.search(said)
    is_person = bool(roles & PEOPLE) or (found is not None and found[0].startswith("j'ai"))
    return int(next(filter(None, found.groups()))) if found and is_person else None


def _firm_age(said: str) -> float | None:
    """The firm's age in years, told as such or by the year of its founding."""
    if founded := _FOUNDED.search(said):
        return float(max(date.today().year - int(founded[1]), 0))
    for found in _FIRM_AGE.finditer(said):
        number, unit = (found[1], found[2]) if found[1] else (found[3], found[4])
        years = as_number(number) / (12 if unit == "mois" else 1)
        if years < _LARGEST_YEARS and not _NOT_A_FIRM_AGE.search(said[: found.start()]):
            return years
    return 1.0 if re.search(r"\bil y a un an\b|\ba un an\b|\bdepuis un an\b", said) else None


def _turnover(said: str) -> float | None:
    """The amount nearest to « CA » or « chiffre d'affaires »."""
    named = [match.start() for match in _TURNOVER.finditer(said)]
    amounts = [match for match in MONEY.finditer(said) if _is_money(match)]
    if not named or not amounts:
        return None
    return amount(min(amounts, key=lambda match: min(min(abs(match.end() - at), abs(match.start() - at)) for at in named)))


def _is_money(match: re.Match[str]) -> bool:
    return bool(match[2]) or "€" in match[0] or "euro" in match[0]


def _first_int(pattern: re.Pattern[str], said: str) -> int | None:
    found = pattern.search(said)
    return int(found[1]) if found else None
