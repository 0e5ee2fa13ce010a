"""A document to read: its headings, its passages each at an anchor of its own, the words that are looked for marked.

The passages are what answers quote, in the order of the document. Everything that comes from it or from a person is escaped here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote as percent
from urllib.parse import urlencode

from amp_assistant.dates import in_figures
from amp_assistant.documents.model import Document
from amp_assistant.passages import Nature, Passage
from amp_assistant.web.finding import LONGEST_WORDS, Place, finder, marked, quoted

DEEPEST_HEADING = 6
DEEPEST_CONTENTS = 3
"""Levels of the table of contents: one of the Agenda's four levels more would make it as long as a chapter."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be marked: words that are searched for, a quotation; empty for none."""

    words: str = ""
    quote: str = ""


@dataclass(slots=True)
class _Layout:
    """The pieces of the page as they are written, from the first passage to the last."""

    document: Document
    asked: Asked
    pieces: list[str] = field(default_factory=list)
    contents: list[tuple[int, str, str]] = field(default_factory=list)
    path: tuple[str, ...] = ()
    page: int | None = None
    found: int = 0
    is_quoted: bool = False

    @property
    def is_drawn(self) -> bool:
        return Path(self.document.path).suffix.lower() == ".pdf"


def reader_html(document: Document, passages: Sequence[Passage], neighbours: Mapping[str, Document | None], asked: Asked, file: str) -> str:
    """The body of a document's page; `passages` are all of its own, `neighbours` what « précédent » and « suivant » lead to, `file`
    tells the kind and size of its file."""
    layout = _Layout(document, asked)
    find = finder(asked.words)
    for before, passage, after in _with_neighbours(passages):
        _add_headings(layout, passage)
        _add_passage(layout, passage, find(passage.text), (before, after))
    trail = '<p class="trail"><a href="/documents">Tous les documents</a></p>'
    return (
        f'<div class="reader">{trail}<h1 lang="fr">{escape(document.title)}</h1>{_card(document, file)}{_search(layout)}'
        f'<div class="sides">{_contents(layout)}<article aria-label="Texte du document">{"".join(layout.pieces)}</article></div>'
        f"{_onward(neighbours)}</div>"
    )


def document_address(identifier: str, **asked: str) -> str:
    """The address of a document's page, not yet escaped."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/documents/{percent(identifier, safe='')}" + (f"?{query}" if query else "")


def facts(document: Document) -> str:
    """Kind, date, period and publisher, as far as they are known, as text."""
    period = f"période {document.period}" if document.period and document.period != document.date else ""
    known = (document.kind.capitalize(), in_figures(document.date) or "sans date", period, document.publisher)
    return " · ".join(filter(None, known))


def pages_text(pages: Sequence[int]) -> str:
    """« 3, 7 à 9 » for 3, 7, 8, 9."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} à {run[-1]}" for run in runs)


def _with_neighbours(passages: Sequence[Passage]) -> Iterator[tuple[Passage | None, Passage, Passage | None]]:
    around = [None, *passages, None]
    for (before, passage), (_, after) in zip(pairwise(around), pairwise(around[1:]), strict=False):
        assert passage is not None
        yield before, passage, after


def _card(document: Document, file: str) -> str:
    reading = document.reading
    said = [f'<p class="facts" lang="fr">{escape(facts(document))}</p>']
    if document.description:
        said.append(f'<p lang="fr">{escape(document.description)}</p>')
    if reading.unreadable_pages:
        said.append(f'<p class="notice">Pages sans texte lisible, absentes ci-dessous&nbsp;: {pages_text(reading.unreadable_pages)}.</p>')
    if reading.ocr_pages:
        told = f"Pages lues par reconnaissance de caractères&nbsp;: {pages_text(reading.ocr_pages)}. Vérifiez-les sur le document."
        said.append(f'<p class="notice">{told}</p>')
    address = escape(f"{document_address(document.id)}/fichier")
    said.append(f'<p class="links"><a href="{address}" download>Fichier d’origine ({escape(file)})</a></p>')
    return "".join(said)


def _search(layout: _Layout) -> str:
    words = layout.asked.words
    told = ""
    if words:
        counted = f"{layout.found} résultat{'s' * (layout.found > 1)}" if layout.found else "Aucun résultat"
        clear = f'<a href="{escape(document_address(layout.document.id))}">Effacer</a>'
        steps = (
            '<button type="button" class="step" data-step="-1">Précédent</button> '
            '<button type="button" class="step" data-step="1">Suivant</button> '
        )
        told = (
            f'<p class="told"><span role="status">{counted} pour «&nbsp;{escape(words)}&nbsp;»</span> '
            f'{steps if layout.found else ""}{clear}</p>'
        )
    return (
        f'<form role="search" class="search" action="{escape(document_address(layout.document.id))}"><label for="words">Chercher dans '
        f'ce document'
        f'</label><div class="field"><input id="words" type="search" name="q" value="{escape(words)}" maxlength="{LONGEST_WORDS}" '
        f'autocomplete="off"><button>Chercher</button></div>{told}</form>'
    )


def _contents(layout: _Layout) -> str:
    if not layout.contents:
        return ""
    listed = "".join(f'<li class="l{level}"><a href="#{anchor}">{escape(title)}</a></li>' for level, anchor, title in layout.contents)
    folded = f'<details open><summary>Sommaire</summary><ul lang="fr">{listed}</ul></details>'
    return f'<nav class="contents" aria-label="Sommaire">{folded}</nav>'


def _onward(neighbours: Mapping[str, Document | None]) -> str:
    links = "".join(
        f'<a href="{escape(document_address(one.id))}"><span>Document {label}</span> <b lang="fr">{escape(one.short_title)}</b></a>'
        for label, one in neighbours.items()
        if one
    )
    return f'<nav class="onward" aria-label="Autres documents">{links}</nav>' if links else ""


def _add_headings(layout: _Layout, passage: Passage) -> None:
    """The headings that open above a passage and were not open above the one before."""
    path, before = passage.heading_path, layout.path
    same = next((level for level, (one, other) in enumerate(zip(path, before, strict=False)) if one != other), min(len(path), len(before)))
    for level in range(same, len(path)):
        title = " ".join(path[level].split())
        anchor = f"titre-{len(layout.contents) + 1}"
        rank = min(level + 2, DEEPEST_HEADING)
        layout.pieces.append(f'<h{rank} id="{anchor}" lang="fr">{escape(title)}</h{rank}>')
        layout.contents += [(level + 1, anchor, title)] if level < DEEPEST_CONTENTS else []
    if same == len(path) < len(before):  # back in the text of a heading above
        layout.pieces.append(f'<p class="back" lang="fr">{escape(path[-1] if path else layout.document.short_title)} (suite)</p>')
    layout.path = path


def _add_passage(
    layout: _Layout, passage: Passage, found: Sequence[tuple[int, int]], around: tuple[Passage | None, Passage | None]
) -> None:
    quotation = quoted(passage.text, layout.asked.quote)
    places = [Place(*place, "quote", "" if layout.is_quoted else "citation") for place in quotation]
    places += [Place(*place, "found", f"trouve-{number}") for number, place in enumerate(found, layout.found + 1)]
    layout.found += len(found)
    layout.is_quoted = layout.is_quoted or bool(quotation)
    leaves = _leaves(layout, passage, [place[0] for place in quotation])
    imagined = '<p class="imagined">Futur imaginé, pas un fait</p>' if passage.nature is Nature.RECIT else ""
    page = f' data-page="{passage.first_page}"' if layout.is_drawn and passage.first_page else ""
    layout.pieces.append(
        f'{leaves.pop(0, "")}<section class="passage" id="{escape(passage.id)}" tabindex="-1" aria-label="Passage '
        f'{passage.position + 1}"{page}>'
        f'{imagined}<div lang="fr">{_text_html(passage.text, places, leaves)}</div>{_around(layout, passage, around)}</section>'
    )


def _leaves(layout: _Layout, passage: Passage, quotations: Sequence[int]) -> dict[int, str]:
    """The marks of the pages that begin in a passage, by the offset where they do."""
    leaves: dict[int, str] = {}
    for start, page in passage.pages:
        if page != layout.page:
            layout.page = page
            is_quoted = any(passage.page_at(quotation) == page for quotation in quotations)
            leaves[start] = leaves.get(start, "") + _leaf(layout, page, is_quoted)
    return leaves


def _leaf(layout: _Layout, page: int, is_quoted: bool) -> str:
    label = layout.document.label_of(page)
    name = f"Page {label} ({page} du fichier)" if label else f"Page {page}"
    if not layout.is_drawn:
        return f'<p class="leaf" id="page-{page}">{name}</p>'
    query = f"?{urlencode({'quote': layout.asked.quote})}" if is_quoted else ""
    source = escape(f"{document_address(layout.document.id)}/pages/{page}.png{query}")
    image = f'<img loading="lazy" src="{source}" alt="{escape(name)} telle qu’imprimée ; son texte suit.">'
    summary = f"<summary>{name}&nbsp;: voir la page imprimée</summary>"
    return f'<details class="leaf" id="page-{page}"{" open" * is_quoted}>{summary}{image}</details>'


def _text_html(text: str, places: Sequence[Place], leaves: dict[int, str]) -> str:
    """The lines of a passage as paragraphs and lists."""
    parts: list[str] = []
    start, is_listed = 0, False
    for line in text.split("\n"):
        end = start + len(line)
        leaf = "".join(leaves.pop(at) for at in sorted(leaves) if at <= start)
        bare = line.lstrip()
        is_bullet = bare.startswith("- ")
        if is_listed and (leaf or not is_bullet):
            parts.append("</ul>")
            is_listed = False
        parts.append(leaf)
        if is_bullet:
            indent = len(line) - len(bare)
            parts.append("" if is_listed else "<ul>")
            parts.append(f'<li class="l{min(indent // 2, 3)}">{marked(text, start + indent + 2, end, places)}</li>')
            is_listed = True
        elif bare:
            parts.append(f"<p>{marked(text, start, end, places)}</p>")
        start = end + 1
    return "".join([*parts, "</ul>" if is_listed else "", *leaves.values()])


def _around(layout: _Layout, passage: Passage, around: tuple[Passage | None, Passage | None]) -> str:
    """The links that show below the passage that was asked for."""
    links = [
        f'<a href="#{escape(percent(other.id, safe=":"))}">{label}</a>'
        for label, other in zip(("Passage précédent", "Passage suivant"), around, strict=True)
        if other
    ]
    if layout.is_drawn and passage.first_page:
        image = f"{document_address(passage.document)}/pages/{passage.first_page}.png?{urlencode({'passage': passage.id})}"
        links.append(f'<a href="{escape(image)}">Voir la page imprimée</a>')
    return f'<p class="around">{" ".join(links)}</p>' if links else ""
