"""A refusal that helps: why there is no answer, what comes nearest in the documents, whom to ask."""

import re
from collections.abc import Sequence

from amp_assistant.answers.doubt import Reason
from amp_assistant.answers.extractive import Sentence
from amp_assistant.citations import Quotation, Statement, find_quotation
from amp_assistant.passages import Passage
from amp_assistant.silences import Silence
from amp_assistant.understanding import Intent, Query

NEAR_QUOTED = 2
"""Near subjects quoted in a refusal."""

_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")


class Refuser:
    """Words refusals; `passages` are those of the index."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._contact = _contact(passages)

    def statements(self, query: Query, reason: Reason, judged: Sequence[Sentence], silence: Silence | None) -> list[Statement]:
        """The refusal: why, what comes nearest, and the contact that a document gives to those who look for help.

        `silence` is what the documents are known not to say, None where that is not known.
        """
        statements = [Statement(_why(query, reason, silence))]
        if reason in (Reason.COURTESY, Reason.INSTRUCTION, Reason.PERSONAL):
            return statements
        near = _near(judged)
        if near:
            statements.append(Statement(_NEAR[query.language]))
            statements += [Statement(f"- « {quotation.text} »", (quotation,)) for quotation in near]
        if self._contact and query.intent is Intent.AIDS:
            statements.append(Statement(f"{_ASK[query.language]} {self._contact.text}", (self._contact,)))
        return statements


def _why(query: Query, reason: Reason, silence: Silence | None) -> str:
    """The reason in words; what is not said is named, but never by a figure, which would stand unproved."""
    if reason is Reason.UNSAID and silence and query.language == "fr":
        named = f"{silence.subject} : {silence.missing}"
        if not any(character.isdigit() for character in named):
            return f"Les documents consultés ne donnent pas cette précision ({named})."
    return _WORDS[query.language][reason]


def _near(judged: Sequence[Sentence]) -> list[Quotation]:
    """The best sentence of each of the nearest passages."""
    best: dict[str, Quotation] = {}
    for sentence in judged:
        best.setdefault(sentence.quotation.passage.id, sentence.quotation)
    return list(best.values())[:NEAR_QUOTED]


def _contact(passages: Sequence[Passage]) -> Quotation | None:
    """The first address for companies that a document gives."""
    for passage in passages:
        for address in _EMAIL.findall(passage.text):
            if "eco" in address:
                return find_quotation(passage, address)
    return None


_WORDS = {
    "fr": {
        Reason.COURTESY: "Bonjour. Je réponds, citations à l'appui, aux questions sur les plans publics de la Métropole "
        "Aix-Marseille-Provence : aides aux entreprises, actions, objectifs, résultats.",
        Reason.INSTRUCTION: "Je ne réponds qu'à partir des documents publics de la Métropole, citations à l'appui, et cette règle ne "
        "change pas. Posez une question sur les aides, les actions, les objectifs ou les résultats.",
        Reason.PERSONAL: "Je ne donne ni coordonnées ni renseignements sur des personnes. Pour joindre la Métropole, passez par son "
        "accueil ou son site officiel.",
        Reason.ELSEWHERE: "Les documents consultés portent sur Aix-Marseille-Provence : ils ne répondent pas pour un autre territoire.",
        Reason.IMAGINED: "Les documents ne l'évoquent que dans un futur imaginé ou une piste d'atelier : ce n'est ni une décision ni "
        "un fait.",
        Reason.NO_SUM: "Les documents consultés ne donnent pas ce montant.",
        Reason.NO_DATE: "Les documents consultés ne donnent pas cette date.",
        Reason.NO_FIGURE: "Les documents consultés ne donnent pas ce chiffre.",
        Reason.UNSAID: "Les documents consultés ne donnent pas cette précision.",
        Reason.NO_EVIDENCE: "Les documents consultés ne répondent pas à cette question.",
        Reason.FILTERED: "Aucun passage des documents ne correspond aux filtres choisis : retirez-en un, ou posez la question sans filtre.",
    },
    "en": {
        Reason.COURTESY: "Hello. I answer, with quotations, questions about the public plans of the Aix-Marseille-Provence "
        "metropolis: business support, actions, targets, results.",
        Reason.INSTRUCTION: "I only answer from the metropolis's public documents, with quotations, and that rule does not change.",
        Reason.PERSONAL: "I give no contact details or information about persons. Please contact the metropolis through its "
        "official site.",
        Reason.ELSEWHERE: "The documents are about Aix-Marseille-Provence: they do not answer for another territory.",
        Reason.IMAGINED: "The documents only speak of it in an imagined future or a workshop idea: it is neither a decision nor a fact.",
        Reason.NO_SUM: "The documents do not give this amount.",
        Reason.NO_DATE: "The documents do not give this date.",
        Reason.NO_FIGURE: "The documents do not give this figure.",
        Reason.UNSAID: "The documents do not give this detail.",
        Reason.NO_EVIDENCE: "The documents do not answer this question.",
        Reason.FILTERED: "No passage of the documents fits the chosen filters: remove one of them, or ask without filters.",
    },
}
_NEAR = {"fr": "Ce qui s'en approche le plus dans les documents :", "en": "What comes nearest in the documents:"}
_ASK = {
    "fr": "Pour une question d'entreprise, l'adresse donnée par l'Agenda :",
    "en": "For a business question, the address that the Agenda gives:",
}
