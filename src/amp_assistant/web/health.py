"""What watches the server asks it: is it alive (`/healthz`), can it answer (`/readyz`), how is it doing (`/metrics`)."""

from collections.abc import Callable
from ipaddress import ip_address
from time import time
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amp_assistant.builds import COMPLETE
from amp_assistant.settings import Settings
from amp_assistant.telemetry import REGISTRY

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

REQUESTS = Counter("amp_requests", "HTTP requests, by method and status", ["method", "status"], registry=REGISTRY)
QUEUE = Gauge("amp_queue", "Questions of the page that wait", registry=REGISTRY)
INDEX_AGE = Gauge("amp_index_age_seconds", "Time since the index in use was built, in seconds", registry=REGISTRY)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class CountedRequests:
    """Counts the requests; a method that nobody knows is counted as `other`, so that nobody makes up new counters."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count its response."""

        async def send_and_count(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in _METHODS else "other"
                REQUESTS.labels(method, str(message["status"])).inc()
            await send(message)

        await self._app(scope, receive, send_and_count)


def add_health_routes(application: FastAPI, assistant: "Assistant", settings: Settings, waiting: Callable[[], int]) -> None:
    """Answer at `/healthz`, `/readyz` and, to this machine alone unless the settings open them, `/metrics`.

    `waiting` tells how many questions are in the queue.
    """

    @application.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @application.get("/readyz")
    def readyz() -> dict[str, Any]:
        return {"status": "ready", **index_state(assistant, settings)}

    @application.get("/metrics")
    def metrics(request: Request) -> Response:
        if not (settings.metrics_open or is_this_machine(request)):
            return Response(status_code=404)
        QUEUE.set(waiting())
        INDEX_AGE.set(index_state(assistant, settings)["age_seconds"] or float("nan"))
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def index_state(assistant: "Assistant", settings: Settings) -> dict[str, Any]:
    """The index in use: its version, documents, passages, and its age in seconds (None where its build is gone from the disk)."""
    built = assistant.index.built_from
    try:
        written = (settings.index / built.fingerprint / COMPLETE).stat().st_mtime
    except OSError:
        written = None
    return {
        "index": built.fingerprint,
        "documents": built.documents,
        "passages": built.passages,
        "age_seconds": None if written is None else max(0, round(time() - written)),
    }


def is_this_machine(request: Request) -> bool:
    """Whether a request comes from this machine itself; behind a proxy, that is what its X-Forwarded-For says."""
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
