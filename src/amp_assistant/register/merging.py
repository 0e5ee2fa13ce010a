"""The same dispositif told in several places, made one row with several proofs.

Two names are one where their content words are the same once the words that only tell what kind of thing it is, or that it is the
Métropole's, are left out; where both carry the same acronym; or where the initials of a shorter name are the acronym of a longer one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from amp_assistant.folding import fold, tokens
from amp_assistant.lexical import STOP_WORDS, terms
from amp_assistant.register.facts import with_proofs
from amp_assistant.register.rows import Condition, Dispositif

_KIND = re.compile(
    r"^(?:(?:[Ll]e|[Ll]a|[Ll]es) |[Ll]')?"
    r"(?:(?i:appels? a (?:projets?|manifestation d'interet|solutions)|aap|dispositif|fonds|forum|label|marque|plateforme|programme|reseau|"
    r"operation)s?(?: metropolitaine?s?)?) (?=[A-Z«\"])"
)
"""A word that tells what kind of thing a proper name names: « Réseau Africalink » is Africalink."""
_OWNERS = frozenset(terms("métropole métropolitain métropolitaine métropolitains européen régional"))
_HEADS = frozenset(terms("dispositif"))
"""A noun that adds nothing to what follows it: the « dispositif d'aide à l'immobilier » is the aide à l'immobilier."""
_BRACKETS = re.compile(r"\([^()]*\)")
_LETTER = re.compile(r"\b[A-Z]\b(?!')")
"""A capital that stands alone tells one name from another: « Accélérateur M »."""
_SHORTEST_ACRONYM = 3


def merge_dispositifs(rows: Iterable[Dispositif]) -> list[Dispositif]:
    """The rows, those that name the same dispositif as one, in the order of their first place.

    The row that says most gives the fields, the shortest name is the name; needs, conditions and proofs are those of all.
    """
    listed = list(rows)
    acronyms: dict[str, list[frozenset[str]]] = {}
    for row in listed:
        if row.acronym and len(row.acronym) >= _SHORTEST_ACRONYM and row.acronym.isupper():
            acronyms.setdefault(row.acronym, []).append(name_words(row.name))
    groups: list[list[Dispositif]] = []
    group_of: dict[str, list[Dispositif]] = {}
    for row in listed:
        keys = _keys(row, acronyms)
        known = list({id(group_of[key]): group_of[key] for key in keys if key in group_of}.values())
        group = known[0] if known else []
        for other in known[1:]:
            group += other
            other.clear()
        group.append(row)
        if not known:
            groups.append(group)
        group_of |= {key: group for one in group for key in _keys(one, acronyms)}
    return [_merged(group) for group in groups if group]


def name_words(name: str) -> frozenset[str]:
    """The stemmed content words by which a dispositif is told from the others."""
    straight = _BRACKETS.sub(" ", name.replace("’", "'"))
    kind = _KIND.match(_unaccented(straight))
    proper = straight[kind.end() :] if kind else straight
    words = frozenset(terms(proper)) | frozenset(_LETTER.findall(proper))
    return words - _OWNERS - _HEADS or words


def _unaccented(name: str) -> str:
    """The name without accents, letter for letter, so that offsets and capitals stay."""
    return "".join(plain.upper() if one.isupper() else plain for one in name if (plain := fold(one)[:1] or one))


def _keys(row: Dispositif, acronyms: Mapping[str, Sequence[frozenset[str]]]) -> list[str]:
    """What a row shares with every other mention of the dispositif; `acronyms` holds the words of the names that carry each."""
    words = name_words(row.name)
    keys = [" ".join(sorted(words))]
    initials = "".join(word[0] for word in tokens(_BRACKETS.sub(" ", row.name)) if word not in STOP_WORDS).upper()
    if row.acronym in acronyms:
        keys.append(f"acronym {row.acronym}")
    elif any(words <= others for others in acronyms.get(initials, ())):
        keys.append(f"acronym {initials}")
    return keys


def merged_under(first: Dispositif, group: Sequence[Dispositif]) -> Dispositif:
    """One row of several mentions of a dispositif, under the name and the id of the first."""
    names = dict.fromkeys(name for row in group for name in (row.name, *row.other_names) if name != first.name)
    return _merged(group).model_copy(update={"id": first.id, "name": first.name, "other_names": tuple(names)})


def _merged(group: Sequence[Dispositif]) -> Dispositif:
    """One row of several mentions of a dispositif."""
    main = max(group, key=_saying)
    ordered = [main, *(row for row in group if row is not main)]
    merged: Dispositif = main
    conditions: dict[str, Condition] = {}
    for row in ordered:
        merged = with_proofs(merged, row.proofs)
        numbers = {(proof.passage, proof.quote): proof.number for proof in merged.proofs}
        for condition in row.conditions:
            own = row.proofs[condition.proof - 1]
            number = numbers[own.passage, own.quote]
            conditions.setdefault(" ".join(tokens(condition.text)), condition.model_copy(update={"proof": number}))
    names = dict.fromkeys(row.name for row in ordered)
    name = min((name for name in names if name != main.acronym), key=len, default=main.name)
    return merged.model_copy(
        update={
            "acronym": main.acronym or next((row.acronym for row in ordered if row.acronym), None),
            "name": name,
            "other_names": tuple(other for other in names if other != name),
            "also_for": tuple(dict.fromkeys(row.beneficiary for row in ordered if row.beneficiary != main.beneficiary)),
            "conditions": tuple(conditions.values()),
            "benefit": main.benefit or next((row.benefit for row in ordered if row.benefit), None),
            "operator": main.operator or next((row.operator for row in ordered if row.operator), None),
            "needs": tuple(dict.fromkeys(need for row in ordered for need in row.needs)),
        }
    )


def _saying(row: Dispositif) -> tuple[int, int, int]:
    """How much a row says: existing before planned, then conditions, then the length of what it gives."""
    return (row.status == "existant", len(row.conditions), len(row.benefit or ""))
