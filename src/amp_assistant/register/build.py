"""The register of an index: its tables, built from facts, reviewed files and corrections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from amp_assistant.citations import Citation
from amp_assistant.index import Index
from amp_assistant.register.bullets import announced_commitments, missing_commitments
from amp_assistant.register.corrections import Corrections
from amp_assistant.register.disagreeing import disagreements
from amp_assistant.register.facts import LeftOut, RowBuilder, together
from amp_assistant.register.merging import merge_dispositifs
from amp_assistant.register.reviewed import read_conflicts, read_suivi
from amp_assistant.register.rows import Cible, Conflict, Dispositif, Engagement, Figure, Resultat, Row, Suivi, Table
from amp_assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Register:
    """What the documents offer, promise, aim at and report, every row proved.

    `conflicts` are figures that disagree, those a person has read first; `left_out` is what became no row, each with the reason.
    """

    dispositifs: tuple[Dispositif, ...]
    engagements: tuple[Engagement, ...]
    cibles: tuple[Cible, ...]
    resultats: tuple[Resultat, ...]
    suivi: tuple[Suivi, ...]
    conflicts: tuple[Conflict, ...]
    left_out: tuple[LeftOut, ...]

    @classmethod
    def of(cls, index: Index, settings: Settings) -> "Register":
        """Build the register of an index; takes half a second for 700 passages and 2 300 facts.

        Read besides, where they are there: `suivi.jsonl`, `conflicts.jsonl` and `corrections.toml` of the corpus folder.

        :raises RegisterError: a quotation is not in its document, or a file is wrong; the message names file and line.
        """
        builder = RowBuilder(index)
        left_out: list[LeftOut] = []
        proved = builder.rows(index.units, left_out)
        quoted = [quotation for row, quotation in proved if isinstance(row, Engagement)]
        bullets, told = missing_commitments(index.passages, index.units, quoted, builder)
        corrections = Corrections.read(settings.corpus / "corrections.toml")
        announced = announced_commitments(index.passages, builder)
        rows = together([*(row for row, _ in proved), *bullets, *announced, *corrections.added(builder)])
        dispositifs = merge_dispositifs(row for row in rows if isinstance(row, Dispositif))
        others = _in_order((row for row in rows if not isinstance(row, Dispositif)), index)
        suivi = read_suivi(settings.corpus / "suivi.jsonl", builder)
        corrected = corrections.applied([*dispositifs, *others, *suivi], builder)
        reviewed = read_conflicts(settings.corpus / "conflicts.jsonl", builder)
        found = disagreements(row for row in corrected if isinstance(row, Cible | Resultat))
        return cls(
            dispositifs=tuple(row for row in corrected if isinstance(row, Dispositif)),
            engagements=tuple(row for row in corrected if isinstance(row, Engagement)),
            cibles=tuple(row for row in corrected if isinstance(row, Cible)),
            resultats=tuple(row for row in corrected if isinstance(row, Resultat)),
            suivi=tuple(row for row in corrected if isinstance(row, Suivi)),
            conflicts=(*reviewed, *(conflict for conflict in found if not _is_known(conflict, reviewed))),
            left_out=(*left_out, *told),
        )

    def table(self, name: Table) -> Sequence[Row]:
        """The rows of a table."""
        tables: dict[Table, Sequence[Row]] = {
            "dispositifs": self.dispositifs,
            "engagements": self.engagements,
            "cibles": self.cibles,
            "resultats": self.resultats,
            "suivi": self.suivi,
        }
        return tables[name]

    def conflicts_of(self, row: Row) -> list[Conflict]:
        """The conflicts that a row's figure is part of."""
        return [conflict for conflict in self.conflicts if any(figure.row == row.id or _cites(figure, row) for figure in conflict.figures)]


def _cites(figure: Figure, row: Row) -> bool:
    """Whether a figure is the row's own: of the same value, where the row has one, and in one of its quotations."""
    if isinstance(row, Cible | Resultat) and row.value != figure.value:
        return False
    return any(_overlap(mine, its) for mine in row.proofs for its in figure.proofs)


def _overlap(one: Citation, other: Citation) -> bool:
    return one.passage == other.passage and (one.quote in other.quote or other.quote in one.quote)


def _in_order(rows: Iterable[Row], index: Index) -> list[Row]:
    """The rows in the order of their documents."""
    places = {passage.id: place for place, passage in enumerate(index.passages)}
    return sorted(rows, key=lambda row: places[row.proofs[0].passage])


def _is_known(conflict: Conflict, reviewed: Sequence[Conflict]) -> bool:
    """Whether a person has read a conflict: two of its figures stand in the quotations of a reviewed one."""
    return any(sum(_holds(known, figure) for figure in conflict.figures) > 1 for known in reviewed)


def _holds(known: Conflict, figure: Figure) -> bool:
    return any(_overlap(proof, figure.proofs[0]) for place in known.figures for proof in place.proofs)
