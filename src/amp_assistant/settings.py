"""Every choice a person can make, its default and its unit: the only reader of the environment.

Each field is read from the variable ``AMP_`` + its name in capitals (``AMP_CORPUS``, ``AMP_PORT``...).
"""

import os
from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from amp_assistant.errors import SettingError

ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Where things are and what is used; immutable."""

    model_config = SettingsConfigDict(env_prefix="AMP_", frozen=True, extra="ignore")

    corpus: Path = Field(default=ROOT / "corpus", description="dossier des documents")
    index: Path = Field(default=ROOT / "index", description="dossier de l'index")
    chroma_url: str = Field(default="", description="adresse d'un serveur Chroma ; vide : les vecteurs sont dans l'index")
    encoder: str = Field(default="", description="modèle sentence-transformers ou dossier ; vide : entraîné sur le corpus")
    reranker: str = Field(default="", description="CrossEncoder sentence-transformers ou dossier, qui reclasse les passages ; vide : aucun")
    llm: str = Field(default="", description="modèle de langage, « fournisseur:modèle » ; vide : aucun")
    llm_base_url: str = Field(default="", description="adresse du serveur de ce modèle ; vide : celle du fournisseur")
    llm_seconds: float = Field(default=30, gt=0, description="temps laissé au modèle de langage pour une réponse, en secondes")
    document_seconds: float = Field(default=600, gt=0, description="temps de lecture accordé à un document, en secondes")
    document_megabytes: int = Field(default=2_000, ge=500, description="mémoire accordée à la lecture d'un document, en Mo")
    pdf_password: str = Field(default="", description="mot de passe des PDF chiffrés")
    feedback: Path = Field(default=ROOT / "feedback.sqlite3", description="fichier des avis donnés sur les réponses")
    feedback_days: int = Field(default=365, ge=1, description="durée de conservation des avis, en jours")
    admin_password_hash: str = Field(default="", description="empreinte du mot de passe d'administration ; vide : pas d'administration")
    upload_megabytes: int = Field(default=50, ge=1, description="taille d'un fichier déposé par l'administration, en Mo")
    requests_per_minute: int = Field(default=600, ge=1, description="demandes acceptées d'une même adresse en une minute")
    metrics_open: bool = Field(default=False, description="donner /metrics aussi aux autres machines")
    log_questions: bool = Field(default=False, description="écrire les questions dans le journal, coordonnées masquées")
    host: str = Field(default="127.0.0.1", description="adresse où la page est servie")
    port: int = Field(default=7860, ge=0, le=65535, description="port où la page est servie")

    @cached_property
    def enrichment(self) -> Path:
        """The folder of the enrichment files."""
        return self.corpus / "enrichment"

    @cached_property
    def silences(self) -> Path:
        """The folder of the files that tell what the documents do not say."""
        return self.enrichment / "silences"


def read_settings() -> Settings:
    """Read the settings from the environment.

    :raises SettingError: a variable has a value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "AMP_" + "_".join(map(str, first["loc"])).upper()
        raise SettingError(
            f"Le réglage {name} vaut « {first['input']} », ce qui ne convient pas ({first['msg']}) : corrigez cette variable."
        ) from error


def has_openai_key() -> bool:
    """Whether the environment holds a key for servers that speak OpenAI's protocol; their client reads it itself."""
    return bool(os.environ.get("OPENAI_API_KEY"))


def close_network() -> None:
    """Keep the libraries from calling out (no model hub, no telemetry, no version check) and from taking every core.

    To be called before they are loaded.
    A person who names a model of the hub in AMP_ENCODER or AMP_RERANKER opens that one door on purpose (see `encoder`).
    """
    for name, value in {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_DATASETS_OFFLINE": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "DISABLE_TELEMETRY": "1",
        "LANGSMITH_TRACING": "false",
        "TOKENIZERS_PARALLELISM": "false",
        "OPENBLAS_NUM_THREADS": "1",  # a product of 700 rows waits longer for a second core than it takes
    }.items():
        os.environ.setdefault(name, value)
