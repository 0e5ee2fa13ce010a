"""A citation as HTML: its number in the answer, and the source that unfolds to the passage with the quotation marked.

Everything that comes from a document, a model or a person is escaped here, and Gradio's sanitizer follows. Each function gives HTML
without a line break, since Gradio's Markdown ends a piece of HTML at the first blank line.
"""

import re
from collections.abc import Callable
from html import escape

from markdown_it import MarkdownIt

from amp_assistant.answers.model import Answer
from amp_assistant.citations import MARK, Citation
from amp_assistant.dates import in_figures
from amp_assistant.passages import Nature, Passage

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


def text_html(answer: Answer, turn: int, lines: int | None = None) -> str:
    """The answer's text, or its first lines, with each citation's number as a link to its source."""
    text = answer.text if lines is None else "\n".join(answer.text.splitlines()[:lines])
    cited = {str(citation.number) for citation in answer.citations}

    def link(mark: str) -> str:
        return f'<a class="mark" href="#{_anchor(turn, mark)}" title="Source {mark}">[{mark}]</a>'

    rendered: str = _MARKDOWN.render(unbroken(text)).replace("\n", "")
    return MARK.sub(lambda match: link(match[1]) if match[1] in cited else match[0], rendered)


def sources_html(answer: Answer, turn: int, passage_of: Callable[[str], Passage]) -> str:
    """The numbered sources of an answer; nothing where it cites nothing. `passage_of` gives a passage by its id."""
    if not answer.citations:
        return ""
    title = "Ce qui s’en approche" if answer.abstained else "Sources"
    items = "".join(_source(citation, turn, passage_of(citation.passage)) for citation in answer.citations)
    return f'<section class="sources"><h3>{title}</h3><ol>{items}</ol></section>'


def copied_text(answer: Answer) -> str:
    """The answer as plain text with its sources, for the clipboard."""
    sources = [f"[{one.number}] « {one.quote} » {one.title}, {in_figures(one.date)}. {_place(one)}".strip() for one in answer.citations]
    return "\n".join([answer.text, "", *sources]).strip()


def unbroken(text: str) -> str:
    """French punctuation and citations' numbers kept on the line of the word before."""
    return re.sub(r"(?<=«) | (?=[?:;!»]|\[\d)", "\u00a0", text)


def one_line(text: str) -> str:
    """Text escaped for HTML, its line breaks as character references."""
    return escape(text).replace("\n", "&#10;")


def _source(citation: Citation, turn: int, passage: Passage) -> str:
    imagined = ' <strong class="imagined">futur imaginé, pas un fait</strong>' if citation.nature is Nature.RECIT else ""
    return (
        f'<li id="{_anchor(turn, citation.number)}"><details class="source {citation.nature}"><summary>'
        f'<span class="number">{citation.number}</span> <span class="title">{escape(citation.title)}</span> '
        f'<span class="date">{in_figures(citation.date)}</span> <span class="nature">{NATURES[citation.nature]}</span>{imagined}'
        f'</summary><p class="place">{escape(_place(citation))}</p>'
        f"<blockquote>{_marked(passage, citation.quote)}</blockquote></details></li>"
    )


def _marked(passage: Passage, quote: str) -> str:
    """The passage with the quotation marked: its words as they stand, whatever white space is between them."""
    found = re.search(r"\s+".join(map(re.escape, quote.split())), passage.text)
    if found is None:
        return one_line(passage.text)
    return f"{one_line(passage.text[: found.start()])}<mark>{one_line(found[0])}</mark>{one_line(passage.text[found.end() :])}"


def _place(citation: Citation) -> str:
    """The heading path, and the page where it is known."""
    return " › ".join([*citation.section, *([f"page {citation.page}"] if citation.page else [])])


def _anchor(turn: int, number: int | str) -> str:
    return f"source-{turn}-{number}"
