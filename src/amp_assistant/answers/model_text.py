"""The text that a language model writes, untrusted, as what may be shown: one line of words in a known language."""

import re

from amp_assistant.citations import MARK
from amp_assistant.folding import tokens

_COMMON = {
    "fr": frozenset("le la les des du de et est une un dans pour que qui sont au aux par sur avec a ses son ce cette l d".split()),
    "en": frozenset("the of and is are in to for by with that which was were its this has have from will on an".split()),
}
"""Words by which a sentence tells its language."""


_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)?")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)?")
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>?|<(?:https?|mailto):[^>\s]*>?")
_ADDRESS = re.compile(r"(?:\w+:)?//\S+|\b(?:javascript|data|mailto):\S+|\bwww\.\S+", re.IGNORECASE)
_POINTER = re.compile(r"\s*[(\[]\s*S\d+(?:\s*[,;et-]+\s*S\d+)*\s*[)\]]|\bS\d+\b")
_MARKUP = re.compile(r"[*_`#|~]{1,3}|^\s*(?:[-•>]|\d+[.)])\s+", re.MULTILINE)


def plain(text: str) -> str:
    """What a model wrote as one line of plain text: no links, images, HTML, markup, and no numbers of citations or sentences."""
    bare = _IMAGE.sub("", text)
    bare = _LINK.sub(r"\1", bare)
    for unwanted in (_TAG, _ADDRESS, MARK, _POINTER, _MARKUP):
        bare = unwanted.sub("", bare)
    bare = re.sub(r"\(\s*\)|\[\s*\]", "", " ".join(bare.split()))
    return re.sub(r" +(?=[.,)])", "", bare).strip()


def language_of(text: str) -> str:
    """The language of a sentence, ``fr`` or ``en``; French where its words do not tell."""
    words = tokens(text)
    counts = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    return "en" if counts["en"] > counts["fr"] else "fr"
