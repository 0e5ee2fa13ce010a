"""The spaces of French that no line breaks at: inside « », before : ; ! ? % €, between thousands, before a citation's number."""

import re

_UNBROKEN = re.compile(r"(?<=«) | (?=[»:;!?%€]|\[\d)|(?<=\d) (?=\d{3}(?!\d)|milli)")


def unbroken(text: str) -> str:
    """A text for people to read, its words unchanged: the spaces at which French does not break are no-break spaces."""
    return _UNBROKEN.sub("\u00a0", text)
