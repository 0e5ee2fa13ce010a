"""The rows of the register: one frozen model a table, each row with the citations that prove it."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from amp_assistant.citations import Citation
from amp_assistant.passages import Nature

Table = Literal["dispositifs", "engagements", "cibles", "resultats", "suivi"]
"""The names of the tables, as the command line and the files write them."""

TABLES: tuple[Table, ...] = ("dispositifs", "engagements", "cibles", "resultats", "suivi")

Criterion = Literal["effectif", "anciennete", "chiffre-affaires", "secteur", "lieu", "projet", "statut", "autre"]
"""What a condition of a dispositif is about."""

Number = int | FiniteFloat
"""A figure as the document writes it, not rescaled: 2, 1.9."""


class Frozen(BaseModel):
    """A part of the register: immutable, named in its own words when read and when written."""

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True, extra="ignore")


class Row(Frozen):
    """What every row has.

    `id` is the table's noun and a hash of the fact, the same as long as the fact is told in these words; `document` and
    `document_date` (ISO 8601, as precise as known), `section` (heading path, outermost first) and `page` are those of the first
    proof; `axis` is the part of the document that the row stands under where it is not divided into orientations.
    """

    table: ClassVar[Table]
    id: str = ""
    document: str = ""
    document_date: str = ""
    nature: Nature = Nature.DESCRIPTION
    section: tuple[str, ...] = ()
    orientation: int | None = None
    levier: int | None = None
    action: int | None = None
    axis: str | None = None
    page: int | None = None
    proofs: tuple[Citation, ...] = ()

    @property
    def subject(self) -> str:
        """What the row is about, in a few words."""
        raise NotImplementedError


class Condition(Frozen):
    """What a dispositif asks of who turns to it: `text` stands word for word in the quotation of proof number `proof`."""

    criterion: Criterion
    text: str
    min: Number | None = None
    max: Number | None = None
    unit: str | None = None
    proof: int = 1


class Dispositif(Row):
    """An aid, scheme, service, place, label, fund or call that someone can turn to.

    Told in several places, it may have `other_names`, and be `also_for` others than the first tells.
    """

    table = "dispositifs"
    name: str
    acronym: str | None = None
    other_names: tuple[str, ...] = ()
    kind: str
    beneficiary: str = Field(alias="for")
    also_for: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    benefit: str | None = None
    operator: str | None = None
    needs: tuple[str, ...] = ()
    status: str = "non-precise"

    @property
    def subject(self) -> str:
        """The name."""
        return self.name


class Engagement(Row):
    """Something the Métropole says it does or will do."""

    table = "engagements"
    what: str
    who: str | None = None
    when: str | None = None

    @property
    def subject(self) -> str:
        """What is promised."""
        return self.what


class Cible(Row):
    """A quantified or dated aim; `reference` is what it is measured from; `forecast` where it is rather expected than aimed at."""

    table = "cibles"
    indicator: str
    value: Number | None = None
    unit: str | None = None
    horizon: str | None = None
    reference: str | None = None
    who: str | None = None
    forecast: bool = False

    @property
    def subject(self) -> str:
        """The indicator."""
        return self.indicator


class Resultat(Row):
    """Something measured, delivered or spent; `forecast` where its quotation only expects it, so that it is not achieved."""

    table = "resultats"
    indicator: str
    value: Number | None = None
    unit: str | None = None
    date: str | None = None
    forecast: bool = False

    @property
    def subject(self) -> str:
        """The indicator."""
        return self.indicator


class Outcome(Frozen):
    """The resultat of a suivi."""

    value: Number | None = None
    unit: str | None = None
    date: str | None = None
    proofs: tuple[Citation, ...] = ()


class Aim(Frozen):
    """The cible of a suivi; `reference` is what it is measured from."""

    value: Number | None = None
    unit: str | None = None
    horizon: str | None = None
    reference: Outcome | None = None
    who: str | None = None
    proofs: tuple[Citation, ...] = ()


class Suivi(Row):
    """A cible matched with its resultat, if one is published.

    `gap` is the result less the aim, in the aim's unit; `caution` says in a French sentence how far the two can be compared.
    """

    table = "suivi"
    theme: str = ""
    indicator: str
    cible: Aim
    resultat: Outcome | None = None
    status: str
    gap: Number | None = None
    comparable: bool = False
    caution: str = ""

    @property
    def subject(self) -> str:
        """The indicator."""
        return self.indicator


class Figure(Frozen):
    """A value of an indicator at one place of the documents."""

    value: Number | None = None
    unit: str | None = None
    date: str | None = None
    row: str | None = None
    proofs: tuple[Citation, ...] = ()


class Conflict(Frozen):
    """Figures of one indicator that disagree; `reviewed` where a person has read them, `note` then says why they differ."""

    id: str
    indicator: str
    note: str = ""
    reviewed: bool = False
    figures: tuple[Figure, ...] = ()
