"""Who « il » and « elle » are, where the sentence quoted does not say: the words for it, taken from just before.

Only what is certain by rule is said: the subject of the sentence before agrees and nothing else in that sentence does, or the line has
a label that announces its subject. Better no word than a wrong one.
"""

import re
from collections.abc import Iterator

from amp_assistant.citations import Quotation
from amp_assistant.folding import fold
from amp_assistant.passages import Nature
from amp_assistant.sentences import split_sentences

LONGEST_LABEL = 8
"""Words of the longest label of a line, « Centrale photovoltaïque de Mallemort : »."""
LONGEST_SUBJECT = 8
"""Words after its article of the longest subject that is repeated."""

_PRONOUN = re.compile(r"^(?P<pronoun>Il|Elle|Ils|Elles)\s+(?P<next>[\w’']+)")
_IMPERSONAL = re.compile(
    r"^(?:s['’]ag\w+|fau\w+|y|convien\w+|existe\w*|sembl\w+|import\w+|suffi\w+|est|sera|etait|a|n['’]\w+|restera?|ne|en|s['’]aver\w+)$"
)
"""What « il » stands before without standing for anything."""
_ANYWHERE = re.compile(r"\b(?:il|elle|ils|elles)\b(?!\s+(?:s['’]agi|fau|y\b|convien|existe|est\b|sera\b))")
_VERB = (
    r"(?:a|ont|est|sont|vise|visent|permet|permettent|accueille\w*|compte|comptent|propose\w*|souhaite\w*|dispose\w*|constitue\w*"
    r"|represente\w*|developpe\w*|poursuit|soutient|accompagne\w*|anime|assure|regroupe|reunit|rassemble|associe|met|doit|doivent|va|vont"
    r"|porte|joue|fait|offre|prend|travaille|impulse|agit|veut|entend|se|s['’]\w+|ne|n['’]\w+|\w+era|\w+eront|\w+ait|\w+aient)"
)
_SUBJECT = re.compile(
    r"^(?P<article>le |la |l['’]|les |ce |cet |cette |ces |un |une )"
    rf"(?P<noun>[\w'’-]+(?: [\w'’-]+){{0,{LONGEST_SUBJECT - 1}}}?) (?P<verb>{_VERB})\b"
)
_METROPOLE = re.compile(rf"(?:^|, |: )(?P<name>(?:la|notre) metropole(?: aix-marseille-provence)?) {_VERB}\b")
_ACTS = re.compile(
    r"^(?:a|s['’](?:engage|appuie|appuiera)|agi\w+|activera|accelere\w*|accompagne\w*|amplifie\w*|anime\w*|contribue\w*|coordonne\w*"
    r"|developpe\w*|entend|envisage|finance\w*|investi\w*|lance\w*|met|mettra|mobilise\w*|organise\w*|participe\w*|poursui\w+|propose\w*"
    r"|renforce\w*|souhaite\w*|soutien\w+|travaille\w*|veille\w*|veut)$"
)
"""What the Métropole does and no plan, platform or zone that its sentences speak of."""
_HEAD_END = re.compile(r" (?:de|des|du|a|au|aux|en|pour|sur|d['’])\b")
_ATTRIBUTE = re.compile(r"^ (?:un|une|le|la|les|l['’]|des) ?")
"""What follows « est » is the subject itself."""
_JOINED = re.compile(r"\b(?:et|ou|ni|qui|que|qu|dont|il|elle|on|nous)\b")
_CLAUSE = re.compile(r"\b(?:est|sont|a|ont|sera|seront)\b(?! l[ae']| marseille)")
_GENDER = {"le ": "m", "ce ": "m", "cet ": "m", "un ": "m", "la ": "f", "cette ": "f", "une ": "f"}
_FEMININE = re.compile(r"(?:[ts]ions?|ites?|[ea]nces?|ees?|ures?|elles?|ettes?|equipes?|agences?|ecoles?|entreprises?)$")
_MASCULINE = re.compile(r"(?:ments?|ages?|ismes?|iers?|eurs?|objectifs?|dispositifs?)$")
_OTHERS = {
    "m": re.compile(r"\b(?:un|le|du|au|ce|cet|son|leur|l|chaque)\b"),
    "f": re.compile(r"\b(?:une|la|sa|son|cette|leur|l|chaque)\b"),
    "p": re.compile(r"\b(?:les|des|ces|ses|leurs|aux|plusieurs|nos|deux|trois|quatre)\b|\d"),
}
"""What opens another noun that a pronoun of that gender, or a plural one, might stand for."""


def resolved(quotation: Quotation) -> str:
    """The words of a quotation, on one line, with what its pronoun stands for in brackets where that is certain."""
    text = quotation.text
    if quotation.passage.nature is Nature.RECIT:
        return text  # a story's « elle » goes back to whoever it tells of
    found = _PRONOUN.match(text)
    if found and (name := _antecedent(quotation, found)):
        end = found.end("pronoun")
        return f"{text[:end]} [{name[:1].lower()}{name[1:]}]{text[end:]}"
    label = _label(quotation)
    return f"[{label} :] {text}" if label and _ANYWHERE.search(fold(text)) else text


def _antecedent(quotation: Quotation, found: re.Match[str]) -> str:
    """The subject of the nearest sentence before, in the same line, that does not open with the same pronoun."""
    pronoun, following = found["pronoun"], fold(found["next"])
    if pronoun in ("Il", "Ils") and _IMPERSONAL.match(following):
        return ""
    before = next((sentence for sentence in _before(quotation) if not sentence.startswith(f"{pronoun} ")), "")
    metropole = _METROPOLE.search(fold(before)) if pronoun == "Elle" and _ACTS.match(following) else None
    if metropole and len(fold(before)) == len(before):
        return before[slice(*metropole.span("name"))]
    label, colon, rest = before.partition(" : ")
    return _subject(rest if colon and len(label.split()) <= LONGEST_LABEL else before, pronoun)


def _before(quotation: Quotation) -> Iterator[str]:
    """The sentences before a quotation in its line, the nearest first."""
    text = quotation.passage.text
    line = text.rfind("\n", 0, quotation.start) + 1
    for start, end in reversed(split_sentences(text[line : quotation.start])):
        yield text[line + start : line + end].lstrip(" -•")


def _subject(sentence: str, pronoun: str) -> str:
    """The subject of a sentence where it agrees with a pronoun, and nothing else in the sentence does."""
    folded = fold(sentence)
    found = _SUBJECT.match(folded)
    if not found or len(folded) != len(sentence) or _JOINED.search(found["noun"]):
        return ""
    plural = found["article"] in ("les ", "ces ")
    if plural != pronoun.endswith("s"):
        return ""
    head = _HEAD_END.split(found["noun"])[0]
    gender = _GENDER.get(found["article"]) or ("f" if _FEMININE.search(head) else "m" if _MASCULINE.search(head) else "")
    wanted = "f" if pronoun.startswith("Elle") else "m"
    rest = folded[found.end() :]
    if found["verb"] in ("est", "sont"):
        rest = _ATTRIBUTE.sub("", rest)
    if gender != wanted or _OTHERS["p" if plural else wanted].search(rest):
        return ""
    return sentence[: found.end("noun")].strip()


def _label(quotation: Quotation) -> str:
    """What the line of a quotation is about, where it says so first and the quotation leaves it out."""
    text = quotation.passage.text
    line = text[text.rfind("\n", 0, quotation.start) + 1 : quotation.start].lstrip(" -•")
    label, colon, _ = line.partition(" :")
    is_label = label[:1].isupper() and len(label.split()) <= LONGEST_LABEL and "." not in label and not _CLAUSE.search(fold(label))
    return label if colon and is_label else ""
