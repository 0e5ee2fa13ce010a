"""A file read in a process of its own, with limits on time and memory: what breaks its reader costs this document and no other.

The process is this package, run as a program: it takes a job as JSON on its input and gives JSON on its output, a line a page that is
done, then the reading, so that nothing of a hostile file is ever executed or unpickled where the index is built. Unlike
`multiprocessing`, it does not run the caller's main module again, and it dies with all that it started (Tesseract).
"""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from tempfile import TemporaryFile
from threading import Event
from time import monotonic
from typing import Any

from amp_assistant.documents.model import Reading
from amp_assistant.documents.naming import refused
from amp_assistant.documents.outline import Title
from amp_assistant.documents.readers import Manner, read_file
from amp_assistant.errors import DocumentError

logger = logging.getLogger(__name__)

# Of the time for a document, what recognising its scanned pages may take; the pages left over are told as unreadable.
_OCR_SHARE = 0.8
# How often a reading that says nothing is looked up for being out of time, or given up.
_LOOK_UP_SECONDS = 0.2
_PIECE_BYTES = 65_536
_PACKAGE_FOLDER = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the reading of one document may take: seconds of time, megabytes of memory; and the password of protected PDFs.

    200 pages of text take about 10 s and 200 MB, 100 scanned pages about 300 s.
    """

    seconds: float = 600
    megabytes: int = 2_000
    password: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows a reading: `pages` gets the pages done and their number; once `stop` is set, the reading is given up."""

    pages: Callable[[int, int], None] = lambda done, total: None
    stop: Event = field(default_factory=Event)


class Stopped(Exception):  # noqa: N818 -- nothing went wrong
    """A reading was given up because nobody wants it any more."""


def read_apart(path: Path, outline: Sequence[Title] = (), allowance: Allowance | None = None, watch: Watch | None = None) -> Reading:
    """Read a file in a process of its own.

    Raises DocumentError, with one French sentence, if the file cannot be read, or its reading takes too long, too much memory, or
    breaks down; Stopped if it was given up.
    """
    allowance = allowance or Allowance()
    job = {"path": str(path.resolve()), "outline": [asdict(title) for title in outline], "allowance": asdict(allowance)}
    return reading_of(_answer(path, json.dumps(job).encode(), allowance, watch or Watch()))


def _answer(path: Path, job: bytes, allowance: Allowance, watch: Watch) -> dict[str, Any]:
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", __package__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=_PACKAGE_FOLDER,  # where `-m` finds this module, installed or not
            start_new_session=True,
        )
        try:
            answer = _listen(process, job, monotonic() + allowance.seconds, watch)
        except TimeoutError as error:
            raise refused(
                path, f"demande plus de {allowance.seconds:g} s de lecture : découpez-le, ou augmentez AMP_DOCUMENT_SECONDS"
            ) from error
        finally:
            _end(process)
        if not answer:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace")[-2_000:]
            logger.info("The reading of %s ended with %s: %s", path.name, process.returncode, said)
            raise refused(path, "a interrompu sa lecture, il est sans doute endommagé : réenregistrez-le ou convertissez-le")
    return answer


def _listen(process: "subprocess.Popen[bytes]", job: bytes, deadline: float, watch: Watch) -> dict[str, Any]:
    """Give a process its job and hear it out; empty if it ends without an answer. Raises TimeoutError at the deadline, and Stopped."""
    assert process.stdin and process.stdout
    with suppress(BrokenPipeError):
        process.stdin.write(job)
        process.stdin.close()
    for line in _lines(process.stdout.fileno(), deadline, watch.stop):
        said: dict[str, Any] = json.loads(line)
        if "pages" not in said:
            return said
        watch.pages(said["page"], said["pages"])
    return {}


def _lines(output: int, deadline: float, stop: Event) -> Iterator[bytes]:
    """The whole lines that are written on a pipe, as they come."""
    pieces: list[bytes] = []
    with DefaultSelector() as selector:
        selector.register(output, EVENT_READ)
        while True:
            if stop.is_set():
                raise Stopped
            if monotonic() > deadline:
                raise TimeoutError
            if not selector.select(min(_LOOK_UP_SECONDS, max(deadline - monotonic(), 0))):
                continue
            piece = os.read(output, _PIECE_BYTES)
            if not piece:
                return
            *whole, rest = piece.split(b"\n")
            for line in whole:
                yield b"".join([*pieces, line])
                pieces.clear()
            pieces.append(rest)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process, if it still runs, and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with suppress(OSError):
                stream.close()


def reading_of(answer: dict[str, Any]) -> Reading:
    """The reading that an answer of the process holds.

    Raises DocumentError if it is a refusal, ValueError or KeyError if it is neither.
    """
    from pydantic import TypeAdapter

    if "refused" in answer:
        raise DocumentError(answer["refused"])

    reading: Reading = TypeAdapter(Reading).validate_python(answer["reading"])
    return reading


def main() -> None:
    """Do the one job that stands on the input; whatever libraries print goes to the errors."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(content: dict[str, Any]) -> None:
        output.write(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        output.flush()

    job = json.load(sys.stdin)
    path, allowance = Path(job["path"]), Allowance(**job["allowance"])
    outline = tuple(Title(**title) for title in job["outline"])
    manner = Manner(
        outline, allowance.password, _OCR_SHARE * allowance.seconds, on_page=lambda done, total: say({"page": done, "pages": total})
    )
    _limit(allowance)
    try:
        say({"reading": asdict(read_file(path, manner))})
    except DocumentError as error:
        say({"refused": str(error)})
    except MemoryError:
        sentence = f"demande plus de {allowance.megabytes} Mo de mémoire : découpez-le, ou augmentez AMP_DOCUMENT_MEGABYTES"
        say({"refused": str(refused(path, sentence))})


def _limit(allowance: Allowance) -> None:
    """Bound the memory, and the time in case the process that waits for this one is gone; where the system cannot, do without."""
    with suppress(ImportError, ValueError, OSError, AttributeError):
        import resource

        signal.alarm(int(allowance.seconds) + 1)
        size = allowance.megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
