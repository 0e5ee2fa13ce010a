"""An answer to « what aids are there for me? »: the dispositifs nearest to the situation that a question tells, each with its verdict.

One fact of one aid (how much, until when, at which number) is no such question: the documents' sentences answer it.
"""

import re
from collections.abc import Callable, Sequence

from amp_assistant.answers.aids import CRITERIA, MEASURES, Adviser, Aid
from amp_assistant.answers.eligibility import NOT_STATED, Criterion, Verdict
from amp_assistant.answers.listing import Listing, below_headings, row_statement
from amp_assistant.citations import Quotation, Statement
from amp_assistant.folding import plain, squash
from amp_assistant.passages import Passage
from amp_assistant.situation import Situation, in_words
from amp_assistant.understanding import Query, leans

MOST_AIDS = 5
"""Aids shown that fit or may fit; the page « Aides » and the command `aids` show all."""
FEWEST_AIDS = 2
NEAR_ENOUGH = 0.45
"""Share of the nearest aid's relevance that another must reach to be worth a line beside it."""
_TITLES: dict[Verdict, str] = {
    "match": "Pour une situation comme la vôtre",
    "confirm": "À confirmer, selon ce que vous n'avez pas dit",
    "no": "Ne convient pas, d'après ce que vous dites",
}
_UNDECIDED = {"confirm": "unknown", "no": "not_met"}
"""The judgement on a criterion that makes a verdict."""
_BESIDE = "Aussi dans les documents"
_MORE = "Toutes les aides, condition par condition : la page « Aides aux entreprises »."
_VERDICTS = {"confirm": "à vérifier", "no": "contraire"}
_AIDS = r"(?:aide|subvention|dispositif|accompagnement|soutien|financement|exoneration|indemnisation|coup de (?:main|pouce))s?"
_OPEN = re.compile(
    rf"\bquel(?:le)?s? (?:sont les )?{_AIDS}(?! (?:de |d'|propose|apporte|accorde|verse|donne))"
    r"|\ba quoi (?:j'ai|ai-je|avons-nous|on a|a-t-on|nous avons) droit"
    r"|\b(?:ai-je|avons-nous|j'ai|on a|a-t-on) droit a (?:quoi|quelque|des|une)"
    r"|\b(?:m|nous |l)'?(?:aide(?:r|z|nt)?|accompagne(?:r|z|nt)?|soutien(?:t|nent)|soutenir)\b"
    r"|\b(?:qu'est-ce que|que|quoi) (?:vous |la metropole |l'on |on )?(?:propos|offr|peu\w* faire|peu\w* propos|avez)\w*"
    rf"|\b(?:une?|des) {_AIDS}(?: possibles?)? (?:pour|a) (?:moi|nous|m(?:a|on|es)|n(?:otre|os)|une?|l(?:es|a)|des)\b"
    rf"|\by a-t-il (?:une?|des) {_AIDS}(?! (?:de |d'))"
    r"|\b(?:je peux|puis-je|peut-on|on peut|pouvons-nous|pourrais-je|pourrait-on) (?:etre (?:aide|indemnise|dedommage|accompagne|soutenu)"
    rf"|(?:avoir|toucher|obtenir|recevoir|demander|beneficier d'?) ?(?:une? |des )?{_AIDS})"
)
"""What asks for aids without naming one. Patterns are for folded text with straight apostrophes."""
_ASKED_LAST = re.compile(rf"\bquel(?:le)?s? {_AIDS}(?: possibles?)?\W*$")
"""The same in key words, « start-up deeptech 3 personnes quel accompagnement », where nobody says « je »."""
_ONE_FACT = re.compile(
    r"\b(?:combien|quand|montants?|dates?|delais?|jusqu'|telephone|adresse|mail|courriel|s'appelle\w*|appelees?|noms?|pourquoi|taux|plafond"
    r"|bilan|ou en (?:est|sont)|par qui|qui (?:finance|paie|verse|donne|gere|porte))\b"
)
_OWN = re.compile(
    r"\b(?:je|j'\w+|mon|ma|mes|moi|nous|notre|nos|on)\b|\bpour (?:une?|les|des) "
    r"|\bpour (?:creer|monter|lancer|ouvrir|demarrer|reprendre|[sm]'installer|[sm]'implanter)\b"
)
"""What tells a situation: somebody's own, a firm of a kind, what one is about to do."""


class Advised:
    """Answers such questions by one adviser; `passage` gives a passage by its id."""

    def __init__(self, adviser: Adviser, passage: Callable[[str], Passage]) -> None:
        self._adviser = adviser
        self._passage = passage

    def listing(self, query: Query, history: Sequence[str], beside: Callable[[Sequence[Quotation]], Sequence[Statement]]) -> Listing | None:
        """The aids nearest to the situation that the question tells, with the conversation it prolongs; None where it asks another
        thing, tells no situation, or one outside the territory. `beside` gives what the documents say, but for what is quoted already."""
        # the newer words first: of two figures the first is read
        asked = " ".join([query.question, *history[-1:]]) if leans(query.question) else query.question
        if query.language != "fr" or query.filters or not _asks_openly(asked):
            return None
        advice = self._adviser.advise(asked)
        if not _is_told(advice.situation) or self._adviser.names_one(asked):
            return None
        aids = _nearest(advice.aids)
        if not any(aid.verdict != "no" for aid in aids):
            return None
        first = f"D'après votre situation ({in_words(advice.situation)}), les dispositifs les plus proches dans les documents :"
        statements, framing = below_headings(first, ((_TITLES[aid.verdict], self._statement(aid)) for aid in aids))
        if found := beside([quotation for statement in statements for quotation in statement.quotations]):
            statements += [Statement(f"\n**{_BESIDE}**"), *found]
            framing.append(f"**{_BESIDE}**")
        last = " ".join(["Pour préciser :", *advice.questions, _MORE] if advice.questions else [_MORE])
        statements.append(Statement(f"\n{last}"))
        framing.append(last)
        return Listing(tuple(statements), tuple(framing), ())

    def _statement(self, aid: Aid) -> Statement:
        statement = row_statement(aid.dispositif, self._passage)
        undecided = [one for one in aid.criteria if one.verdict == _UNDECIDED.get(aid.verdict) and one.text != NOT_STATED]
        reasons = dict.fromkeys(_reason(one, statement.quotations[0].text) for one in undecided)
        said = f"- ({_VERDICTS[aid.verdict]} : {', '.join(reasons)}) " if reasons else "- "
        return Statement(said + statement.text.removeprefix("- "), statement.quotations)


def _reason(criterion: Criterion, quoted: str) -> str:
    """What a criterion is about; the document's own words where it has no name of its own and they are quoted beside it."""
    is_unnamed = criterion.criterion == "autre" and squash(criterion.text) in squash(quoted)
    return criterion.text if is_unnamed else CRITERIA[criterion.criterion]


def _asks_openly(question: str) -> bool:
    folded = plain(question)
    is_open = _ASKED_LAST.search(folded) or (_OPEN.search(folded) and _OWN.search(folded))
    return bool(is_open) and not _ONE_FACT.search(folded)


def _is_told(situation: Situation) -> bool:
    """Whether somebody's situation is told well enough to choose aids by it, and lies in the territory."""
    return situation.in_territory is not False and bool(situation.stage or situation.roles or situation.employees)


def _nearest(aids: Sequence[Aid]) -> list[Aid]:
    """The aids worth telling: the nearest that fit or may fit, then the nearest that a figure shuts out; those of one
    verdict together, first that of the nearest aid."""
    by_relevance = sorted(aids, key=lambda aid: -aid.relevance)
    fitting = [aid for aid in by_relevance if aid.verdict != "no"][:MOST_AIDS]
    if not fitting:
        return []
    least = NEAR_ENOUGH * fitting[0].relevance
    kept = [aid for place, aid in enumerate(fitting) if place < FEWEST_AIDS or aid.relevance >= least]
    shut_out = [aid for aid in by_relevance if _is_shut_out(aid) and aid.relevance >= kept[-1].relevance][:1]
    order = list(dict.fromkeys(aid.verdict for aid in (*kept, *shut_out)))
    return sorted([*kept, *shut_out], key=lambda aid: order.index(aid.verdict))


def _is_shut_out(aid: Aid) -> bool:
    """Whether figures alone shut a situation out of an aid: worth telling, since a year or a few employees change it."""
    against = {one.criterion for one in aid.criteria if one.verdict == "not_met"}
    return aid.verdict == "no" and against <= MEASURES
