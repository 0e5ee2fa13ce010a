"""The register drawn: the tree of the plan with the number of rows, and targets against results; each with its text alternative.

A drawing is told as plain figures in JSON; `commitments.js` has Plotly draw it in the colours of the page.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from importlib.metadata import version
from typing import Any

from amp_assistant.dates import in_figures
from amp_assistant.register import Register, Row, Suivi
from amp_assistant.register.selecting import Place, Selection, counts, select, titles
from amp_assistant.web.addresses import query_of_selection
from amp_assistant.web.register_tables import measure, sentence_case

LIBRARY = f"/plotly-{version('plotly')}.min.js"
"""Where the drawing library is served, its version in the address so that a browser may keep it for good."""
_LEVELS = ("Orientation", "Levier", "Action")
_WHOLE = "Tout le plan"
_LABEL_WIDTH = 30
"""Characters of a line of a label in the tree; what a field of the drawing holds."""


def at(selection: Selection, place: Place) -> Selection:
    """The selection moved to a place of the plan."""
    orientation, levier, action = (*place, None, None, None)[:3]
    return replace(selection, orientation=orientation, levier=levier, action=action)


def drawing(register: Register, selection: Selection) -> dict[str, Any]:
    """What is drawn of a selection: `bars` for the suivi, else the `tree` of the plan."""
    if selection.table == "suivi":
        return {"kind": "bars", "library": LIBRARY, **_bars(select(register, selection))}
    return {"kind": "tree", "library": LIBRARY, **_tree(register, selection)}


def compared(rows: Sequence[Row]) -> list[tuple[Suivi, float]]:
    """The suivi whose result can be held against its target figure by figure, and the result in per cent of the target; each once,
    though several documents may state the target."""
    found: dict[tuple[object, ...], tuple[Suivi, float]] = {}
    for row in rows:
        if isinstance(row, Suivi) and row.gap is not None and row.cible.value and row.resultat:
            key = (row.indicator, row.cible.value, row.cible.unit, row.resultat.value)
            found.setdefault(key, (row, 100 * (row.cible.value + row.gap) / row.cible.value))
    return list(found.values())


def drawing_html(register: Register, selection: Selection) -> str:
    """The place where the drawing goes, and the same in text; nothing where nothing can be drawn."""
    query = escape(query_of_selection(selection))
    data = f'<a class="drawing-data" href="/engagements/dessin.json?{query}">Les chiffres du dessin (JSON)</a>'
    if selection.table == "suivi":
        count = len(compared(select(register, selection)))
        if not count:
            return ""
        note = (
            f"Indicateurs dont la cible et le résultat se comparent : {count}. Chaque résultat est dessiné en pourcentage de sa cible ; "
            "le tableau ci-dessous donne les mêmes chiffres, et les autres indicateurs."
        )
        return f'<section class="drawing bars"><h2>Cible et résultat</h2><p>{note}</p><div class="plot"></div>{data}</section>'
    listed = _list(register, selection)
    if not listed:
        return ""
    return (
        '<details class="drawing tree"><summary>Parcourir le plan, de l’orientation à l’action</summary>'
        "<p>Choisissez une case, ou une ligne de la liste qui suit, pour n’en voir que les lignes.</p>"
        f'<div class="plot"></div><div class="outline"><h2>La même chose en liste</h2><div lang="fr">{listed}</div></div>{data}</details>'
    )


def _tree(register: Register, selection: Selection) -> dict[str, Any]:
    """The places and the rows that each holds, under one root."""
    found, named = _counted(register, selection), titles(register)
    places = sorted(found)
    return {
        "ids": [_identifier(()), *map(_identifier, places)],
        "parents": ["", *(_identifier(place[:-1]) for place in places)],
        "labels": [_WHOLE, *(_label(place, named) for place in places)],
        "values": [sum(count for place, count in found.items() if len(place) == 1), *(found[place] for place in places)],
        "queries": [query_of_selection(at(selection, place)) for place in ((), *places)],
        "level": _identifier(selection.place),
    }


def _bars(rows: Sequence[Row]) -> dict[str, Any]:
    shown = compared(rows)
    return {
        "labels": ["<br>".join(map(escape, textwrap.wrap(sentence_case(row.indicator), _LABEL_WIDTH))) for row, _ in shown],
        "shares": [round(share, 1) for _, share in shown],
        "aims": [_told(row.cible.value, row.cible.unit, row.cible.horizon) for row, _ in shown],
        "results": [_told(row.resultat.value, row.resultat.unit, row.resultat.date) if row.resultat else "" for row, _ in shown],
        "statuses": [row.status for row, _ in shown],
    }


def _list(register: Register, selection: Selection) -> str:
    """The tree as nested lists of links, unfolded along the chosen place."""
    found, named = _counted(register, selection), titles(register)

    def items(above: Place) -> str:
        below = sorted(place for place in found if place[:-1] == above)
        is_unfolded = selection.place[: len(above)] == above
        return f"<ul>{''.join(map(item, below))}</ul>" if below and is_unfolded else ""

    def link(place: Place, name: str) -> str:
        kind = "follow current" if place == selection.place else "follow"
        return f'<a class="{kind}" href="/engagements?{escape(query_of_selection(at(selection, place)))}">{escape(name)}</a>'

    def item(place: Place) -> str:
        return f"<li>{link(place, _name(place, named))} ({found[place]}){items(place)}</li>"

    return f"<ul><li>{link((), _WHOLE)}{items(())}</li></ul>" if found else ""


def _counted(register: Register, selection: Selection) -> Mapping[Place, int]:
    """The rows at each place that answer the other filters."""
    return counts(select(register, at(selection, ())))


def _name(place: Place, named: Mapping[Place, str]) -> str:
    number = f"{_LEVELS[len(place) - 1]} {place[-1]}"
    return f"{number} – {named[place]}" if place in named else number


def _label(place: Place, named: Mapping[Place, str]) -> str:
    return "<br>".join(escape(line) for line in textwrap.wrap(_name(place, named), _LABEL_WIDTH))


def _identifier(place: Place) -> str:
    return ".".join(["plan", *map(str, place)])


def _told(value: float | None, unit: str | None, when: str | None) -> str:
    return escape(f"{measure(value, unit)} ({in_figures(when)})" if when else measure(value, unit))
