"""The pages that are not Gradio's: plain HTML with the same head, the same navigation and the same headers as the others."""

from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

from amp_assistant.web.page import CHAT, NAME, PAGES
from amp_assistant.web.theme import head

NOT_FOUND = "Page introuvable"


def plain_page(title: str, body: str, *, path: str = "", status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    """A whole page around its body, which is HTML; `path` is that of the page which it belongs to."""
    return HTMLResponse(
        f'<!doctype html><html lang="fr" class="plain"><head><meta charset="utf-8"><title>{escape(title)} – {NAME}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/favicon.ico">'
        f'{head()}</head><body><a class="skip" href="#contenu">Aller au contenu</a>{_navigation(path)}'
        f'<main id="contenu">{body}</main></body></html>',
        status,
        headers,
    )


def sentence_page(title: str, sentence: str, status: int, **options: Any) -> HTMLResponse:
    """A page that says why there is nothing else, and where to go on."""
    body = f'<h1>{escape(title)}</h1><p>{escape(sentence)}</p><p><a href="/documents">Voir les documents</a></p>'
    return plain_page(title, body, status=status, **options)


def _navigation(path: str) -> str:
    here = ' class="active" aria-current="page"'
    links = [("", CHAT), *((page, title) for title, page, _ in PAGES)]
    listed = "".join(f'<a href="/{page}"{here if page and page == path else ""}>{escape(title)}</a>' for page, title in links)
    return f'<nav class="fillable" aria-label="Pages">{listed}</nav>'
