"""The index under what befalls machines: killed at any moment, no room on the disk, damaged files, two builders, an impatient person."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from printing import Press, source

from amp_assistant.assistant import Assistant
from amp_assistant.building import build_index
from amp_assistant.builds import COMPLETE, current_build, hold, new_build, put_in_use, remove_old
from amp_assistant.errors import AssistantError, RegisterError, StoreError
from amp_assistant.index import is_current, open_build, open_index
from amp_assistant.settings import Settings

KILLS = 20


@pytest.fixture
def tiny(tiny_corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=tiny_corpus, index=tmp_path / "index")


@pytest.fixture(scope="module")
def workshop() -> ForkServerContext:
    """Where builders are started from, with the libraries loaded: what is killed is their work, not their start."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["torch", "sentence_transformers", "chromadb", "amp_assistant.building"])
    return context


def build(settings: Settings, force: bool = True) -> None:
    build_index(settings, force=force)


def answer(settings: Settings, question: str = "Combien d'arceaux par an ?") -> str:
    return Assistant(open_index(settings), settings=settings).ask(question).text


def add_document(settings: Settings, number: int) -> None:
    text = f"# Note {number}\n\n## Prêt numéro {number}\n\nLe prêt de vélos cargos est ouvert à {number} commerces du quartier.\n"
    (settings.corpus / f"note-{number}.md").write_text(text, encoding="utf-8")


def test_a_builder_killed_at_any_moment_leaves_the_index_in_use(tiny: Settings, workshop: ForkServerContext) -> None:
    def built_in(seconds: float | None) -> tuple[float, int | None]:
        builder = workshop.Process(target=build, args=(tiny,))
        begun = time.perf_counter()
        builder.start()
        builder.join(seconds)
        builder.kill()
        builder.join()
        return time.perf_counter() - begun, builder.exitcode

    built_in(None)
    length, code = built_in(None)
    assert code == 0
    moments = random.Random(13).sample([length * (step + 0.5) / KILLS for step in range(KILLS)], KILLS)
    killed = 0
    for number, moment in enumerate(moments, 1):
        add_document(tiny, number)
        before = current_build(tiny.index)
        killed += built_in(moment)[1] == -signal.SIGKILL
        assert "250 arceaux" in answer(tiny)
        assert (current_build(tiny.index) == before) or is_current(tiny)
    print(f"\n{killed} of {KILLS} builders of {length:.1f} s were killed")
    assert killed > KILLS / 2
    assert built_in(None)[1] == 0
    assert is_current(tiny)
    assert "17 commerces" in answer(tiny, "À combien de commerces le prêt numéro 17 est-il ouvert ?")
    assert len([place for place in tiny.index.iterdir() if place.is_dir()]) <= 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disque"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(place)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no small disk can be made here, which takes root: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_told_and_the_index_stays(tiny: Settings, small_disk: Path) -> None:
    tiny = tiny.model_copy(update={"index": small_disk / "index"})
    build_index(tiny)
    add_document(tiny, 1)
    free = shutil.disk_usage(small_disk).free
    filler = small_disk / "filler"
    for left in (4, 24, 48, 80, 120, 180, 260):
        filler.write_bytes(b"x" * (free - left * 1024))
        with pytest.raises(AssistantError, match=r"^[^\n]*place") as told:
            build_index(tiny)
        assert str(told.value).count(" : ") == 1 and str(told.value).endswith((".", "AMP_INDEX."))
        assert "250 arceaux" in answer(tiny)
        filler.unlink()
    build_index(tiny)
    assert is_current(tiny)


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :])


@pytest.mark.parametrize("how", ["gone", "cut", "one byte changed"])
def test_a_damaged_file_of_any_kind_is_named(tiny: Settings, tmp_path: Path, how: str) -> None:
    build_index(tiny)
    sound = current_build(tiny.index)
    assert sound
    files = [path.relative_to(sound) for path in sound.rglob("*") if path.is_file() and path.stat().st_size]
    assert {place.parts[0] for place in files} >= {"chroma", "lexical", "encoder", "readings", "units.json", "documents.json", COMPLETE}
    for place in files:
        build = shutil.copytree(sound, tmp_path / "copy")
        damage(build / place, how)
        with pytest.raises(StoreError, match=r"endommagé.*--force"):
            open_build(build, tiny)
        shutil.rmtree(build)
    assert open_build(sound, tiny).passages, "looking at the copies has not hurt it"


def test_a_build_is_not_written_by_those_who_read_it(tiny: Settings) -> None:
    build_index(tiny)
    folder = current_build(tiny.index)
    assert folder
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}
    for _ in range(2):
        open_index(tiny)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")} == before


def test_a_second_builder_waits_for_the_first_and_says_for_whom(tiny: Settings, workshop: ForkServerContext) -> None:
    build_index(tiny)
    add_document(tiny, 1)
    command = [sys.executable, "-m", "amp_assistant", "index"]
    environment = {**os.environ, "AMP_CORPUS": str(tiny.corpus), "AMP_INDEX": str(tiny.index)}
    first = workshop.Process(target=build, args=(tiny, False))
    first.start()
    while not (tiny.index / ".builder").exists():
        time.sleep(0.01)
    os.kill(first.pid or 0, signal.SIGSTOP)  # so that it certainly still builds when the second comes
    second = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(3)
    os.kill(first.pid or 0, signal.SIGCONT)
    output, errors = second.communicate(timeout=120)
    first.join()
    assert f"processus {first.pid}" in " ".join(errors.split())
    assert "L'index est à jour" in output
    assert is_current(tiny)


def test_a_build_is_kept_while_it_is_read(tiny: Settings) -> None:
    tiny.index.mkdir()
    builds = [new_build(tiny.index, "0123") for _ in range(3)]
    for folder in builds:
        (folder / COMPLETE).write_text("{}", encoding="utf-8")
    put_in_use(builds[2])
    release = hold(builds[0])
    remove_old(tiny.index, keep={builds[2]})
    assert [folder.exists() for folder in builds] == [True, False, True]
    release()
    remove_old(tiny.index, keep={builds[2]})
    assert [folder.exists() for folder in builds] == [False, False, True]


def test_an_index_whose_register_is_not_proved_is_not_put_in_use(tiny: Settings) -> None:
    build_index(tiny)
    before = current_build(tiny.index)
    suivi = tiny.corpus / "suivi.jsonl"
    line = (
        '{"id": "a", "theme": "t", "indicator": "i", "status": "atteint", "comparability": "", "comparable": true, "resultat": null, '
        '"cible": {"document": "charte-velo", "quote": "Le maire inaugure neuf fontaines"}}\n'
    )
    suivi.write_text("\n" + line, encoding="utf-8")
    with pytest.raises(RegisterError, match=r"suivi\.jsonl, ligne 2"):
        build_index(tiny)
    add_document(tiny, 1)
    with pytest.raises(RegisterError, match=r"suivi\.jsonl, ligne 2"):
        build_index(tiny)
    assert current_build(tiny.index) == before
    suivi.write_text(line.replace("Le maire inaugure neuf fontaines", "La ville installe 250 arceaux"), encoding="utf-8")
    build_index(tiny)
    assert is_current(tiny)


@pytest.mark.alone
def test_an_interrupted_command_says_so_and_breaks_nothing(tiny: Settings) -> None:
    build_index(tiny)
    before = current_build(tiny.index)
    for number in range(4):
        Press(tiny.corpus / f"plan-{number}.pdf").print(source() * 5)
    environment = {**os.environ, "AMP_CORPUS": str(tiny.corpus), "AMP_INDEX": str(tiny.index)}
    command = [sys.executable, "-m", "amp_assistant", "index"]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not (tiny.index / ".builder").exists():
        time.sleep(0.01)
    time.sleep(1)
    begun = time.perf_counter()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert time.perf_counter() - begun < 5
    assert running.returncode == 130
    assert "Interrompu" in errors and "Traceback" not in errors
    assert current_build(tiny.index) == before
    assert [place for place in tiny.index.iterdir() if place.is_dir()] == [before]
    assert "250 arceaux" in answer(tiny)
