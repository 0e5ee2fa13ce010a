"""The package as a whole: its front door, the order of its stages, and the files that must agree with it."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import amp_assistant
from amp_assistant.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "amp_assistant"

STAGES = (
    "errors",
    "journal",
    "settings",
    "passwords",
    "privacy",
    "feedback",
    "progress",
    "dates",
    "typography",
    "model_failures",
    "language_model",
    "folding",
    "figures",
    "sentences",
    "quantities",
    "texting",
    "details",
    "documents",
    "passages",
    "vocabulary",
    "references",
    "filters",
    "enrichment",
    "lexical",
    "parts",
    "acronyms",
    "thesaurus",
    "encoder",
    "dense",
    "silences",
    "fingerprint",
    "builds",
    "phrasing",
    "rows",
    "store",
    "index",
    "reranker",
    "understanding",
    "retrieval",
    "citations",
    "rewriting",
    "unit_form",
    "enriching",
    "communes",
    "situation",
    "register",
    "report",
    "verification",
    "building",
    "deposit",
    "export",
    "answers",
    "speech",
    "telemetry",
    "assistant",
    "langchain_bridge",
    "backup",
    "doctor",
    "evaluation",
    "evaluation_register",
    "evaluation_report",
    "web",
    "cli",
    "__main__",
)
"""The data flow: a stage imports from those above it only. `__init__`, the front door, stands outside."""

HEAVY = ("torch", "transformers", "chromadb", "gradio", "pandas")


def modules() -> list[str]:
    """Every module of the package but the front door, as a path: ``documents/pdf.py``."""
    return sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def stage_of(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


def imported_stages(tree: ast.Module) -> Iterator[str]:
    """The stages that a module imports, wherever in it the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("amp_assistant."))


def loaded_by(statement: str) -> list[str]:
    """The heavy libraries that a fresh Python holds after one statement."""
    script = f"{statement}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("statement", ["import amp_assistant", "from amp_assistant import *", "import amp_assistant.cli"])
def test_what_asks_nothing_loads_nothing_heavy(statement: str) -> None:
    assert loaded_by(statement) == []


def test_help_comes_at_once() -> None:
    """Under half a second of the processor: what a person waits on a machine that does nothing else."""
    script = "import resource, subprocess, sys; "
    script += "subprocess.run([sys.executable, '-m', 'amp_assistant', '--help'], stdout=subprocess.DEVNULL, check=True); "
    script += "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)"
    seconds = min(float(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout) for _ in range(3))
    assert seconds < 0.5


def test_the_front_door_names_all_it_promises() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    homes = {alias.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    promised = {name: home for name, home in homes.items() if home and home.startswith("amp_assistant.")}
    assert sorted(promised) == amp_assistant.__all__ == sorted(amp_assistant.__all__)
    for name, home in promised.items():
        assert getattr(amp_assistant, name) is vars(sys.modules[home])[name]


def test_the_front_door_refuses_what_it_does_not_promise() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Manager'"):
        _ = amp_assistant.Manager


@pytest.mark.parametrize("module", modules())
def test_imports_point_upstream(module: str) -> None:
    stage = stage_of(module)
    assert stage in STAGES, f"{module} has no place in the data flow: give it one in STAGES"
    upstream = STAGES[: STAGES.index(stage) + 1]
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    assert sorted(set(imported_stages(tree)).difference(upstream)) == []


def normal(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {normal(re.split(r"[\[>=<]", line)[0]) for line in (*project["dependencies"], *project["optional-dependencies"]["test"])}
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    pins = dict(line.split("==") for line in lines)
    assert sorted(named.difference(map(normal, pins))) == []
    assert f"torch=={pins['torch']}" in project["dependencies"]


def test_the_readme_lists_every_setting() -> None:
    listed = re.findall(r"^\| `(AMP_[A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(f"AMP_{name.upper()}" for name in Settings.model_fields)
