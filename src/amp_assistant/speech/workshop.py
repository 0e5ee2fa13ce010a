"""The workshop: an order to a brief and a speech, over one index and its register."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from amp_assistant.citations import Citation, Quotation, Statement, find_quotation
from amp_assistant.communes import Communes
from amp_assistant.dates import in_words
from amp_assistant.errors import UsageError
from amp_assistant.folding import fold
from amp_assistant.index import Index
from amp_assistant.language_model import LanguageModel
from amp_assistant.register import Register, Suivi
from amp_assistant.settings import Settings
from amp_assistant.speech.brief import TOLERANCE, WORDS_A_MINUTE, Brief, Element, Order, Speech
from amp_assistant.speech.charts import Measured
from amp_assistant.speech.choosing import choose
from amp_assistant.speech.facts import overlap
from amp_assistant.speech.gathering import DATED_YEARS, OLD_YEARS, Facts, year_of
from amp_assistant.speech.rewording import Reworded, reword
from amp_assistant.speech.theme import known_themes
from amp_assistant.speech.writing import quoted, write

NAMED = 1.0
"""What an element gains that names a commune or sector asked for: as much as one that says the theme outright."""
MOST_CAUTIONS = 6
"""Cautions of each kind: what a person can read while walking to the lectern."""
SHOWN_THEMES = 12
REMEMBERED = 64
"""Briefs and reworded speeches kept: what the people who work on a speech at the same time come back to."""


class Workshop:
    """Makes briefs and speeches, each brief once; safe to share between threads once made."""

    def __init__(self, index: Index, register: Register, communes: Communes, model: LanguageModel | None = None) -> None:
        self.documents = index.documents
        self.model = model
        self._passages = {passage.id: passage for passage in index.passages}
        self._register = register
        self._facts = Facts(index, register, communes)
        self._brief = lru_cache(REMEMBERED)(self._made)
        self._reworded = lru_cache(REMEMBERED)(self._written_anew)

    @classmethod
    def open(cls, index: Index, settings: Settings) -> "Workshop":
        """The workshop over an index.

        :raises RegisterError: a file of the register is wrong.
        """
        return cls(index, Register.of(index, settings), Communes.read(settings.corpus))

    def brief(self, order: Order) -> Brief:
        """The facts of a speech, as many as its minutes hold.

        :raises UsageError: the documents hold nothing on the theme that can be said, or none of them is asked for.
        """
        return self._brief(order)

    def speech(self, order: Order, kept: Sequence[str] | None = None) -> Speech:
        """A speech that can be delivered as it is; where somebody chose elements by their ids, of those and in that order.

        :raises UsageError: the documents hold nothing on the theme that can be said, or an id is not of the brief.
        """
        brief = self.brief(order)
        return write(brief if kept is None else brief.keeping(kept))

    def reworded(self, order: Order, kept: Sequence[str] | None = None) -> Reworded:
        """The speech with connecting words by the language model, the same for the same elements until it is forgotten.

        :raises UsageError: no language model is configured; or as for `speech`.
        """
        done = self._reworded(order, None if kept is None else tuple(kept))
        if done.notice:
            self._reworded.cache_clear()  # a failure is not remembered
        return done

    def _written_anew(self, order: Order, kept: tuple[str, ...] | None) -> Reworded:
        if self.model is None:
            raise UsageError("Aucun modèle de langage n'est configuré : le discours garde ses mots de liaison (voir AMP_LLM).")
        return reword(self.speech(order, kept), self.model)

    def _made(self, order: Order) -> Brief:
        found = [_weighed(element, order) for element in self._facts.about(order.theme, self._drawn_on(order))]
        if not found:
            raise UsageError(
                f"Les documents ne contiennent rien de prononçable sur « {order.theme.name} » : essayez un thème voisin, par exemple "
                f"{', '.join(theme.name for theme in known_themes()[:SHOWN_THEMES])}."
            )
        brief = choose(order, sorted(found, key=lambda element: -element.score))
        shortfall = _shortfall(brief)
        notices = (*filter(None, [shortfall]), *self._notices(brief))
        return replace(brief, cautions=tuple(self._cautions(brief)), notices=notices, shortfall=shortfall)

    def _drawn_on(self, order: Order) -> tuple[str, ...]:
        """The ids of the documents to draw on; empty for all."""
        if unknown := [identifier for identifier in order.documents if identifier not in self.documents]:
            raise UsageError(f"Le document « {unknown[0]} » n'existe pas : choisissez parmi {', '.join(self.documents)}.")
        documents = order.documents or tuple(self.documents)
        found = tuple(one for one in documents if not order.years or year_of(self.documents[one].date) in order.years)
        if not found:
            years = sorted({year_of(document.date) for document in self.documents.values()})
            raise UsageError(
                f"Aucun des documents choisis n'est de {', '.join(map(str, order.years))} : "
                f"choisissez parmi {', '.join(map(str, years))}, ou d'autres documents."
            )
        return found

    def suivi(self, order: Order) -> list[Suivi]:
        """The targets that the theme is about, with their results."""
        return [row for row in self._register.suivi if order.theme.is_about(f"{row.theme} {row.indicator}")]

    def measured(self, order: Order) -> list[Measured]:
        """The results and targets with a figure that the theme is about, of documents that are not history."""
        rows: list[Measured] = [*self._register.resultats, *self._register.cibles]
        return [row for row in rows if not row.forecast and order.theme.is_about(row.indicator) and self._is_recent(row)]

    def _is_recent(self, row: Measured) -> bool:
        return self._facts.newest - year_of(row.document_date) <= OLD_YEARS

    def _cautions(self, brief: Brief) -> Iterator[Statement]:
        """What to know before speaking, with its proof: figures that disagree, then targets without a published result."""
        spoken = [quotation for element in brief.elements for quotation in element.quotations]
        told = 0
        for conflict in self._register.conflicts:
            figures = {(figure.value, figure.unit): figure.proofs[0] for figure in reversed(conflict.figures) if figure.proofs}
            quotations = self._quotations(list(figures.values())[::-1])
            concerned = any(overlap(one, other) for one in quotations for other in spoken) or brief.order.theme.is_about(conflict.indicator)
            if concerned and len(quotations) > 1 and told < MOST_CAUTIONS:
                told += 1
                yield Statement(f"Des chiffres différents circulent : {_listed(quotations)}.", quotations)
        waiting = [row.cible.proofs[0] for row in self.suivi(brief.order) if row.resultat is None and row.cible.proofs]
        for quotation in self._quotations(waiting)[:MOST_CAUTIONS]:
            yield Statement(f"Aucun résultat publié à ce jour pour cet objectif : {_listed((quotation,))}.", (quotation,))

    def _quotations(self, proofs: list[Citation]) -> tuple[Quotation, ...]:
        """The quotations of some citations, each once."""
        found = [find_quotation(self._passages[proof.passage], proof.quote) for proof in proofs]
        return tuple(dict.fromkeys(_balanced(quotation) for quotation in found if quotation))

    def _notices(self, brief: Brief) -> Iterator[str]:
        documents = dict.fromkeys(quotation.passage.document for element in brief.elements for quotation in element.quotations)
        for document in map(self.documents.__getitem__, documents):
            if self._facts.newest - year_of(document.date) >= DATED_YEARS:
                yield f"« {document.short_title} » date {_of(in_words(document.date))} : vérifiez qu'un chiffre plus récent n'existe pas."
        for row in self.suivi(brief.order):
            if row.status == "non atteint" and row.caution:
                yield f"Objectif et résultat à comparer avec prudence ({row.indicator}) : {row.caution}"


def _weighed(element: Element, order: Order) -> Element:
    folded = [fold(quotation.text) for quotation in element.quotations]
    is_named = any(re.search(rf"\b{re.escape(fold(name))}", text) for name in order.named for text in folded)
    return replace(element, score=element.score + NAMED) if is_named else element


def _shortfall(brief: Brief) -> str:
    order, words = brief.order, write(brief).words
    if words >= order.words * (1 - TOLERANCE):
        return ""
    seconds = words * 60 // WORDS_A_MINUTE
    return (
        f"Le thème « {order.theme.name} » est trop mince pour {order.minutes} minutes : les documents permettent {words} mots, "
        f"soit {seconds // 60} min {seconds % 60:02d} s. Tout ce qu'ils disent de prononçable est là."
    )


def _of(date: str) -> str:
    return f"du {date}" if date[:1].isdigit() and " " in date else f"de {date}"


def _balanced(quotation: Quotation) -> Quotation:
    """The quotation with the bracket that ends it."""
    after = quotation.passage.text[quotation.end : quotation.end + 1]
    is_open = quotation.text.count("(") > quotation.text.count(")") and after == ")"
    return replace(quotation, end=quotation.end + 1) if is_open else quotation


def _listed(quotations: tuple[Quotation, ...]) -> str:
    return " ; ".join(quoted((quotation,), "").text for quotation in quotations)
