"""The method in one drawing, and the same in words.

Colours are the page's own variables, so that the drawing is light or dark with it. It is ours and holds nothing that anybody sent.
"""

METHOD_STEPS = (
    "<h2>Comment il répond</h2><p>Les documents sont lus une fois, avec soin&nbsp;; répondre ne prend ensuite que quelques centièmes de "
    "seconde.</p><ol><li><strong>Lire</strong>&nbsp;: chaque document est nettoyé et coupé en passages de phrases entières, avec ses "
    "titres et sa "
    "date.</li><li><strong>Préparer</strong>&nbsp;: pour chaque passage, les questions auxquelles il répond sont écrites à l’avance.</li>"
    "<li><strong>Chercher</strong>&nbsp;: votre question est rapprochée des passages par les mots et par le sens.</li>"
    "<li><strong>Répondre</strong>&nbsp;: les phrases qui répondent sont retenues.</li><li><strong>Prouver</strong>&nbsp;: chaque "
    "phrase est "
    "vérifiée contre sa citation, mot pour mot, chiffres compris&nbsp;; sans preuve, l’assistant le dit.</li></ol>"
)

_BOXES = (
    (10, 44, "Documents", "lus, nettoyés"),
    (10, 134, "Passages", "avec titres et date"),
    (10, 224, "Index", "mots, sens, questions"),
    (230, 134, "Question", "la vôtre"),
    (230, 224, "Recherche", "par mots et par sens"),
    (230, 314, "Phrases", "qui répondent"),
    (230, 404, "Citations", "vérifiées mot pour mot"),
)
_ARROWS = ("M95 106V130", "M95 196V220", "M180 255H226", "M315 196V220", "M315 286V310", "M315 376V400")
_LABEL = "La méthode en un dessin : les documents deviennent des passages, puis un index. Chaque question y est cherchée, les phrases qui "
_LABEL += "répondent sont retenues, chacune est prouvée par une citation. La liste ci-dessus dit la même chose."


def _box(x: int, y: int, name: str, what: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="170" height="62" rx="9" style="fill:var(--page);stroke:var(--edge)"/>'
        f'<text x="{x + 85}" y="{y + 27}" text-anchor="middle" style="fill:var(--link);font-weight:650;font-size:16px">{name}</text>'
        f'<text x="{x + 85}" y="{y + 47}" text-anchor="middle" style="fill:var(--soft);font-size:13.5px">{what}</text>'
    )


def _title(x: int, y: int, words: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" style="fill:var(--ink);font-weight:650;font-size:14px">{words}</text>'


_STYLE = 'style="fill:none;stroke:var(--link);stroke-width:2" marker-end="url(#tip)"'
METHOD = (
    f'<figure><svg viewBox="0 0 410 476" role="img" aria-label="{_LABEL}" xmlns="http://www.w3.org/2000/svg"><defs>'
    '<marker id="tip" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L10 5L0 10z" style="fill:var(--link)"/></marker></defs>'
    + "".join(f'<path d="{arrow}" {_STYLE}/>' for arrow in _ARROWS)
    + "".join(_box(*box) for box in _BOXES)
    + _title(95, 26, "Une fois")
    + _title(315, 116, "À chaque question")
    + "</svg></figure>"
)
