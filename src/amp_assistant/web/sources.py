"""A citation as HTML: its number in the answer, and the source that unfolds to the passage with the quotation marked.

Everything that comes from a document, a model or a person is escaped here, and Gradio's sanitizer follows. Each function gives HTML
without a line break, since Gradio's Markdown ends a piece of HTML at the first blank line.
"""

import re
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from markdown_it import MarkdownIt

from amp_assistant.answers.model import Answer
from amp_assistant.citations import MARK, Citation
from amp_assistant.dates import in_figures
from amp_assistant.passages import Nature, Passage
from amp_assistant.typography import unbroken
from amp_assistant.web.reader import document_address

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

NATURES = {
    Nature.ENGAGEMENT: "engagement",
    Nature.CIBLE: "cible",
    Nature.RESULTAT: "résultat",
    Nature.DESCRIPTION: "description",
    Nature.CITATION: "citation",
    Nature.RECIT: "récit imaginé",
}
"""What a reader sees of a passage's nature."""

_MARKDOWN = MarkdownIt("zero", {"breaks": True}).enable(["list", "emphasis", "newline"])
"""Paragraphs, lists and emphasis; HTML, links and images stay text."""
_QUOTATION = re.compile(r"«(?:[^«»<]|«[^«»<]*»)*»")
"""Words of a document in a sentence of ours, with what they quote themselves: French, whatever the language around."""


def text_html(answer: Answer, turn: int, lines: int | None = None) -> str:
    """The answer's text, or its first lines, with each citation's number as a link to its source."""
    text = answer.text if lines is None else "\n".join(answer.text.splitlines()[:lines])
    cited = {str(citation.number) for citation in answer.citations}

    def link(mark: str) -> str:
        return f'<a class="mark" href="#{_anchor(turn, mark)}" title="Source {mark}">[{mark}]</a>'

    rendered: str = _MARKDOWN.render(unbroken(text)).replace("\n", "")
    quoted = _QUOTATION.sub(r'<span lang="fr">\g<0></span>', rendered)
    return MARK.sub(lambda match: link(match[1]) if match[1] in cited else match[0], quoted)


def sources_html(answer: Answer, turn: int, assistant: "Assistant") -> str:
    """The numbered sources of an answer; nothing where it cites nothing."""
    if not answer.citations:
        return ""
    title = "Ce qui s’en approche" if answer.abstained else "Sources"
    items = "".join(_source(citation, turn, assistant) for citation in answer.citations)
    return f'<section class="sources"><h3>{title}</h3><ol>{items}</ol></section>'


def copied_text(answer: Answer) -> str:
    """The answer as plain text with its sources, for the clipboard."""
    sources = [f"[{one.number}] « {one.quote} » {one.title}, {in_figures(one.date)}. {_place(one)}".strip() for one in answer.citations]
    return unbroken("\n".join([answer.text, "", *sources]).strip())


def one_line(text: str) -> str:
    """Text escaped for HTML, its line breaks as character references."""
    return escape(text).replace("\n", "&#10;")


def with_quotations(text: str) -> str:
    """A sentence of ours as HTML, the French that it quotes marked as French on a page in another language."""
    return _QUOTATION.sub(r'<span lang="fr">\g<0></span>', one_line(unbroken(text)))


def _source(citation: Citation, turn: int, assistant: "Assistant") -> str:
    """A source: document, date and nature; unfolded, its place, the passage between its neighbours, the way to the document.

    On a wide screen the page's script shows what unfolds beside the text.
    """
    passage = assistant.passage(citation.passage)
    before, after = assistant.around(citation.passage)
    imagined = ' <strong class="imagined">futur imaginé, pas un fait</strong>' if citation.nature is Nature.RECIT else ""
    return (
        f'<li id="{_anchor(turn, citation.number)}"><details class="source {citation.nature}"><summary>'
        f'<span class="number">{citation.number}</span> <span class="title" lang="fr">{escape(citation.title)}</span> '
        f'<span class="date">{in_figures(citation.date)}</span> <span class="nature">{NATURES[citation.nature]}</span>{imagined}'
        f'</summary><div class="sheet"><p class="place" lang="fr">{escape(_place(citation))}</p>{_neighbour("Passage précédent", before)}'
        f'<blockquote lang="fr">{_marked(passage, citation.quote)}</blockquote>{_neighbour("Passage suivant", after)}'
        f'<p class="tools"><a href="{_address(citation)}">Ouvrir le document à cet endroit</a> '
        f'<button type="button" class="contest">Cette source ne prouve pas la phrase</button></p></div></details></li>'
    )


def _neighbour(label: str, passage: Passage | None) -> str:
    if passage is None:
        return ""
    return f'<details class="neighbour"><summary>{label}</summary><p lang="fr">{one_line(passage.text)}</p></details>'


def _address(citation: Citation) -> str:
    """The page of the document, at the passage, the quotation marked."""
    return escape(f"{document_address(citation.document, quote=citation.quote)}#{quote(citation.passage, safe=':')}")


def _marked(passage: Passage, quote: str) -> str:
    """The passage with the quotation marked: its words as they stand, whatever white space is between them."""
    found = re.search(r"\s+".join(map(re.escape, quote.split())), passage.text)
    if found is None:
        return one_line(passage.text)
    return f"{one_line(passage.text[: found.start()])}<mark>{one_line(found[0])}</mark>{one_line(passage.text[found.end() :])}"


def _place(citation: Citation) -> str:
    """The heading path, the page where it is known, and what to know of the words."""
    return " › ".join(filter(None, [*citation.section, citation.page_text, citation.caution]))


def _anchor(turn: int, number: int | str) -> str:
    return f"source-{turn}-{number}"
