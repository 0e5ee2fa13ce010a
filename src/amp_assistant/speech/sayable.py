"""Whether a sentence of a document can be said aloud as it stands, and how it has to be led up to."""

import re
from enum import StrEnum

from amp_assistant.folding import fold

FEWEST_WORDS = 5
MOST_WORDS = 42
"""A longer sentence cannot be followed by ear: some twenty seconds at 130 words a minute."""


class Form(StrEnum):
    """What a quotation is as grammar goes: decides which connecting words may stand before it."""

    SENTENCE = "phrase"
    INFINITIVE = "infinitif"
    LABEL = "intitule"


_LEANING = re.compile(
    r"^(?:il|ils|elle|elles|ce|cet|cette|ces|cela|ceci|celui|celle|ceux|celles|c'|leurs?|son|sa|ses|lui|y|ainsi|egalement|en outre|par ailleurs|enfin|"
    r"de plus|aussi|toutefois|cependant|neanmoins|mais|or|car|donc|d'autre part|d'une part|par exemple|a ce titre|a cet effet|a cette fin|"
    r"dans ce cadre|dans ce contexte|de meme|et|puis|notamment|dont|qui|ou|l'objectif etant|parmi eux|parmi elles|au total|l'autre|le second|"
    r"la seconde|les deux|en effet|ensuite|autre|autres|pour cela|pour ce faire|a l'inverse|en revanche|plus precisement|"
    r"(?:dans|pour|avec|sur|par|au sein de|depuis|grace a|a travers) (?:ce|cet|cette|ces|celui|celle)|au-dela)\b"
)
"""Openings that lean on a sentence before; folded, apostrophes straight."""
_UNSAYABLE = re.compile(r"https?:|www\.|@|\||\t|[\ue000-\uf8ff]|\*\*|\^\{|…|\.\.\.|\(cf|\bcf\.|\bvoir (?:page|annexe|ci)|\bci-(?:dessous|dessus|contre|apres)\b|\bfigure \d|\bsource ?:|p\. ?\d|\betc\b|;.*;|\]\(")
_ACRONYMS = re.compile(r"\b[A-ZÀ-Þ]{2,}\b")
MOST_CAPITALS = 4
"""Acronyms and words in capitals of one sentence: more cannot be said."""
_LONG_BRACKET = re.compile(r"\([^)]{45,}\)")
_INFINITIVE = re.compile(r"^(?:s'|se |ne pas |mieux )?[a-z-]+(?:er|ir|re|oir)$")
_NOT_INFINITIVE = frozenset("premier dernier chantier metier quartier atelier dossier foncier littoral cadre entre notre votre autre offre centre titre nombre hier ouvre pour sur leur our hier mer par avenir loisir desir annuaire territoire terre filiere maniere matiere histoire laboratoire nature culture agriculture structure ouverture signature fermeture couverture contre filiere fibre chambre livre metre kilometre membre novembre decembre septembre octobre semestre trimestre arbre ministre registre oeuvre".split())
_FINITE = re.compile(
    r"\b(?:est|sont|a|ont|etait|etaient|avait|avaient|fut|peut|peuvent|doit|doivent|fait|font|va|vont|"
    r"\w{2,}(?:ent|era|ira|dra|eront|iront|dront|ait|aient|ons|ait)|\w{3,}e)\b"
)
_FUTURE = re.compile(r"\b(?!(?:opera|camera|para|aura de)\b)\w{2,}(?:era|ira|dra|tra|vra|rra|ura|eront|iront|dront|tront|vront|rront|uront|rait|raient)\b")
_FUTURE_NOUNS = frozenset("attrait portrait retrait extrait trait contrait distrait abstrait".split())
_EXPECTED = re.compile(
    r"\b(?:attendue?s?|prevue?s?|previsions?|previsionnel\w*|projections?|projetee?s?|potentiel\w*|a terme|d'ici|(?:a )?l'horizon|"
    r"objectifs?|ambition\w*|vise|visent|visant|envisag\w+|prevoit|prevoient|en cours|a venir|hypothese\w*|souhait\w+|devr\w+|scenario\w*)\b"
)


def plain(text: str) -> str:
    """The text folded, on one line, apostrophes straight."""
    return " ".join(fold(text).replace("’", "'").split())


def is_sayable(text: str) -> bool:
    """Whether a sentence stands alone when spoken: no pointer to what was before it, no marks, neither too short nor too long."""
    words = text.split()
    folded = plain(text)
    return (
        FEWEST_WORDS <= len(words) <= MOST_WORDS
        and (text[0].isupper() or text[0].isdigit() or text[0] in "«À")
        and not text.rstrip().endswith((":", ",", ";", "-", "(", "’", "'"))
        and text.count("(") == text.count(")")
        and text.count("«") == text.count("»")
        and text.count('"') % 2 == 0
        and not _LEANING.search(folded)
        and not _UNSAYABLE.search(text.lower())
        and not _LONG_BRACKET.search(text)
        and len(_ACRONYMS.findall(text)) <= MOST_CAPITALS
    )


def form_of(text: str) -> Form:
    """What a sentence is as grammar goes."""
    folded = plain(text)
    first = folded.split(" ", 2)[:2]
    verb = first[1] if first[0] in ("se", "mieux") and len(first) > 1 else re.sub(r"^[sdnl]'", "", first[0])
    verb = verb.rstrip(",;:.")
    if _INFINITIVE.match(verb) and verb not in _NOT_INFINITIVE:
        return Form.INFINITIVE
    return Form.SENTENCE if text.rstrip(" »").endswith((".", "!", "?")) and len(text.split()) > FEWEST_WORDS else Form.LABEL


def looks_ahead(text: str) -> bool:
    """Whether a sentence speaks of what is to come: a future, a conditional, an aim, something expected."""
    folded = plain(text)
    return bool(_EXPECTED.search(folded)) or any(found[0] not in _FUTURE_NOUNS for found in _FUTURE.finditer(folded))
