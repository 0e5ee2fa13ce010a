"""Where the sentences of clean text begin and end, by rules for French that also hold for English.

A newline always ends a sentence. Within a line, a full stop, « ! », « ? » or an ellipsis ends one where a new sentence
opens after it, unless the stop belongs to an abbreviation, an initial, a number of a list, a bracket, or a quotation
that is part of a longer sentence. Nothing is changed: callers cut the text by the offsets, so that every sentence stays
quotable word for word.
"""

import re
from collections.abc import Iterator

# Stops that belong to the word and always announce more: a name, a number or a place follows.
_ANNOUNCING_LIST = """
    m mm mme mmes mlle mlles me mgr dr drs pr prof st ste mr mrs ms cf p pp n no nos fig tab art al alin chap sect
    vol éd réf réfs tél av bd bld vs ex op resp dir trad janv févr juil sept oct nov déc jan feb aug dec e.g i.e
    p.ex c.-à-d r n°
"""
_ANNOUNCING = frozenset(_ANNOUNCING_LIST.split())
# Stops that belong to the word, but the sentence may end with it too: the next word decides.
_DOUBTFUL_LIST = """
    env approx hab max min moy nb qté ht ttc inc ltd co cie corp soc ibid cit suiv coll dép chiff mio mds md prov
"""
_DOUBTFUL = frozenset(_DOUBTFUL_LIST.split())
# Words that open a sentence and are no part of a name: after a doubtful stop they tell that a new sentence begins.
_OPENERS_LIST = """
    le la les l un une des du de d ce cet cette ces c il ils elle elles on nous vous je j en à au aux dans par pour
    sur sous avec sans mais et ou or ainsi enfin de plus cela ceci leur leurs son sa ses notre nos votre vos qui que
    qu si s selon depuis chaque tous toutes tout plusieurs certains afin après avant lors dès puis alors aussi
    pourtant toutefois cependant par ailleurs quant the this these those it he she they we in on at by for with
    there a an
"""
_OPENERS = frozenset(_OPENERS_LIST.split())
# A quotation inside a sentence stays whole up to about five lines; a longer one is cut like other text.
_LONGEST_QUOTATION = 300
# A bracket left open by a slip of the author must not swallow the rest of the paragraph.
_LONGEST_BRACKET = 400

_END = re.compile(
    r"(?P<stop>\.{3,}|…|[.!?]+(?:\s?[!?…]+)*)"
    r"(?P<closing>(?:[\s\u00a0\u202f]?»|[)\]”’\"]|[⁰¹²³⁴-⁹])*)"
    r"(?=[ \t\u00a0\u202f]+(?P<next>\S))"
)
_OPENING = re.compile(r"[«“\"‘'’(\[\-–—•\s\u00a0\u202f]*")
_WORD_BEFORE = re.compile(r"[^\s«“\"(\[’'/,;:]*$")
_WORD = re.compile(r"[^\W\d_]+")
_LIST_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Za-z])")
_BRACKET = re.compile(rf"\([^()]{{0,{_LONGEST_BRACKET}}}\)|\[[^\[\]]{{0,{_LONGEST_BRACKET}}}\]")
_QUOTATION = re.compile(rf"«[^«»]{{0,{_LONGEST_QUOTATION}}}»|“[^“”]{{0,{_LONGEST_QUOTATION}}}”")
_LINE = re.compile(r"[^\n\r\f\v\u2028\u2029]+")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """The start and end offsets of the sentences of a text, in order, without the white space around them.

    Between two sentences there is nothing but white space, so no word of the text is lost.
    """
    return [span for line in _LINE.finditer(text) for span in _split_line(line.group(), line.start())]


def _split_line(line: str, offset: int) -> Iterator[tuple[int, int]]:
    brackets = [match.span() for match in _BRACKET.finditer(line)]
    quotations = [match.span() for match in _QUOTATION.finditer(line)]
    start = len(line) - len(line.lstrip())
    for end in _END.finditer(line):
        stop = end.start()
        inside_bracket = any(first < stop < last - 1 and end.end() < last for first, last in brackets)
        # A quotation that is a sentence of its own may be cut; one that a sentence leads up to may not.
        inside_quotation = any(start < first < stop and end.end() < last for first, last in quotations)
        if not inside_bracket and not inside_quotation and _ends_sentence(line, start, end):
            yield offset + start, offset + end.end()
            start = end.start("next")
    stop = len(line.rstrip())
    if start < stop:
        yield offset + start, offset + stop


def _ends_sentence(line: str, start: int, end: re.Match[str]) -> bool:
    """Whether the stop found in a line ends the sentence that began at ``start``."""
    following = line[_opening_end(line, end.end()) :]
    if not following or following[0].islower() or not (following[0].isalnum() or end["next"] in '«“"([-–—•'):
        return False
    if "»" in end["closing"] and end["next"] in "(–—":
        return False  # the author stands after the quotation
    if end["stop"] != ".":
        return not _is_ellipsis_in_brackets(line, end)
    if end["closing"]:
        return True
    before = line[start : end.start()]
    if _LIST_NUMBER.fullmatch(before.strip()):
        return False
    return _word_can_end(_WORD_BEFORE.search(before), following)


def _opening_end(line: str, position: int) -> int:
    match = _OPENING.match(line, position)
    return match.end() if match else position


def _is_ellipsis_in_brackets(line: str, end: re.Match[str]) -> bool:
    """« (...) » and « [...] » tell that words are missing: they end no sentence of their own accord."""
    return end["closing"] in (")", "]") and line[end.start() - 1 : end.start()] in ("(", "[")


def _word_can_end(word_before: re.Match[str] | None, following: str) -> bool:
    """Whether a full stop after this word can end a sentence when the text goes on like this."""
    word = (word_before.group() if word_before else "").lower()
    if word in _ANNOUNCING:
        return False
    first = _WORD.match(following)
    opens = first is not None and first.group().lower() in _OPENERS
    is_initial = len(word.rpartition("-")[2]) == 1 and word[-1].isalpha()
    is_dotted = "." in word and all(len(part) <= 2 and not part.isdigit() for part in word.split("."))
    return opens if is_initial or is_dotted or word in _DOUBTFUL else True
