"""Whether a dispositif fits a situation, condition by condition, each with the sentence that states it.

What a condition asks is read from its words; what neither the condition nor the situation tells stays open, it is never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from amp_assistant.folding import tokens
from amp_assistant.lexical import stem, terms
from amp_assistant.quantities import as_number, in_digits, read_bounds, scale_of
from amp_assistant.register.rows import Condition, Dispositif
from amp_assistant.situation import Situation
from amp_assistant.thesaurus import expansion
from amp_assistant.vocabulary import PROJECTS, ROLES, SECTORS, SUBJECTS, plain, told

Judgement = Literal["met", "unknown", "not_met"]
Verdict = Literal["match", "confirm", "no"]

NOT_STATED = "non précisé dans le document"
LARGEST_SME = 249
"""Staff of the largest PME (European recommendation 2003/361)."""
_HALF = 0.5
"""Share of a condition's words that a situation must use for it to speak of the same thing."""
_SAME_WORD = 8
"""Letters that two stems of one family share at least: entrepreneur and entrepreneuriat, not entreprise."""

_BETTER: Sequence[Judgement] = ("not_met", "unknown", "met")
_COMPLEMENT = re.compile(r"\b(d'|des |de l'|de la |du )$")
"""What follows belongs to the noun before: « associations dédiées à la création d'entreprises » are no firms."""
_EMPTY = frozenset(terms("projet projets action actions démarche démarches pour porter mener"))
"""Words of a condition that every project shares."""
_AGES = re.compile(r"(?<!plus de )(?<!moins de )\b(\d{2})\s*(?:-|a|et)\s*(\d{2}) ans\b")
_OPEN = re.compile(r"\b(sous conditions|eligibles?|certaine?s|fragilise\w*|reglement)\b")
"""The document says that there are conditions, and not which."""
_EVERYBODY = re.compile(r"\b(par tous|sans restriction|tous secteurs|toutes les entreprises|tous types)\b")
_WILL = re.compile(r"\b(volontaires?|souhait\w+|desireux)\b")
_WILLING = re.compile(r"\b(veux|voulons|veut|voudrai\w*|souhait\w+|pret(e|s|es)? a|sommes prets|cherch\w+|aimer\w+)\b")
_BEFORE = re.compile(r"\ben amont de la creation\b")
_RUNNING = re.compile(r"\boperationnel\w*")
_TERRITORY = re.compile(r"\b(92 communes|territoire|metropol\w+|aix-marseille)\b")
_ZONE = re.compile(r"\b(qpv|quartiers? prioritaires?|centres?-villes?|zac|zae|zones? [a-z']+|friches?|technopoles?)\b")
_SAME_ZONE = {"zone d'activites": "zac", "zone d'activite": "zac", "zae": "zac"}
_NUMBERED_HEAD = re.compile(r"\d\s+$")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a dispositif asks: the words that ask it, the sentence they stand in, and whether the situation meets it.

    `asked` tells that the situation's answer would settle it, so that it is worth a question.
    """

    criterion: str
    text: str
    verdict: Judgement
    quote: str
    asked: bool = False
    proof: int = 1


def judge(dispositif: Dispositif, situation: Situation) -> tuple[Verdict, tuple[Criterion, ...]]:
    """The verdict on a dispositif, and its criteria.

    It does not match where one criterion is not met; it is to be confirmed where one is open; a dispositif of which the documents
    state neither whom it is for nor a condition is to be confirmed. What a situation tells and the document does not ask is
    listed as not stated, and decides nothing.
    """
    conditions = _conditions(dispositif, situation)
    stated = [_beneficiary(dispositif, situation, has_conditions=bool(conditions)), *conditions]
    criteria = (*stated, *_silent(dispositif, situation))
    judgements = {one.verdict for one in stated}
    verdict: Verdict = "no" if "not_met" in judgements else "confirm" if "unknown" in judgements else "match"
    return verdict, criteria


def _silent(dispositif: Dispositif, situation: Situation) -> list[Criterion]:
    """The measures that the situation tells and the dispositif sets no bound for."""
    measures = {"effectif": situation.employees, "anciennete": situation.age_years, "chiffre-affaires": situation.turnover}
    bounded = {condition.criterion for condition in dispositif.conditions}
    return [Criterion(name, NOT_STATED, "unknown", "") for name, value in measures.items() if value is not None and name not in bounded]


def _conditions(dispositif: Dispositif, situation: Situation) -> list[Criterion]:
    """The criteria of the stated conditions; projects that one sentence joins by « ou » are one criterion."""
    criteria: list[Criterion] = []
    projects: dict[int, list[Condition]] = {}
    for condition in dispositif.conditions:
        if condition.criterion == "projet":
            projects.setdefault(condition.proof, []).append(condition)
        else:
            criteria.append(_criterion(condition, _READERS[condition.criterion](condition.text, situation), dispositif, situation))
    for asked in projects.values():
        judgements = [_project(condition.text, situation) for condition in asked]
        verdict: Judgement = "met" if "met" in judgements else "unknown" if "unknown" in judgements else "not_met"
        text = " ; ".join(condition.text for condition in asked)
        criteria.append(_criterion(asked[0].model_copy(update={"text": text}), verdict, dispositif, situation))
    return criteria


def _criterion(condition: Condition, verdict: Judgement, dispositif: Dispositif, situation: Situation) -> Criterion:
    quote = dispositif.proofs[condition.proof - 1].quote
    if verdict == "met" and condition.criterion in ("secteur", "statut") and _is_counted(condition.text, quote):
        verdict = "unknown"
    asked = verdict == "unknown" and not _OPEN.search(plain(condition.text))
    return Criterion(condition.criterion, condition.text, verdict, quote, asked, condition.proof)


def _beneficiary(dispositif: Dispositif, situation: Situation, *, has_conditions: bool) -> Criterion:
    """Whom the dispositif is for, where a quotation says so."""
    options = [_for(beneficiary, dispositif, situation, has_conditions) for beneficiary in (dispositif.beneficiary, *dispositif.also_for)]
    return max(options, key=lambda option: _BETTER.index(option.verdict))


def _for(beneficiary: str, dispositif: Dispositif, situation: Situation, has_conditions: bool) -> Criterion:
    """The criterion that the dispositif is for some people, told by one of its mentions."""
    proof = next((proof for proof in dispositif.proofs if _is_named(beneficiary, dispositif.name, proof.quote, has_conditions)), None)
    wanted = plain(beneficiary)
    verdict = _worst([_role(wanted, dispositif, situation), _sector_of(wanted, situation), _ages(wanted, situation)])
    if proof is None and verdict != "not_met":
        return Criterion("beneficiaire", NOT_STATED, "unknown", dispositif.proofs[0].quote)
    named = proof or dispositif.proofs[0]
    return Criterion("beneficiaire", beneficiary, verdict, named.quote, verdict == "unknown", named.number)


def _is_named(beneficiary: str, name: str, quote: str, has_conditions: bool) -> bool:
    """Whether a quotation says whom the dispositif is for.

    « 5 agriculteurs ont été accompagnés » tells how many it served, not who may come. Where no condition is stated besides, the
    beneficiary's own noun must stand in the quotation or in the dispositif's name.
    """
    wanted = terms(beneficiary)
    if not wanted or _is_counted(beneficiary, quote):
        return False
    said = terms(quote)
    if any(_are_one(wanted[0], word) for word in (*said, *terms(name))) or _EVERYBODY.search(plain(quote)):
        return _shared(wanted, [*said, *terms(name)]) >= _HALF
    return has_conditions and _shared(wanted, said) >= _HALF


def _is_counted(words: str, quote: str) -> bool:
    """Whether half of the mentions of the first word stand behind a figure."""
    heads = terms(words)[:1]
    text = plain(quote)
    mentions = [match.start() for match in re.finditer(r"[a-z]+", text) if terms(match[0]) == heads]
    return bool(mentions) and sum(bool(_NUMBERED_HEAD.search(text[:at])) for at in mentions) >= len(mentions) / 2


def _role(wanted: str, dispositif: Dispositif, situation: Situation) -> Judgement:
    """Whether the situation is of the kind of people that some words name."""
    asked, roles = _roles_named(wanted), frozenset(situation.roles)
    if "tous" in asked:
        return "met"
    if asked & frozenset(situation.refused):
        return "not_met"
    if not asked or not roles:
        return "unknown"
    if "groupement" in asked and "groupement" not in roles:
        joins = "entreprises qui" in wanted and not situation.alone and "entreprise" in roles
        return "unknown" if joins else "not_met"
    if roles & asked or (roles & {"groupement", "créateur"} and "entreprise" in asked) or _holds_project(wanted, roles):
        return "met"
    if "groupement" in roles and "association" in asked:
        return "met"
    helps_to_start = situation.stage in ("création", "reprise") and re.search(r"\b(creation|reprise)", plain(dispositif.name))
    return "unknown" if helps_to_start and "association" in asked else "not_met"


def _roles_named(wanted: str) -> frozenset[str]:
    """The roles that some words name, without those that only complete another."""
    asked = told(ROLES, wanted)
    free = frozenset(role for role in asked if any(not _COMPLEMENT.search(wanted[: found.start()]) for found in ROLES[role].finditer(wanted)))
    return free or asked


def _holds_project(wanted: str, roles: frozenset[str]) -> bool:
    """A firm or an association may hold a project too, unless it is the project of founding one."""
    return bool(roles & {"entreprise", "association", "groupement"} and re.search(r"porteurs? d|entrepreneurs?\b", wanted))


def _sector_of(wanted: str, situation: Situation) -> Judgement:
    """Whether the situation is of a sector that some words name; met where they name none."""
    asked, sectors = told(SECTORS, wanted), frozenset(situation.sectors)
    if not asked or _EVERYBODY.search(wanted):
        return "met"
    if asked & frozenset(situation.refused):
        return "not_met"
    if asked & sectors:
        return "met"
    if "commune" in situation.roles or not situation.sectors:
        return "not_met" if "commune" in situation.roles and "commune" not in told(ROLES, wanted) else "unknown"
    return "not_met"


def _ages(wanted: str, situation: Situation) -> Judgement:
    """Whether a person is of an age that some words bound; met where they bound none."""
    found = _AGES.search(wanted)
    if not found or not {"jeune", "étudiant", "demandeur d'emploi", "habitant"} & {*told(ROLES, wanted), *situation.roles}:
        return "met"
    if situation.person_age is None:
        return "unknown"
    return "met" if as_number(found[1]) <= situation.person_age <= as_number(found[2]) else "not_met"


def _project(text: str, situation: Situation) -> Judgement:
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
        return _ages(wanted, situation)
    return "unknown" if asked else _speaks_of(text, situation)


def _status(text: str, situation: Situation) -> Judgement:
    wanted = plain(text)
    if _WILL.search(wanted):
        return "met" if _WILLING.search(plain(situation.text)) else "unknown"
    role = _role(wanted, _NAMELESS, situation) if told(ROLES, wanted) else _speaks_of(text, situation)
    return _worst([role, _sector_of(wanted, situation), _ages(wanted, situation)])


def _sector(text: str, situation: Situation) -> Judgement:
    wanted = plain(text)
    if _EVERYBODY.search(wanted):
        return "met"
    return _sector_of(wanted, situation) if told(SECTORS, wanted) else _speaks_of(text, situation)


def _place(text: str, situation: Situation) -> Judgement:
    """Whether the situation is where some words say; of a zone it must say itself that it is in it."""
    wanted = plain(text)
    judgements: list[Judgement] = []
    zones = _zones(wanted)
    if zones:
        judgements.append("met" if zones & _zones(plain(situation.text)) else "unknown")
    if _TERRITORY.search(wanted):
        judgements.append(_known(situation.in_territory))
    elif situation.commune and not zones:
        here = set(tokens(situation.commune)) <= set(tokens(text))
        judgements.append("met" if here else "unknown" if "s'installer" in situation.projects else "not_met")
    if _OPEN.search(wanted):
        judgements.append("unknown")
    return _worst(judgements) if judgements else "unknown"


def _zones(text: str) -> frozenset[str]:
    return frozenset(_SAME_ZONE.get(zone := match[0].rstrip("s"), zone) for match in _ZONE.finditer(text))


def _staff(text: str, situation: Situation) -> Judgement:
    if read_bounds(plain(text)) is None and re.search(r"\b(pme|tpe)\b", plain(text)):
        return "unknown" if situation.employees is None else _known(situation.employees <= LARGEST_SME)
    return _within(text, situation.employees)


def _age(text: str, situation: Situation) -> Judgement:
    return _within(text, 0.0 if situation.stage == "création" else situation.age_years)


def _turnover(text: str, situation: Situation) -> Judgement:
    return _within(text, situation.turnover)


def _other(text: str, situation: Situation) -> Judgement:
    wanted = plain(text)
    if _EVERYBODY.search(wanted):
        return "met"
    if re.search(r"\d ?h\b|heures", wanted):
        return _within(text, situation.hours)
    return "unknown" if _OPEN.search(wanted) else _speaks_of(text, situation)


def _within(text: str, value: float | None) -> Judgement:
    wanted = plain(text)
    bounds = read_bounds(wanted)
    if bounds is None or value is None:
        return "unknown"
    return _known(bounds.hold(value / scale_of(wanted)))


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
    echoed = sum(word in near or any(_are_one(word, other) for other in wanted) for word in set(said)) / max(len(wanted), 1)
    return "met" if max(_shared(wanted, said), echoed) >= _HALF else "unknown"


def _shared(wanted: Sequence[str], said: Sequence[str]) -> float:
    return sum(any(_are_one(word, other) for other in said) for word in wanted) / len(wanted) if wanted else 0.0


def _are_one(one: str, other: str) -> bool:
    """Whether two stems are of one family of words."""
    return one == other or (min(len(one), len(other)) >= _SAME_WORD and one[:_SAME_WORD] == other[:_SAME_WORD])


def _known(holds: bool | None) -> Judgement:
    return "unknown" if holds is None else "met" if holds else "not_met"


def _worst(judgements: Iterable[Judgement]) -> Judgement:
    return min(judgements, key=_BETTER.index)


_NAMELESS = Dispositif(name="", kind="autre", beneficiary="")
_READERS: Mapping[str, Callable[[str, Situation], Judgement]] = {
    "effectif": _staff,
    "anciennete": _age,
    "chiffre-affaires": _turnover,
    "secteur": _sector,
    "lieu": _place,
    "statut": _status,
    "autre": _other,
}
"""How each criterion's words are read."""
