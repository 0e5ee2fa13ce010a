"""The speech of a draft and its fact sheet, as files at addresses that carry the same query string as the page."""

import logging
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.speech import export_sheet, export_speech
from amp_assistant.speech.rewording import Reworded
from amp_assistant.web.speech_address import Draft, draft_of

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
UNEXPECTED = "Un incident technique a empêché de fabriquer le fichier ; il est noté dans le journal. Réessayez dans un instant."


def add_speech_routes(application: FastAPI, assistant: "Assistant") -> None:
    """Add the downloads of speeches, `/discours/discours.docx` and the like, and of fact sheets, `/discours/fiche.docx`."""

    @application.get("/discours/discours.{form}")
    def speech_file(form: Literal["docx", "odt", "md", "txt"], request: Request) -> Response:
        return _file(f"discours.{form}", lambda path: _write_speech(assistant, draft_of(request.url.query), path))

    @application.get("/discours/fiche.docx")
    def sheet_file(request: Request) -> Response:
        return _file("fiche.docx", lambda path: _write_sheet(assistant, draft_of(request.url.query), path))


def speech_of(assistant: "Assistant", draft: Draft) -> Reworded:
    """The speech of a draft, and how much of its connecting words the model wrote.

    :raises UsageError: nothing can be said on the theme, an element is not of the brief, or there is no model that is to write.
    """
    workshop = assistant.workshop
    if draft.is_reworded:
        return workshop.reworded(draft.order, draft.kept)
    return Reworded(workshop.speech(draft.order, draft.kept), 0, 0)


def _write_speech(assistant: "Assistant", draft: Draft, path: Path) -> None:
    export_speech(speech_of(assistant, draft).speech, assistant.workshop.documents, path)


def _write_sheet(assistant: "Assistant", draft: Draft, path: Path) -> None:
    workshop, order = assistant.workshop, draft.order
    made = workshop.speech(order, draft.kept)
    export_sheet(made, workshop.suivi(order), workshop.documents, path, measured=workshop.measured(order))


def _file(name: str, write: Callable[[Path], None]) -> Response:
    """A file to download, or the sentence that says why there is none."""
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            write(path)
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            return Response(path.read_bytes(), media_type=MEDIA[path.suffix[1:]], headers=headers)
    except UsageError as error:
        return PlainTextResponse(str(error), 400)
    except AssistantError as error:
        return PlainTextResponse(str(error), 500)
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Un fichier n'a pas pu être fabriqué.")
        return PlainTextResponse(UNEXPECTED, 500)
