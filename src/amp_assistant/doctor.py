"""What is well and what is not with an installation, and the remedy: settings, folders, disk, index, models and their server, OCR."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from amp_assistant.builds import current_build
from amp_assistant.documents.ocr import INSTALL_OCR, has_ocr
from amp_assistant.errors import AssistantError
from amp_assistant.feedback import FeedbackStore
from amp_assistant.index import is_current, open_index
from amp_assistant.language_model import LanguageModel
from amp_assistant.reranker import Reranker
from amp_assistant.settings import Settings

ROOM_MEGABYTES = 500
"""Free disk that an indexing needs beside the index in use: two builds of some 100 MB, and the copy that a reader opens."""
MODEL_SECONDS = 5
"""How long the model's server may take to answer at all."""
_SECRET = ("password", "secret", "token", "key")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; a remedy without `is_fault` is advice."""

    what: str
    told: str
    remedy: str = ""
    is_fault: bool = False

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.remedy


def told_settings(settings: Settings) -> dict[str, str]:
    """The settings as their variables, without what is secret in them."""
    return {f"AMP_{name.upper()}": _told(name, value) for name, value in settings.model_dump().items()}


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one finding after the other; what cannot be looked at is a finding too."""
    checks: tuple[tuple[str, Callable[[Settings], Finding]], ...] = (
        ("documents", _corpus),
        ("droits d'écriture", _permissions),
        ("place sur le disque", _disk),
        ("index", _index),
        ("encodeur", _encoder),
        ("reclassement", _reranker),
        ("modèle de langage", _model),
        ("avis", _feedback),
        ("reconnaissance de caractères", _ocr),
    )
    for what, check in checks:
        try:
            yield check(settings)
        except (AssistantError, OSError) as error:
            yield Finding(what, "ne va pas", str(error), is_fault=True)


def _told(name: str, value: object) -> str:
    if any(word in name for word in _SECRET) and value:
        return "(caché)"
    if name.endswith("_url") and value:
        address = urlsplit(str(value))
        host = address.netloc.rpartition("@")[2]
        return urlunsplit((address.scheme, host, address.path, "", ""))  # without a password or a key
    return str(value) or "(vide)"


def _corpus(settings: Settings) -> Finding:
    files = [path for path in settings.corpus.rglob("*") if path.is_file()] if settings.corpus.is_dir() else []
    if not files:
        remedy = f"Mettez les documents dans « {settings.corpus} » ou corrigez AMP_CORPUS."
        return Finding("documents", "le dossier manque ou est vide", remedy, is_fault=True)
    closed = [path for path in files if not os.access(path, os.R_OK)]
    if closed:
        remedy = f"Donnez à l'utilisateur qui lance l'assistant le droit de lire « {closed[0]} »."
        return Finding("documents", f"{len(closed)} fichiers ne peuvent pas être lus", remedy, is_fault=True)
    return Finding("documents", f"{len(files)} fichiers lisibles dans « {settings.corpus} »")


def _permissions(settings: Settings) -> Finding:
    closed = [folder for folder in (settings.index, settings.feedback.parent) if not os.access(_existing(folder), os.W_OK)]
    if closed:
        remedy = f"Donnez le droit d'écrire dans « {closed[0]} », ou changez AMP_INDEX ou AMP_FEEDBACK."
        return Finding("droits d'écriture", "il en manque", remedy, is_fault=True)
    return Finding("droits d'écriture", "index et avis peuvent être écrits")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(_existing(settings.index)).free / 1e6
    if free < ROOM_MEGABYTES:
        remedy = f"Libérez de la place : une indexation en demande {ROOM_MEGABYTES} Mo."
        return Finding("place sur le disque", f"{free:.0f} Mo libres", remedy, is_fault=True)
    return Finding("place sur le disque", f"{free:.0f} Mo libres")


def _index(settings: Settings) -> Finding:
    if current_build(settings.index) is None:
        return Finding("index", "il n'y en a pas", "Construisez-le : amp-assistant index.", is_fault=True)
    index = open_index(settings)  # checks the sums of its files
    held = f"{len(index.documents)} documents, {len(index.passages)} passages, fichiers intacts"
    if not is_current(settings):
        return Finding("index", f"{held}, mais les documents ou les réglages ont changé", "Rafraîchissez-le : amp-assistant index.")
    return Finding("index", f"{held}, à jour")


def _encoder(settings: Settings) -> Finding:
    if not settings.encoder:
        return Finding("encodeur", "entraîné sur les documents, rangé dans l'index")
    if "/" in settings.encoder and not Path(settings.encoder).is_dir():
        remedy = "Vérifiez le dossier de AMP_ENCODER ; un modèle d'un catalogue est téléchargé à la première indexation."
        return Finding("encodeur", f"« {settings.encoder} » n'est pas un dossier de cette machine", remedy)
    return Finding("encodeur", f"« {settings.encoder} »")


def _reranker(settings: Settings) -> Finding:
    reranker = Reranker.open(settings)
    return Finding("reclassement", f"« {reranker.name} » est chargé" if reranker else "aucun modèle : l'ordre est celui de la recherche")


def _model(settings: Settings) -> Finding:
    if not settings.llm:
        return Finding("modèle de langage", "aucun : les réponses sont les phrases des documents")
    LanguageModel.open(settings)
    if settings.llm_base_url:
        import httpx

        try:
            status = httpx.get(settings.llm_base_url, timeout=MODEL_SECONDS).status_code
        except httpx.HTTPError as error:
            remedy = "Démarrez le serveur du modèle ou corrigez AMP_LLM_BASE_URL ; d'ici là, les réponses sont les phrases des documents."
            return Finding("modèle de langage", f"son serveur ne répond pas ({type(error).__name__})", remedy, is_fault=True)
        return Finding("modèle de langage", f"« {settings.llm} », son serveur répond (code {status})")
    return Finding("modèle de langage", f"« {settings.llm} », chez son fournisseur (aucun appel n'a été fait)")


def _feedback(settings: Settings) -> Finding:
    if settings.feedback.exists():
        FeedbackStore.of(settings)  # opens it, and deletes what is past its time
    return Finding("avis", f"gardés {settings.feedback_days} jours dans « {settings.feedback} »")


def _ocr(settings: Settings) -> Finding:
    if has_ocr() and find_spec("pypdfium2"):
        return Finding("reconnaissance de caractères", "tesseract est là, avec le français")
    return Finding("reconnaissance de caractères", "absente : les pages sans texte ne sont pas lues", f"Au besoin, {INSTALL_OCR}.")


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
