"""What a page shows as files and figures at addresses of their own: the same query string as the page's."""

import logging
from collections.abc import Callable
from functools import cache
from gzip import compress
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.export import Format, export
from amp_assistant.register.selecting import select
from amp_assistant.web.addresses import selection_of, situated_of
from amp_assistant.web.aids_files import aids_csv, aids_document, aids_markdown
from amp_assistant.web.register_drawings import LIBRARY, drawing
from amp_assistant.web.register_tables import TABLE_TITLES

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""What a file of each suffix is."""
UNEXPECTED = "Un incident technique a empêché de fabriquer le fichier ; il est noté dans le journal. Réessayez dans un instant."


def add_register_routes(application: FastAPI, assistant: "Assistant") -> None:
    """Add the downloads, the figures of the drawings and the library that draws them."""

    @application.get("/engagements/lignes.{form}")
    def rows_file(form: str, request: Request) -> Response:
        return _file(form, ("csv", "xlsx"), lambda: _rows(assistant, request.url.query, form))

    @application.get("/aides/resultat.{form}")
    def aids_file(form: str, request: Request) -> Response:
        return _file(form, ("csv", "md", "docx"), lambda: _aids(assistant, request.url.query, form))

    @application.get("/engagements/dessin.json")
    def figures(request: Request) -> Response:
        return _answered(lambda: JSONResponse(drawing(assistant.register, selection_of(request.url.query)[0])))

    @application.get(LIBRARY)
    def plotly() -> Response:
        headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(_plotly(), media_type="text/javascript; charset=utf-8", headers=headers)


def _rows(assistant: "Assistant", query: str, form: str) -> tuple[str, bytes]:
    """The selected rows as a file: its name and its bytes."""
    selection, _ = selection_of(query)
    kind: Format = "csv" if form == "csv" else "xlsx"
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{selection.table}.{form}"
        export(select(assistant.register, selection), kind, path, TABLE_TITLES[selection.table])
        return path.name, path.read_bytes()


def _aids(assistant: "Assistant", query: str, form: str) -> tuple[str, bytes]:
    """The aids for a situation as a file: its name and its bytes."""
    situated = situated_of(query)
    advice = assistant.adviser.advise(situated.sentence, situated.fields)
    if form == "csv":
        return "aides.csv", aids_csv(advice).encode("utf-8-sig")
    return f"aides.{form}", aids_markdown(advice).encode() if form == "md" else aids_document(advice)


def _file(form: str, forms: tuple[str, ...], make: Callable[[], tuple[str, bytes]]) -> Response:
    """A file to download, or the sentence that says why there is none."""
    if form not in forms:
        return PlainTextResponse(f"Le format « {form} » n’existe pas : choisissez parmi {', '.join(forms)}.", 404)

    def made() -> Response:
        name, content = make()
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(content, media_type=KINDS[form], headers=headers)

    return _answered(made)


def _answered(make: Callable[[], Response]) -> Response:
    try:
        return make()
    except UsageError as error:
        return PlainTextResponse(str(error), 400)
    except AssistantError as error:
        return PlainTextResponse(str(error), 500)
    except Exception:  # the outer edge: whatever broke, the visitor gets a sentence and the log the trace
        logger.exception("Un fichier n'a pas pu être fabriqué.")
        return PlainTextResponse(UNEXPECTED, 500)


@cache
def _plotly() -> bytes:
    """The drawing library, compressed once: 4.8 MB become 1.4."""
    return compress((files("plotly") / "package_data" / "plotly.min.js").read_bytes(), compresslevel=6)
