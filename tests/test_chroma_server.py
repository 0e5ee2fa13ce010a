"""The vectors on a Chroma server: several processes of the assistant share them, while the index is replaced and the server goes away."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from test_faults import answer, asked, until
from test_web import free_port

from amp_assistant.assistant import Assistant
from amp_assistant.building import build_index
from amp_assistant.errors import SettingError, StoreAwayError
from amp_assistant.index import open_index
from amp_assistant.settings import Settings
from benchmarks.soak import serving

QUESTION = "Combien d'arceaux sont installés ?"


class ChromaServer:
    """`chroma run` on loopback, which can go away and come back."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self.come()

    def come(self) -> None:
        command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(self._folder), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers)

    def go(self) -> None:
        self._process.kill()
        self._process.wait()

    def collections(self) -> int:
        return int(httpx.get(f"{self.url}/api/v2/tenants/default_tenant/databases/default_database/collections_count").json())

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    started = ChromaServer(tmp_path / "chroma-server")
    yield started
    started.go()


@pytest.fixture
def shared(server: ChromaServer, tiny_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=tiny_corpus, index=tmp_path / "index", feedback=tmp_path / "feedback.sqlite3", chroma_url=server.url)


def environment(settings: Settings) -> dict[str, str]:
    return {f"AMP_{name.upper()}": str(getattr(settings, name)) for name in ("corpus", "index", "feedback", "chroma_url")}


def rewrite(settings: Settings, before: str, after: str) -> None:
    path = settings.corpus / "charte-velo.md"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def test_the_answers_are_those_of_the_embedded_store_and_old_collections_go(
    shared: Settings, server: ChromaServer, tmp_path: Path
) -> None:
    embedded = shared.model_copy(update={"chroma_url": "", "index": tmp_path / "embedded"})
    build_index(shared)
    build_index(embedded)
    there, here = open_index(shared), open_index(embedded)
    assert there.passages == here.passages
    assert np.allclose(there.passage_vectors, here.passage_vectors, atol=1e-5), "Chroma brings vectors to length 1 once more"
    assert Assistant(there, None, shared).ask(QUESTION).text == Assistant(here, None, embedded).ask(QUESTION).text
    del there
    for number in (251, 252, 253):
        rewrite(shared, str(number - 1), str(number))
        build_index(shared)
    assert server.collections() == 4, "two of the index in use, two of the one before"


def test_two_processes_answer_alike_while_the_index_is_replaced_and_the_server_goes_and_comes(
    shared: Settings, server: ChromaServer
) -> None:
    build_index(shared)
    with serving(environment(shared)) as (first, _), serving(environment(shared)) as (second, _):
        turn = itertools.cycle((first, second))
        assert {answer(asked(next(turn), QUESTION))["answer"] for _ in range(4)} == {answer(asked(first, QUESTION))["answer"]}
        rewrite(shared, "250 arceaux", "300 arceaux")
        indexing = subprocess.Popen([sys.executable, "-m", "amp_assistant", "index"], env={**os.environ, **environment(shared)})
        while indexing.poll() is None:
            assert "arceaux" in answer(asked(next(turn), QUESTION))["answer"]
        assert indexing.returncode == 0
        until(lambda: all("300 arceaux" in answer(asked(next(turn), QUESTION))["answer"] for _ in range(4)))

        server.go()
        assert {answer(asked(next(turn), QUESTION))["answer"] for _ in range(4)} == {answer(asked(first, QUESTION))["answer"]}
        done = subprocess.run(
            [sys.executable, "-m", "amp_assistant", "index", "--force"],
            env={**os.environ, **environment(shared)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1
        assert "AMP_CHROMA_URL" in " ".join(done.stderr.split()) and "Traceback" not in done.stderr
        with pytest.raises(StoreAwayError, match="ne répond pas"):
            open_index(shared)
        server.come()
        assert open_index(shared).passages
        assert "300 arceaux" in answer(asked(second, QUESTION))["answer"]


def test_a_reader_tries_again_when_the_server_is_back(
    shared: Settings, server: ChromaServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("amp_assistant.assistant.AWAY_SECONDS", 0.2)
    reader = Assistant.open(shared)
    rewrite(shared, "250 arceaux", "300 arceaux")
    build_index(shared)
    server.go()
    assert "250 arceaux" in reader.ask(QUESTION).text
    assert "ne répond pas" in caplog.text
    server.come()
    time.sleep(0.2)
    assert "300 arceaux" in reader.ask(QUESTION).text


@pytest.mark.parametrize("url", ["chroma", "ftp://x", "http://"])
def test_an_address_that_is_none_is_told(shared: Settings, url: str) -> None:
    with pytest.raises((StoreAwayError, SettingError), match="AMP_CHROMA_URL"):
        build_index(shared.model_copy(update={"chroma_url": url}))
