"""The pages under load, in short (`make soak` is the long form): many users at once, a full queue, a client that asks too often."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_web import StandIn, ask, browser, free_port, served

from amp_assistant.assistant import Assistant
from amp_assistant.settings import Settings
from benchmarks.soak import Load, asking_function, put_under_load, real_questions, row, serving

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.filterwarnings("ignore:.*no_silent_downcasting")

FULL = 64 + 8
"""Questions that wait, and that are being answered."""
SLOWEST = 10.0
"""Five times what is promised for 100 users on a machine of its own, so that a busy machine fails no test; the figures are printed."""


@pytest.mark.alone
def test_twenty_users_at_once_get_their_answers(settings: Settings, assistant: Assistant, tmp_path: Path) -> None:
    environment = {"AMP_INDEX": str(settings.index), "AMP_FEEDBACK": str(tmp_path / "feedback.sqlite3")}
    with serving(environment) as (address, process):
        load = asyncio.run(put_under_load(address, process, real_questions(), Load(users=20, seconds=10, reading=3)))
    print(row(load))
    assert not load.faults
    assert len(load.times) >= 20
    assert load.share(95) < SLOWEST


@pytest.mark.browser
def test_a_full_queue_is_told_in_plain_words_and_passes(browser: Any, tmp_path: Path) -> None:
    over = StandIn()
    over.may_answer.clear()
    address = served(over, Settings(port=free_port(), feedback=tmp_path / "feedback.sqlite3"))
    function = asking_function(address)
    body = {"data": ["Combien ?", [], "tous", [], []], "fn_index": function}
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector(".begun", state="attached")
    try:
        codes = [
            httpx.post(f"{address}/gradio_api/queue/join", json={**body, "session_hash": f"s{number}"}, timeout=20).status_code
            for number in range(FULL + 4)
        ]
        assert 503 in codes
        ask(page, "Combien ?")
        page.wait_for_selector("text=Trop de questions sont posées en ce moment", timeout=20_000)
    finally:
        over.may_answer.set()
    page.close()


@pytest.mark.browser
def test_a_visitor_who_asks_too_often_reads_when_to_come_back(browser: Any, tmp_path: Path) -> None:
    address = served(StandIn(), Settings(port=free_port(), feedback=tmp_path / "feedback.sqlite3", requests_per_minute=2))
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector(".begun", state="attached")
    for _ in range(3):
        ask(page, "Combien ?")
        page.wait_for_timeout(300)
    page.wait_for_selector("text=Trop de demandes viennent de votre adresse", timeout=20_000)
    page.close()
