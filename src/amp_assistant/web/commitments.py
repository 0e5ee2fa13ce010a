"""The register as tables to search and filter, the tree of the plan to walk through, targets against results.

What is shown is told by the query string of the page: the filters make one, links carry one, files and drawings are of the same one.
`commitments.js` hands the address of a link that is followed to the hidden box, so that the page need not load anew.
"""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.register import Register
from amp_assistant.register.selecting import Place, Selection, counts, select, titles
from amp_assistant.web.addresses import query_of_selection, selection_of
from amp_assistant.web.opening import on_load, query_string
from amp_assistant.web.register_drawings import drawing_html
from amp_assistant.web.register_tables import STATUSES, TABLE_TITLES, table_html
from amp_assistant.web.sources import NATURES, one_line

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

INTRODUCTION = (
    "<p>Ce que les plans promettent, visent et ont obtenu, ligne par ligne. Chaque ligne porte la phrase du document qui la prouve.</p>"
)
UNEXPECTED = "Un incident technique a empêché d’ouvrir le registre ; il est noté dans le journal. Réessayez dans un instant."
ALL = "toutes"
_NATURES = [(name.capitalize(), str(nature)) for nature, name in NATURES.items()]
_STATUSES_OF: dict[str, tuple[str, ...]] = {
    "suivi": ("dépassé", "atteint", "en cours", "non atteint", "pas de résultat publié"),
    "dispositifs": ("existant", "prevu", "clos", "non-precise"),
}
_TYPED = ("words", "actor", "year")
"""Boxes that somebody may still be writing in: their own change never sets them."""
_BELOW = {"orientation": ("levier", "action"), "levier": ("action",)}
"""Whoever chooses anew at a level has chosen nothing below it."""


def build_commitments(assistant: "Assistant") -> None:
    """Lay the page out, inside an open gr.Blocks. The register is not read before somebody opens the page."""
    documents = [(document.short_title, document.id) for document in assistant.index.documents.values()]
    with gr.Column(elem_id="register"):
        gr.Markdown(INTRODUCTION, elem_classes="introduction")
        goto = gr.Textbox(label="Adresse suivie", elem_id="goto")
        address = gr.JSON({"query": ""}, visible=False)
        table = gr.Radio([(title, name) for name, title in TABLE_TITLES.items()], value="engagements", label="Tableau", elem_id="table")
        with gr.Row(elem_id="sides"):
            with gr.Column(elem_id="row-filters", min_width=280):
                filters = {"table": table} | _filters(documents)
            with gr.Column(elem_id="found", min_width=320):
                shown = {
                    "told": gr.Markdown("", elem_id="told"),
                    "drawing": gr.Markdown("", elem_id="drawing", latex_delimiters=[]),
                    "rows": gr.Markdown('<p class="searching">Ouverture du registre…</p>', elem_id="rows", latex_delimiters=[]),
                }
    parts = filters | shown | {"address": address}
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}

    def filtered(values: dict[Any, Any], changed: str) -> dict[Any, Any]:
        held = {name: None if name in _BELOW.get(changed, ()) else values[part] for name, part in filters.items()}
        updates = view(assistant, lambda: (chosen(held), 1))
        if changed in _TYPED and is_shown(updates["address"]["query"], values[address]["query"]):
            return {address: gr.skip()}
        return {parts[name]: update for name, update in updates.items() if name not in _TYPED}

    def followed(query: str) -> dict[Any, Any]:
        return {parts[name]: update for name, update in view(assistant, lambda: selection_of(query)).items()}

    def opened(request: gr.Request) -> dict[Any, Any]:
        return followed(query_string(request))

    for name, part in filters.items():
        event = part.change if name in _TYPED else part.input  # Gradio's `input` of a box of text misses what is deleted or pasted
        event(partial(filtered, changed=name), {*filters.values(), address}, list(parts.values()), **private)
    goto.change(followed, goto, list(parts.values()), **private)
    on_load(opened, list(parts.values()), **private)


def _filters(documents: list[tuple[str, str]]) -> dict[str, Any]:
    """The filters beside the table, by the field of a Selection that they tell."""
    filters: dict[str, Any] = {
        "words": gr.Textbox(label="Chercher des mots", placeholder="hydrogène, centre-ville…", max_length=200),
        "actor": gr.Textbox(label="Acteur", placeholder="Région, CCIAMP, communes…", max_length=200),
        "year": gr.Textbox(label="Année de l’échéance ou du chiffre", placeholder="2027", max_length=4),
    }
    with gr.Accordion("Place dans le plan", elem_classes="more-filters"):
        filters["orientation"] = gr.Radio([("Toutes", ALL)], value=ALL, label="Orientation")
        filters["levier"] = gr.Radio([("Tous", ALL)], value=ALL, label="Levier", visible=False)
        filters["action"] = gr.Radio([("Toutes", ALL)], value=ALL, label="Action", visible=False)
    with gr.Accordion("Document, nature, statut", open=False, elem_classes="more-filters"):
        filters["documents"] = gr.CheckboxGroup(documents, label="Document")
        filters["natures"] = gr.CheckboxGroup(_NATURES, label="Nature du texte")
        filters["statuses"] = gr.CheckboxGroup([], label="Statut", visible=False)
    return filters


def is_shown(query: str, address: str) -> bool:
    """Whether the page at an address shows the selection of a query already: a box that a link filled has changed, and asks nothing."""
    return bool(query and address) and selection_of(query)[0] == selection_of(address)[0]


def chosen(held: Mapping[str, Any]) -> Selection:
    """The selection that the filters hold.

    :raises UsageError: the year is no number.
    """
    year = (held["year"] or "").strip()
    if year and not (year.isascii() and year.isdecimal()):
        raise UsageError(f"« {year} » n’est pas une année : écrivez-la en quatre chiffres, par exemple 2027.")
    orientation, levier, action = (None if held[name] in (None, ALL) else int(held[name]) for name in ("orientation", "levier", "action"))
    return Selection(
        table=held["table"],
        orientation=orientation,
        levier=levier,
        action=action,
        natures=tuple(held["natures"]),
        documents=tuple(held["documents"]),
        statuses=tuple(status for status in held["statuses"] if status in _STATUSES_OF.get(held["table"], ())),
        year=int(year) if year else None,
        actor=held["actor"],
        words=held["words"],
    )


def view(assistant: "Assistant", asked: Callable[[], tuple[Selection, int]]) -> dict[str, Any]:
    """What the parts of the page show of a selection and its page of rows, by their names; the sentence that says why there is none."""
    try:
        selection, page = asked()
        register = assistant.register
        rows = select(register, selection)
        return {
            **_filter_updates(register, selection),
            "address": {"query": query_of_selection(selection, page)},
            "told": _told(selection, page, len(rows), len(register.table(selection.table))),
            "drawing": drawing_html(register, selection),
            "rows": table_html(register, rows, selection, page, assistant.index.documents),
        }
    except AssistantError as error:
        return _failed(str(error))
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Le registre n'a pas pu être montré.")
        return _failed(UNEXPECTED)


def _failed(sentence: str) -> dict[str, Any]:
    return {"address": {"query": ""}, "told": f'<p class="failed">{one_line(sentence)}</p>', "drawing": "", "rows": ""}


def _filter_updates(register: Register, selection: Selection) -> dict[str, Any]:
    """The filters as the selection has them, with the places that its table knows below the chosen one."""
    known, named = counts(register.table(selection.table)), titles(register)
    updates: dict[str, Any] = {
        name: gr.update(value=list(value) if isinstance(value, tuple) else value)
        for name, value in (("table", selection.table), ("documents", selection.documents), ("natures", selection.natures))
    }
    for depth, (name, every) in enumerate((("orientation", "Toutes"), ("levier", "Tous"), ("action", "Toutes"))):
        above = selection.place[:depth]
        below = sorted(place for place in known if place[:-1] == above) if len(above) == depth else []
        choices = [(every, ALL), *((_choice(place, named), str(place[-1])) for place in below)]
        number = getattr(selection, name)
        is_known = str(number) in [value for _, value in choices]
        updates[name] = gr.update(choices=choices, value=str(number) if is_known else ALL, visible=bool(below))
    statuses = [(STATUSES[status][1].capitalize(), status) for status in _STATUSES_OF.get(selection.table, ())]
    updates["statuses"] = gr.update(choices=statuses, value=list(selection.statuses), visible=bool(statuses))
    return updates | {"words": selection.words, "actor": selection.actor, "year": str(selection.year or "")}


def _choice(place: Place, named: Mapping[Place, str]) -> str:
    return f"{place[-1]} – {named[place]}" if place in named else str(place[-1])


def _told(selection: Selection, page: int, count: int, total: int) -> str:
    """How many rows, and what can be done with them."""
    query = escape(query_of_selection(selection))
    written = f"{count} ligne{'s' * (count > 1)} sur {total}"
    clear = f'<a class="follow" href="/engagements?table={selection.table}">Effacer les filtres</a> ' if count < total else ""
    return (
        f'<p class="count"><strong>{written}</strong> {clear}</p><p class="links">'
        f'<a href="/engagements/lignes.csv?{query}">Fichier CSV</a> <a href="/engagements/lignes.xlsx?{query}">Fichier XLSX</a> '
        f'<a class="address" href="/engagements?{escape(query_of_selection(selection, page))}">Lien vers cette vue</a></p>'
    )
