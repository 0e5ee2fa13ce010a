"""The pages on the network: mounted on FastAPI, behind security headers and limits, served by uvicorn."""

import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
import matplotlib
import uvicorn
from fastapi import FastAPI
from gradio.routes import App as GradioApplication
from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amp_assistant.errors import FailureError
from amp_assistant.feedback import FeedbackStore
from amp_assistant.settings import Settings
from amp_assistant.web.administration import add_administration_routes
from amp_assistant.web.api import build_api
from amp_assistant.web.conversation import add_conversation_routes
from amp_assistant.web.exports import add_register_routes
from amp_assistant.web.health import CountedRequests, add_health_routes
from amp_assistant.web.limits import ClosedRoutes, LimitedRequests, NoFiles
from amp_assistant.web.page import build_page
from amp_assistant.web.reading import add_reading_routes
from amp_assistant.web.sessions import keep_little
from amp_assistant.web.speech_files import add_speech_routes
from amp_assistant.web.starting import Starting
from amp_assistant.web.theme import head, theme

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

HEADERS = {
    # Gradio writes its configuration and its styles into the page: hence 'unsafe-inline'. Nothing may come from elsewhere, nothing is
    # evaluated: gr.HTML and the `js` of events, which need 'unsafe-eval', are not used.
    "Content-Security-Policy": "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MARGIN_SECONDS = 5
"""What a question may take beside the language model's time before a stopping server no longer waits for it."""


class SecurityHeaders:
    """Adds HEADERS to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its response back with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def build_application(assistant: "Assistant", settings: Settings) -> FastAPI:
    """The pages, the documents, the administration if there is one, the interface for programs, and what watches them all.

    :raises SettingError: the administration's password hash is none.
    """
    matplotlib.use("agg")  # Gradio does so before each event, and the first visitor would wait while it is loaded
    application = FastAPI(title="AMP Assistant", docs_url=None, redoc_url=None, openapi_url=None)
    application.add_middleware(NoFiles)
    application.add_middleware(LimitedRequests, per_minute=settings.requests_per_minute)
    application.add_middleware(ClosedRoutes)
    application.add_middleware(CountedRequests)
    application.add_middleware(SecurityHeaders)  # the last one added is the first one met
    page = build_page(assistant, settings.feedback_days)
    add_health_routes(application, assistant, settings, waiting=lambda: len(page._queue))
    add_conversation_routes(application, assistant, FeedbackStore.of(settings))
    add_register_routes(application, assistant)
    add_reading_routes(application, assistant, settings)
    add_administration_routes(application, assistant, settings)
    add_speech_routes(application, assistant)
    application.mount("/api", build_api(assistant))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="SSR mode")  # said of every application of several pages, even where it is off
        mounted: FastAPI = gr.mount_gradio_app(
            application,
            page,
            path="/",
            theme=theme(),
            head=head(),
            favicon_path=str(Path(__file__).with_name("favicon.svg")),
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            ssr_mode=False,
            mcp_server=True,
            max_file_size="1kb",
            app_kwargs={"openapi_url": None},
        )
    keep_little(page, next(route.app for route in mounted.routes if isinstance(route, Mount) and isinstance(route.app, GradioApplication)))
    return mounted


def serve(assistant: "Assistant", settings: Settings) -> None:
    """Serve the pages at the host and port of the settings until the process is told to stop.

    Told to stop (SIGTERM), it takes no new request, finishes those that it has, and ends the process with 0.

    :raises FailureError: the port is taken, or the address is not of this machine.
    """
    with _listen(settings.host, settings.port) as listener:
        _server(build_application(assistant, settings), settings).run(sockets=[listener])


def serve_when_opened(open_assistant: Callable[[], "Assistant"], settings: Settings) -> None:
    """Serve at once, and the pages as soon as the assistant is open: until then every page says that it is coming. Stops as `serve`.

    :raises FailureError: the port is taken, or the address is not of this machine.
    :raises AssistantError: the assistant cannot be opened.
    """
    starting = Starting(lambda: build_application(open_assistant(), settings))
    with _listen(settings.host, settings.port) as listener:
        server = _server(SecurityHeaders(starting), settings)
        starting.on_failure = lambda: setattr(server, "should_exit", True)
        server.run(sockets=[listener])
    if starting.failure:
        raise starting.failure


def _server(application: ASGIApp, settings: Settings) -> uvicorn.Server:
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn sends itself the signal again once it has stopped
    patience = round(settings.llm_seconds) + MARGIN_SECONDS
    return uvicorn.Server(
        uvicorn.Config(application, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=patience)
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise FailureError(
            f"La page ne peut pas être servie sur {host}, port {port} ({error.strerror}) : "
            "fermez le programme qui occupe ce port, ou choisissez-en un autre par AMP_PORT ou --port."
        ) from error
