"""A file read in a process of its own, with limits on time and memory: what breaks its reader costs this document and no other.

The process is this package, run as a program: it takes a job as JSON on its input and gives the reading as JSON on its output, so
that nothing of a hostile file is ever executed or unpickled where the index is built. Unlike `multiprocessing`, it does not run the
caller's main module again, and it dies with all that it started (Tesseract).
"""

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from amp_assistant.documents.model import Reading
from amp_assistant.documents.naming import refused
from amp_assistant.documents.outline import Title
from amp_assistant.documents.readers import Manner, read_file
from amp_assistant.errors import DocumentError

logger = logging.getLogger(__name__)

# Of the time for a document, what recognising its scanned pages may take; the pages left over are told as unreadable.
_OCR_SHARE = 0.8
_PACKAGE_FOLDER = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the reading of one document may take: seconds of time, megabytes of memory; and the password of protected PDFs.

    200 pages of text take about 10 s and 200 MB, 100 scanned pages about 300 s.
    """

    seconds: float = 600
    megabytes: int = 2_000
    password: str = ""


def read_apart(path: Path, outline: Sequence[Title] = (), allowance: Allowance | None = None) -> Reading:
    """Read a file in a process of its own.

    Raises DocumentError, with one French sentence, if the file cannot be read, or its reading takes too long, too much memory, or
    breaks down.
    """
    allowance = allowance or Allowance()
    job = {"path": str(path.resolve()), "outline": [asdict(title) for title in outline], "allowance": asdict(allowance)}
    answer = _answer(path, json.dumps(job).encode(), allowance)
    if "refused" in answer:
        raise DocumentError(answer["refused"])
    return _reading(answer)


def _answer(path: Path, job: bytes, allowance: Allowance) -> dict[str, Any]:
    process = subprocess.Popen(
        [sys.executable, "-m", __package__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=_PACKAGE_FOLDER,  # where `-m` finds this module, installed or not
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(job, timeout=allowance.seconds)
    except subprocess.TimeoutExpired as error:
        raise refused(
            path, f"demande plus de {allowance.seconds:g} s de lecture : découpez-le, ou augmentez AMP_DOCUMENT_SECONDS"
        ) from error
    finally:
        _end(process)
    if process.returncode or not output:
        logger.info("The reading of %s ended with %s: %s", path.name, process.returncode, errors.decode("utf-8", "replace")[-2_000:])
        raise refused(path, "a interrompu sa lecture, il est sans doute endommagé : réenregistrez-le ou convertissez-le")
    answer: dict[str, Any] = json.loads(output)
    return answer


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process, if it still runs, and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            with suppress(OSError):
                stream.close()


def _reading(answer: dict[str, Any]) -> Reading:
    from pydantic import TypeAdapter

    reading: Reading = TypeAdapter(Reading).validate_python(answer["reading"])
    return reading


def main() -> None:
    """Do the one job that stands on the input; whatever libraries print goes to the errors."""
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    job = json.load(sys.stdin)
    path, allowance = Path(job["path"]), Allowance(**job["allowance"])
    manner = Manner(tuple(Title(**title) for title in job["outline"]), allowance.password, _OCR_SHARE * allowance.seconds)
    _limit(allowance)
    answer: dict[str, Any]
    try:
        answer = {"reading": asdict(read_file(path, manner))}
    except DocumentError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        sentence = f"demande plus de {allowance.megabytes} Mo de mémoire : découpez-le, ou augmentez AMP_DOCUMENT_MEGABYTES"
        answer = {"refused": str(refused(path, sentence))}
    with os.fdopen(output, "wb") as stream:
        stream.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def _limit(allowance: Allowance) -> None:
    """Bound the memory, and the time in case the process that waits for this one is gone; where the system cannot, do without."""
    with suppress(ImportError, ValueError, OSError, AttributeError):
        import resource

        signal.alarm(int(allowance.seconds) + 1)
        size = allowance.megabytes * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
