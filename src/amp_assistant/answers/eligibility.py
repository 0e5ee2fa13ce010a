"""Whether a dispositif fits a situation, condition by condition, each with the sentence that states it."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from amp_assistant.answers.conditions import (
    BETTER,
    EVERYBODY,
    HALF,
    OPEN,
    READERS,
    Judgement,
    ages,
    are_one,
    place,
    project,
    role,
    sector,
    shared,
    worst,
)
from amp_assistant.communes import Communes
from amp_assistant.folding import plain
from amp_assistant.lexical import terms
from amp_assistant.register import Condition, Dispositif
from amp_assistant.situation import Situation

Verdict = Literal["match", "confirm", "no"]
NOT_STATED = "non précisé dans le document"
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


def judge(dispositif: Dispositif, situation: Situation, communes: Communes) -> tuple[Verdict, tuple[Criterion, ...]]:
    """The verdict on a dispositif, and its criteria.

    It does not match where one criterion is not met; it is to be confirmed where one is open; a dispositif of which the documents
    state neither whom it is for nor a condition is to be confirmed. What a situation tells and the document does not ask is
    listed as not stated, and decides nothing.
    """
    conditions = _conditions(dispositif, situation, communes)
    beneficiary = _beneficiary(dispositif, situation, has_conditions=bool(conditions))
    stated = [beneficiary, *(_softened(one, beneficiary) for one in conditions)]
    criteria = (*stated, *_silent(dispositif, situation))
    judgements = {one.verdict for one in stated}
    verdict: Verdict = "no" if "not_met" in judgements else "confirm" if "unknown" in judgements else "match"
    return verdict, criteria


def _softened(one: Criterion, beneficiary: Criterion) -> Criterion:
    """A status that one mention asks stays open where another mention is for the situation's people."""
    is_open = one.criterion == "statut" and one.verdict == "not_met" and beneficiary.verdict == "met" and one.proof != beneficiary.proof
    return replace(one, verdict="unknown", asked=True) if is_open else one


def _silent(dispositif: Dispositif, situation: Situation) -> list[Criterion]:
    """The measures that the situation tells and the dispositif sets no bound for."""
    measures = {"effectif": situation.employees, "anciennete": situation.age_years, "chiffre-affaires": situation.turnover}
    bounded = {condition.criterion for condition in dispositif.conditions}
    return [Criterion(name, NOT_STATED, "unknown", "") for name, value in measures.items() if value is not None and name not in bounded]


def _conditions(dispositif: Dispositif, situation: Situation, communes: Communes) -> list[Criterion]:
    """The criteria of the stated conditions; projects that one sentence joins by « ou » are one criterion."""
    criteria: list[Criterion] = []
    projects: dict[int, list[Condition]] = {}
    for condition in dispositif.conditions:
        if condition.criterion == "projet":
            projects.setdefault(condition.proof, []).append(condition)
        elif condition.criterion == "lieu":
            criteria.append(_criterion(condition, place(condition.text, situation, communes), dispositif))
        else:
            criteria.append(_criterion(condition, READERS[condition.criterion](condition.text, situation), dispositif))
    for asked in projects.values():
        judgements = [project(condition.text, situation) for condition in asked]
        verdict: Judgement = "met" if "met" in judgements else "unknown" if "unknown" in judgements else "not_met"
        text = " ; ".join(condition.text for condition in asked)
        criteria.append(_criterion(asked[0].model_copy(update={"text": text}), verdict, dispositif))
    return criteria


def _criterion(condition: Condition, verdict: Judgement, dispositif: Dispositif) -> Criterion:
    quote = dispositif.proofs[condition.proof - 1].quote
    if verdict == "met" and condition.criterion in ("secteur", "statut") and _is_counted(condition.text, quote):
        verdict = "unknown"
    asked = verdict == "unknown" and not OPEN.search(plain(condition.text))
    return Criterion(condition.criterion, condition.text, verdict, quote, asked, condition.proof)


def _beneficiary(dispositif: Dispositif, situation: Situation, *, has_conditions: bool) -> Criterion:
    """Whom the dispositif is for, where a quotation says so."""
    options = [_for(beneficiary, dispositif, situation, has_conditions) for beneficiary in (dispositif.beneficiary, *dispositif.also_for)]
    return max(options, key=lambda option: BETTER.index(option.verdict))


def _for(beneficiary: str, dispositif: Dispositif, situation: Situation, has_conditions: bool) -> Criterion:
    """The criterion that the dispositif is for some people, told by one of its mentions."""
    proof = next((proof for proof in dispositif.proofs if _is_named(beneficiary, dispositif.name, proof.quote, has_conditions)), None)
    wanted = plain(beneficiary)
    verdict = worst([role(wanted, situation, dispositif.name), sector(wanted, situation), ages(wanted, situation)])
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
    if any(are_one(wanted[0], word) for word in (*said, *terms(name))) or EVERYBODY.search(plain(quote)):
        return shared(wanted, [*said, *terms(name)]) >= HALF
    return has_conditions and shared(wanted, said) >= HALF


def _is_counted(words: str, quote: str) -> bool:
    """Whether some words, or half of the mentions of their first one, stand behind a figure."""
    text = plain(quote)
    whole = text.find(plain(words))
    if whole >= 0:
        return bool(_NUMBERED_HEAD.search(text[:whole]))
    heads = terms(words)[:1]
    counted = [bool(_NUMBERED_HEAD.search(text[: match.start()])) for match in re.finditer(r"[a-z]+", text) if terms(match[0]) == heads]
    return bool(counted) and sum(counted) >= len(counted) / 2
