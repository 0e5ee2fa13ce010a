"""The server before the assistant is open: it says so, and hands over to the pages as soon as they are there."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from threading import Thread

from fastapi import FastAPI
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

RETRY_SECONDS = 5
"""When to ask again; the page does so by itself. An index is opened in some 5 s and built in some 60 s."""
COMING = (
    f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta http-equiv="refresh" content="{RETRY_SECONDS}">'
    '<meta name="viewport" content="width=device-width"><title>AMP Assistant</title></head><body><h1>AMP Assistant</h1>'
    "<p>L’assistant démarre : cette page s’ouvrira d’elle-même dans un instant.</p></body></html>"
)


class Starting:
    """An application that is made in a thread of its own while this one answers 503; `failure` is what prevented it, if anything."""

    def __init__(self, make: Callable[[], FastAPI]) -> None:
        self.failure: BaseException | None = None
        self.on_failure: Callable[[], None] = lambda: None
        self._make = make
        self._application: FastAPI | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the application, or say that it is coming."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._application:
            await self._application(scope, receive, send)
        elif scope["type"] == "http":
            await _before(scope["path"])(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            opening = asyncio.create_task(self._open(stack))
            await send({"type": "lifespan.startup.complete"})
            await receive()
            opening.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self, stack: AsyncExitStack) -> None:
        try:
            application = await _in_thread(self._make)
            await stack.enter_async_context(application.router.lifespan_context(application))
        except Exception as failure:  # noqa: BLE001  it is raised again where the server was started
            self.failure = failure
            self.on_failure()
        else:
            self._application = application


def _before(path: str) -> Response:
    if path == "/healthz":
        return JSONResponse({"status": "ok"})
    headers = {"Retry-After": str(RETRY_SECONDS)}
    if path == "/readyz":
        return JSONResponse({"status": "starting"}, 503, headers)
    return HTMLResponse(COMING, 503, headers)


async def _in_thread(make: Callable[[], FastAPI]) -> FastAPI:
    """What `make` gives, from a thread that does not keep the process from ending."""
    loop = asyncio.get_running_loop()
    made: asyncio.Future[FastAPI] = loop.create_future()

    def settle(result: FastAPI | None, error: BaseException | None) -> None:
        if made.done():
            return
        if error:
            made.set_exception(error)
        elif result:
            made.set_result(result)

    def work() -> None:
        try:
            result, error = make(), None
        except BaseException as raised:  # noqa: BLE001  it is raised again where the result is awaited
            result, error = None, raised
        loop.call_soon_threadsafe(settle, result, error)

    Thread(target=work, name="opening", daemon=True).start()
    return await made
