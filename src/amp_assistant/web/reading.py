"""The documents at addresses of their own: each to read, its file as it was given, the pages of a PDF as images.

A document is looked up by its id in the index; nothing that a visitor sends ever becomes a path.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from amp_assistant.documents.model import Document
from amp_assistant.web.finding import LONGEST_QUOTE, LONGEST_WORDS
from amp_assistant.web.frame import plain_page, sentence_page
from amp_assistant.web.originals import file_of, file_text
from amp_assistant.web.page_images import Sheet, page_image
from amp_assistant.web.reader import Asked, reader_html

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant
    from amp_assistant.settings import Settings

logger = logging.getLogger(__name__)

UNEXPECTED = "Un incident technique a empêché d’ouvrir cette page ; il est noté dans le journal. Réessayez dans un instant."


def add_reading_routes(application: FastAPI, assistant: "Assistant", settings: "Settings") -> None:
    """Add the readers, the files and the images of the pages."""

    @application.get("/documents/{identifier}")
    def reader(identifier: str, request: Request) -> Response:
        return _answered(lambda: _reader(assistant, settings, identifier, request))

    @application.get("/documents/{identifier}/fichier")
    def original(identifier: str) -> Response:
        return _answered(lambda: _original(assistant, settings, identifier))

    @application.get("/documents/{identifier}/pages/{name}")
    def image(identifier: str, name: str, request: Request) -> Response:
        return _answered(lambda: _image(assistant, settings, identifier, (name, request)))


def _reader(assistant: "Assistant", settings: "Settings", identifier: str, request: Request) -> Response:
    index = assistant.index
    document = index.documents.get(identifier)
    if document is None:
        return _no_document()
    asked = Asked(request.query_params.get("q", "").strip()[:LONGEST_WORDS], request.query_params.get("quote", "")[:LONGEST_QUOTE])
    order = sorted(index.documents.values(), key=lambda one: one.date, reverse=True)
    at = order.index(document)
    neighbours = {"précédent": order[at - 1] if at else None, "suivant": order[at + 1] if at + 1 < len(order) else None}
    passages = [passage for passage in index.passages if passage.document == identifier]
    body = reader_html(document, passages, neighbours, asked, file_text(document, settings.corpus))
    return plain_page(document.short_title, body, path="documents")


def _original(assistant: "Assistant", settings: "Settings", identifier: str) -> Response:
    document = assistant.index.documents.get(identifier)
    if document is None:
        return _no_document()
    path = file_of(document, settings.corpus)
    if path is None:
        sentence = f"Le fichier de « {document.short_title} » n’est plus à sa place : son texte indexé reste lisible."
        return sentence_page("Fichier introuvable", sentence, 404)
    # Always to be saved, never opened here: a page of the web among the documents must not run as one of ours.
    return FileResponse(path, media_type="application/octet-stream", filename=Path(document.path).name)


def _image(assistant: "Assistant", settings: "Settings", identifier: str, asked: tuple[str, Request]) -> Response:
    name, request = asked
    document = assistant.index.documents.get(identifier)
    number = name.removesuffix(".png")
    if document is None or not name.endswith(".png") or not (number.isascii() and number.isdecimal() and len(number) < 6):
        return _no_document()
    path = file_of(document, settings.corpus)
    is_page = Path(document.path).suffix.lower() == ".pdf" and 1 <= int(number) <= (document.reading.pages or 0)
    if path is None or not is_page:
        return sentence_page("Page introuvable", f"« {document.short_title} » n’a pas de page {number} à montrer.", 404)
    words = request.query_params.get("quote", "")[:LONGEST_QUOTE] or _words_of(assistant, document, request.query_params.get("passage", ""))
    sheet = Sheet(str(path), document.digest, int(number), words, settings.pdf_password, settings.document_megabytes)
    try:
        content = page_image(sheet)
    except ValueError:
        name = f"La page {number} de « {document.short_title} »"
        return sentence_page("Page illisible", f"{name} ne peut pas être dessinée : réessayez dans un instant, ou ouvrez le fichier.", 500)
    return Response(content, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _words_of(assistant: "Assistant", document: Document, identifier: str) -> str:
    """The words of a passage of that document; none where it is of another."""
    try:
        passage = assistant.passage(identifier)
    except KeyError:
        return ""
    return passage.text if passage.document == document.id else ""


def _no_document() -> HTMLResponse:
    return sentence_page(
        "Document introuvable",
        "Aucun document indexé n’a cette adresse : il a peut-être été retiré ou renommé.",
        404,
    )


def _answered(make: Callable[[], Response]) -> Response:
    try:
        return make()
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Une page de document n'a pas pu être montrée.")
        return sentence_page("Incident technique", UNEXPECTED, 500)
