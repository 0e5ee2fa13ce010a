"""The pages of the administration as HTML: the password, the documents with what can be done to each, how far an indexing is."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from fastapi.responses import HTMLResponse

from amp_assistant.documents.model import Document
from amp_assistant.documents.readers import shown_suffixes
from amp_assistant.web.frame import plain_page
from amp_assistant.web.indexing_job import State
from amp_assistant.web.reader import document_address, facts

TITLE = "Administration"
_NO_STORE = {"Cache-Control": "no-store"}


def login_page(failure: str = "", status: int = 200) -> HTMLResponse:
    """Where the password is asked for."""
    body = (
        f"<h1>{TITLE}</h1><p>Ajouter, remplacer ou retirer des documents est réservé à qui tient ce service.</p>{_failed(failure)}"
        '<form class="card narrow" method="post" action="/administration/connexion"><label for="password">Mot de passe</label>'
        '<input id="password" type="password" name="password" required autocomplete="current-password" autofocus>'
        "<p><button>Entrer</button></p></form>"
    )
    return plain_page(TITLE, body, status=status, headers=_NO_STORE)


def waiting_page(seconds: int) -> HTMLResponse:
    """What is said after too many attempts."""
    minutes = -(-seconds // 60)
    wait = f"{minutes} minute{'s' * (minutes > 1)}" if seconds > 60 else "une minute"
    body = f"<h1>{TITLE}</h1>{_failed(f'Trop de mots de passe faux ont été essayés : attendez {wait}, puis recommencez.')}"
    return plain_page(TITLE, body, status=429, headers={**_NO_STORE, "Retry-After": str(seconds)})


def closed_page() -> HTMLResponse:
    """What is said to a form that carries no session of ours."""
    said = '<p>Votre session est finie, ou cette demande ne vient pas de cette page.</p><p><a href="/administration">Se connecter</a></p>'
    return plain_page(TITLE, f"<h1>{TITLE}</h1>{said}", status=403, headers=_NO_STORE)


def shelf_page(documents: Iterable[Document], state: State, token: str, megabytes: int, failure: tuple[str, int]) -> HTMLResponse:
    """The documents, and the forms that change them; `failure` is the sentence that says what went wrong, and its status."""
    hidden = f'<input type="hidden" name="token" value="{token}">'
    listed = "".join(_document(one, hidden, state.running) for one in documents)
    body = (
        f'<div class="administration"><div class="top"><h1>{TITLE}</h1>'
        f'<form class="leave" method="post" action="/administration/deconnexion">{hidden}'
        f'<button class="quiet">Se déconnecter</button></form></div>{_failed(failure[0])}{_told(state)}'
        f'{"" if state.running else _adding(hidden, megabytes)}<h2>Documents en service</h2><ul class="shelf">{listed}</ul></div>'
    )
    return plain_page(TITLE, body, status=failure[1], headers=_NO_STORE)


def _told(state: State) -> str:
    if state.running:
        return (
            f'<section id="indexing" class="card"><h2>Indexation en cours</h2><p role="status">{escape(state.stage)}</p>'
            '<progress max="1" aria-label="Avancement de l’étape"></progress><p>L’ancien index répond pendant ce temps. Vous pouvez '
            'quitter '
            'cette page.</p><noscript><p><a href="/administration">Actualiser</a></p></noscript></section>'
        )
    if state.message:
        return f'<p class="done" role="status">{escape(state.message)}</p>'
    return _failed(f"{state.failure} Les documents sont restés tels qu’ils étaient.") if state.failure else ""


def _adding(hidden: str, megabytes: int) -> str:
    return (
        '<section class="card"><h2>Ajouter un document</h2><form method="post" action="/administration/documents" '
        'enctype="multipart/form-data">'
        f"{hidden}{_file('file', megabytes)}"
        '<div class="fields"><p><label for="title">Titre (celui du fichier si vide)</label><input id="title" name="title" '
        'maxlength="300"></p>'
        '<p><label for="kind">Type : plan, rapport, communiqué…</label><input id="kind" name="kind" maxlength="300"></p>'
        '<p><label for="date">Date : 2025, 2025-06 ou 2025-06-30</label><input id="date" name="date" maxlength="10" '
        'inputmode="numeric"></p></div>'
        "<p><button>Ajouter et indexer</button></p></form></section>"
    )


def _document(document: Document, hidden: str, is_running: bool) -> str:
    changes = "" if is_running else _changing(document, hidden)
    return (
        f'<li class="card"><h3><a href="{escape(document_address(document.id))}">{escape(document.title)}</a></h3>'
        f'<p class="facts">{escape(facts(document))}<br>{escape(document.path)}</p>{changes}</li>'
    )


def _changing(document: Document, hidden: str) -> str:
    name, action = escape(document.id), escape(f"/administration/documents/{quote(document.id, safe='')}/retrait")
    title = escape(document.short_title)
    return (
        f'<details><summary aria-label="Remplacer {title}">Remplacer</summary><form method="post" action="/administration/documents" '
        f'enctype="multipart/form-data">{hidden}<input type="hidden" name="replaces" value="{name}">{_file(f"file-{name}")}'
        "<p><button>Remplacer et indexer</button></p></form></details>"
        f'<details><summary aria-label="Retirer {title}">Retirer</summary><form method="post" action="{action}">{hidden}'
        f'<p><label class="sure"><input type="checkbox" name="sure" value="oui" required> Retirer « {title} » et supprimer son '
        f'fichier</label></p>'
        '<p><button class="harm">Retirer et indexer</button></p></form></details>'
    )


def _file(identifier: str, megabytes: int | None = None) -> str:
    most = f", {megabytes} Mo au plus" if megabytes else ""
    return (
        f'<p><label for="{identifier}">Fichier ({shown_suffixes()}{most})</label>'
        f'<input id="{identifier}" type="file" name="file" required accept="{shown_suffixes().replace(" ", "")}"></p>'
    )


def _failed(sentence: str) -> str:
    return f'<p class="failed" role="alert">{escape(sentence)}</p>' if sentence else ""
