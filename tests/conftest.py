"""One index of the real corpus for the whole session, built as a user builds it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from amp_assistant.settings import Settings, close_network

close_network()  # as every command begins: before numpy is loaded, which then takes no second core

from amp_assistant.assistant import Assistant  # noqa: E402


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    """The real corpus, with an index that the next session takes over where nothing it depends on has changed."""
    return Settings(index=pytestconfig.cache.mkdir("index"))


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Assistant:
    """The assistant over the real corpus."""
    return Assistant.open(settings)


@pytest.fixture
def tiny_corpus(tmp_path: Path) -> Iterator[Path]:
    """A folder with one short document that the manifest does not know."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "charte-velo.md").write_text(
        "# Charte du vélo\n\n## Stationnement\n\nLa ville installe 250 arceaux par an près des écoles et des gares. "
        "Chaque arceau accueille deux vélos et reste gratuit pour les habitants.\n\n## Entretien\n\n"
        "L'atelier municipal répare 1 200 vélos chaque année avec des personnes en insertion. Il ouvre du mardi au samedi.\n",
        encoding="utf-8",
    )
    yield corpus
