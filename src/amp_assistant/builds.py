"""The folder of the index on disk: builds side by side, one of them in use, switched in one step, kept while somebody reads it.

    index/
      CURRENT              the name of the build in use, replaced atomically
      .lock  .builder      who builds: one at a time
      <fingerprint>-<n>/   one build; complete once it holds built_from.json, which is written last

A reader holds the build that it reads (a shared lock of the system on its folder, gone with the process), so that it is not removed.
"""

import json
import logging
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from amp_assistant.errors import StoreError

logger = logging.getLogger(__name__)

LOCK_SECONDS = 600
"""How long a second builder waits for the first; a build takes about a minute."""
COMPLETE = "built_from.json"
"""The file that is written last: a folder without it is a build that was broken off."""


def current_build(folder: Path) -> Path | None:
    """The build in use, None where there is none."""
    try:
        build = folder / (folder / "CURRENT").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return build if (build / COMPLETE).is_file() else None


def stamp(folder: Path) -> tuple[int, int] | None:
    """What differs as soon as another build is put in use; costs microseconds."""
    try:
        status = (folder / "CURRENT").stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def new_build(folder: Path, name: str) -> Path:
    """An empty folder for a build of that fingerprint."""
    build = next(path for n in count(1) if not (path := folder / f"{name}-{n}").exists())
    build.mkdir()
    return build


def is_of(build: Path, name: str) -> bool:
    """Whether a build is of that fingerprint."""
    return build.name.partition("-")[0] == name


def put_in_use(build: Path) -> None:
    """Make a build the one in use, once all of it is safe on the disk."""
    for place, _, names in os.walk(build):
        for name in (*names, ""):
            _sync(Path(place, name))
    _sync(build.parent)
    write_atomically(build.parent / "CURRENT", build.name + "\n")


def hold(build: Path) -> Callable[[], None]:
    """Keep a build from being removed until what is returned is called, or the process ends.

    :raises OSError: the build is gone.
    """
    descriptor = os.open(build, os.O_RDONLY)
    _lock(descriptor, alone=False)
    return lambda: os.close(descriptor)


def remove_unfinished(folder: Path) -> None:
    """Remove the builds that were broken off. To be called by the one builder only."""
    for build in _builds(folder):
        if not (build / COMPLETE).is_file():
            shutil.rmtree(build)


def remove_old(folder: Path, keep: set[Path | None]) -> None:
    """Remove the builds that nobody reads, but those to keep."""
    for build in _builds(folder):
        if build not in keep and not _is_held(build):
            shutil.rmtree(build, ignore_errors=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the folder for building, alone; a second builder waits, and says for whom.

    :raises StoreError: the folder cannot be written, or another builder holds it for too long.
    """
    from filelock import FileLock, Timeout

    lock, builder = FileLock(folder / ".lock"), folder / ".builder"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            logger.warning("Une autre construction de l'index est en cours (%s) : attente de sa fin.", _said_by(builder))
            lock.acquire(timeout=LOCK_SECONDS)
        try:
            builder.write_text(f"processus {os.getpid()} sur {socket.gethostname()}", encoding="utf-8")
            yield
        finally:
            with suppress(OSError):
                builder.unlink()
            lock.release()
    except Timeout as error:
        raise StoreError(
            f"Une autre construction ({_said_by(builder)}) occupe « {folder} » depuis plus de {LOCK_SECONDS // 60} minutes : "
            "attendez ou arrêtez-la."
        ) from error
    except OSError as error:
        raise StoreError(
            f"L'index ne peut pas être écrit dans « {folder} » ({error.strerror or error}) : vérifiez les droits et la place, ou AMP_INDEX."
        ) from error


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds the old text or the new one, whole, even after a power cut."""
    aside = path.with_name(path.name + ".new")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    _sync(path.parent)


def write_json(path: Path, content: object) -> None:
    """Write a file of a build; characters that are not text (of a file's name) are kept."""
    path.write_text(json.dumps(content), encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a file of a build."""
    return json.loads(path.read_text(encoding="utf-8"))


def _builds(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()]


def _said_by(builder: Path) -> str:
    try:
        return builder.read_text(encoding="utf-8") or "processus inconnu"
    except OSError:
        return "processus inconnu"


def _is_held(build: Path) -> bool:
    try:
        descriptor = os.open(build, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _lock(descriptor, alone=True)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, *, alone: bool) -> bool:
    """Lock an open folder, alone or with others, for as long as it is open; where the system has no such lock, nothing is locked."""
    try:
        import fcntl
    except ImportError:  # Windows, where a folder whose files are open is not removed anyway
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
