"""The administration: behind a password, documents are added, replaced and taken out. Without AMP_ADMIN_PASSWORD_HASH there is none."""

import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from amp_assistant.deposit import Deposit, add, check, remove
from amp_assistant.errors import UsageError
from amp_assistant.passwords import PasswordHash
from amp_assistant.progress import Progress
from amp_assistant.web.access import SESSION_SECONDS, Door, TooManyAttempts, is_token, token_of
from amp_assistant.web.administration_pages import closed_page, login_page, shelf_page, waiting_page
from amp_assistant.web.indexing_job import IndexingJob

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant
    from amp_assistant.settings import Settings

logger = logging.getLogger(__name__)

PATH = "/administration"
COOKIE = "amp-administration"
FORM_BYTES = 20_000
"""What a form takes beside its file."""
MEGABYTE = 10**6
_BUSY = "Une indexation est en cours : attendez qu’elle finisse, puis recommencez."


class Administration:
    """What the routes of the administration share."""

    def __init__(self, assistant: "Assistant", settings: "Settings") -> None:
        self.assistant = assistant
        self.settings = settings
        self.door = Door(PasswordHash.read(settings.admin_password_hash))
        self.job = IndexingJob()

    def session(self, request: Request) -> str:
        """The open session that a request comes from; empty if none."""
        session = request.cookies.get(COOKIE, "")
        return session if session and self.door.is_open(session) else ""

    def shelf(self, session: str, failure: str = "", status: int = 200) -> Response:
        """The page of the administration."""
        documents = self.assistant.index.documents.values()
        return shelf_page(documents, self.job.state, token_of(session), self.settings.upload_megabytes, (failure, status))

    def change(self, session: str, work: Callable[[Progress], str], finish: Callable[[], None]) -> Response:
        """Begin a change of the corpus, unless one is running."""

        def whole(progress: Progress) -> str:
            told = work(progress)
            progress("Mise en service", 0, 1)
            _ = self.assistant.index  # opened now, so that nobody waits for it
            return told

        if not self.job.start(whole, finish):
            finish()
            return self.shelf(session, _BUSY, 409)
        return RedirectResponse(PATH, 303)


def add_administration_routes(application: FastAPI, assistant: "Assistant", settings: "Settings") -> None:
    """Add the administration, if the settings have a password for it.

    :raises SettingError: the password's hash is none.
    """
    if not settings.admin_password_hash:
        return
    administration = Administration(assistant, settings)

    @application.get(PATH)
    def shelf(request: Request) -> Response:
        session = administration.session(request)
        return administration.shelf(session) if session else login_page()

    @application.get(f"{PATH}/etat")
    def state(request: Request) -> Response:
        if not administration.session(request):
            return JSONResponse({"detail": "Connectez-vous."}, 403)
        return JSONResponse(administration.job.state.record(), headers={"Cache-Control": "no-store"})

    @application.post(f"{PATH}/connexion")
    async def enter(request: Request) -> Response:
        if _is_from_elsewhere(request):
            return closed_page()
        form = await _form(request, FORM_BYTES)
        return await run_in_threadpool(_enter, administration, request, str(form.get("password", "")))

    @application.post(f"{PATH}/deconnexion")
    async def leave(request: Request) -> Response:
        async def close(session: str, form: FormData) -> Response:
            administration.door.close(session)
            answer = RedirectResponse(PATH, 303)
            answer.delete_cookie(COOKIE, path=PATH)
            return answer

        return await _with_session(administration, request, FORM_BYTES, close)

    @application.post(f"{PATH}/documents")
    async def deposit(request: Request) -> Response:
        async def take(session: str, form: FormData) -> Response:
            return await run_in_threadpool(_deposit, administration, session, form)

        return await _with_session(administration, request, settings.upload_megabytes * MEGABYTE + FORM_BYTES, take)

    @application.post(f"{PATH}/documents/{{identifier}}/retrait")
    async def withdraw(identifier: str, request: Request) -> Response:
        async def take(session: str, form: FormData) -> Response:
            return await run_in_threadpool(_withdraw, administration, session, identifier, form)

        return await _with_session(administration, request, FORM_BYTES, take)


def _enter(administration: Administration, request: Request, password: str) -> Response:
    client = request.client.host if request.client else ""
    try:
        session = administration.door.enter(password, client)
    except TooManyAttempts as refusal:
        return waiting_page(refusal.seconds)
    if session is None:
        logger.warning("Un mot de passe faux a été essayé sur l'administration.")
        return login_page("Ce n’est pas le mot de passe : vérifiez-le, puis recommencez.", 403)
    answer = RedirectResponse(PATH, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, session, max_age=SESSION_SECONDS, path=PATH, secure=secure, httponly=True, samesite="strict")
    return answer


def _deposit(administration: Administration, session: str, form: FormData) -> Response:
    given = form.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return administration.shelf(session, "Choisissez d’abord un fichier.", 422)
    documents = dict(administration.assistant.index.documents)
    folder = Path(mkdtemp(prefix="amp-depot-"))
    path = folder / "depot"
    said = {name: str(form.get(name, "")).strip() for name in ("title", "kind", "date", "replaces")}
    deposit = Deposit(path, given.filename, **said)

    def finish() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    try:
        with path.open("wb") as file:
            shutil.copyfileobj(given.file, file)
        check(deposit, documents, administration.settings)
    except UsageError as error:
        finish()
        return administration.shelf(session, str(error), 422)
    except BaseException:
        finish()
        raise

    def work(progress: Progress) -> str:
        added = add(deposit, documents, administration.settings, progress)
        return f"« {added.title} » est {'remplacé' if deposit.replaces else 'ajouté'} : les réponses en tiennent compte."

    return administration.change(session, work, finish)


def _withdraw(administration: Administration, session: str, identifier: str, form: FormData) -> Response:
    document = administration.assistant.index.documents.get(identifier)
    if document is None:
        return administration.shelf(session, "Ce document n’est plus dans l’index : rechargez la page.", 404)
    if len(administration.assistant.index.documents) == 1:
        return administration.shelf(session, "C’est le dernier document : ajoutez-en un autre avant de le retirer.", 422)
    if form.get("sure") != "oui":
        return administration.shelf(session, f"Cochez la confirmation pour retirer « {document.title} ».", 422)

    def work(progress: Progress) -> str:
        remove(document, administration.settings, progress)
        return f"« {document.title} » est retiré : les réponses n’en tiennent plus compte."

    return administration.change(session, work, lambda: None)


async def _with_session(
    administration: Administration, request: Request, most_bytes: int, take: Callable[[str, FormData], Awaitable[Response]]
) -> Response:
    """Do what a form of the administration asks: with a session, from a page of ours, not too large."""
    session = administration.session(request)
    if not session or _is_from_elsewhere(request):
        return closed_page()
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        return administration.shelf(session, "La taille de l’envoi n’est pas annoncée : recommencez depuis cette page.", 411)
    if int(length) > most_bytes:
        most = administration.settings.upload_megabytes
        return administration.shelf(session, f"Le fichier dépasse {most} Mo : allégez-le, ou augmentez AMP_UPLOAD_MEGABYTES.", 413)
    form = await _form(request, most_bytes)
    try:
        if not is_token(str(form.get("token", "")), session):
            return closed_page()
        return await take(session, form)
    finally:
        await form.close()


async def _form(request: Request, most_bytes: int) -> FormData:
    """The fields of a form; what is no form has none."""
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal() and int(length) <= most_bytes):
        return FormData()
    try:
        return await request.form(max_files=1, max_fields=10, max_part_size=FORM_BYTES)
    except HTTPException:
        return FormData()


def _is_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that the form stood on another site; a browser that says nothing is told apart by the form's token."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
