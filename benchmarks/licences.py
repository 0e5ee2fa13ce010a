"""The licences of what is installed, as docs/licences.md: what the assistant needs, and what its tests need besides.

    python -m benchmarks.licences
"""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "licences.md"
LONGEST = 60
"""Characters of a licence's name; some packages put the whole licence there."""


def normal(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed_by(name: str, extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """What a distribution needs, itself left out, all the way down."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, extras)]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        try:
            held = distribution(current[0])
        except PackageNotFoundError:  # of another system or Python
            continue
        found[normal(current[0])] = held
        for line in held.requires or ():
            requirement = Requirement(line)
            wanted = [{"extra": extra} for extra in (*current[1], "")]
            if requirement.marker is None or any(requirement.marker.evaluate(one) for one in wanted):
                waiting.append((requirement.name, frozenset(requirement.extras)))
    found.pop(normal(name), None)
    return found


def licence_of(held: Distribution) -> str:
    """The licence as the package states it: its expression, its classifiers, or its first line."""
    metadata: Any = held.metadata  # a message of e-mail, whatever its type says
    if expression := metadata.get("License-Expression"):
        return str(expression)
    stated = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or () if line.startswith("License ::")]
    stated = [one for one in stated if one != "OSI Approved"]
    first = next(iter((metadata.get("License") or "").strip().splitlines()), "")
    return ", ".join(stated) or first[:LONGEST] or "non déclarée"


def table(found: dict[str, Distribution]) -> list[str]:
    """The rows, by name."""
    rows = [f"| {name} | {held.version} | {licence_of(held)} |" for name, held in sorted(found.items())]
    return ["| paquet | version | licence déclarée |", "|---|---|---|", *rows]


def main() -> None:
    """Write the report."""
    needed = needed_by("amp-assistant")
    besides = {name: held for name, held in needed_by("amp-assistant", frozenset({"test"})).items() if name not in needed}
    lines = [
        "# Licences des paquets installés",
        "",
        "Écrit par `make licences` d'après ce que chaque paquet déclare de lui-même.",
        "",
        f"## Ce dont l'assistant a besoin ({len(needed)} paquets)",
        "",
        *table(needed),
        "",
        f"## Ce que les tests demandent en plus ({len(besides)} paquets)",
        "",
        *table(besides),
    ]
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
