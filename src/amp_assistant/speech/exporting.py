"""A speech as a file: DOCX and ODT with real footnotes, Markdown with footnotes, plain text for a prompter.

Pandoc writes the documents (pypandoc-binary carries it). What connects the quotations has a style of its own, « Liaison », so that a
reader sees at a glance what is a sourced fact and what is not.
"""

import re
import subprocess
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from amp_assistant.citations import Quotation, Statement, cite
from amp_assistant.dates import in_words
from amp_assistant.documents.model import Document
from amp_assistant.errors import FailureError, UsageError
from amp_assistant.speech.brief import Section, Speech
from amp_assistant.speech.reference import write_reference
from amp_assistant.speech.writing import inner_marks
from amp_assistant.typography import unbroken

SUFFIXES = (".docx", ".odt", ".md", ".txt")
PROMPTER_WIDTH = 40
"""Characters of a line of a prompter: what an eye takes in without moving."""
LEGEND = "Ainsi sont écrits les mots de liaison, qui n'affirment rien."
READER = "markdown+footnotes+bracketed_spans+pipe_tables-smart-yaml_metadata_block-tex_math_dollars-citations-raw_html-raw_tex"
"""Pandoc's Markdown with what is written here, and without what the words of a document could set off."""

COLUMNS = ("--columns", "20")
"""A table wider than that takes the whole line, its columns as wide as the dashes below its head."""

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~^$@])")
_CLOSING = re.compile(r"(?<=»)([.,;]|\s;)?$")
Documents = Mapping[str, Document]
Liaison = Callable[[str], str]


def export_speech(speech: Speech, documents: Documents, path: Path) -> None:
    """Write a speech to a file of the kind that its suffix tells.

    :raises UsageError: the suffix is none of SUFFIXES, or the file cannot be written.
    :raises FailureError: the document could not be made.
    """
    suffix = check_suffix(path)
    aside = path.with_name(f"{path.name}.new")
    try:
        if suffix == ".txt":
            aside.write_text(prompter(speech), encoding="utf-8")
        elif suffix == ".md":
            aside.write_text(markdown(speech, documents), encoding="utf-8")
        else:
            write_document(markdown(speech, documents, _styled), aside, suffix)
        aside.replace(path)
    except OSError as error:
        raise UsageError(f"Le fichier « {path} » ne peut pas être écrit ({error.strerror}) : donnez un autre chemin.") from error


def check_suffix(path: Path, suffixes: Sequence[str] = SUFFIXES) -> str:
    """The suffix of a file that can be written, in lower case.

    :raises UsageError: it is none of `suffixes`.
    """
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        raise UsageError(f"Le fichier « {path.name} » n'a pas un format que l'on sait écrire : choisissez parmi {', '.join(suffixes)}.")
    return suffix


def markdown(speech: Speech, documents: Documents, liaison: Liaison = lambda text: f"*{text}*") -> str:
    """A speech in Markdown: its plan, its parts, what to know before speaking, and a footnote for each quotation.

    `liaison` marks connecting words, which are in italics where nothing else is said.
    """
    notes = _Notes(documents)
    order = speech.brief.order
    occasion = f" Occasion : {order.occasion}." if order.occasion else ""
    lines = [
        f"# {escaped(speech.title)}",
        f"Public : {order.audience}.{occasion} Ton : {order.tone}. Durée : {duration(speech.seconds)}, {speech.words} mots.",
        f"Entre guillemets, les mots des documents, chacun avec sa source. {liaison(LEGEND)}",
        *map(escaped, filter(None, [speech.brief.shortfall])),
        "## Plan et minutage",
        _plan(speech.sections),
    ]
    for section in speech.sections:
        lines.append(f"## {section.part.value}")
        lines += [" ".join(notes.marked(paragraph, liaison)) for paragraph in section.paragraphs]
    lines += _annex(speech, notes, liaison)
    return "\n\n".join([*lines, *notes.texts]) + "\n"


def prompter(speech: Speech) -> str:
    """A speech for a prompter: large lines, no marks, a blank line where to breathe."""
    paragraphs = [" ".join(statement.text for statement in paragraph) for section in speech.sections for paragraph in section.paragraphs]
    plain = (re.sub(r"\s+([.,])", r"\1", re.sub(r"[«»“”\"]", "", paragraph)) for paragraph in paragraphs)
    return "\n\n".join("\n".join(textwrap.wrap(" ".join(paragraph.split()), PROMPTER_WIDTH)) for paragraph in plain) + "\n"


def write_document(text: str, path: Path, suffix: str, *, is_compact: bool = False) -> None:
    """Write Markdown as a DOCX or ODT that knows the style « Liaison »; compact for what has to be one page.

    :raises FailureError: pandoc is missing or fails.
    """
    import pypandoc  # type: ignore[import-untyped]  # it ships no types

    with TemporaryDirectory() as folder:
        reference = Path(folder) / f"reference{suffix}"
        try:
            write_reference(pypandoc.get_pandoc_path(), reference, is_compact)
            pypandoc.convert_text(
                unbroken(text),
                to=suffix[1:],
                format=READER,
                outputfile=str(path),
                extra_args=["--reference-doc", str(reference), "--metadata", "lang=fr-FR", "--shift-heading-level-by=-1", *COLUMNS],
            )
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            raise FailureError(f"Le document n'a pas pu être fabriqué par pandoc ({error}) : écrivez-le en .md, puis réessayez.") from error


def source_of(quotation: Quotation, documents: Documents) -> str:
    """Where a quotation stands, as a footnote says it: document, date, headings, page."""
    cited = cite(quotation, documents)
    return ", ".join(filter(None, [titled(cited.title, cited.date), " > ".join(cited.section), cited.page_text, cited.caution]))


def source_line(quotation: Quotation, documents: Documents) -> str:
    """Where a quotation stands, as short as can be: document, date, page."""
    cited = cite(quotation, documents)
    return ", ".join(filter(None, [titled(documents[cited.document].short_title, cited.date), cited.page_text, cited.caution]))


class _Notes:
    """The footnotes of one text, numbered as they come."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.texts: list[str] = []

    def marked(self, paragraph: Sequence[Statement], liaison: Liaison) -> Iterator[str]:
        """The statements of a paragraph as Markdown: connecting words marked as such, a footnote at each quotation."""
        for is_quoted, statements in groupby(paragraph, key=lambda statement: bool(statement.quotations)):
            if is_quoted:
                yield from map(self._quoted, statements)
            else:
                yield liaison(escaped(" ".join(statement.text for statement in statements)))

    def listed(self, statement: Statement, liaison: Liaison) -> str:
        """A caution as Markdown: each of its quotations with its own footnote, its own words marked as connecting."""
        lead = statement.text.partition("«")[0].strip()
        quoted = " ; ".join(f"« {escaped(inner_marks(quotation.text))} »{self._call(quotation)}" for quotation in statement.quotations)
        return f"{liaison(escaped(lead))} {quoted}."

    def _quoted(self, statement: Statement) -> str:
        calls = "".join(map(self._call, statement.quotations))
        return _CLOSING.sub(lambda end: f"{calls}{end[1] or ''}", escaped(statement.text), count=1)

    def _call(self, quotation: Quotation) -> str:
        number = len(self.texts) + 1
        self.texts.append(f"[^{number}]: {escaped(source_of(quotation, self._documents))}.")
        return f"[^{number}]"


def _plan(sections: Sequence[Section]) -> str:
    starts = accumulate((section.seconds for section in sections), initial=0)
    timed = zip(sections, starts, strict=False)
    rows = [f"| {section.part.value} | {duration(start)} | {duration(section.seconds)} |" for section, start in timed]
    return "\n".join(["| **Partie** | **Début** | **Durée** |", f"|:{'-' * 40}|{'-' * 15}:|{'-' * 15}:|", *rows])


def _annex(speech: Speech, notes: _Notes, liaison: Liaison) -> Iterator[str]:
    """What is not spoken: cautions with their proof, notices."""
    brief = speech.brief
    if brief.cautions or brief.notices:
        yield "## À savoir avant de parler"
        told = [*(notes.listed(caution, liaison) for caution in brief.cautions), *map(escaped, brief.notices)]
        yield "\n".join(f"- {line}" for line in told)


def _styled(text: str) -> str:
    return f'[{text}]{{custom-style="Liaison"}}'


def escaped(text: str) -> str:
    """The text with every sign that means something in Markdown made plain."""
    return _MARKS.sub(r"\\\1", text)


def duration(seconds: int) -> str:
    """« 4 min 05 s »."""
    return f"{seconds // 60} min {seconds % 60:02d} s"


def titled(title: str, date: str) -> str:
    """A title with its date, which a title that ends with it has already."""
    said = _date(date)
    return title if title.endswith(said) else f"{title}, {said}"


def _date(date: str) -> str:
    """« 19/11/2021 » for a full date, « juin 2022 » or « 2025 » for one that is less precise."""
    year, *rest = date.split("-")
    return "/".join([*reversed(rest), year]) if len(rest) == 2 else in_words(date)
