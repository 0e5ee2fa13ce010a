"""Lists and counts of what the register holds: first what was counted and where, then every row with its quotation."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from amp_assistant.citations import Quotation, Statement, faults, find_quotation
from amp_assistant.communes import Communes
from amp_assistant.documents.model import Document
from amp_assistant.folding import squash
from amp_assistant.index import Index
from amp_assistant.lexical import terms
from amp_assistant.passages import Passage
from amp_assistant.quantities import spaced
from amp_assistant.references import NESTED
from amp_assistant.register import Dispositif, Register, Row
from amp_assistant.register.asking import Request, Thing, read_kind_of_aids, read_request
from amp_assistant.register.choosing import choose, documents_of
from amp_assistant.register.outline import plan_headings
from amp_assistant.register.proofs import HeadingQuotation
from amp_assistant.register.selecting import Place, place_of
from amp_assistant.register.theming import Themes
from amp_assistant.understanding import Intent, Query

FEWEST_ROWS = 2
"""Rows below which the documents' sentences answer better than a list."""
MOST_ROWS = 40
MOST_WORDS = 600
"""Rows, and words of quotations, that an answer shows; the register's files and page hold the whole."""
NEAREST_AIDS = 6
"""Dispositifs named where a question asks for aids of a kind, not for all: the nearest, which people can read through."""
_PLAIN_ANSWERS = frozenset({Intent.SPEECH, Intent.COURTESY, Intent.CONTACT, Intent.COMPARISON})
_NOUNS = {
    Thing.ENGAGEMENTS: ("engagement", "engagements"),
    Thing.TARGETS: ("objectif", "objectifs"),
    Thing.RESULTS: ("résultat", "résultats"),
    Thing.AIDS: ("dispositif", "dispositifs"),
    Thing.ACTIONS: ("action", "actions"),
    Thing.LEVIERS: ("levier", "leviers"),
}
_WHOLE = (
    "La liste entière : la page « Engagements » (/engagements?table={table}), ou la commande « amp-assistant register {table} --format csv "
    "--output liste.csv »."
)
_KEPT = (
    "Retenu : ce qui dit « {theme} » ou un synonyme dans la ligne du registre ou dans le titre au-dessus{needs} ; ce qui est dit "
    "autrement peut manquer."
)

_NEAREST = "Les dispositifs les plus proches dans les documents :"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that answers a question: its statements, and the notices that go with it.

    `framing` are the lines that the program itself says: what it counted, and the headings it put the rows under. It `is_empty` where
    the question names a place that no document has.
    """

    statements: tuple[Statement, ...]
    framing: tuple[str, ...]
    notices: tuple[str, ...]
    is_empty: bool = False


class Lister:
    """Makes the lists of one register; `passage` gives a passage by its id."""

    def __init__(self, register: Register, index: Index, communes: Communes, passage: Callable[[str], Passage]) -> None:
        self._register = register
        self._documents: Mapping[str, Document] = index.documents
        self._passages = index.passages
        self._communes = communes
        self._passage = passage
        self._themes = Themes(index.encoder)
        self._headings = plan_headings(index.passages)
        self._plan = next(iter(self._headings.values())).passage.document if self._headings else None

    def listing(self, query: Query, history: Sequence[str]) -> Listing | None:
        """The list that a question asks for; None where it asks for none or the register holds too little of it."""
        if query.language != "fr" or query.intent in _PLAIN_ANSWERS:
            return None
        request = read_request(query.question, history, self._documents.values(), self._communes)
        if request is None:
            return None
        if missing := self._missing(request):
            return Listing((Statement(missing),), (missing,), (), is_empty=True)
        admitted = self._admitted(query)
        if request.thing in (Thing.ACTIONS, Thing.LEVIERS):
            return None if query.filters else self._plan_parts(request)
        rows = self._chosen(request, admitted)
        return self._rows(request, rows, len(admitted)) if len(rows) >= FEWEST_ROWS else None

    def aids(self, query: Query) -> list[Statement]:
        """The dispositifs nearest to the kind of aids that a question asks for, by name; none where it asks something else."""
        request = read_kind_of_aids(query.question, self._documents.values(), self._communes) if query.language == "fr" else None
        if request is None:
            return []
        rows = self._chosen(request, self._admitted(query))
        nearest = [row_statement(row, self._passage) for row in self._themes.nearest(rows, request.theme)[:NEAREST_AIDS]] if rows else []
        told = [one for at, one in enumerate(nearest) if not any(_is_same_place(one, other) for other in nearest[:at])]
        return [replace(told[0], text=f"{_NEAREST}\n{told[0].text}"), *told[1:]] if told else []

    def _admitted(self, query: Query) -> Set[str]:
        """The ids of the passages that the query's filters let through."""
        return {one.id for one in self._passages if query.filters.admit(one, self._documents[one.document])}

    def _chosen(self, request: Request, passages: Container[str]) -> list[Row]:
        """The rows that a request asks for, proved in some passages."""
        return _proved(choose(self._register, request, self._themes, self._communes), passages)

    def _missing(self, request: Request) -> str | None:
        """A sentence where the request names a place that no plan has."""
        asked = _asked_place(request)
        if not any(asked[:2]) or any(_agrees(place, asked) for place in self._headings):
            return None
        return (
            f"Aucun document lu n'a de passage sous « {_place_words(asked)} » : les numéros de levier recommencent à chaque orientation, "
            "ceux d'action à chaque levier."
        )

    def _plan_parts(self, request: Request) -> Listing | None:
        """The leviers or actions below a place of the plan, each by its heading."""
        asked, depth = _asked_place(request), 3 if request.thing is Thing.ACTIONS else 2
        if request.theme or self._plan is None or (request.selection.documents and self._plan not in request.selection.documents):
            return None
        parts = {place: one for place, one in self._headings.items() if len(place) == depth and _agrees(place, asked)}
        lost = _numbers_lost(parts)
        count = len(parts) + len(lost)
        if count < FEWEST_ROWS:
            return None
        document = self._documents[self._plan]
        where = f" ({_place_words(asked)})" if any(asked) else ""
        untitled = f" Le document ne porte pas le titre de : {' ; '.join(map(_place_words, lost))}." if lost else ""
        first = (
            f"{_count(count, request.thing)}, dans {_documents_words([document])}, sur {spaced(len(self._passages))} passages lus. "
            f"Comptés : les {_NOUNS[request.thing][1]} du plan{where}, par leurs titres.{untitled}"
        )
        groups = ((self._above(place), Statement(f"- « {one.text} »", (one,))) for place, one in parts.items())
        statements, framing = below_headings(first, groups)
        return Listing(tuple(statements), tuple(framing), ())

    def _rows(self, request: Request, rows: Sequence[Row], read: int) -> Listing:
        """The list of some rows, found in so many passages."""
        documents = [self._documents[identifier] for identifier in documents_of(rows)]
        first = (
            f"{_count(len(rows), request.thing, figured=request.is_quantified)}, dans {_documents_words(documents)}, sur "
            f"{spaced(read)} passages lus. {self._counted(request)}"
        )
        best = self._themes.nearest(rows, request.theme) if request.theme else self._in_order(rows)
        shown = self._in_order(_fitting(best))
        listed = ((self._group(row, request), row_statement(row, self._passage)) for row in shown)
        statements, framing = below_headings(first, listed)
        if len(shown) < len(rows):
            which = "les plus proches du thème" if request.theme else "les premiers"
            left = f"Sont affichés {which} : {len(shown)} sur {spaced(len(rows))}. {_WHOLE.format(table=request.selection.table)}"
            statements.append(Statement(f"\n{left}"))
            framing.append(left)
        needs = ", ou ce qui répond à ce besoin" if request.thing is Thing.AIDS else ""
        notices = (_KEPT.format(theme=request.theme, needs=needs),) if request.theme else ()
        return Listing(tuple(statements), tuple(framing), notices)

    def _in_order(self, rows: Iterable[Row]) -> list[Row]:
        """The rows by document, place in the plan and passage."""
        order = list(self._documents)
        return sorted(rows, key=lambda row: (order.index(row.document), place_of(row), self._passage(row.proofs[0].passage).position))

    def _counted(self, request: Request) -> str:
        """What was counted, in words."""
        selection = request.selection
        filters = [
            _place_words(_asked_place(request)),
            " et ".join(self._documents[one].short_title for one in selection.documents),
            f"sur « {request.theme} »" if request.theme else "",
            f"commune : {', '.join(request.communes)}" if request.communes else "",
            f"avec « {request.actor} »" if request.actor else "",
            f"{'échéance' if request.is_due else 'année'} {selection.year}" if selection.year else "",
        ]
        told = " ; ".join(filter(None, filters))
        nouns = "engagements et les objectifs" if self._is_both(request) else _NOUNS[request.thing][1]
        figured = " qui portent un chiffre" if request.is_quantified else ""
        return f"Comptés : les {nouns} du registre{figured}{f' ({told})' if told else ''}."

    @staticmethod
    def _is_both(request: Request) -> bool:
        return request.is_quantified and request.thing is Thing.ENGAGEMENTS

    def _group(self, row: Row, request: Request) -> str:
        """The heading that a row is listed under: its document, and the levier, or the action where one levier is asked for."""
        title = self._documents[row.document].short_title
        place = place_of(row)
        deepest = 3 if request.selection.levier else 2
        while place and (len(place) > deepest or place not in self._headings):
            place = place[:-1]
        below = self._above((*place, 0)) if place else (row.axis or "")
        return f"{title} – {below}" if below else title

    def _above(self, place: Place) -> str:
        """The number and title of the heading above a place, after the numbers above it."""
        heading = self._headings.get(place[:-1])
        if heading is None:
            return self._documents[self._plan].short_title if self._plan else ""
        numbers = [f"{level.capitalize()} {number}" for level, number in zip(NESTED, place[:-2], strict=False)]
        return " › ".join([*numbers, heading.text])


def row_statement(row: Row, passage_of: Callable[[str], Passage]) -> Statement:
    """A row's quotation; that which names a dispositif, where one does."""
    proof = next((proof for proof in row.proofs if squash(row.subject) in squash(proof.quote)), row.proofs[0])
    passage = passage_of(proof.passage)
    found = find_quotation(passage, proof.quote)
    quotation: Quotation = _with_name(found, row.subject) if found else HeadingQuotation(passage, 0, 0, proof.quote)
    name = row.subject if isinstance(row, Dispositif) and _proves_name(quotation, row.subject) else ""
    return Statement(f"- {name} : « {quotation.text} »" if name else f"- « {quotation.text} »", (quotation,))


def _is_same_place(one: Statement, other: Statement) -> bool:
    """Whether the quotation of a statement lies within that of another."""
    inner, outer = one.quotations[0], other.quotations[0]
    return inner.passage.id == outer.passage.id and outer.start <= inner.start < outer.end


def _with_name(quotation: Quotation, name: str) -> Quotation:
    """The quotation with the name right before it, « Accélérateur de petites entreprises : Cet accélérateur… »."""
    text = quotation.passage.text
    at = text.rfind(name, 0, quotation.start)
    is_before = at >= 0 and not any(map(str.isalnum, text[at + len(name) : quotation.start]))
    return replace(quotation, start=at) if is_before else quotation


def _proved(rows: Iterable[Row], passages: Container[str]) -> list[Row]:
    """The rows that are proved in some passages of their document."""
    kept = ((row, tuple(one for one in row.proofs if one.document == row.document and one.passage in passages)) for row in rows)
    return [row.model_copy(update={"proofs": proofs}) for row, proofs in kept if proofs]


def _fitting(rows: Sequence[Row]) -> list[Row]:
    """The first rows that an answer can show."""
    fitting: list[Row] = []
    words = 0
    for row in rows[:MOST_ROWS]:
        words += len(row.proofs[0].quote.split())
        if words > MOST_WORDS and len(fitting) >= FEWEST_ROWS:
            break
        fitting.append(row)
    return fitting


def below_headings(first: str, grouped: Iterable[tuple[str, Statement]]) -> tuple[list[Statement], list[str]]:
    """The first line, then the statements, each group below its heading; and the lines that are no statements."""
    statements, framing = [Statement(first)], [first]
    for group, members in groupby(grouped, key=itemgetter(0)):
        framing.append(f"**{group}**")
        statements += [Statement(f"\n**{group}**"), *(statement for _, statement in members)]
    return statements, framing


def _proves_name(quotation: Quotation, name: str) -> bool:
    """Whether a quotation proves a name, with the headings above it, and does not begin with it."""
    said = set(terms(" ".join([quotation.text, *quotation.passage.heading_path])))
    begins = squash(quotation.text).startswith(squash(name))
    return not begins and set(terms(name)) <= said and not faults(name, [quotation.text])


def _asked_place(request: Request) -> tuple[int | None, int | None, int | None]:
    return request.selection.orientation, request.selection.levier, request.selection.action


def _agrees(place: Place, asked: Sequence[int | None]) -> bool:
    """Whether a place has the numbers asked for; it may lie below them."""
    told = max((depth for depth, number in enumerate(asked, 1) if number is not None), default=0)
    return len(place) >= told and all(number is None or number == its for number, its in zip(asked, place, strict=False))


def _numbers_lost(parts: Iterable[Place]) -> list[Place]:
    """The places before the last of each group that have no heading: the document lost them."""
    held = set(parts)
    last = {place[:-1]: max(one[-1] for one in held if one[:-1] == place[:-1]) for place in held}
    return [(*above, number) for above, most in sorted(last.items()) for number in range(1, most) if (*above, number) not in held]


def _place_words(place: Sequence[int | None]) -> str:
    return ", ".join(f"{level} {number}" for level, number in zip(NESTED, place, strict=False) if number is not None)


def _count(count: int, thing: Thing, *, figured: bool = False) -> str:
    one, several = _NOUNS[thing]
    if figured:
        one, several = f"{one} chiffré", f"{several} chiffrés"
    return f"{spaced(count)} {several if count > 1 else one}"


def _documents_words(documents: Sequence[Document]) -> str:
    years = ", ".join(sorted({document.date[:4] for document in documents}))
    return f"{len(documents)} document{'s' * (len(documents) > 1)} ({years})"
