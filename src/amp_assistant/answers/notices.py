"""What a reader must know besides the answer: how old its sources are, what is only aimed at, what is only imagined."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from amp_assistant.acronyms import Acronyms
from amp_assistant.citations import Citation
from amp_assistant.dates import in_words
from amp_assistant.documents.model import Document
from amp_assistant.folding import fold
from amp_assistant.passages import Nature
from amp_assistant.understanding import Intent, Query

OLD_AFTER = 2
"""Years from which a document is told to be checked: plans are reviewed every year or two."""
MOST_SPELLED_OUT = 6
"""Acronyms that are spelled out below one answer."""

_OUTCOME = re.compile(
    r"\b(?:resultats?|bilan|a-t-on|avons-nous|atteint\w*|realise\w*|obtenu\w*|ou en (?:est|sont)|depuis|aujourd.hui|desormais)\b"
    r"|\b(?:a|ont|a-t-\w+|ont-\w+) (?:deja )?(?:cree|livre|ouvert|construit|finance|accompagne|installe|recrute|plante)\w*\b"
)
"""What asks for something done, not for something aimed at."""
_AIMS = {Nature.ENGAGEMENT, Nature.CIBLE}


def notices(query: Query, citations: Sequence[Citation], documents: Mapping[str, Document], today: date | None = None) -> tuple[str, ...]:
    """The French sentences that go with an answer's citations; `today` is the day on which it is read."""
    cited = [documents[identifier] for identifier in dict.fromkeys(citation.document for citation in citations)]
    natures = {citation.nature for citation in citations}
    told = []
    if cited:
        dates = " ; ".join(f"{document.short_title} ({in_words(document.date)})" for document in cited)
        told.append(f"Date des sources : {dates}.")
    told += _aged(cited, today or date.today())
    if any(citation.ocr for citation in citations):
        told.append("Une partie des sources est lue par reconnaissance de caractères : vérifiez sur le document.")
    if query.intent is Intent.AIDS and cited:
        told.append("Les conditions des aides ont pu changer depuis : vérifiez-les auprès de la Métropole avant toute démarche.")
    if Nature.RECIT in natures:
        told.append("Une partie des sources raconte un futur imaginé ou des idées d'atelier : ce ne sont ni des faits ni des décisions.")
    if natures & _AIMS and Nature.RESULTAT not in natures and _OUTCOME.search(fold(query.question)):
        told.append("Les phrases citées sont des engagements ou des objectifs : elles ne disent pas ce qui a été réalisé.")
    return tuple(told)


def spelled_out(text: str, acronyms: Acronyms) -> Iterator[str]:
    """The long forms of the acronyms that an answer leaves unexplained, as one sentence; the quotations stay as they are."""
    told = [f"{one.short} = {_plain(one.long)}" for one in acronyms.unexplained(text)[:MOST_SPELLED_OUT]]
    if told:
        yield f"Sigles : {' ; '.join(told)}."


def _plain(long: str) -> str:
    return long.capitalize() if long.isupper() else long


def _aged(cited: Sequence[Document], today: date) -> Iterator[str]:
    """The date of the newest document cited, where even that one is old."""
    years = {document.id: int(document.date[:4]) for document in cited if document.date[:4].isdigit()}
    if years and max(years.values()) <= today.year - OLD_AFTER:
        newest = max((document for document in cited if document.id in years), key=lambda document: document.date)
        ask = f" auprès de son éditeur ({newest.publisher})" if newest.publisher else ""
        yield f"La source la plus récente date de {in_words(newest.date)} : à vérifier{ask}."
