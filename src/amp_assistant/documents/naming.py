"""How a file that cannot be read is told in a sentence for the user, whatever its name holds."""

from pathlib import Path

from amp_assistant.errors import DocumentError

_LONGEST_NAME = 80

DAMAGE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError, EOFError)
"""What libraries raise, besides their own errors, when they guess at the content of a damaged file: whatever Python does."""


def shown_name(path: Path) -> str:
    """The name of a file on one line: characters that are not printed, or not text, are shown as « � », a long name is cut."""
    return shown_text(path.name)


def shown_text(text: str) -> str:
    """A text on one line, as `shown_name` shows a name."""
    name = text.encode("utf-8", "replace").decode("utf-8")
    shown = "".join(character if character.isprintable() else "\ufffd" for character in name)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[:_LONGEST_NAME]}…"


def refused(path: Path, why: str) -> DocumentError:
    """The error for a file that cannot be read; ``why`` goes on from its name, without the full stop."""
    return DocumentError(f"Le fichier « {shown_name(path)} » {why}.")
