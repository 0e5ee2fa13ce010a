"""What cannot be rebuilt, in one archive: the corpus folder (documents, manifest, enrichment, corrections) and the opinions.

    backup.json         the SHA-256 of each file, by its place in the archive
    corpus/...          the files of the corpus folder
    feedback.sqlite3    the opinions

An archive is checked as a whole, names and sums, before the first file is written; it may come from a person who means harm.
"""

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from amp_assistant.errors import FailureError, UsageError
from amp_assistant.feedback import FeedbackStore
from amp_assistant.settings import Settings

SUMS = "backup.json"
FEEDBACK = "feedback.sqlite3"
MOST_BYTES = 5_000_000_000
"""What an archive may hold unpacked: the corpus has some megabytes, and an archive that swells without end is stopped."""


def write_backup(settings: Settings, file: Path) -> int:
    """Write the archive, aside first; returns how many files it holds.

    :raises UsageError: the archive cannot be written there, or a file cannot be read.
    """
    aside = file.with_name(file.name + ".new")
    sums: dict[str, str] = {}
    try:
        with TemporaryDirectory() as scratch, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, path in _kept(settings, Path(scratch)):
                archive.write(path, place)
                sums[place] = _sum(path)
            archive.writestr(SUMS, json.dumps(sums, indent=1))
        os.chmod(aside, 0o600)  # it holds what people wrote
        os.replace(aside, file)
    except (OSError, sqlite3.Error) as error:
        aside.unlink(missing_ok=True)
        raise UsageError(
            f"La sauvegarde « {file} » ne peut pas être écrite ({error}) : vérifiez le dossier, les droits et la place."
        ) from error
    return len(sums)


def restore_backup(settings: Settings, file: Path, *, force: bool = False) -> int:
    """Put the files of an archive back where the settings have them; returns how many. Opinions past their time are deleted again.

    :raises UsageError: the archive is not one of `write_backup`, is damaged, or, without `force`, a file has changed since.
    :raises FailureError: a file cannot be written.
    """
    with TemporaryDirectory() as scratch:
        places = _unpacked(file, Path(scratch))
        targets = {place: _target(settings, place) for place in places}
        changed = [target for place, target in targets.items() if target.exists() and _sum(target) != places[place]]
        if changed and not force:
            raise UsageError(
                f"Rien n'est remis en place : « {changed[0]} » a changé depuis la sauvegarde"
                f"{f', et {len(changed) - 1} autres fichiers' if len(changed) > 1 else ''}. Ajoutez --force pour les remplacer."
            )
        try:
            for place, target in targets.items():
                _put(Path(scratch, place), target, is_database=place == FEEDBACK)
        except (OSError, sqlite3.Error) as error:
            raise FailureError(f"La sauvegarde n'a pas pu être remise en place ({error}) : vérifiez les droits et la place.") from error
    if settings.feedback.exists():
        FeedbackStore.of(settings)
    return len(places)


def _kept(settings: Settings, scratch: Path) -> Iterator[tuple[str, Path]]:
    """The files to keep, with their places in the archive."""
    for path in sorted(settings.corpus.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"corpus/{path.relative_to(settings.corpus).as_posix()}", path
    if settings.feedback.exists():
        copy = scratch / FEEDBACK
        _copy_database(settings.feedback, copy)  # whole, even while the server writes into it
        yield FEEDBACK, copy


def _unpacked(file: Path, scratch: Path) -> dict[str, str]:
    """The sums of the files of an archive, by place, once all of it lies in a folder and was checked."""
    try:
        with zipfile.ZipFile(file) as archive:
            sums = dict(json.loads(archive.read(SUMS)))
            members = {member.filename: member for member in archive.infolist() if member.filename != SUMS}
            if set(members) != set(sums) or sum(member.file_size for member in members.values()) > MOST_BYTES:
                raise ValueError("its files are not those that it lists")
            for place in members:
                _check_place(place)
            for place, member in members.items():
                target = scratch / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(member))
                if _sum(target) != sums[place]:
                    raise ValueError(f"{place} was changed")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"« {file} » n'est pas une sauvegarde intacte ({error}) : rien n'est remis en place, prenez-en une autre."
        ) from error
    return sums


def _check_place(place: str) -> None:
    """:raises ValueError: a place is not one below `corpus/`, nor that of the opinions."""
    parts = PurePosixPath(place).parts
    is_below = parts[:1] == ("corpus",) and len(parts) > 1 and ".." not in parts and "\\" not in place and ":" not in place
    if not (place == FEEDBACK or is_below) or str(PurePosixPath(place)) != place:
        raise ValueError(f"{place} would lie elsewhere")


def _target(settings: Settings, place: str) -> Path:
    return settings.feedback if place == FEEDBACK else settings.corpus.joinpath(*PurePosixPath(place).parts[1:])


def _put(source: Path, target: Path, *, is_database: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if is_database:
        _copy_database(source, target)
        return
    aside = target.with_name(target.name + ".new")
    aside.write_bytes(source.read_bytes())
    os.replace(aside, target)


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=10)) as read, closing(sqlite3.connect(target, timeout=10)) as written:
        read.backup(written)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
