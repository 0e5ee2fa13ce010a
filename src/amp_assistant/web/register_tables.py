"""Rows of the register as an HTML table: on a narrow screen each row is a card, its cells with their names.

Everything that comes from a document is escaped here; each function gives HTML without a line break, since Gradio's Markdown ends a
piece of HTML at the first blank line.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import ceil
from typing import Any

from amp_assistant.dates import in_figures
from amp_assistant.documents.model import Document
from amp_assistant.quantities import spaced
from amp_assistant.register import Cible, Conflict, Register, Resultat, Row, Suivi, Table
from amp_assistant.register.selecting import Selection, actor_of, place_of
from amp_assistant.typography import unbroken
from amp_assistant.web.addresses import query_of_selection
from amp_assistant.web.proofs import proof_html, proofs_html
from amp_assistant.web.sources import NATURES, one_line

ROWS_OF_A_PAGE = 50
TABLE_TITLES: Mapping[Table, str] = {
    "engagements": "Engagements",
    "cibles": "Cibles",
    "resultats": "Résultats",
    "suivi": "Suivi",
    "dispositifs": "Dispositifs",
}
"""The tables in the order of the page, as a visitor reads their names."""
STATUSES: Mapping[str, tuple[str, str]] = {
    "dépassé": ("✓", "dépassé"),
    "atteint": ("✓", "atteint"),
    "en cours": ("…", "en cours"),
    "non atteint": ("✕", "non atteint"),
    "pas de résultat publié": ("–", "pas de résultat publié"),
    "existant": ("✓", "existe"),
    "prevu": ("…", "annoncé"),
    "clos": ("✕", "clos"),
    "non-precise": ("–", "statut non précisé"),
}
"""A status of the register: its sign, and its words."""
_PLACES = ("Orientation", "Levier", "Action")
_NOTHING = '<span class="nothing">non précisé</span>'


def table_html(register: Register, rows: Sequence[Row], selection: Selection, page: int, documents: Mapping[str, Document]) -> str:
    """A page of the selected rows; a sentence that helps where there is none."""
    if not rows:
        everything = query_of_selection(Selection(table=selection.table))
        return (
            '<div class="none"><p><strong>Aucune ligne ne répond à tous ces filtres.</strong> '
            "Retirez-en un, ou cherchez un mot plus court.</p>"
            f'<p><a class="follow" href="/engagements?{escape(everything)}">Effacer les filtres</a></p></div>'
        )
    cells = _CELLS[selection.table]
    pages = ceil(len(rows) / ROWS_OF_A_PAGE)
    page = min(page, pages)
    head = "".join(f'<th scope="col">{name}</th>' for name in (_FIRST[selection.table], *cells, "Source"))
    shown = rows[(page - 1) * ROWS_OF_A_PAGE : page * ROWS_OF_A_PAGE]
    body = "".join(_row(register, row, cells, documents) for row in shown)
    table = f'<table class="rows {selection.table}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return table + _pages(selection, page, pages)


def status_html(status: str) -> str:
    """A status in words, with its sign."""
    sign, words = STATUSES.get(status, ("–", status))
    kind = status.replace(" ", "-").replace("é", "e")
    return f'<span class="status {escape(kind)}"><span aria-hidden="true">{sign}</span> {escape(words)}</span>'


def measure(value: float | None, unit: str | None) -> str:
    """A figure with its unit as French readers write it: « 1 450 ha », « 1,5 million d'euros »; empty where there is no figure."""
    if value is None:
        return ""
    return f"{spaced(value)}\u00a0{unit}" if unit else spaced(value)


def sentence_case(text: str) -> str:
    """The text with a capital first, the rest as it is."""
    return text[:1].upper() + text[1:]


def _row(register: Register, row: Row, cells: Mapping[str, Callable[[Any], str]], documents: Mapping[str, Document]) -> str:
    proofs = _outcome_proofs(row) if isinstance(row, Suivi) else proofs_html(row.proofs)
    conflicts = _conflicts(register.conflicts_of(row)) if isinstance(row, Cible | Resultat | Suivi) else ""
    forecast = ' <span class="nature">prévision, pas un résultat</span>' if getattr(row, "forecast", False) else ""
    subject = f'<span class="subject" lang="fr">{one_line(sentence_case(row.subject))}</span>'
    first = f'<th scope="row">{subject}{forecast}{proofs}{conflicts}</th>'
    others = "".join(f'<td><span class="label">{name}</span> {cell(row) or _NOTHING}</td>' for name, cell in cells.items())
    return f'<tr>{first}{others}<td><span class="label">Source</span> {_source(row, documents)}</td></tr>'


def _source(row: Row, documents: Mapping[str, Document]) -> str:
    place = " · ".join(f"{name} {number}" for name, number in zip(_PLACES, place_of(row), strict=False)) or row.axis or ""
    title = documents[row.document].short_title
    return (
        f'<span class="document" lang="fr">{escape(title)}, {in_figures(row.document_date)}</span>'
        f'<span class="where" lang="fr">{escape(place)}</span><span class="nature">{NATURES[row.nature]}</span>'
    )


def _outcome_proofs(row: Suivi) -> str:
    """The target's proofs and the result's, each under its name."""
    aim = "".join(map(proof_html, row.cible.proofs))
    result = "".join(map(proof_html, row.resultat.proofs)) if row.resultat else "<p>Aucun résultat publié dans ces documents.</p>"
    return (
        '<details class="proof"><summary>Preuves</summary>'
        f"<p><strong>Cible</strong></p>{aim}<p><strong>Résultat</strong></p>{result}</details>"
    )


def _conflicts(conflicts: Sequence[Conflict]) -> str:
    """The other figures of the same indicator, folded; nothing where there is none."""
    told = "".join(map(_conflict, conflicts))
    return f'<details class="proof conflict"><summary>Un autre chiffre existe</summary>{told}</details>' if told else ""


def _conflict(conflict: Conflict) -> str:
    figures = "".join(
        f'<p lang="fr"><strong>{escape(measure(one.value, one.unit))}</strong>'
        f"{f' ({escape(in_figures(one.date))})' if one.date else ''}</p>"
        + "".join(map(proof_html, one.proofs))
        for one in conflict.figures
    )
    note = f'<p lang="fr">{one_line(conflict.note)}</p>' if conflict.note else ""
    return note + figures


def _aim(row: Suivi) -> str:
    return _dated(measure(row.cible.value, row.cible.unit), "non chiffrée", row.cible.horizon)


def _result(row: Suivi) -> str:
    if row.resultat is None:
        return '<span class="nothing">non publié</span>'
    return _dated(measure(row.resultat.value, row.resultat.unit), "non chiffré", row.resultat.date)


def _dated(told: str, unknown: str, when: str | None) -> str:
    """A figure and its date, or that there is no figure."""
    return _text(told or None) + ("" if told else f"<span>{unknown}</span>") + (f", {escape(in_figures(when))}" if when else "")


def _gap(row: Suivi) -> str:
    told = f"<br><span>écart</span> {_text(('+' if row.gap > 0 else '') + measure(row.gap, row.cible.unit))}" if row.gap is not None else ""
    return f"{status_html(row.status)}{told}"


def _pages(selection: Selection, page: int, pages: int) -> str:
    if pages == 1:
        return ""
    links = {"Page précédente": page - 1, "Page suivante": page + 1}
    before, after = (
        f'<a class="follow" href="/engagements?{escape(query_of_selection(selection, number))}">{name}</a>' if 1 <= number <= pages else ""
        for name, number in links.items()
    )
    return f'<nav class="pages" aria-label="Pages du tableau">{before} <span>Page {page} sur {pages}</span> {after}</nav>'


def _text(value: str | None) -> str:
    return f'<span lang="fr">{one_line(value)}</span>' if value else ""


_FIRST: Mapping[Table, str] = {
    "engagements": "Engagement",
    "cibles": "Indicateur",
    "resultats": "Indicateur",
    "suivi": "Indicateur",
    "dispositifs": "Dispositif",
}


_CELLS: Mapping[Table, Mapping[str, Callable[[Any], str]]] = {
    "engagements": {"Qui": lambda row: _text(actor_of(row)), "Quand": lambda row: _text(row.when)},
    "cibles": {"Cible": lambda row: _text(measure(row.value, row.unit)), "Échéance": lambda row: _text(row.horizon)},
    "resultats": {
        "Résultat": lambda row: _text(measure(row.value, row.unit)),
        "Date du chiffre": lambda row: _text(in_figures(row.date) if row.date else None),
    },
    "suivi": {"Cible": _aim, "Résultat": _result, "Statut": _gap, "Précaution": lambda row: _text(unbroken(row.caution or ""))},
    "dispositifs": {
        "Pour qui": lambda row: _text(row.beneficiary),
        "Ce qui est apporté": lambda row: _text(row.benefit),
        "Statut": lambda row: status_html(row.status),
    },
}
"""The columns of each table between its subject and its source."""
