"""Whether a sentence of a document can be said aloud as it stands, and how it has to be led up to."""

import re
from enum import StrEnum

from amp_assistant.figures import read_figures
from amp_assistant.folding import plain

FEWEST_WORDS = 5
MOST_WORDS = 42
"""A longer sentence cannot be followed by ear: some twenty seconds at 130 words a minute."""


SHORT_WORDS = 16
"""Words of a sentence too short for « cette » to point at something in it."""
POINTING_BACK = 0.6
"""Share of a sentence's words within which « cette » points at what was said before."""


class Form(StrEnum):
    """What a quotation is as grammar goes: decides which connecting words may stand before it."""

    SENTENCE = "phrase"
    INFINITIVE = "infinitif"
    LABEL = "intitule"


_LEANING = re.compile(
    r"^(?:il|ils|elle|elles|ce|cet|cette|ces|cela|ceci|celui|celle|ceux|celles|c'|leurs?|son|sa|ses|lui|y|ainsi|egalement|"
    r"en outre|par ailleurs|enfin|de plus|aussi|toutefois|cependant|neanmoins|mais|or|car|donc|d'autre part|d'une part|"
    r"par exemple|a ce titre|a cet effet|a cette fin|dans ce cadre|dans ce contexte|de meme|et|puis|notamment|dont|qui|ou|"
    r"l'objectif etant|parmi eux|parmi elles|au total|l'autre|le second|la seconde|les deux|en effet|ensuite|autre|autres|d'autres|"
    r"pour cela|pour ce faire|a l'inverse|en revanche|plus precisement|parallelement|dans ce sens|a ce stade|"
    r"dans la continuite|cote \w+|on note|comment|au-dela|"
    r"(?:dans|pour|avec|sur|par|au sein de|depuis|grace a|a travers) (?:ce|cet|cette|ces|celui|celle))\b"
)
"""Openings that lean on a sentence before; folded, apostrophes straight."""
_UNSAYABLE = re.compile(
    r"(?i:\.\.|https?:|www\.|@|\||\t|[\ue000-\uf8ff]|\*\*|\^\{|…|\(cf|\bcf\.|\bvoir (?:page|annexe|ci)|"
    r"\bci-(?:dessous|dessus|contre|apres)\b|\bfigure \d|\bsource ?:|p\. ?\d|\betc\b|;.*;|\]\()|; [A-ZÀ-Þ]"
)
_NUMBERED = re.compile(r"^[A-ZÀ-Þ]{3,} - |^\d{1,2} ?[.)–-] |; ?\d+$|^(?:LOI|Loi|Décret) n|(?<![mk])[¹²³⁴-⁹]")
"""List numbers, laws of a bibliography, footnote marks."""
_LATE_SUBJECT = re.compile(
    r"^[^,:]+, (?:il|elle|ils|elles) "
    r"(?!(?:est (?:desormais )?(?:necessaire|essentiel|possible|important)|faut|s'agit|y a|existe|convient)\b)"
)
"""« Avec 4 446 panneaux, elle couvre… »: who « elle » is was said before."""
_POINTING = re.compile(r"\b(?:cet|cette|ces|celles?-ci|ceux-ci|celui-ci|ce (?!qui\b|que\b|n'|sont\b|soit\b|jour\b))\b")
_UNNAMED = re.compile(
    r"^(?:[^,]+, )?(?:la|le|les|l') ?(?:plateforme|dispositif|projet|programme|outil|demarche|operation|service|structure|espace|batiment|"
    r"initiative|evenement|etude|site|action)s? "
    r"(?:permet\w*|est|sont|a|ont|vise\w*|propose\w*|comprend|consiste|offre\w*|accueille\w*|prevoit|doit|va|s'\w+|se|reunit|concerne\w*)\b"
)
"""« La plateforme permet… »: which one was said before."""
_ACRONYMS = re.compile(r"\b[A-ZÀ-Þ]{2,}\b")
MOST_CAPITALS = 4
"""Acronyms and words in capitals of one sentence: more cannot be said."""
_SUBJECT = re.compile(r"^(?:l'|la |le |les |un |une |des |plus de |pres de |nos |notre )")
YEARS = range(1900, 2101)
SMALL_COUNT = 13
"""Counts below are words rather than figures to the ear."""
_LONG_BRACKET = re.compile(r"\([^)]{45,}\)")
_INFINITIVE = re.compile(r"^(?:s'|se |ne pas |mieux )?[a-z-]+(?:er|ir|re|oir)$")
_NOT_INFINITIVE = frozenset(
    """
    agriculture fer annuaire arbre atelier autre avenir cadre centre chambre chantier contre couverture culture decembre dernier desir
    dossier entre fermeture fibre filiere foncier hier histoire kilometre laboratoire leur littoral livre loisir maniere matiere
    membre mer metier metre ministre nature nombre notre novembre octobre oeuvre offre our ouverture ouvre par pour premier
    quartier registre semestre septembre signature structure sur terre territoire titre trimestre votre
    """.split()
)
_FINITE = re.compile(
    r"\b(?:est|sont|ont|etait|etaient|avait|avaient|fut|peut|peuvent|doit|doivent|fait|font|va|vont|permet|met|soutient|tient|vient|"
    r"devient|maintient|obtient|contient|poursuit|investit|s'inscrit|definit|reunit|fournit|garantit|fixe|suit|sert|offre|offrent|"
    r"nous \w+ons|(?!\w*ment\b)\w{3,}ent|\w{3,}(?:era|ira|dra|vra|tra|eront|iront|dront|vront|aient)|\w{3,}ait|"
    r"(?:represent|accompagn|rassembl|propos|developp|mobilis|compt|dispos|beneficie?|accueill|gener|contribu|favoris|constitu|port|"
    r"concern|regroup|present|rest|souffr|pes|anim|jou|affich|incarn|assur|apport|utilis|renforc|adapt|croit|agit|plac|organis|pilot|"
    r"transform|pass|entrain|offr|aid|cre|engag|situ|occup|emploi|attir|confirm|demontr|montr|illustr|demeur|vis|souhait|affirm|gagn|"
    r"consolid|ouvr|facilit|encourag|protege|valoris|limit|consacr|financ|gere|privilegi|invit|appuie|repos|exist|impliqu|travaill|elabor|"
    r"coordonn|progress|avanc|continu|augment|diminu|sanctuaris|sensibilis|multipli|rappell|soulign|lanc|adopt|experiment|deploi|intensifi|bas|form|structur)e)\b"
)
"""Verbs that make a sentence; where none of them is found the words are taken for a label, which every lead fits."""
_STATES = re.compile(r"\b(?:est|n'est|sont|permet\w*|suppose|constitue|ont)\b")
"""Verbs that have an infinitive as their subject: « Jouer sur l'offre n'est pas suffisant »."""
_MAKES = re.compile(r"\bconstituent?\b")
_FUTURE = re.compile(
    r"\b(?!(?:opera|camera|para)\b)\w{2,}(?:era|ira|dra|tra|vra|rra|ura|eront|iront|dront|tront|vront|rront|uront|rait|raient)\b"
)
_COUNT = re.compile(
    r"(?:[Pp]lus de |[Pp]rès de )?(?P<number>\d[\d\u00a0\u202f ,]*)(?<=\s)(?=[a-zà-ÿ€])(?!(?:fois|points?|ans?|er|ère|e|ème)\b)"
)
"""A number of something, apart from it by a space: neither « 1er » nor « 80 % »."""
_FUTURE_NOUNS = frozenset("attrait portrait retrait extrait trait contrait distrait abstrait".split())
_EXPECTED = re.compile(
    r"\b(?:attendue?s?|prevue?s?|previsions?|previsionnel\w*|projections?|projetee?s?|potentiel\w*|a terme|d'ici|(?:a )?l'horizon|"
    r"objectifs?|ambition\w*|vise|visent|visant|envisag\w+|prevoit|prevoient|"
    r"en cours|a venir|hypothese\w*|souhait\w+|devr\w+|scenario\w*)\b"
)


def is_sayable(text: str) -> bool:
    """Whether a sentence stands alone when spoken: no pointer to what was before it, no marks, neither too short nor too long."""
    words = text.split()
    folded = plain(text)
    return (
        FEWEST_WORDS <= len(words) <= MOST_WORDS
        and (text[0].isupper() or text[0].isdecimal() or text[0] == "«")
        and not _NUMBERED.search(text)
        and not text.rstrip().endswith(("..", ":", ",", ";", "-", "(", "’", "'"))
        and text.count("(") == text.count(")")
        and text.count("«") == text.count("»")
        and text.count('"') % 2 == 0
        and not _LEANING.search(folded)
        and not _LATE_SUBJECT.search(folded)
        and not _UNNAMED.search(folded)
        and not _UNSAYABLE.search(text)
        and not _LONG_BRACKET.search(text)
        and not _points_back(folded)
        and len(_ACRONYMS.findall(text)) <= MOST_CAPITALS
    )


def _has_verb(text: str) -> bool:
    """Whether a finite verb is found; « a » is looked for in the text itself, since folding makes « à » of it."""
    return bool(_FINITE.search(plain(text)) or re.search(r"\ba\b", text))


def _points_back(folded: str) -> bool:
    """Whether « cette », « ces » in the first part of a sentence point at one before it; later they point into the sentence itself."""
    first = _POINTING.search(folded)
    words = len(folded.split())
    return first is not None and (words <= SHORT_WORDS or len(folded[: first.start()].split()) < POINTING_BACK * words)


def form_of(text: str) -> Form:
    """What a sentence is as grammar goes."""
    folded = plain(text)
    first = folded.split(" ", 2)[:2]
    verb = first[1] if first[0] in ("se", "mieux") and len(first) > 1 else re.sub(r"^[sdnl]'", "", first[0])
    verb = verb.rstrip(",;:.")
    rest = folded.partition(" ")[2]
    is_subject = _STATES.search(re.split(r"[,:;]|\b(?:qui|dont|que)\b", rest)[0]) or _MAKES.search(rest)
    if _INFINITIVE.match(verb) and verb not in _NOT_INFINITIVE and not is_subject:
        return Form.INFINITIVE
    is_whole = text.rstrip(" »").endswith((".", "!", "?"))
    head = re.split(r"[:;]|\b(?:qui|que|dont|ou|afin)\b", folded)[0]
    is_clause = is_whole or text[0].islower() or bool(_SUBJECT.match(folded) and _FINITE.search(head))
    return Form.SENTENCE if is_clause and _has_verb(text) else Form.LABEL


def is_count(text: str) -> bool:
    """Whether a text begins with a number of things: no share, no rank, no year, no distance from another figure."""
    found = _COUNT.match(text)
    return found is not None and found["number"].strip() not in map(str, YEARS)


def is_future(text: str) -> bool:
    """Whether a sentence has a verb in the future or the conditional."""
    return any(found[0] not in _FUTURE_NOUNS for found in _FUTURE.finditer(plain(text)))


def looks_ahead(text: str) -> bool:
    """Whether a sentence speaks of what is to come: a future, a conditional, an aim, something expected."""
    return bool(_EXPECTED.search(plain(text))) or is_future(text)


def is_sayable_fragment(text: str) -> bool:
    """Whether a stretch of a longer sentence can be said alone: it begins with a number, or is a clause with its subject."""
    folded = plain(text)
    if not is_sayable(text[0].upper() + text[1:]):
        return False
    return text[0].isdecimal() or bool(_SUBJECT.match(folded) and _has_verb(text) and not re.search(r"\b(?:qui|dont|que)\b", folded))


def has_measure(text: str) -> bool:
    """Whether a text holds a figure that measures something: no year, no rank, no small count."""
    figures = (figure for figure in read_figures(text) if figure.unit != "rang" and figure.value not in YEARS)
    return any(figure.unit or figure.scale or figure.value >= SMALL_COUNT for figure in figures)
