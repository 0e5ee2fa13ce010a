"""Which aids fit a situation: every dispositif that has to do with it, with a verdict, its reasons and its proof."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from amp_assistant.answers.eligibility import NOT_STATED, Criterion, Verdict, judge
from amp_assistant.citations import Citation, Quotation, Statement, number_statements
from amp_assistant.communes import Communes
from amp_assistant.dates import in_words
from amp_assistant.errors import UsageError
from amp_assistant.folding import plain, squash
from amp_assistant.index import Index
from amp_assistant.lexical import terms
from amp_assistant.quantities import read_bounds
from amp_assistant.register import Dispositif, Register
from amp_assistant.settings import Settings
from amp_assistant.situation import Fields, Situation, read_situation
from amp_assistant.vocabulary import NEEDS

MOST_QUESTIONS = 3
"""Questions asked at once; the answers to these three usually settle the others."""
ASKED_AIDS = 12
"""Aids to be confirmed whose open criteria are worth a question: the nearest ones."""
SHOWN_AIDS = 12
"""Aids of one verdict that the text shows in full."""
NAMED = 10.0
"""Weight of an aid that the sentence names: more than every shared need together."""
GIVEN = 1.0
"""Weight of an aid that gives money or spares it, before one that informs or puts in touch."""
ONLY_TOLD = 2.0
"""Weight taken from an aid that only informs."""
SETTLED = 2.0
"""Weight of each condition that the situation settles: an aid with conditions is more of an aid than a place or a network."""
LIKENESS = 10.0
"""Weight of how near in meaning the sentence comes to the aid, from -1 to 1: as much as naming it where nothing parts them."""
_MONEY_KINDS = frozenset({"subvention", "pret", "exoneration", "indemnisation"})
MEASURES = frozenset({"effectif", "anciennete", "chiffre-affaires"})
"""Criteria whose bounds concern a situation even where it tells none of the aid's needs."""
_NOTHING = Fields()
_ORDER: tuple[Verdict, ...] = ("match", "confirm", "no")
VERDICT_TITLES: dict[Verdict, str] = {"match": "Correspondent à votre situation", "confirm": "À confirmer", "no": "Ne correspondent pas"}
JUDGEMENTS = {"met": "oui", "unknown": "à préciser", "not_met": "non"}
"""What a reader sees of a judgement on a criterion."""
CRITERIA = {
    "beneficiaire": "pour qui",
    "effectif": "effectif",
    "anciennete": "ancienneté",
    "chiffre-affaires": "chiffre d'affaires",
    "secteur": "secteur",
    "lieu": "lieu",
    "projet": "projet",
    "statut": "statut",
    "autre": "autre condition",
}
"""What a reader sees of a criterion's name."""
_QUESTIONS = {
    "effectif": "Combien de salariés compte votre entreprise ?",
    "anciennete": "Depuis combien d'années votre entreprise existe-t-elle ?",
    "chiffre-affaires": "Quel est votre chiffre d'affaires annuel ?",
    "lieu": "Dans quelle commune êtes-vous, ou serez-vous, installé ?",
    "secteur": "Quel est votre secteur d'activité ?",
    "beneficiaire": "Êtes-vous une entreprise, un créateur, une association, une commune ou un particulier ?",
}
_WORD = re.compile(r"[^\W_]+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Aid:
    """A dispositif and what it is worth to a situation; `relevance` is the higher, the more it has to do with it."""

    dispositif: Dispositif
    verdict: Verdict
    criteria: tuple[Criterion, ...]
    relevance: float

    def record(self) -> dict[str, Any]:
        """The aid as a JSON object."""
        return {
            "id": self.dispositif.id,
            "name": self.dispositif.name,
            "acronym": self.dispositif.acronym,
            "kind": self.dispositif.kind,
            "status": self.dispositif.status,
            "verdict": self.verdict,
            "criteria": [
                {"criterion": one.criterion, "text": one.text, "verdict": one.verdict, "quote": one.quote} for one in self.criteria
            ],
            "citations": [asdict(proof) for proof in self.dispositif.proofs],
        }


@dataclass(frozen=True, slots=True)
class Advice:
    """The aids that have to do with a situation, those that match first; the questions whose answers would settle most; what to
    be careful about; and the contact that the documents give."""

    situation: Situation
    aids: tuple[Aid, ...]
    questions: tuple[str, ...]
    notices: tuple[str, ...]
    contact: Citation | None

    def record(self) -> dict[str, Any]:
        """The advice as a JSON object, as ``aids --json`` prints it."""
        return {
            "situation": self.situation.model_dump(mode="json"),
            "aids": [aid.record() for aid in self.aids],
            "questions": list(self.questions),
            "notices": list(self.notices),
            "contact": asdict(self.contact) if self.contact else None,
        }

    def text(self) -> str:
        """The advice as plain French text."""
        return "\n".join(_lines(self))


class Adviser:
    """Judges the dispositifs of one register; safe to share between threads."""

    def __init__(self, index: Index, register: Register, settings: Settings) -> None:
        self._dispositifs = register.dispositifs
        self._documents = index.documents
        self._words = [frozenset(terms(_told(dispositif))) for dispositif in self._dispositifs]
        counts = Counter(word for words in self._words for word in words)
        self._rarity = {word: math.log(len(self._words) / count) for word, count in counts.items()}
        needs = Counter(need for dispositif in self._dispositifs for need in dispositif.needs)
        self._encoder = index.encoder
        self._vectors = self._encoder.encode_passages([_told(dispositif) for dispositif in self._dispositifs])
        self._need_rarity = {need: 1 + math.log(len(self._words) / count) for need, count in needs.items()}
        self._communes = Communes.read(settings.corpus)
        self._contact = _contact(index)

    def names_one(self, text: str) -> bool:
        """Whether a text names a dispositif."""
        return any(_is_named(dispositif, text) for dispositif in self._dispositifs)

    @classmethod
    def of(cls, index: Index, settings: Settings) -> "Adviser":
        """The adviser of an index, with its register.

        :raises RegisterError: the register or the list of communes is wrong.
        """
        return cls(index, Register.of(index, settings), settings)

    def advise(self, sentence: str, fields: Fields = _NOTHING) -> Advice:
        """The aids for a situation told by a sentence, by fields or by both: first those that match, then those to be confirmed.

        :raises UsageError: neither tells anything, or a need is none of the documents'.
        """
        if not sentence.strip() and fields == _NOTHING:
            raise UsageError("Décrivez la situation par une phrase ou par des options, par exemple « je veux créer ma boîte à Aubagne ».")
        if unknown := set(fields.needs) - set(NEEDS):
            raise UsageError(f"Le besoin « {min(unknown)} » n'existe pas : choisissez parmi {', '.join(NEEDS)}.")
        situation = read_situation(sentence, fields, self._communes)
        aids = list(self._judged(situation)) if situation != Situation(text=sentence) else []
        aids.sort(key=lambda aid: (_ORDER.index(aid.verdict), -aid.relevance))
        return Advice(situation, tuple(aids), _questions(aids, situation), tuple(self._notices(aids)), self._contact)

    def _notices(self, aids: Sequence[Aid]) -> Iterator[str]:
        if not aids:
            yield "Rien dans cette phrase ne dit une situation : dites qui vous êtes, votre commune et votre projet ou votre besoin."
        for name in dict.fromkeys(aid.dispositif.proofs[0].document for aid in aids):
            document = self._documents[name]
            yield f"{document.short_title} : document {_of(document.date)}, conditions à vérifier."
        if self._contact:
            yield f"Contact donné par le document : {self._contact.quote}"

    def _judged(self, situation: Situation) -> Iterator[Aid]:
        said = frozenset(terms(situation.text))
        likenesses = self._vectors @ self._encoder.encode_queries([situation.text])[0]
        for dispositif, words, likeness in zip(self._dispositifs, self._words, likenesses, strict=True):
            verdict, criteria = judge(dispositif, situation, self._communes)
            shared = [need for need in dispositif.needs if need in situation.needs]
            is_named = _is_named(dispositif, situation.text)
            if is_named or _concerns(shared, dispositif.kind, verdict, criteria, situation):
                relevance = sum(self._need_rarity[need] for need in shared) + NAMED * is_named + _worth(dispositif.kind)
                relevance += LIKENESS * float(likeness) + sum(self._rarity[word] for word in said & words) / (1 + math.sqrt(len(words)))
                yield Aid(dispositif, verdict, criteria, relevance + SETTLED * _settled(criteria))


def _worth(kind: str) -> float:
    """What an aid is worth by its kind alone."""
    return GIVEN * (kind in _MONEY_KINDS) - ONLY_TOLD * (kind == "information")


def _told(dispositif: Dispositif) -> str:
    return " ".join([dispositif.name, dispositif.beneficiary, dispositif.benefit or "", *(proof.quote for proof in dispositif.proofs)])


def _is_named(dispositif: Dispositif, text: str) -> bool:
    """Whether a sentence names the dispositif by its name or its acronym."""
    acronym = dispositif.acronym
    is_spelled = acronym is not None and acronym.isupper() and acronym in _WORD.findall(text)
    return is_spelled or squash(dispositif.name) in squash(text)


def _concerns(shared: Sequence[str], kind: str, verdict: Verdict, criteria: Sequence[Criterion], situation: Situation) -> bool:
    """Whether a dispositif has to do with a situation: a need, or a measure or project that it settles; not where it is for others."""
    decided = [one for one in criteria if one.verdict != "unknown"]
    if any(one.criterion == "beneficiaire" and one.verdict == "not_met" for one in decided):
        return bool(shared)
    if shared:
        return True
    is_aid = kind in _MONEY_KINDS or any(one.criterion != "beneficiaire" and one.text != NOT_STATED for one in criteria)
    if not situation.needs and verdict != "no" and is_aid:
        return True
    return any(one.criterion == "projet" or (one.criterion in MEASURES and read_bounds(plain(one.text))) for one in decided)


def _settled(criteria: Iterable[Criterion]) -> int:
    """How many stated conditions are settled; fewer than none where the aid is for others."""
    is_for_others = any(one.criterion == "beneficiaire" and one.verdict == "not_met" for one in criteria)
    return sum(one.criterion != "beneficiaire" and one.verdict != "unknown" for one in criteria) - 2 * is_for_others


def questions_of(aid: Aid, situation: Situation) -> tuple[list[str], list[str]]:
    """The questions that an aid leaves open: those on measures of the situation that it does not tell, and those on its own conditions."""
    told = {
        "effectif": situation.employees,
        "anciennete": situation.age_years,
        "chiffre-affaires": situation.turnover,
        "lieu": situation.commune,
        "secteur": situation.sectors,
        "beneficiaire": situation.roles,
    }
    asked = dict.fromkeys(one.criterion for one in aid.criteria if one.asked and one.criterion in told)
    own = [one.text for one in aid.criteria if one.asked and one.criterion not in _QUESTIONS]
    return (
        [_QUESTIONS[name] for name in asked if not told[name] and told[name] != 0],
        [f"{aid.dispositif.name} : êtes-vous dans ce cas, « {text} » ?" for text in own],
    )


def _questions(aids: Sequence[Aid], situation: Situation) -> tuple[str, ...]:
    """The questions whose answers would settle most of the nearest aids, the most useful first."""
    unsettled = sorted((aid for aid in aids if aid.verdict == "confirm"), key=lambda aid: -aid.relevance)[:ASKED_AIDS]
    weights: Counter[str] = Counter()
    for aid in unsettled:
        common, own = questions_of(aid, situation)
        weights.update(own[:1])
        weights.update(dict.fromkeys(common, 2))
    return tuple(question for question, _ in weights.most_common(MOST_QUESTIONS))


def _of(date: str) -> str:
    """« de juin 2022 », « d'avril 2022 », « du 19 novembre 2021 »."""
    written = in_words(date)
    if date.count("-") == 2:
        return f"du {written}"
    return f"d'{written}" if written[:1] in "ao" else f"de {written}"


def _contact(index: Index) -> Citation | None:
    """The address that the documents give, with the words before it on its line; the first where they give several."""
    for passage in index.passages:
        if found := _MAIL.search(passage.text):
            start = passage.text.rfind("\n", 0, found.start()) + 1
            return number_statements([Statement("", (Quotation(passage, start, found.end()),))], index.documents)[1][0]
    return None


def _lines(advice: Advice) -> Iterator[str]:
    for verdict in _ORDER:
        aids = [aid for aid in advice.aids if aid.verdict == verdict]
        if not aids:
            continue
        yield f"\n{VERDICT_TITLES[verdict]} ({len(aids)})"
        for aid in aids[:SHOWN_AIDS]:
            yield from _aid_lines(aid)
        if len(aids) > SHOWN_AIDS:
            yield f"... et {len(aids) - SHOWN_AIDS} autres, plus éloignés de votre demande : " + ", ".join(
                aid.dispositif.name for aid in aids[SHOWN_AIDS : 2 * SHOWN_AIDS]
            )
    if advice.questions:
        yield "\nPour préciser"
        yield from (f"- {question}" for question in advice.questions)
    yield ""
    yield from advice.notices


def _aid_lines(aid: Aid) -> Iterator[str]:
    acronym = f" ({aid.dispositif.acronym})" if aid.dispositif.acronym and aid.dispositif.acronym not in aid.dispositif.name else ""
    planned = " — annoncé" if aid.dispositif.status == "prevu" else " — clos" if aid.dispositif.status == "clos" else ""
    yield f"\n- {aid.dispositif.name}{acronym}{planned}"
    for one in aid.criteria:
        if one.text == NOT_STATED and one.criterion != "beneficiaire":
            continue
        yield f"    {CRITERIA[one.criterion]} : {one.text} → {JUDGEMENTS[one.verdict]}"
    first = aid.dispositif.proofs[0]
    yield f"    « {first.quote} » ({first.title}, {in_words(first.date)})"
