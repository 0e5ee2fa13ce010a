"""The text of a file, whatever its encoding."""

import re
from pathlib import Path

from amp_assistant.documents.naming import refused

_DECLARED = re.compile(rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,80}?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# A web page declares its encoding in its first kilobyte; the rest is not searched.
_HEAD_BYTES = 2_048
# In a text of another encoding, hardly two bytes in a row happen to be a letter in UTF-8.
_RIGHT_FOR_ONE_WRONG = 4


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; raises DocumentError, with one French sentence, if it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise refused(path, "ne peut pas être ouvert : vérifiez ses droits d’accès") from error


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, even if a few bytes are damaged, else in the encoding that it declares as a web page, else in the
    one that its bytes suggest.

    Raises DocumentError, with one French sentence, if it cannot be opened or is not text.
    """
    data = read_bytes(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        declared = "utf-8" if _is_nearly_utf8(data) else _declared(data)
        if declared:
            return data.decode(declared, "replace")
        from charset_normalizer import from_bytes

        best = from_bytes(data).best()
        if best is None:
            raise refused(path, "n’est pas un texte : enregistrez-le en UTF-8") from error
        return str(best)


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether far more accents are right in UTF-8 than wrong: a few damaged bytes do not make another encoding."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(not character.isascii() for character in text) - wrong
    return right > _RIGHT_FOR_ONE_WRONG * wrong


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data[:_HEAD_BYTES])
    name = found[1].decode("ascii", "replace") if found else ""
    try:
        b"".decode(name or "utf-8")
    except (LookupError, ValueError):  # a name that nobody knows, or a codec that is not of text
        return ""
    return name
