"""Office files are archives: what they unpack to is looked up before they are opened."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, LargeZipFile, ZipFile

from amp_assistant.documents.naming import refused

LARGEST_UNPACKED = 300_000_000
"""Bytes: a text of a thousand pages with its pictures unpacks to less; an archive made to fill the memory, to far more."""

_MOST_FILES = 10_000


@contextmanager
def opened_archive(path: Path) -> Iterator[ZipFile]:
    """The archive of an office file, checked; while it is open, what is wrong with it is told as one sentence.

    Raises DocumentError if the file is no archive, is damaged, is encrypted, or unpacks to more than LARGEST_UNPACKED.
    """
    try:
        with ZipFile(path) as archive:
            _check(path, archive)
            yield archive
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refused(path, "est endommagé ou incomplet : remplacez-le par un fichier complet") from error
    except OSError as error:
        raise refused(path, "ne peut pas être ouvert : vérifiez qu’il existe et ses droits d’accès") from error


def _check(path: Path, archive: ZipFile) -> None:
    """zipfile never unpacks more than the directory of the archive announces, so what is announced can be trusted."""
    members = archive.infolist()
    if len(members) > _MOST_FILES or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise refused(path, f"dépasse {LARGEST_UNPACKED // 10**6} Mo une fois décompressé : il n’est pas lu, réenregistrez-le sans images")
    if any(member.flag_bits & 1 for member in members):
        raise refused(path, "est protégé par un mot de passe : enregistrez-le sans protection")
