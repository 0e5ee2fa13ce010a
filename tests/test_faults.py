"""What befalls a server while people ask: the process as `amp-assistant serve` starts it, over the real corpus.

Each test says what the visitor sees and what the log holds. Faults of the index (replaced, damaged, disk full) are in
test_index_durability.py, those of the language model by itself in test_generated.py.
"""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from scripted_server import Reply, ScriptedServer, drops, hangs, says, trickles
from test_web import StandIn, free_port, served

from amp_assistant.assistant import Assistant
from amp_assistant.documents import read_corpus
from amp_assistant.feedback import DAY, FeedbackStore, Opinion, Verdict
from amp_assistant.settings import Settings
from amp_assistant.web.sessions import Visitors
from benchmarks.soak import ask, asking_function, serving

PATIENCE = 60
QUESTION = "Comment la Métropole soutient-elle les entreprises innovantes ?"


@pytest.fixture
def environment(settings: Settings, assistant: Assistant, tmp_path: Path) -> dict[str, str]:
    """What a server is started with: the index of the session, opinions of its own."""
    return {"AMP_INDEX": str(settings.index), "AMP_FEEDBACK": str(tmp_path / "feedback.sqlite3")}


def with_model(environment: dict[str, str], server: ScriptedServer, seconds: float) -> dict[str, str]:
    return {**environment, "AMP_LLM": "openai:test", "AMP_LLM_BASE_URL": server.url, "AMP_LLM_SECONDS": str(seconds)}


def asked(address: str, question: str = QUESTION) -> str:
    """Begin to ask as a program does: what to fetch the answer with."""
    posted = httpx.post(f"{address}/gradio_api/call/ask", json={"data": [question, []]}, timeout=PATIENCE)
    return f"{address}/gradio_api/call/ask/{posted.json()['event_id']}"


def answer(event: str) -> dict[str, Any]:
    told = httpx.get(event, timeout=PATIENCE).text
    assert "event: complete" in told, told
    return dict(json.loads(json.loads(told.rpartition("data: ")[2])[0]))


def test_told_to_stop_it_finishes_what_is_running_refuses_what_is_new_and_ends_with_0(environment: dict[str, str], tmp_path: Path) -> None:
    with ScriptedServer(trickles("x" * 600)) as model, serving(with_model(environment, model, 20), tmp_path / "log") as (address, process):
        with ThreadPoolExecutor() as pool:
            running = pool.submit(answer, asked(address))
            until(lambda: bool(model.requests))
            process.send_signal(signal.SIGTERM)
            until(lambda: refuses(address))
            assert not running.done(), "the question was still being answered"
            assert running.result()["citations"]
        assert process.wait(PATIENCE) == 0
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_told_to_stop_while_it_opens_it_ends_with_0(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "amp_assistant", "serve", "--port", "0"]
    server = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    until(lambda: listens(server.pid))
    server.terminate()
    assert server.wait(PATIENCE) == 0


def test_killed_it_comes_back_with_its_index_and_its_opinions(environment: dict[str, str], tmp_path: Path) -> None:
    store = FeedbackStore(Path(environment["AMP_FEEDBACK"]), days=365)
    store.add(Opinion(QUESTION, Verdict.HELPFUL))
    with serving(environment) as (address, process):
        first = answer(asked(address))
        asked(address)
        process.kill()
        process.wait(PATIENCE)
    with serving(environment) as (address, _):
        again = answer(asked(address))
    assert (again["answer"], again["citations"]) == (first["answer"], first["citations"])
    assert store.export(tmp_path / "opinions.jsonl") == 1


def test_a_model_that_fails_costs_its_sentences_and_not_the_answer(environment: dict[str, str], tmp_path: Path) -> None:
    faults = (says("n'importe quoi"), drops(), drops(1), Reply("secret du modèle", status=500), hangs())
    with ScriptedServer() as model, serving(with_model(environment, model, 4), tmp_path / "log") as (address, _):
        for fault in faults:
            model.then(*[fault] * 3)
            told = answer(asked(address))
            assert told["engine"] == "extractive" and told["citations"], fault
            assert any("modèle" in notice for notice in told["notices"]), fault
            assert "secret" not in json.dumps(told)
            while model.unused:
                model.reply({})
        assert httpx.get(f"{address}/readyz").status_code == 200
    log = (tmp_path / "log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert [line["outcome"] for line in lines if line["told"] == "question"][-5:] == ["answered"] * 5
    assert "entreprise" not in log, "no word of a question is logged"


@pytest.mark.alone
def test_one_slow_model_call_does_not_keep_the_others_waiting(environment: dict[str, str]) -> None:
    with (
        ScriptedServer(hangs(), *[says("{}")] * 30) as model,
        serving(with_model(environment, model, 25)) as (address, _),
        ThreadPoolExecutor() as pool,
    ):
        slow = pool.submit(answer, asked(address))
        until(lambda: bool(model.requests))
        begun = time.monotonic()
        for number in range(5):
            assert answer(asked(address, f"Quelles aides pour {number} salariés ?"))["answer"]
        took = time.monotonic() - begun
        assert not slow.done()
        assert took < 15, "each of them takes well under a second on a machine of its own"
        assert slow.result()["citations"], "in the end the documents speak for themselves"


def test_a_disk_that_fills_costs_the_opinions_and_not_the_answers(environment: dict[str, str], tmp_path: Path) -> None:
    opinion = {"turn": {"question": QUESTION}, "verdict": Verdict.HELPFUL}
    with serving(environment) as (address, process):
        assert httpx.post(f"{address}/opinions", json=opinion).status_code == 204
        limits = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (1, limits[1]))  # no file grows: what a full disk is to a program
        refused = httpx.post(f"{address}/opinions", json=opinion)
        assert answer(asked(address))["citations"]
        process.rlimit(psutil.RLIMIT_FSIZE, limits)
        assert httpx.post(f"{address}/opinions", json=opinion).status_code == 204
    assert refused.status_code == 500
    assert "AMP_FEEDBACK" in refused.json()["sentence"]
    assert FeedbackStore(Path(environment["AMP_FEEDBACK"]), days=365).export(tmp_path / "opinions.jsonl") == 2, "none lost, none twice"


def test_nothing_of_a_conversation_stays_on_the_server(tmp_path: Path) -> None:
    question = "Une question que personne d'autre ne poserait ?"
    address = served(StandIn(), Settings(port=free_port(), feedback=tmp_path / "feedback.sqlite3"))

    async def converse() -> tuple[list[Any], str]:
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
            return await ask(client, asking_function(address), question, [], "a-visitor")

    turns, fault = asyncio.run(converse())
    assert not fault and question in str(turns)
    # `isinstance` would wake what is only loaded when it is looked at.
    visitors = [held for held in gc.get_objects() if type(held) is Visitors and "a-visitor" in held]
    assert len(visitors) == 1
    state = visitors[0]["a-visitor"]
    shown = [value for block in state.blocks_config.blocks.values() for value in vars(block).values()]
    assert not any(isinstance(value, str | list) and question in str(value) for value in [*shown, state.state_data, state.config_values])


@pytest.mark.alone
def test_documents_that_vanish_leave_the_answers_as_they_are(environment: dict[str, str], tmp_path: Path, settings: Settings) -> None:
    with serving(environment) as (address, _):
        before = answer(asked(address))
        hidden = settings.index.rename(settings.index.with_name("hidden"))
        try:
            assert answer(asked(address))["answer"] == before["answer"]
            assert httpx.get(f"{address}/readyz").json()["age_seconds"] is None
        finally:
            hidden.rename(settings.index)


def test_a_file_that_vanishes_while_the_corpus_is_read_costs_itself_and_a_sentence(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\nLe plan {name} prévoit douze mesures pour les entreprises.\n", encoding="utf-8")
    corpus = read_corpus(tmp_path, on_document=lambda done, total: (tmp_path / "d.md").unlink(missing_ok=True))
    assert {document.path for document in corpus.documents} == {"a.md", "b.md", "c.md"}
    assert any("d.md" in refusal.path for refusal in (*corpus.unreadable, *corpus.skipped)) or any("d.md" in one for one in corpus.warnings)


def test_a_clock_that_jumps_keeps_no_opinion_beyond_its_time(tmp_path: Path) -> None:
    now = [1000.0 * DAY]
    store = FeedbackStore(tmp_path / "feedback.sqlite3", days=30, clock=lambda: now[0])
    now[0] += 3650 * DAY  # ten years ahead, by mistake
    store.add(Opinion("écrite dans le futur", Verdict.HELPFUL))
    now[0] -= 3650 * DAY  # set right
    store.add(Opinion("écrite à l'heure", Verdict.HELPFUL))
    assert store.export(tmp_path / "out.jsonl") == 1
    now[0] += 31 * DAY
    assert store.purge() == 1


def until(holds: Any) -> None:
    """Wait until it holds.

    :raises TimeoutError: it never does.
    """
    for _ in range(PATIENCE * 20):
        if holds():
            return
        time.sleep(0.05)
    raise TimeoutError


def refuses(address: str) -> bool:
    try:
        httpx.get(f"{address}/healthz", timeout=5)
    except httpx.TransportError:
        return True
    return False


def listens(pid: int) -> bool:
    return any(connection.status == psutil.CONN_LISTEN for connection in psutil.Process(pid).net_connections("tcp"))
