"""A proof as HTML: the words of the document and where they stand. Everything that comes from a document is escaped here."""

from collections.abc import Iterable
from html import escape

from amp_assistant.citations import Citation
from amp_assistant.dates import in_figures
from amp_assistant.web.sources import one_line


def proof_html(proof: Citation) -> str:
    """The quotation, then its document, date, headings and page."""
    return (
        f'<blockquote lang="fr">«&nbsp;{one_line(proof.quote)}&nbsp;»</blockquote>'
        f'<p class="place" lang="fr">{escape(place_of_proof(proof))}</p>'
    )


def proofs_html(proofs: Iterable[Citation], summary: str = "Preuve") -> str:
    """Proofs that unfold; nothing where there is none."""
    listed = "".join(map(proof_html, proofs))
    return f'<details class="proof"><summary>{summary}</summary>{listed}</details>' if listed else ""


def place_of_proof(proof: Citation) -> str:
    """« Title, juin 2022 · Orientation 3 › Levier 1 › page 12 »."""
    path = " › ".join(filter(None, [*proof.section, proof.page_text, proof.caution]))
    return " · ".join(filter(None, [f"{proof.title}, {in_figures(proof.date)}", path]))
