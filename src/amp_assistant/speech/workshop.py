"""The workshop: an order to a brief and a speech, over one index and its register."""

from collections.abc import Iterator
from dataclasses import replace

from amp_assistant.citations import Citation, Quotation, Statement, find_quotation
from amp_assistant.communes import Communes
from amp_assistant.dates import in_words
from amp_assistant.errors import UsageError
from amp_assistant.index import Index
from amp_assistant.register import Register, Suivi
from amp_assistant.settings import Settings
from amp_assistant.speech.brief import TOLERANCE, Brief, Element, Order, Speech
from amp_assistant.speech.choosing import choose
from amp_assistant.speech.gathering import DATED_YEARS, Facts, overlap, year_of
from amp_assistant.speech.theme import known_themes
from amp_assistant.speech.writing import quoted, write

NAMED_COMMUNE = 1.0
"""What an element gains that names a commune asked for: as much as one that says the theme outright."""
MOST_CAUTIONS = 6
"""Cautions of each kind: what a person can read while walking to the lectern."""
SHOWN_THEMES = 12


class Workshop:
    """Makes briefs and speeches; safe to share between threads once made."""

    def __init__(self, index: Index, register: Register, communes: Communes) -> None:
        self.documents = index.documents
        self._passages = {passage.id: passage for passage in index.passages}
        self._register = register
        self._facts = Facts(index, register, communes)

    @classmethod
    def open(cls, index: Index, settings: Settings) -> "Workshop":
        """The workshop over an index.

        :raises RegisterError: a file of the register is wrong.
        """
        return cls(index, Register.of(index, settings), Communes.read(settings.corpus))

    def brief(self, order: Order) -> Brief:
        """The facts of a speech, as many as its minutes hold.

        :raises UsageError: the documents hold nothing on the theme that can be said.
        """
        found = [_weighed(element, order) for element in self._facts.about(order.theme, order.documents)]
        if not found:
            raise UsageError(
                f"Les documents ne contiennent rien de prononçable sur « {order.theme.name} » : essayez un thème voisin, par exemple "
                f"{', '.join(theme.name for theme in known_themes()[:SHOWN_THEMES])}."
            )
        brief = choose(order, sorted(found, key=lambda element: -element.score))
        return replace(brief, cautions=tuple(self._cautions(brief)), notices=tuple(self._notices(brief)))

    def speech(self, order: Order) -> Speech:
        """A speech that can be delivered as it is.

        :raises UsageError: the documents hold nothing on the theme that can be said.
        """
        return write(self.brief(order))

    def suivi(self, order: Order) -> list[Suivi]:
        """The targets that the theme is about, with their results."""
        return [row for row in self._register.suivi if order.theme.is_about(f"{row.theme} {row.indicator}")]

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
        order, words = brief.order, write(brief).words
        if words < order.words * (1 - TOLERANCE):
            yield (
                f"Le thème « {order.theme.name} » est trop mince pour {order.minutes} minutes : les documents permettent {words} mots, "
                f"soit {words * 60 // 130 // 60} min {words * 60 // 130 % 60:02d} s. Tout ce qu'ils disent de prononçable est là."
            )
        documents = dict.fromkeys(quotation.passage.document for element in brief.elements for quotation in element.quotations)
        for document in map(self.documents.__getitem__, documents):
            if self._facts.newest - year_of(document.date) >= DATED_YEARS:
                yield f"« {document.short_title} » date {_of(in_words(document.date))} : vérifiez qu'un chiffre plus récent n'existe pas."
        for row in self.suivi(order):
            if row.status == "non atteint" and row.caution:
                yield f"Objectif et résultat à comparer avec prudence ({row.indicator}) : {row.caution}"


def _weighed(element: Element, order: Order) -> Element:
    named = any(commune in quotation.text for commune in order.communes for quotation in element.quotations)
    return replace(element, score=element.score + NAMED_COMMUNE) if named else element


def _of(date: str) -> str:
    return f"du {date}" if date[:1].isdigit() and " " in date else f"de {date}"


def _balanced(quotation: Quotation) -> Quotation:
    """The quotation with the bracket that ends it."""
    after = quotation.passage.text[quotation.end : quotation.end + 1]
    is_open = quotation.text.count("(") > quotation.text.count(")") and after == ")"
    return replace(quotation, end=quotation.end + 1) if is_open else quotation


def _listed(quotations: tuple[Quotation, ...]) -> str:
    return " ; ".join(quoted((quotation,), "").text for quotation in quotations)
