"""What a search is kept to: some documents, years, natures, or the parts under one heading."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from amp_assistant.documents.model import Document
from amp_assistant.errors import QuestionError
from amp_assistant.folding import fold
from amp_assistant.passages import Nature, Passage

LONGEST_SECTION = 200
"""Characters of the words looked for in headings; the longest heading of the corpus has fewer."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage must be to be found; what is empty lets everything through.

    `documents` are ids, `years` are those of the documents' own dates; `section` stands somewhere in the heading path, whatever its
    accents and capitals (« levier 2 », « action 3 »).
    """

    documents: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    natures: frozenset[Nature] = frozenset()
    section: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked of a passage."""
        return self != EVERYTHING

    def admit(self, passage: Passage, document: Document) -> bool:
        """Whether a passage of that document may be found."""
        return (
            (not self.documents or document.id in self.documents)
            and (not self.years or year_of(document) in self.years)
            and (not self.natures or passage.nature in self.natures)
            and (not self.section or fold(self.section) in fold(" > ".join(passage.heading_path)))
        )

    def told(self, documents: Mapping[str, Document]) -> str:
        """The filters in French words, for the notice and the refusal that name them."""
        told = [documents[identifier].short_title for identifier in sorted(self.documents)]
        told += [str(year) for year in sorted(self.years)]
        told += sorted(self.natures)
        return ", ".join([*told, *([f"titres contenant « {self.section} »"] if self.section else [])])


EVERYTHING = Filters()


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    documents: list[str] = []
    years: list[int] = []
    natures: list[Nature] = []
    section: str = ""


def read_filters(written: Mapping[str, Any] | None) -> Filters:
    """The filters of a batch line, a request or the command line: lists of `documents`, `years` and `natures`, and `section`.

    :raises QuestionError: a field has another name or another form.
    """
    try:
        read = _Written.model_validate(written or {})
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "filters"
        natures = ", ".join(Nature)
        raise QuestionError(
            f"Le filtre « {place} » ne peut pas être lu : donnez des listes « documents » (identifiants), « years » (années), "
            f"« natures » ({natures}) et un texte « section »."
        ) from error
    return Filters(frozenset(read.documents), frozenset(read.years), frozenset(read.natures), " ".join(read.section.split()))


def check_filters(filters: Filters, documents: Mapping[str, Document]) -> None:
    """Make sure that filters name documents of the index.

    :raises QuestionError: one is unknown, or the words looked for in headings are too long.
    """
    unknown = sorted(filters.documents.difference(documents))
    if unknown:
        raise QuestionError(f"Le document « {unknown[0]} » n'est pas dans l'index : choisissez parmi {', '.join(sorted(documents))}.")
    if len(filters.section) > LONGEST_SECTION:
        raise QuestionError(f"Les mots cherchés dans les titres dépassent {LONGEST_SECTION} caractères : donnez-en moins.")


def year_of(document: Document) -> int | None:
    """The year of a document's date, None where it has none."""
    year = document.date[:4]
    return int(year) if year.isdigit() else None
