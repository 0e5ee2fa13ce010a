"""An OpenAI-compatible server on loopback that answers as it is told, so that the whole way to a model is tested over real HTTP.

    with ScriptedServer(says('{"statements": []}'), fails(429, {"Retry-After": "1"}), hangs()) as server:
        Settings(llm="openai:test", llm_base_url=server.url)

Replies are used up one a request, in order; the requests are kept in `server.requests`.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

CHUNK = 24
"""Characters sent at once."""


@dataclass(frozen=True)
class Reply:
    """What one request gets. `pause` is in seconds before each piece; with `breaks_after` the connection ends after so many."""

    text: str = ""
    status: int = 200
    finish: str = "stop"
    refusal: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    breaks_after: int | None = None


Script = Reply | Callable[[dict[str, Any]], Reply]
"""A reply, or what makes one of the request."""


def says(text: str, finish: str = "stop") -> Reply:
    return Reply(text, finish=finish)


def fails(status: int, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps({"error": {"message": "scripted", "type": "error"}}), status, headers=headers or {})


def hangs() -> Reply:
    return Reply("{}", pause=60)


def trickles(text: str) -> Reply:
    """Sends a piece every tenth of a second, so that no limit on silence is ever reached."""
    return Reply(text, pause=0.1)


def drops(after: int = 0) -> Reply:
    """Ends the connection after so many pieces of an answer."""
    return Reply("x" * 1000, breaks_after=after)


class ScriptedServer:
    """The server, running while the `with` block does."""

    def __init__(self, *scripts: Script) -> None:
        self.requests: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        self._scripts = deque(scripts)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def then(self, *scripts: Script) -> None:
        self._scripts.extend(scripts)

    @property
    def unused(self) -> int:
        """Replies that no request came for."""
        return len(self._scripts)

    def reply(self, request: dict[str, Any]) -> Reply:
        self.requests.append(request)
        script = self._scripts.popleft() if self._scripts else fails(418)
        return script if isinstance(script, Reply) else script(request)

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = server.reply(request)
            try:
                if reply.breaks_after != 0:
                    if reply.status == 200 and request.get("stream"):
                        self._send("text/event-stream", _events(reply), reply)
                    else:
                        self._send("application/json", [_whole(reply)], reply)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client did not wait
            self.close_connection = True

        def _send(self, kind: str, pieces: Iterable[str], reply: Reply) -> None:
            if server.stopping.wait(reply.pause):
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", kind)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Transfer-Encoding", "chunked")
            self.send_header("Connection", "close")
            self.end_headers()
            for number, piece in enumerate((*pieces, "")):
                if number == reply.breaks_after:
                    return
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece.encode()), piece.encode()))
                self.wfile.flush()
                if server.stopping.wait(reply.pause if piece else 0):
                    return

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    return Handler


def _events(reply: Reply) -> Iterator[str]:
    yield _event({"role": "assistant", "content": "", "refusal": reply.refusal or None})
    for start in range(0, len(reply.text), CHUNK):
        yield _event({"content": reply.text[start : start + CHUNK]})
    yield _event({}, reply.finish)
    yield f"data: {json.dumps(_frame('chat.completion.chunk', [], _usage(reply)))}\n\n"
    yield "data: [DONE]\n\n"


def _event(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return f"data: {json.dumps(_frame('chat.completion.chunk', [choice], None))}\n\n"


def _whole(reply: Reply) -> str:
    if reply.status != 200:
        return reply.text
    message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal or None}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    return json.dumps(_frame("chat.completion", [choice], _usage(reply)))


def _frame(kind: str, choices: list[dict[str, Any]], usage: dict[str, int] | None) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": "scripted", "choices": choices, "usage": usage}


def _usage(reply: Reply) -> dict[str, int]:
    written = len(reply.text.split())
    return {"prompt_tokens": 100, "completion_tokens": written, "total_tokens": 100 + written}
