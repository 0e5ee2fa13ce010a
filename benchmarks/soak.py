"""The pages under load: people who ask through the route that a browser takes, each question after the last was answered and read.

    python -m benchmarks.soak [--users 100] [--seconds 180] [--reading 10]

A server of its own is started on loopback. Between an answer and the next question a user reads `reading` seconds on average (an answer
has some 120 words, which take a reader half a minute: these users are in a hurry). The figures go into docs/exploitation.md.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "exploitation.md"
BEGIN, END = "<!-- charge : écrit par make soak -->", "<!-- fin de la charge -->"
EVERYONE = "tous"
"""The persona of the page before one is chosen."""
PATIENCE = 180
"""Seconds that a server may take to be ready; it may have to build its index."""
TURNS = 4
"""Questions that a user asks before a new conversation."""
WARM_SHARE = 0.25
"""The first part of a run, in which libraries take the memory that they keep: the slope is taken after it."""
SEED = 5


@dataclass
class Load:
    """What was asked of the server and what came of it; times in seconds, memory in MB, `processor` in cores."""

    users: int
    seconds: float
    reading: float
    times: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    processor: float = 0.0
    lasted: float = 0.0

    def share(self, percent: int) -> float:
        """The time within which that share of the answers was there, in seconds."""
        return float(np.percentile(self.times, percent)) if self.times else float("nan")

    @property
    def work(self) -> float:
        """The processor's time that the server takes for an answer, in seconds: what a busy machine changes little."""
        return self.processor * self.lasted / len(self.times) if self.times else float("nan")

    @property
    def slope(self) -> float:
        """By how much the server's memory grows, in MB a minute, by least squares after the warm-up."""
        kept = [(at, held) for at, held in self.memory if at >= WARM_SHARE * self.seconds]
        if len(kept) < 3:
            return float("nan")
        at, held = np.array(kept).T
        return float(np.polyfit(at, held, 1)[0]) * 60


@contextmanager
def serving(environment: Mapping[str, str] | None = None, log: Path | None = None) -> Iterator[tuple[str, psutil.Process]]:
    """A server of its own, its address and its process; told to stop in the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "amp_assistant", "serve", "--port", str(port)]
    with open(log or os.devnull, "wb") as errors:
        server = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(address, server)
            yield address, psutil.Process(server.pid)
        finally:
            server.terminate()
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_until_ready(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait until a server can answer.

    :raises RuntimeError: it ended, or did not come.
    """
    for _ in range(PATIENCE * 4):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            if httpx.get(f"{address}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.25)
    raise RuntimeError("the server did not come")


def asking_function(address: str) -> int:
    """The number of the event that asks the question of the box, as the page's configuration has it."""
    config = httpx.get(f"{address}/config", timeout=30).json()
    box = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "question")
    return next(int(one["id"]) for one in config["dependencies"] if [box, "submit"] in one["targets"])


async def ask(
    client: httpx.AsyncClient, function: int, question: str, turns: list[Any], session: str
) -> tuple[list[Any], str]:
    """Ask as the page does; the turns that a browser would keep then, and what went wrong, if anything."""
    body = {"data": [question, turns, EVERYONE, [], []], "fn_index": function, "session_hash": session}
    joined = await client.post("/gradio_api/queue/join", json=body)
    if joined.status_code != 200:
        return turns, f"{joined.status_code}"
    kept, fault = turns, "cut off"
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
        async for line in events.aiter_lines():
            if not line.startswith("data: "):
                continue
            event = json.loads(line[6:])
            if event["msg"] == "process_completed":
                told = event["output"].get("data", [None, None])[1]
                if event["success"] and isinstance(told, list):
                    kept, fault = told, "failed turn" if told[-1]["state"] == "failed" else ""
                else:
                    fault = str(event["output"].get("error") or "no turns")
            elif event["msg"] == "close_stream":
                break
    return kept, fault


async def user(client: httpx.AsyncClient, function: int, questions: Sequence[str], load: Load, chance: random.Random) -> None:
    """One user, until the time is over."""
    end = time.monotonic() + load.seconds
    turns: list[Any] = []
    session = uuid4().hex[:11]  # one a visit, as a browser has
    await asyncio.sleep(chance.uniform(0, load.reading))
    while time.monotonic() < end:
        begun = time.monotonic()
        try:
            turns, fault = await ask(client, function, chance.choice(questions), turns, session)
        except httpx.HTTPError as error:
            fault = type(error).__name__
        if fault:
            load.faults[fault] += 1
        else:
            load.times.append(time.monotonic() - begun)
        if len(turns) >= TURNS:  # the next visitor
            turns, session = [], uuid4().hex[:11]
        await asyncio.sleep(chance.uniform(0.5, 1.5) * load.reading)


async def watch(process: psutil.Process, load: Load) -> None:
    """Note the server's memory, twice a second."""
    begun = time.monotonic()
    while (at := time.monotonic() - begun) < load.seconds:
        load.memory.append((at, process.memory_info().rss / 1e6))
        await asyncio.sleep(0.5)


async def put_under_load(address: str, process: psutil.Process, questions: Sequence[str], load: Load) -> Load:
    """Let the users ask until the time is over."""
    function = asking_function(address)
    before, begun = sum(process.cpu_times()[:2]), time.monotonic()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        users = [user(client, function, questions, load, random.Random(SEED + number)) for number in range(load.users)]
        await asyncio.gather(watch(process, load), *users)
    load.lasted = time.monotonic() - begun
    load.processor = (sum(process.cpu_times()[:2]) - before) / load.lasted
    return load


def real_questions() -> list[str]:
    """What people asked who wrote the questions that the assistant is measured on."""
    from amp_assistant.evaluation import read_questions

    return [one.question for one in read_questions(ROOT / "tests" / "questions", None)]


def row(load: Load) -> str:
    """The line of the report's table."""
    held = [held for _, held in load.memory]
    figures = (
        f"{load.users} personnes, {load.seconds:.0f} s, {load.reading:g} s de lecture entre deux questions",
        f"{len(load.times)}",
        f"{sum(load.faults.values())}{''.join(f' ({name} : {count})' for name, count in load.faults.items())}",
        *(f"{seconds:.2f}".replace(".", ",") + " s" for seconds in (load.share(50), load.share(95), max(load.times, default=0))),
        f"{load.processor:.2f}".replace(".", ",") + f" sur {os.cpu_count()} cœurs, {load.work * 1000:.0f} ms par réponse",
        f"{statistics.median(held):.0f} Mo, {load.slope:+.1f} Mo par minute".replace(".", ","),
    )
    return "| " + " | ".join(figures) + " |"


def write_report(loads: Sequence[Load]) -> None:
    """Put the table into docs/exploitation.md, between its marks."""
    head = "| charge | réponses | erreurs | médiane | p95 | plus longue | processeur | mémoire |"
    busy = os.getloadavg()[2]
    cores = f"sur {os.cpu_count()} cœurs, charge moyenne de la machine sur 15 minutes, ce programme compris : {busy:.1f}"
    note = f"Mesuré le {date.today():%d/%m/%Y} {cores.replace('.', ',')}."
    table = "\n".join([BEGIN, note, "", head, "|---" * 8 + "|", *map(row, loads), END])
    text = REPORT.read_text(encoding="utf-8")
    REPORT.write_text(text[: text.index(BEGIN)] + table + text[text.index(END) + len(END) :], encoding="utf-8")


def main() -> None:
    """Run the load and write its figures down; exit code 1 where there was an error."""
    parser = argparse.ArgumentParser(description="put the pages under load")
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--reading", type=float, default=10)
    parser.add_argument("--dry", action="store_true", help="print the figures only")
    given = parser.parse_args()
    load = Load(given.users, given.seconds, given.reading)
    environment = {"AMP_REQUESTS_PER_MINUTE": "100000", "MALLOC_ARENA_MAX": "2"}  # the second as in deploy/
    with serving(environment) as (address, process):  # all users have one address here
        asyncio.run(put_under_load(address, process, real_questions(), load))
    sys.stdout.write(row(load) + "\n")
    if not given.dry:
        write_report([load])
    sys.exit(1 if load.faults or not load.times else 0)


if __name__ == "__main__":
    main()
