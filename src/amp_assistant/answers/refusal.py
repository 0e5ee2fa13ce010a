"""A refusal that helps: why there is no answer, what was searched, what comes nearest, whom to ask, what to ask instead."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from amp_assistant.answers.doubt import Reason
from amp_assistant.answers.extractive import Sentence
from amp_assistant.answers.wording import imagined_mark
from amp_assistant.citations import Quotation, Statement, find_quotation
from amp_assistant.dates import without_years
from amp_assistant.documents.model import Document
from amp_assistant.filters import year_of
from amp_assistant.folding import tokens
from amp_assistant.lexical import terms
from amp_assistant.passages import Nature, Passage
from amp_assistant.privacy import addresses
from amp_assistant.silences import Silence
from amp_assistant.understanding import Intent, Query

NEAR_QUOTED = 2
"""Near subjects quoted in a refusal."""
MOST_NEAR_WORDS = 40
"""Words quoted of each, most of them whole: where the refusal was wrong, the answer is often there."""
MOST_HEADING_WORDS = 8
"""Words of a heading that names a subject; a longer one is a sentence."""
LEAST_MEANING, LEAST_ASKED = 0.42, 0.5
"""A sentence is near where its meaning is as like the question's, or answers a question as like it: on the development half, what is below
is about something else but for the odd one."""
MOST_NAMED_DOCUMENTS = 6
"""Documents named one by one; of more, it is said that there are no others."""
MOST_ADDED_WORDS = 8
"""Words told that were searched besides those of the question."""
UNSEARCHED = frozenset({Reason.COURTESY, Reason.INSTRUCTION, Reason.PERSONAL, Reason.ABUSE, Reason.FILTERED})
"""Why a question is refused whatever is found: nothing near is told."""

_SERVICE = re.compile(
    r"(?<!en )(?<!toute )\b[Dd]irection (?:de la |de l['’]|du |des )[\w-]+(?: [\w-]+(?:iques?|ales?|elles?|aires?|aux|ables?)\b)?"
    r"|\b[Aa]gence (?:[A-ZÉ][\w-]+ ?){1,3}\b"
    r"|\b(?:[Cc]entre|[Cc]ommission|[Gg]uichet|[Mm]aison|[Pp]lateforme|[Ss]ervice)\b[^.,;:()«»\d]{4,60}\([A-Z]{3,8}\)"
)
"""How documents name a service: by its direction, as an agency, or with its acronym."""


class Refuser:
    """Words refusals; `passages` are those of the index."""

    def __init__(self, passages: Sequence[Passage], documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._addresses = dict(_addresses(passages))

    def statements(
        self, query: Query, reason: Reason, near: Sequence[Quotation], silence: Silence | None, *, proposes: bool
    ) -> list[Statement]:
        """The refusal, in lines; how to ask better is said unless it `proposes` other questions below.

        `near` are the near subjects; `silence` is what the documents are known not to say, None where that is not known.
        """
        statements = [Statement(_why(query, reason, silence))]
        if reason in UNSEARCHED:
            return statements
        words = _WORDS[query.language]
        statements.append(Statement(self._searched(query)))
        if near:
            statements.append(Statement(words["near"]))
            statements += [Statement(_subject(query, one), (one,)) for one in near]
        after = len(statements)
        if whom := self._whom(query, reason, near):
            statements.append(whom)
        if not proposes:
            statements.append(Statement(words["better" if near else "subjects"]))
        if near and statements[after:]:  # in Markdown, a line right below a list is of its last item
            statements[after] = replace(statements[after], text=f"\n{statements[after].text}")
        return statements

    def proposal(self, query: Query, suggested: Sequence[str]) -> str:
        """The lines that propose questions, below a refusal; empty where there are none."""
        return "\n".join(["\n" + _WORDS[query.language]["ask"], *(f"- {question}" for question in suggested)]) if suggested else ""

    def _searched(self, query: Query) -> str:
        """Where it was searched, and with which words that the question does not hold."""
        words, chosen = _WORDS[query.language], query.filters
        held = [one for one in self._documents.values() if not chosen.documents or one.id in chosen.documents]
        titles = [without_years(one.short_title) for one in held if not chosen.years or year_of(one) in chosen.years]
        is_short = len(titles) <= MOST_NAMED_DOCUMENTS and not any(map(str.isdigit, "".join(titles)))
        told = words["searched in"].format(", ".join(titles)) if is_short else words["searched"]
        asked = {*tokens(query.question)}
        added = [token for token in dict.fromkeys(tokens(query.search_text)) if token not in asked and not any(map(str.isdigit, token))]
        return told + (words["added"].format(" ".join(added[:MOST_ADDED_WORDS])) if added else "") + "."

    def _whom(self, query: Query, reason: Reason, near: Sequence[Quotation]) -> Statement | None:
        """The service that a near passage names, or the address that a document gives: for companies, the one of its e-mail."""
        words = _WORDS[query.language]
        wanted = query.intent in (Intent.AIDS, Intent.CONTACT) or reason is Reason.NO_ADDRESS
        given = self._addresses.get(near[0].passage.document) if near else None
        if wanted:
            given = given or next(iter(self._addresses.values()), None)
        else:
            for quotation in near:
                if quotation.passage.nature is not Nature.RECIT and (service := _service(quotation.passage)):
                    return Statement(words["service"].format(service.text), (service,))
        if not given:
            return None
        title = without_years(self._documents[given.passage.document].short_title)
        return Statement(words["address"].format(title, given.text), (given,))


def _why(query: Query, reason: Reason, silence: Silence | None) -> str:
    """The reason in words; what is not said is named, but never by a figure, which would stand unproved."""
    if reason is Reason.UNSAID and silence and query.language == "fr":
        named = f"{silence.subject} : {silence.missing}"
        if not any(character.isdigit() for character in named):
            return f"Les documents consultés ne donnent pas cette précision ({named})."
    return _WHY[query.language][reason]


def near_subjects(query: Query, judged: Sequence[Sentence]) -> list[Quotation]:
    """The best sentence of each of the nearest passages, cut to what speaks of the question; none where nothing is near."""
    wanted = set(terms(query.search_text))
    best: dict[str, Quotation] = {}
    for sentence in judged:
        if sentence.features["meaning"] >= LEAST_MEANING or sentence.features["asked"] >= LEAST_ASKED:
            best.setdefault(sentence.quotation.passage.id, sentence.quotation)
    return [_cut(quotation, wanted) for quotation in list(best.values())[:NEAR_QUOTED]]


def _cut(quotation: Quotation, wanted: set[str]) -> Quotation:
    """The stretch of a quotation with most of the wanted words, of MOST_NEAR_WORDS words; its beginning where one word less is there."""
    words = list(re.finditer(r"\S+", quotation.passage.text[quotation.start : quotation.end]))
    if len(words) <= MOST_NEAR_WORDS:
        return quotation
    held = [bool(wanted.intersection(terms(word[0]))) for word in words]
    first = max(range(len(words) - MOST_NEAR_WORDS + 1), key=lambda at: (sum(held[at : at + MOST_NEAR_WORDS]) + (at == 0), -at))
    last = first + MOST_NEAR_WORDS - 1
    return Quotation(quotation.passage, quotation.start + words[first].start(), quotation.start + words[last].end())


def _subject(query: Query, quotation: Quotation) -> str:
    """A near subject in one line: the heading over it, where that is short and without figures, and the document's words."""
    text, passage = quotation.text, quotation.passage
    before, after = passage.text[: quotation.start].rstrip(" -•\n"), passage.text[quotation.end :].strip()
    text = ("… " if before and before[-1] not in ".!?:;" else "") + text + (" …" if after and text[-1] not in ".!?;" else "")
    heading = passage.heading_path[-1] if passage.heading_path else ""
    is_short = 0 < len(heading.split()) <= MOST_HEADING_WORDS and not heading.isupper() and not any(map(str.isdigit, heading))
    return f"- {imagined_mark([quotation], query.language)}{f'{heading} : ' if is_short else ''}« {text} »"


def _service(passage: Passage) -> Quotation | None:
    found = _SERVICE.search(passage.text)
    return Quotation(passage, found.start(), found.start() + len(found[0].rstrip())) if found else None


def _addresses(passages: Sequence[Passage]) -> Iterator[tuple[str, Quotation]]:
    """By document, the first e-mail address or telephone number that it gives."""
    seen: set[str] = set()
    for passage in passages:
        for address in addresses(passage.text):
            if passage.document not in seen and (quotation := find_quotation(passage, address)):
                seen.add(passage.document)
                yield passage.document, quotation


_WHY = {
    "fr": {
        Reason.COURTESY: "Bonjour. Je réponds, citations à l'appui, aux questions sur les plans publics de la Métropole "
        "Aix-Marseille-Provence : aides aux entreprises, actions, objectifs, résultats.",
        Reason.INSTRUCTION: "Je ne réponds qu'à partir des documents publics de la Métropole, citations à l'appui, et cette règle ne "
        "change pas. Posez une question sur les aides, les actions, les objectifs ou les résultats.",
        Reason.PERSONAL: "Je ne donne ni coordonnées ni renseignements sur des personnes. Pour joindre la Métropole, passez par son "
        "accueil ou son site officiel.",
        Reason.ABUSE: "Je ne réponds pas aux propos injurieux. Si vous cherchez une aide, une action, un objectif ou un résultat de la "
        "Métropole, posez votre question et j'y répondrai, citations à l'appui.",
        Reason.NO_ADDRESS: "Les documents consultés ne donnent pas ce numéro ni cette adresse.",
        Reason.ELSEWHERE: "Les documents consultés portent sur Aix-Marseille-Provence : ils ne répondent pas pour un autre territoire.",
        Reason.IMAGINED: "Les documents consultés n'y répondent pas : ce qu'ils ont de plus proche vient d'un futur imaginé ou d'une piste "
        "d'atelier, ce n'est ni une décision ni un fait.",
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
        Reason.ABUSE: "I do not answer abuse. If you look for a support, an action, a target or a result of the metropolis, ask your "
        "question and I will answer it with quotations.",
        Reason.NO_ADDRESS: "The documents do not give this number or address.",
        Reason.ELSEWHERE: "The documents are about Aix-Marseille-Provence: they do not answer for another territory.",
        Reason.IMAGINED: "The documents do not answer this question: the nearest that they have is an imagined future or a workshop idea, "
        "neither a decision nor a fact.",
        Reason.NO_SUM: "The documents do not give this amount.",
        Reason.NO_DATE: "The documents do not give this date.",
        Reason.NO_FIGURE: "The documents do not give this figure.",
        Reason.UNSAID: "The documents do not give this detail.",
        Reason.NO_EVIDENCE: "The documents do not answer this question.",
        Reason.FILTERED: "No passage of the documents fits the chosen filters: remove one of them, or ask without filters.",
    },
}
_WORDS = {
    "fr": {
        "searched in": "Cherché dans : {}",
        "searched": "Cherché dans tous les documents",
        "added": " ; cherché aussi : « {} »",
        "near": "Le plus proche :",
        "service": "Service que nomme ce document : « {} »",
        "address": "Contact donné par « {} » : « {} »",
        "ask": "Vous pouvez demander :",
        "subjects": "Je réponds sur les plans publics de la Métropole : aides aux entreprises, actions, objectifs, résultats.",
        "better": "Précisez le nom du dispositif, du lieu ou du document que vous cherchez.",
    },
    "en": {
        "searched in": "Searched in: {}",
        "searched": "Searched in all documents",
        "added": "; searched as well: “{}”",
        "near": "The nearest:",
        "service": "Service that this document names: « {} »",
        "address": "Contact given by « {} »: « {} »",
        "ask": "You may ask:",
        "subjects": "I answer about the public plans of the metropolis: business support, actions, targets, results.",
        "better": "Name the scheme, the place or the document that you look for.",
    },
}
