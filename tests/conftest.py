"""One index of the real corpus for the whole session, built as a user builds it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from amp_assistant.settings import Settings, close_network

close_network()  # as every command begins: before numpy is loaded, which then takes no second core

from amp_assistant.assistant import Assistant  # noqa: E402


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Where two processes test, let a test that is marked `alone` wait for the other process, and the other process for it."""
    with _turn(item.config, is_alone=item.get_closest_marker("alone") is not None):
        return (yield)


@contextmanager
def _turn(config: pytest.Config, *, is_alone: bool) -> Iterator[None]:
    """Hold the tests' lock, shared or alone; whoever waits for it keeps the door, so that no later one passes before."""
    folder = config.cache.mkdir("turns")
    with (folder / "door").open("w") as door, (folder / "room").open("w") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield


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
