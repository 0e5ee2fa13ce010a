"""What a visitor may ask of the server, and how often."""

import json
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_CLIENTS = 10_000
"""Clients that are remembered, some 200 bytes each; beyond that, the one that has been silent longest is forgotten."""
IPV6_HOME = 64
"""Bits of an IPv6 address that name a home: whoever has one has all addresses below it."""
TOO_MANY = "Trop de demandes viennent de votre adresse : attendez {} s, puis recommencez."

LARGEST_EVENT = 8_000_000
"""Bytes of an event of the pages: a whole conversation comes with each question, and browsers keep 5 MB of it at most."""

OPEN = (
    "/gradio_api/info", "/gradio_api/call/", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel",
    "/gradio_api/mcp", "/gradio_api/heartbeat/", "/gradio_api/reset", "/gradio_api/startup-events", "/gradio_api/app_id",
)  # fmt: skip
"""The routes of Gradio that the pages and programs use."""
CLOSED = ("/gradio_api/", "/monitoring", "/svelte", "/login", "/logout", "/deep_link", "/pwa_icon")
"""The others: files left by anyone, files read by path, proxies, streams, recordings, code written by a model."""


class ClosedRoutes:
    """Answers 403 to the routes of Gradio that nobody needs here, whatever a new version of it may add."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer that there is nothing to get."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(CLOSED) and not path.startswith(OPEN):
            await Response(status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class NoFiles:
    """Answers 403 to an event that points to a file: Gradio would fetch its address for whoever asks, and the pages take no files."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the event, and pass it on unless it points to a file."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(OPEN):
            await self._app(scope, receive, send)
            return
        body, message = b"", await receive()
        while message["type"] == "http.request":
            body += message["body"]
            if len(body) > LARGEST_EVENT:
                await Response(status_code=413)(scope, receive, send)
                return
            if not message.get("more_body"):
                break
            message = await receive()
        if _points_to_a_file(body):
            await Response(status_code=403)(scope, receive, send)
            return
        read = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive_again() -> Message:
            return next(read, None) or await receive()

        await self._app(scope, receive_again, send)


def _points_to_a_file(body: bytes) -> bool:
    if b"FileData" not in body and b"\\u" not in body:  # a word may be written in escapes: then the whole is read
        return False
    try:
        return _holds_a_file(json.loads(body))
    except (ValueError, RecursionError):
        return True  # Gradio could not read it either


def _holds_a_file(value: object) -> bool:
    if isinstance(value, dict):
        return value.get("_type") == "gradio.FileData" or any(map(_holds_a_file, value.values()))
    return isinstance(value, list) and any(map(_holds_a_file, value))


class Buckets:
    """A token bucket a client (Turner 1986): a minute's worth of requests at once, then as they are refilled.

    `clock` tells seconds that never go back. Used from one thread, the event loop's.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic, most: int = MOST_CLIENTS) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._most = most
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> int:
        """Take one request from a client's bucket: 0 where it may pass, else the seconds to wait, at least 1."""
        now = self._clock()
        tokens, since = self._held.pop(client, (float(self._per_minute), now))
        tokens = min(self._per_minute, tokens + (now - since) * self._per_minute / 60)
        passes = tokens >= 1
        self._held[client] = (tokens - passes, now)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return 0 if passes else max(1, ceil((1 - tokens) * 60 / self._per_minute))

    def __len__(self) -> int:
        return len(self._held)


class LimitedRequests:
    """Answers 429 to a client that asks too often. Only what costs work is counted: asking, exporting, judging; not the pages' files."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self._app = app
        self._buckets = Buckets(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say when to come back."""
        seconds = self._buckets.take(client_of(scope)) if scope["type"] == "http" and scope["method"] == "POST" else 0
        if not seconds:
            await self._app(scope, receive, send)
            return
        sentence = TOO_MANY.format(seconds)
        response = JSONResponse({"detail": sentence, "sentence": sentence}, 429, {"Retry-After": str(seconds)})
        await response(scope, receive, send)


def client_of(scope: Scope) -> str:
    """Who sends a request, as far as limits go: an IPv4 address, or the network of an IPv6 one."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(int(address) >> (128 - IPV6_HOME))
    return str(getattr(address, "ipv4_mapped", None) or address)
