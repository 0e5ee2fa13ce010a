"""Inline Markdown, HTML and typography taken away from a line of text, its words left as they are."""

import html
import re

_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_UNIT_POWER = re.compile(r"(?<=m)<sup>\s*([23])\s*</sup>", re.IGNORECASE)
_HTML_POWER = re.compile(r"<sup>\s*(.*?)\s*</sup>", re.IGNORECASE)
_HTML_INDEX = re.compile(r"</?su[bp]>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BRACED_POWER = re.compile(r"\^\{([^{}]*)\}")
_ORDINAL_POWER = re.compile(r"(?<=[\dIVXLC])\^(?=[^\W\d_])")
_STRONG = re.compile(r"\*\*+|__(?=\S)|(?<=\S)__")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])")
_ESCAPE = re.compile(r"\\+([\\`*_{}\[\]()#+\-.!|])")
_END_MARK = re.compile(r"\s+—\s*$")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufeff"))
# A note's number stands after a word; a power after a unit of one or two letters.
_NOTE_CALL = re.compile(r"(?<=[^\W\d_]{3})(?=[¹²³⁴-⁹])")
_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def clean_markup(text: str) -> str:
    """The words of one line of Markdown: no markup, no HTML, no invisible characters, plain single spaces.

    Powers become « 1er », « 3e », « m2 »; a link keeps its text and a bare address stays.
    """
    text = _QUOTE.sub("", html.unescape(text)).translate(_INVISIBLE)
    text = _LINK.sub(r"\1", _AUTOLINK.sub(r"\1", text))
    text = _HTML_POWER.sub(_power, _UNIT_POWER.sub(r"\1", text))
    text = _TAG.sub(" ", _HTML_INDEX.sub("", text))
    text = _ORDINAL_POWER.sub("", _BRACED_POWER.sub(r"\1", text))
    text = _ESCAPE.sub(r"\1", _EMPHASIS.sub(r"\1", _STRONG.sub("", text)))
    return _SPACES.sub(" ", _NOTE_CALL.sub(" ", _END_MARK.sub("", text))).strip()


def _power(match: re.Match[str]) -> str:
    return match[1].translate(_POWERS) if match[1].isdigit() else match[1]
