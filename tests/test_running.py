"""Running the assistant as a service: health, metrics, log, limits, doctor, backup."""

import json
import logging
import os
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from amp_assistant.assistant import Assistant
from amp_assistant.backup import SUMS, restore_backup, write_backup
from amp_assistant.doctor import examine, told_settings
from amp_assistant.errors import FailureError, UsageError
from amp_assistant.feedback import FeedbackStore, Opinion, Verdict
from amp_assistant.journal import JsonLines
from amp_assistant.settings import Settings
from amp_assistant.web.limits import MOST_CLIENTS, Buckets, LimitedRequests, client_of
from amp_assistant.web.server import build_application, serve_when_opened
from amp_assistant.web.starting import Starting

pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")

QUESTION = "Quelles aides pour la dame au 06 12 34 56 78 ?"


@pytest.fixture(scope="module")
def application(assistant: Assistant, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    folder = tmp_path_factory.mktemp("served")
    return build_application(assistant, settings.model_copy(update={"feedback": folder / "feedback.sqlite3", "requests_per_minute": 30}))


def client(application: Any, host: str = "127.0.0.1") -> TestClient:
    return TestClient(application, client=(host, 50_000))


# Health and metrics


def test_readiness_tells_the_index_in_use_and_its_age(application: FastAPI, assistant: Assistant) -> None:
    told = client(application).get("/readyz").json()
    assert told["status"] == "ready"
    assert (told["index"], told["passages"]) == (assistant.index.built_from.fingerprint, len(assistant.index.passages))
    assert told["age_seconds"] >= 0


def test_until_the_assistant_is_open_the_server_lives_and_every_page_says_that_it_is_coming() -> None:
    starting = Starting(lambda: FastAPI())
    waiting = client(starting)  # without its lifespan nothing is opened
    assert waiting.get("/healthz").status_code == 200
    assert waiting.get("/readyz").json() == {"status": "starting"}
    page = waiting.get("/")
    assert (page.status_code, page.headers["retry-after"]) == (503, "5")
    assert "L’assistant démarre" in page.text


def test_an_assistant_that_cannot_be_opened_ends_the_server_with_its_sentence() -> None:
    def fail() -> Assistant:
        raise FailureError("L'index ne peut pas être lu.")

    with pytest.raises(FailureError, match="ne peut pas être lu"):
        serve_when_opened(fail, Settings(port=0))


def test_metrics_count_questions_without_a_word_of_them(application: FastAPI, assistant: Assistant) -> None:
    def questions(outcome: str) -> float:
        lines = client(application).get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith('amp_questions_total{engine="') and outcome in line)

    answered = questions("answered")
    assistant.ask("Quelles aides pour créer une entreprise ?")
    with pytest.raises(UsageError):
        assistant.ask("")
    text = client(application).get("/metrics").text
    assert questions("answered") == answered + 1
    assert questions("misasked") >= 1
    assert "amp_index_age_seconds" in text and "amp_queue 0.0" in text
    assert "aides" not in text


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 404), ("testclient", 404)])
def test_metrics_are_for_this_machine(application: FastAPI, host: str, status: int) -> None:
    assert client(application, host).get("/metrics").status_code == status


# The log


@pytest.mark.parametrize("with_text", [False, True])
def test_the_log_holds_a_question_only_where_that_is_asked_for(
    assistant: Assistant, settings: Settings, caplog: pytest.LogCaptureFixture, with_text: bool
) -> None:
    caplog.set_level(logging.INFO, logger="amp_assistant")
    Assistant(assistant.index, None, settings.model_copy(update={"log_questions": with_text})).ask(QUESTION)
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    (line,) = [line for line in lines if line["from"] == "amp_assistant.telemetry"]
    assert line["outcome"] in ("answered", "refused") and line["seconds"] < 60
    assert ("dame" in json.dumps(lines)) is with_text
    assert "06 12 34" not in json.dumps(lines)


def test_a_trace_is_one_line_of_json() -> None:
    try:
        raise ValueError("deux\nlignes")
    except ValueError:
        record = logging.LogRecord("amp_assistant", logging.ERROR, "", 0, "raté %s", ("ici",), sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["told"] == "raté ici" and "ValueError" in json.loads(line)["trace"]


# Limits


def test_a_client_that_asks_too_often_is_told_when_to_come_back_and_others_are_not(application: FastAPI) -> None:
    answers = [client(application, "192.0.2.9").post("/opinions", json={}) for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {422}
    assert answers[30].status_code == 429
    assert 1 <= int(answers[30].headers["retry-after"]) <= 2
    assert "attendez" in answers[30].json()["sentence"]
    assert client(application, "192.0.2.10").post("/opinions", json={}).status_code == 422
    assert client(application, "192.0.2.9").get("/healthz").status_code == 200


def test_a_bucket_fills_again_and_forgets_whom_it_has_not_seen() -> None:
    now = [0.0]
    buckets = Buckets(60, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(61)] == [0] * 60 + [1]
    now[0] += 1
    assert [buckets.take("a"), buckets.take("a")] == [0, 1]
    for number in range(MOST_CLIENTS + 50):
        buckets.take(str(number))
    assert len(buckets) == MOST_CLIENTS


def test_all_addresses_of_a_home_are_one_client() -> None:
    homes = [client_of({"client": (host, 1)}) for host in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")]
    assert homes[0] == homes[1] != homes[2]
    assert client_of({"client": ("::ffff:192.0.2.1", 1)}) == client_of({"client": ("192.0.2.1", 1)})
    assert client_of({}) == ""


def test_pages_and_their_files_are_never_refused() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    limited = client(LimitedRequests(application, per_minute=1))
    assert [limited.get("/").status_code for _ in range(9)] == [204] * 9


# Doctor


def test_the_doctor_finds_a_sound_installation_well(assistant: Assistant, settings: Settings) -> None:
    findings = list(examine(settings))
    assert {finding.what for finding in findings if finding.is_fault} == set()
    assert len(findings) == 9


@pytest.mark.parametrize(
    ("change", "what", "remedy"),
    [
        ({"corpus": Path("nowhere")}, "documents", "AMP_CORPUS"),
        ({"index": Path("nowhere")}, "index", "amp-assistant index"),
        ({"llm": "openai:x", "llm_base_url": "http://127.0.0.1:9/v1"}, "modèle de langage", "AMP_LLM_BASE_URL"),
        ({"llm": "nonsense"}, "modèle de langage", "AMP_LLM"),
    ],
)
def test_the_doctor_tells_what_is_wrong_and_the_remedy(settings: Settings, change: dict[str, Any], what: str, remedy: str) -> None:
    findings = {finding.what: finding for finding in examine(settings.model_copy(update=change))}
    assert findings[what].is_fault
    assert remedy in findings[what].remedy


def test_a_damaged_index_is_a_finding(settings: Settings, tmp_path: Path) -> None:
    build = tmp_path / "x-1"
    build.mkdir()
    (build / "built_from.json").write_text("{}")
    (tmp_path / "CURRENT").write_text("x-1")
    findings = {finding.what: finding for finding in examine(settings.model_copy(update={"index": tmp_path}))}
    assert "--force" in findings["index"].remedy


def test_secrets_are_not_shown() -> None:
    told = told_settings(Settings(pdf_password="hush", llm_base_url="https://user:hush@model.example/v1?key=hush"))
    assert told["AMP_PDF_PASSWORD"] == "(caché)"
    assert told["AMP_LLM_BASE_URL"] == "https://model.example/v1"
    assert "hush" not in str(told)


def test_the_doctors_command_ends_with_1_where_something_is_wrong(tmp_path: Path) -> None:
    environment = {**os.environ, "AMP_INDEX": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "amp_assistant", "doctor"], capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert "amp-assistant index" in done.stdout


# Backup


@pytest.fixture
def kept(tmp_path: Path, tiny_corpus: Path) -> Settings:
    settings = Settings(corpus=tiny_corpus, feedback=tmp_path / "feedback.sqlite3")
    (tiny_corpus / "corrections.toml").write_text("# corrigé\n", encoding="utf-8")
    FeedbackStore.of(settings).add(Opinion("Combien d'arceaux ?", Verdict.HELPFUL))
    return settings


def test_what_was_lost_comes_back(kept: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "kept.zip"
    assert write_backup(kept, archive) == 3
    assert archive.stat().st_mode & 0o077 == 0
    elsewhere = Settings(corpus=tmp_path / "new" / "corpus", feedback=tmp_path / "new" / "feedback.sqlite3")
    assert restore_backup(elsewhere, archive) == 3
    assert (elsewhere.corpus / "corrections.toml").read_text(encoding="utf-8") == "# corrigé\n"
    FeedbackStore.of(elsewhere).export(tmp_path / "opinions.jsonl")
    assert "Combien d'arceaux ?" in (tmp_path / "opinions.jsonl").read_text(encoding="utf-8")


def test_what_changed_since_is_replaced_only_by_force(kept: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "kept.zip"
    write_backup(kept, archive)
    (kept.corpus / "corrections.toml").write_text("# plus récent\n", encoding="utf-8")
    with pytest.raises(UsageError, match="a changé depuis"):
        restore_backup(kept, archive)
    assert (kept.corpus / "corrections.toml").read_text(encoding="utf-8") == "# plus récent\n"
    restore_backup(kept, archive, force=True)
    assert (kept.corpus / "corrections.toml").read_text(encoding="utf-8") == "# corrigé\n"


@pytest.mark.parametrize(
    "place", ["../outside", "corpus/../../outside", "/outside", "corpus/..\\outside", "C:/outside", "corpus", "other/x"]
)
def test_an_archive_writes_nowhere_else(kept: Settings, tmp_path: Path, place: str) -> None:
    archive = tmp_path / "evil.zip"
    write_backup(kept, tmp_path / "kept.zip")
    with zipfile.ZipFile(archive, "w") as evil:
        evil.writestr(place, b"x")
        evil.writestr(SUMS, json.dumps({place: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="pas une sauvegarde intacte"):
        restore_backup(kept, archive)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("harm", ["not an archive", "a changed file", "a file more", "a file less"])
def test_a_damaged_archive_changes_nothing(kept: Settings, tmp_path: Path, harm: str) -> None:
    archive, damaged = tmp_path / "kept.zip", tmp_path / "damaged.zip"
    write_backup(kept, archive)
    with zipfile.ZipFile(archive) as sound, zipfile.ZipFile(damaged, "w") as written:
        for member in sound.infolist():
            content = sound.read(member)
            if member.filename.endswith(".md"):
                if harm == "a file less":
                    continue
                content = content[:-1] if harm == "a changed file" else content
            written.writestr(member.filename, content)
        if harm == "a file more":
            written.writestr("corpus/more.md", b"x")
    if harm == "not an archive":
        damaged.write_bytes(b"PK nonsense")
    with pytest.raises(UsageError, match="pas une sauvegarde intacte"):
        restore_backup(kept, damaged, force=True)
    assert not (kept.corpus / "more.md").exists()


def test_opinions_past_their_time_do_not_come_back(kept: Settings, tmp_path: Path) -> None:
    with sqlite3.connect(kept.feedback) as connection:
        connection.execute("update feedback set at = ?", (time.time() - 400 * 86_400,))
    connection.close()
    archive = tmp_path / "kept.zip"
    write_backup(kept, archive)
    kept.feedback.unlink()
    restore_backup(kept, archive)
    assert FeedbackStore.of(kept).export(tmp_path / "opinions.jsonl") == 0


# What comes with the repository

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


def test_the_unit_and_the_container_name_settings_that_are_there() -> None:
    named = {
        word.split("=")[0].removeprefix("Environment=").strip()
        for path in DEPLOY.iterdir()
        for word in path.read_text(encoding="utf-8").replace("Environment=", " ").split()
        if word.startswith("AMP_") and "=" in word
    }
    assert named and named <= {f"AMP_{name.upper()}" for name in Settings.model_fields}


def test_the_container_installs_as_make_does() -> None:
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert "--constraint constraints.txt --editable ." in container
    assert "USER amp" in container


