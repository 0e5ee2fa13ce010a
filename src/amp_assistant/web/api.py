"""What programs may ask over HTTP, under `/api/v1`, described by `/api/openapi.json`: the same records as the command line prints.

What is wrong with a request is told in one French sentence: 400 what cannot be done as asked, 404 what does not exist, 422 a request of
the wrong form, 503 what should work and does not now.
"""

import logging
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from amp_assistant.errors import AssistantError, UsageError
from amp_assistant.register import TABLES
from amp_assistant.understanding import LONGEST_QUESTION
from amp_assistant.web.programs import commitments, passages, situated_aids, speech_record

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant

logger = logging.getLogger(__name__)

MOST_ROWS = 500
"""Rows of one page of the register; the largest table has about a thousand."""
MOST_QUESTIONS = 100
UNEXPECTED = "Un incident technique a empêché de répondre ; il est noté dans le journal. Réessayez dans un instant."
MISSING = "Cette adresse n’existe pas : voyez /api/openapi.json."

Words = Annotated[str, Field(max_length=LONGEST_QUESTION)]


class Asked(BaseModel):
    """What a program sends; a name that is not known is refused rather than passed over."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What a program gets."""

    model_config = ConfigDict(extra="allow")


class QuestionAsked(Asked):
    """A question, and the earlier ones of its conversation, oldest first."""

    question: Words = Field(description="La question, en français courant.", examples=["Combien de points d’apport volontaire ?"])
    history: list[Words] = Field(default=[], max_length=MOST_QUESTIONS, description="Les questions précédentes, la plus ancienne d’abord.")


class SituationAsked(Asked):
    """A firm's situation: a sentence, figures, or both; the figures win."""

    text: Words = Field(default="", description="La situation en une phrase.")
    employees: int | None = Field(default=None, ge=0, description="Nombre de salariés.")
    age_years: float | None = Field(default=None, ge=0, description="Âge de l’entreprise, en années.")
    turnover: float | None = Field(default=None, ge=0, description="Chiffre d’affaires annuel, en euros.")
    needs: list[str] = Field(default=[], max_length=20, description="Besoins : creation, financement, local-foncier…")
    sector: str | None = Field(default=None, max_length=100, description="Secteur d’activité.")
    commune: str | None = Field(default=None, max_length=100, description="Commune.")


class SpeechAsked(Asked):
    """A speech to prepare; `keep` are the ids of the elements to tell, in order, of an earlier answer."""

    theme: str = Field(max_length=200, description="De quoi parler : « l’eau », « la commande publique », tout thème libre.")
    audience: str = Field(default="habitants", max_length=40, description="habitants, entreprises, agents, presse ou conseil.")
    minutes: int = Field(default=5, description="Durée, de 1 à 20 minutes.")
    tone: str = Field(default="sobre", max_length=40, description="sobre, mobilisateur ou pédagogique.")
    occasion: str = Field(default="", max_length=40, description="réunion publique, inauguration, vœux, colloque, visite, ou rien.")
    name: list[str] = Field(default=[], max_length=20, description="Communes ou filières à nommer si les documents le permettent.")
    documents: list[str] = Field(default=[], max_length=100, description="Identifiants des documents à utiliser ; tous si vide.")
    years: list[int] = Field(default=[], max_length=100, description="Années des documents à utiliser ; toutes si vide.")
    keep: list[str] | None = Field(default=None, max_length=200, description="Identifiants des éléments à garder, dans l’ordre.")


class CitationTold(Told):
    """A quotation, word for word, and where it stands."""

    number: int
    document: str
    title: str
    date: str
    page: int | None
    section: list[str]
    quote: str
    passage: str
    nature: str
    page_label: str | None
    ocr: bool


class PassageTold(Told):
    """A passage that was found; `text` is the document's own words."""

    passage: str
    document: str
    text: str
    score: float
    section: list[str]
    page: int | None


class AnswerTold(Told):
    """An answer whose every statement has its citation, or a refusal (`abstained`)."""

    question: str
    answer: str
    abstained: bool
    engine: str
    citations: list[CitationTold]
    passages: list[PassageTold]
    notices: list[str]
    seconds: float


class PassagesTold(Told):
    """The passages nearest to a question, best first."""

    question: str
    passages: list[PassageTold]


class CriterionTold(Told):
    """A condition of an aid, and whether the situation meets it."""

    criterion: str
    text: str
    verdict: Literal["met", "unknown", "not_met"]
    quote: str | None


class AidTold(Told):
    """An aid and what it is worth to the situation."""

    id: str
    name: str
    acronym: str | None
    verdict: Literal["match", "confirm", "no"]
    criteria: list[CriterionTold]
    citations: list[CitationTold]


class AidsTold(Told):
    """The aids that have to do with a situation, those that match first."""

    situation: dict[str, Any]
    aids: list[AidTold]
    questions: list[str]
    notices: list[str]
    contact: CitationTold | None


class RowTold(Told):
    """A row of the register: the fields of its fact, and the quotations that prove it."""

    id: str
    document: str
    document_date: str
    nature: str
    proofs: list[CitationTold]


class RowsTold(Told):
    """Rows of a table: `total` are asked for, `rows` are those from `offset` on."""

    table: str
    total: int
    offset: int
    rows: list[RowTold]


class StatementTold(Told):
    """A statement of a speech; without citations it is connecting words and states nothing."""

    text: str
    citations: list[CitationTold]


class SectionTold(Told):
    """A part of a speech, as it is spoken."""

    part: str
    words: int
    seconds: int
    paragraphs: list[list[StatementTold]]


class ElementTold(Told):
    """A fact that can be kept or dropped by its id."""

    id: str
    part: str
    words: int
    dated: bool
    citations: list[CitationTold]


class SpeechTold(Told):
    """A speech, its elements, what else there is, and what to know before speaking."""

    title: str
    theme: str
    audience: str
    occasion: str | None
    tone: str
    minutes: int
    words: int
    seconds: int
    sections: list[SectionTold]
    elements: list[ElementTold]
    spare: list[ElementTold]
    cautions: list[StatementTold]
    notices: list[str]


class FaultTold(Told):
    """Why there is no answer, in one French sentence."""

    sentence: str


class RowsAsked(Asked):
    """Which rows of a table; what is left out asks nothing."""

    document: list[str] = Field(default=[], description="Identifiant du document ; peut être répété.")
    nature: list[str] = Field(default=[], description="engagement, cible, resultat, description, citation ; peut être répété.")
    orientation: int | None = Field(default=None, description="Numéro de l’orientation de l’Agenda.")
    levier: int | None = Field(default=None, description="Numéro du levier dans l’orientation.")
    action: int | None = Field(default=None, description="Numéro de l’action dans le levier.")
    status: list[str] = Field(default=[], description="Statut d’un suivi ou d’un dispositif ; peut être répété.")
    year: int | None = Field(default=None, description="Année de l’échéance ou du chiffre.")
    actor: str = Field(default="", max_length=200, description="Qui agit.")
    words: str = Field(default="", max_length=200, description="Mots à trouver, quels que soient les accents.")
    offset: int = Field(default=0, ge=0, description="Rang de la première ligne, à partir de 0.")
    limit: int = Field(default=50, ge=1, le=MOST_ROWS, description="Nombre de lignes.")


FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": FaultTold, "description": "La demande ne peut pas être satisfaite telle quelle."},
    404: {"model": FaultTold, "description": "Cela n’existe pas."},
    422: {"model": FaultTold, "description": "La demande n’a pas la bonne forme."},
    503: {"model": FaultTold, "description": "Un incident empêche de répondre pour le moment."},
}


def build_api(assistant: "Assistant") -> FastAPI:
    """The API as an application of its own, to be mounted at `/api`."""
    application = FastAPI(
        title="AMP Assistant",
        version=version("amp-assistant"),
        summary="Les plans publics de la Métropole Aix-Marseille-Provence, chaque phrase prouvée par une citation.",
        docs_url=None,
        redoc_url=None,
    )
    application.include_router(_router(assistant), prefix="/v1")
    application.add_exception_handler(AssistantError, _assistant_fault)
    application.add_exception_handler(RequestValidationError, _form_fault)
    application.add_exception_handler(HTTPException, _address_fault)
    application.add_exception_handler(Exception, _unexpected_fault)
    return application


def _router(assistant: "Assistant") -> APIRouter:
    router = APIRouter(responses=FAULTS)

    @router.post("/ask", response_model=AnswerTold, summary="Pose une question")
    def ask(asked: QuestionAsked) -> Mapping[str, Any]:
        return assistant.ask(asked.question, asked.history).record()

    @router.post("/passages", response_model=PassagesTold, summary="Trouve les passages les plus proches d’une question")
    def find_passages(asked: QuestionAsked) -> Mapping[str, Any]:
        return passages(assistant, asked.question, asked.history)

    @router.post("/aids", response_model=AidsTold, summary="Dit quelles aides conviennent à une situation")
    def find_aids(asked: SituationAsked) -> Mapping[str, Any]:
        return situated_aids(assistant, asked.text, asked.model_dump(exclude={"text"}))

    @router.get("/register/{table}", response_model=RowsTold, summary="Donne les lignes d’un tableau du registre")
    def register(table: str, asked: Annotated[RowsAsked, Query()]) -> Mapping[str, Any]:
        if table not in TABLES:
            raise HTTPException(404, f"Le tableau « {table} » n’existe pas : choisissez parmi {', '.join(TABLES)}.")
        return commitments(assistant, table, **asked.model_dump())

    @router.get("/follow-up", response_model=RowsTold, summary="Donne les cibles avec leurs résultats")
    def follow_up(asked: Annotated[RowsAsked, Query()]) -> Mapping[str, Any]:
        return commitments(assistant, "suivi", **asked.model_dump())

    @router.post("/speech", response_model=SpeechTold, summary="Prépare un discours dont chaque fait est une citation")
    def speech(asked: SpeechAsked) -> Mapping[str, Any]:
        return speech_record(assistant, **asked.model_dump())

    return router


def _assistant_fault(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"sentence": str(error)}, 400 if isinstance(error, UsageError) else 503)


def _form_fault(request: Request, error: Exception) -> JSONResponse:
    """The first thing that is wrong with the form of a request."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    place = " > ".join(str(step) for step in faults[0]["loc"][1:]) or "le corps de la demande"
    sentence = _FORM_SENTENCES.get(faults[0]["type"], "n’a pas une valeur acceptée")
    names = [" > ".join(map(str, fault["loc"])) for fault in faults]
    return JSONResponse({"sentence": f"« {place} » {sentence} : voyez /api/openapi.json.", "fields": names}, 422)


def _address_fault(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    plain = {404: MISSING, 405: "Cette adresse n’accepte pas cette méthode : voyez /api/openapi.json."}
    is_ours = error.detail.endswith(".")
    return JSONResponse({"sentence": error.detail if is_ours else plain.get(error.status_code, UNEXPECTED)}, error.status_code)


def _unexpected_fault(request: Request, error: Exception) -> JSONResponse:
    logger.error("Une demande de programme n'a pas pu être traitée.", exc_info=error)
    return JSONResponse({"sentence": UNEXPECTED}, 503)


_FORM_SENTENCES = {
    "missing": "manque",
    "extra_forbidden": "n’est pas un champ connu",
    "json_invalid": "n’est pas du JSON valable",
    "string_too_long": "est trop long",
    "string_type": "doit être un texte",
    "int_parsing": "doit être un nombre entier",
    "int_type": "doit être un nombre entier",
    "float_parsing": "doit être un nombre",
    "float_type": "doit être un nombre",
    "list_type": "doit être une liste",
    "too_long": "a trop d’éléments",
    "greater_than_equal": "est trop petit",
    "less_than_equal": "est trop grand",
}
"""What is wrong with a field, by pydantic's name for it."""
