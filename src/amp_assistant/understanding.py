"""A question and the conversation before it to a query: what is asked, in which language, of what kind, in which words.

Rules only: they take less than a millisecond and every step can be shown. Each rule that changed something leaves a French line in
`Query.steps`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from amp_assistant.acronyms import Acronyms
from amp_assistant.documents.model import Document
from amp_assistant.errors import QuestionError
from amp_assistant.filters import EVERYTHING, Filters
from amp_assistant.folding import fold, tokens
from amp_assistant.lexical import STOP_WORDS, stem
from amp_assistant.parts import parts_of
from amp_assistant.privacy import without
from amp_assistant.references import Outline, Reference, read_references, told
from amp_assistant.texting import written_out
from amp_assistant.thesaurus import is_known

LONGEST_QUESTION = 2_000
"""Characters; the longest question of the test set has 300, and a page of text is not a question."""
SHORTEST_REPAIRED = 4
"""Letters of the shortest word that is repaired: shorter ones are mostly acronyms and have too many neighbours."""
TWO_ERRORS_FROM = 8
"""Letters from which a word may hold two typing errors."""
ELLIPTICAL_WORDS = 2
"""A question of a conversation with at most so many words of its own takes its subject from the one before."""
FEW_WORDS = 2
"""Words of its own beside those of a reference (a level and a number each) that leave a question without a subject but that part."""
SHOWN_PLACES = 4
"""Places named where a reference may mean several."""
NO_ACRONYMS = Acronyms()


class Intent(StrEnum):
    """What kind of answer a question wants."""

    FACT = "fait"
    FIGURE = "chiffre"
    LIST = "liste"
    COMPARISON = "comparaison"
    AIDS = "aides"
    COMMITMENT = "engagement"
    SPEECH = "discours"
    CONTACT = "contact"
    COURTESY = "politesse"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it will be searched.

    `question` is what was asked, cleaned; `search_text` is what is searched: words repaired, the conversation's subject added;
    `language` is ``fr`` or ``en``; `steps` are French sentences on what was understood; `documents` are those that the question names,
    each of which is to be heard; `references` are the parts of a plan that it names, whose passages come first; `forms` are searched
    beside the text, the other forms of its acronyms; `filters` tell what may be found; `parts` are the questions that it joins, in its
    order, none where it is one.
    """

    question: str
    search_text: str
    language: str
    intent: Intent
    steps: tuple[str, ...]
    documents: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    forms: tuple[str, ...] = ()
    filters: Filters = EVERYTHING
    parts: tuple["Query", ...] = ()


_MATERIAL = r"(?:chiffres?|donnees|statistiques?|stats|arguments?|messages?|faits|exemples?|elements?|idees)"
_STRIKING = (
    r"(?:cles?|clefs?|forte?s?|marquante?s?|percutante?s?|chocs?|choc|parlante?s?|frappante?s?|importante?s?|saillante?s?|essentiel(?:le)?s?"
    r"|impactante?s?|solides?|a retenir|a citer|de langage)"
)
_INTENTS: Mapping[Intent, re.Pattern[str]] = {
    Intent.COURTESY: re.compile(r"^\W*(?:bonjour|bonsoir|salut|coucou|hello|merci|thanks?|au revoir|bye)\b(?:\W+\w+){0,3}\W*$"),
    Intent.SPEECH: re.compile(
        r"\b(?:discours|prise de parole|elements? de langage|argument\w*|allocution|speech)\b"
        rf"|\b(?:chiffres?|donnees|stats) (?:les plus |plus |tres )?{_STRIKING}"
    ),
    Intent.COMPARISON: re.compile(
        r"\b(?:compar\w+|evolution|evolue\w*|par rapport|difference|avant et apres|ou en (?:est|sont)|en (?:est|sommes) ou"
        r"|ou ca en est|quel bilan|a-t-on (?:tenu|atteint)"
        r"|progress\w+)\b"
    ),
    Intent.AIDS: re.compile(
        r"\b(?:aides?|subventions?|prets?|exoner\w+|eligible\w*|(?:ai|avons|a-t-on|ai-je) droit|coup de pouce)\b"
    ),
    Intent.LIST: re.compile(
        r"\b(?:liste\w*|quel(?:le)?s|lesquel(?:le)?s"
        r"|enumer\w+|toutes? les|tous les|which are|list)\b"
    ),
    Intent.FIGURE: re.compile(
        r"\b(?:combien|nombre|montant|budget|pourcentage|taux|quelle (?:part|surface|proportion|superficie|longueur)"
        r"|how (?:many|much)|chiffres?)\b"
    ),
    Intent.CONTACT: re.compile(r"\b(?:qui contacter|contact\w*|adresse|telephone|e-?mail|courriel|joindre|a qui)\b"),
    Intent.COMMITMENT: re.compile(r"\b(?:engage\w*|prevoi\w+|prevu\w*|compte faire|objectif\w*|ambition\w*|promet\w*|promis\w*)\b"),
}
"""What gives a kind of question away, the surest first."""
_HEARD = (
    (r"ph", "f"), (r"qu?|c(?![eiy])|k", "k"), (r"[sc](?=[eiy])|ss|z|s", "s"), (r"g(?=[eiy])", "j"), (r"eau|au", "o"),
    (r"ai|ei|er$|ez$", "e"), (r"en|em|am", "an"), (r"y", "i"), (r"h", ""), (r"(.)\1", r"\1"), (r"[estx]+$", ""),
)  # fmt: skip
"""Spellings and what they sound like, in the order in which they are replaced."""
_ENGLISH = frozenset("the is are what how which who when where does do did of and for in to many much there can my we you your".split())
_FRENCH = frozenset("le la les des du est que qui quoi quel quelle combien comment pour dans une un et au aux sur je on il y a".split())
_LEANING = re.compile(
    r"^\W*(?:et|mais|ou|alors|donc|puis|de quoi|and|then|what about)\b"
    r"|\b(?:ca|cela|celui|celle|ceux|celles|ils?|elles?|en|y|lui|leur|son|sa|ses|it|they|this|that)\b"
    r"|\b(?:ce|cet|cette|ces|these|those) (?!(?:an|annees?|mois|semaines?|jours?|metropole|territoire|region|dernier\w*|qui|que)\b)\w{3,}"
)
"""Words by which a question leans on the one before."""
_ASKING = re.compile(r"\b(?:qui|quoi|que|quand|ou|comment|pourquoi|combien|quel\w*|lequel|who|what|when|where|how|why|which)\b")
"""Words with which a question asks something of its own; without one, « et pour les artisans ? » asks what was asked before."""
_POINTING = re.compile(
    r"^\W*(?:et |mais |and )?(?:l[ea]|the) "
    r"(?:(?P<first>premiere?|first)|(?P<second>deuxieme|seconde?)|(?P<third>troisieme|third)|(?P<last>derniere?|last))(?: one)?"
    r"(?=\W*$|\s*[,:?]"
    r"|\s+(?:il|elle|c.est|est|a|concerne|finance|vise|combien|quand|pour qui|it|is|does|what|when)\b)"
)
"""What points at one of the things that the last answer told."""

_SINCE = re.compile(
    r"\b(?:depuis|maintenant|aujourd.hui|dernierement|recemment|desormais|actuel\w*|ou en (?:est|etait|sont|sommes)"
    r"|en (?:est|sommes) ou|(?:a-t-on|avons-nous|on a) (?:tenu|atteint|rattrape)|now|since|so far)\b"
)
"""What asks for the newest document beside the one that is named."""

_PROGRESS = re.compile(
    r"\b(?:ou (?:ca )?en (?:est|sont|sommes|etait)|en (?:est|sont|sommes)(?:[- ](?:on|ils?|elles?|nous))? ou|ou c['’]en est"
    r"|quel bilan (?:pour|sur|en))\b"
)
"""What asks how far something has got: the newest document is heard, whether or not one is named."""

_OF_YEAR = re.compile(
    r"\b(?:document|texte|projet|plan|bilan|rapport|agenda|strategie|feuille de route|edition|version)(?: metropolitaine?| economique)?"
    r" (?:de |d.)?(?P<year>(?:19|20)\d\d)\b"
)
"""A document told by its year."""

_REQUEST = frozenset(
    """donne donner donnez dis dites dire explique expliquez savoir voudrais aimerais souhaite cherche chercher trouver
    pourriez svp merci bonjour stp chiffre chiffres argument arguments discours intervention parole allocution liste lister
    enumere exactement document documents plans existe propos sujet concernant niveau argumentaire argumentaires
    faisons faites fera feront ferons peut peux peuvent pouvons pouvez pourra pourrait pourrais veut veux voulons voulez
    doit dois devons doivent devrait faut va vont vais allons agissons menons concretement vraiment truc trucs
    give tell please need figures speech find""".split()
)
"""Words that say what one wants done, or only that something is done, not what it is about."""
_WANTED = re.compile(
    rf"\b(?:(?:\d|deux|trois|quatre|cinq|six|dix|quelques) )?{_MATERIAL}(?: (?:plus |tres |les plus )?{_STRIKING})+\b"
    rf"|\b(?:\d|deux|trois|quatre|cinq|six|dix|quelques) {_MATERIAL}\b"
    r"|\bpour (?:defendre|convaincre|justifier|promouvoir|valoriser)(?= )"
    r"|\bque (?:repondre|retenir|penser)\b|\b(?:ai|as|avons|avez|a|^) ?besoin d(?:e|['’])|\b(?:quel|un|le) bilan (?:pour|sur|de|des|du)\b"
    r"|\bcompte(?:nt)?(?= l(?:a|e|es)\b| l['’]|-t-)"
)
"""The material that is wanted, in folded text: « trois chiffres forts », « des éléments de langage »."""


def understand(
    question: str,
    history: Sequence[str],
    vocabulary: Mapping[str, int],
    documents: Iterable[Document] = (),
    acronyms: Acronyms = NO_ACRONYMS,
) -> Query:
    """What a question asks, seen with the earlier questions of the conversation (oldest first).

    `vocabulary` counts the folded words of the index, whose `documents` may be named and whose `acronyms` are known.

    :raises QuestionError: the question is empty, too long, or has no word in Latin letters.
    """
    cleaned = clean(question)
    documents = tuple(documents)
    query = _understood(cleaned, history, vocabulary, documents, acronyms)
    pieces = () if query.references or (history and leans(query.search_text)) else parts_of(cleaned)
    if not pieces:
        return query
    parts = tuple(_part(_understood(piece, (), vocabulary, documents, acronyms), query.language, documents) for piece in pieces)
    step = f"La question en joint {len(parts)}, chacune est cherchée aussi : {' ; '.join(f'« {piece} »' for piece in pieces)}."
    return replace(query, parts=parts, steps=(*query.steps, step))


def _part(part: Query, language: str, documents: Sequence[Document]) -> Query:
    """A question that another one joins: where it asks what became of something, the newest document comes first."""
    newest = max(documents, key=lambda document: document.date, default=None)
    wants_newest = newest and not part.documents and _SINCE.search(fold(part.question))
    return replace(part, language=language, documents=(newest.id,) if newest and wants_newest else part.documents)


def _understood(
    cleaned: str, history: Sequence[str], vocabulary: Mapping[str, int], documents: Sequence[Document], acronyms: Acronyms
) -> Query:
    """What a question asks, taken as one."""
    written = written_out(cleaned)
    steps = [f"Les abréviations sont lues ainsi : « {written} »."] if written != cleaned else []
    asks_progress = bool(_PROGRESS.search(fold(written)))
    subject, named = _without_names(_subject(without(written)), documents, steps, asks_progress=asks_progress)
    search_text, intent = _repair(subject, vocabulary, steps), _intent(written)
    earlier = _prolonged(search_text, [written_out(without(clean(earlier))) for earlier in history if earlier.strip()])
    if earlier:
        steps.append(f"La question prolonge la précédente : « {earlier} » est cherché avec elle.")
        search_text = f"{earlier} {search_text} {search_text}"  # twice, since it is what is asked and the other only tells of what
        named = named or _without_names(earlier, documents, steps)[1]
        intent = _intent(earlier) if intent is Intent.FACT and not _ASKING.search(fold(written)) else intent
    forms = _other_forms(search_text, acronyms, steps)
    references = _references(written, search_text)
    return Query(cleaned, search_text, _language(written), intent, tuple(steps), named, references, forms)


def located(query: Query, outline: Outline) -> Query:
    """The query with the parts of a plan that it names looked up: a part that no document has is left out, what the heading of the one
    meant says is searched where the question says little else."""
    kept, steps, search_text = [], list(query.steps), query.search_text
    for reference in query.references:
        places = outline.places(reference, query.documents)
        if not outline.rows(reference, query.documents):
            steps.append(f"Aucun document n'a de partie « {told(reference)} » : ces mots sont cherchés comme les autres.")
            continue
        kept.append(reference)
        if len(places) > 1:
            listed = " ; ".join(map(told, places[:SHOWN_PLACES])) + (" …" if len(places) > SHOWN_PLACES else "")
            steps.append(f"« {told(reference)} » existe {len(places)} fois ({listed}) : toutes sont cherchées, précisez laquelle.")
        else:
            title = outline.title(places[0]) if places else ""
            steps.append(f"Les passages de « {told(reference)} »{f' ({title})' if title else ''} passent avant les autres.")
            if title and len(content_words(query.search_text)) <= 2 * len(reference) + FEW_WORDS:
                search_text += f" {title}"
    return replace(query, references=tuple(kept), search_text=search_text, steps=tuple(steps))


def _references(question: str, search_text: str) -> tuple[Reference, ...]:
    """The parts of a plan that a question names; where it prolongs another, with what that one names above them."""
    asked = {one for reference in read_references(question) for one in reference}
    references = read_references(search_text)
    return tuple(reference for reference in references if not asked or not asked.isdisjoint(reference))


def _other_forms(text: str, acronyms: Acronyms, steps: list[str]) -> tuple[str, ...]:
    forms = acronyms.others(text)
    steps += [f"« {form} » est cherché aussi comme « {other} »." for form, other in forms]
    return tuple(other for _, other in forms)


def clean(question: str) -> str:
    """The question on one line, without control characters.

    :raises QuestionError: it is empty, too long, or has no word in Latin letters.
    """
    visible = "".join(" " if unicodedata.category(character).startswith("C") else character for character in question)
    cleaned = " ".join(visible.split())
    if not cleaned:
        raise QuestionError("La question est vide : écrivez ce que vous cherchez, par exemple « Quelles aides pour s'implanter ? ».")
    if len(cleaned) > LONGEST_QUESTION:
        raise QuestionError(
            f"La question compte {len(cleaned)} caractères, c'est plus que les {LONGEST_QUESTION} acceptés : posez-la en quelques phrases."
        )
    if not re.search(r"[a-z0-9]", fold(cleaned)):
        raise QuestionError("La question ne contient aucun mot en lettres latines : posez-la en français ou en anglais.")
    return cleaned


def leans(question: str) -> bool:
    """Whether a question of a conversation takes its subject from the one before: it has few words of its own, or points back."""
    if len(content_words(question)) <= ELLIPTICAL_WORDS or pointed_at(question) is not None:
        return True
    return bool(_LEANING.search(fold(question)))


def pointed_at(question: str) -> int | None:
    """The place, from 0, of what a question points at among the things told before (« le deuxième, il finance quoi ? »); -1 is the last.
    None where it points at none."""
    found = _POINTING.search(fold(question))
    return {"first": 0, "second": 1, "third": 2, "last": -1}[str(found.lastgroup)] if found else None


def content_words(text: str) -> list[str]:
    """The folded words of a text that say what it is about."""
    return [token for token in tokens(text) if token not in STOP_WORDS]


def _intent(question: str) -> Intent:
    folded = fold(question)
    return next((intent for intent, pattern in _INTENTS.items() if pattern.search(folded)), Intent.FACT)


def _language(question: str) -> str:
    words = tokens(question)
    return "en" if sum(word in _ENGLISH for word in words) > sum(word in _FRENCH for word in words) else "fr"


def _subject(question: str) -> str:
    """The question without the words of the request, where others remain."""
    folded = fold(question)
    rest = list(question)
    for found in _WANTED.finditer(folded) if len(folded) == len(question) else ():
        rest[found.start() : found.end()] = " " * len(found[0])
    kept = [word for word in "".join(rest).split() if _REQUEST.isdisjoint(tokens(word))]
    return " ".join(kept) if any(content_words(word) for word in kept) else question


def _without_names(
    question: str, documents: Iterable[Document], steps: list[str], *, asks_progress: bool = False
) -> tuple[str, tuple[str, ...]]:
    """The question without what names documents, where it names several, and the ids of those named.

    A year alone is the time of some fact; it names a document where another year does too, where the question asks what came
    since, or beside a document that is called by its name, unless several are of that year. With a noun it always names its document:
    « le projet de 2017 ».
    """
    folded = fold(question)
    dated = sorted(documents, key=lambda document: document.date)
    of_year = Counter(one.date[:4] for one in dated)
    called = {one.id: _places(folded, one.names) for one in dated}
    for one in dated:
        if of_year[one.date[:4]] == 1:
            called[one.id] += [match.span() for match in _OF_YEAR.finditer(folded) if match["year"] == one.date[:4]]
    places = {year: _places(folded, [year]) for year in of_year}
    years = {one.id: places[one.date[:4]] for one in dated}
    asked = {one.date[:4] for one in dated if years[one.id]}
    since = asks_progress or bool(_SINCE.search(folded))
    if not (len(asked) > 1 or since):
        is_called = any(called.values())
        years = {one.id: years[one.id] if is_called and of_year[one.date[:4]] == 1 else [] for one in dated}
    named = [one.id for one in dated if called[one.id] or years[one.id]]
    if named and since and dated[-1].id not in named:
        named.append(dated[-1].id)
    if len(named) < 2:
        named = [identifier for identifier in named if called[identifier]]
    if asks_progress and dated and not named:
        steps.append(f"La question demande où l'on en est : le document le plus récent passe avant les autres ({dated[-1].id}).")
        return question, (dated[-1].id,)
    if named:
        steps.append(f"Les documents nommés passent avant les autres : {', '.join(named)}.")
    if len(named) < 2 or len(folded) != len(question):  # a ligature was spelled out: the places are not those of the question
        return question, tuple(named)
    kept = list(question)
    for start, end in (place for named_by in (called, years) for found in named_by.values() for place in found):
        kept[start:end] = " " * (end - start)
    left = " ".join("".join(kept).split())
    return left if content_words(left) else question, tuple(named)


def _places(folded: str, names: Iterable[str]) -> list[tuple[int, int]]:
    return [match.span() for name in names for match in re.finditer(rf"\b{re.escape(fold(name))}\b", folded)]


def _repair(question: str, vocabulary: Mapping[str, int], steps: list[str]) -> str:
    """Words that neither the index nor the thesaurus knows, with the known word within one or two typing errors beside them."""
    repaired = question
    for token in tokens(question):
        if token in vocabulary or token in STOP_WORDS or len(token) < SHORTEST_REPAIRED or not token.isalpha() or is_known(token):
            continue
        known = _nearest(token, vocabulary)
        if known:
            repaired += f" {known}"
            steps.append(f"« {token} » n'est pas dans les documents : « {known} » est cherché aussi.")
    return repaired


def _nearest(token: str, vocabulary: Mapping[str, int]) -> str | None:
    """The word with the fewest errors; of several one that sounds alike, then the most frequent."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    errors = 2 if len(token) >= TWO_ERRORS_FROM else 1
    close = extract(token, vocabulary.keys(), scorer=OSA.distance, score_cutoff=errors, limit=20)
    candidates = [(distance, _sound(word) != _sound(token), -vocabulary[word], word) for word, distance, _ in close]
    nearest = min((one for one in candidates if one[-1] not in STOP_WORDS), default=None)
    return nearest[-1] if nearest and stem(nearest[-1]) != stem(token) else None


def _sound(word: str) -> str:
    """A folded word as it sounds, roughly: what people who write by ear mix up is one letter."""
    for written, heard in _HEARD:
        word = re.sub(written, heard, word)
    return word


def _prolonged(text: str, history: Sequence[str]) -> str:
    """What was asked before and a question leans on, empty where it stands alone."""
    if not history or not leans(text):
        return ""
    earlier = history[-1]
    if len(history) > 1 and len(content_words(earlier)) <= ELLIPTICAL_WORDS:
        earlier = f"{history[-2]} {earlier}"
    return earlier
