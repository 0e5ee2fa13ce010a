"""Small real files with some bytes changed: a reader gives blocks or one French sentence, and nothing else. `make fuzz` runs it."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from printing import Press, source
from test_office import write_docx, write_html, write_odt

from amp_assistant.documents.readers import Manner, read_file
from amp_assistant.errors import DocumentError

EXAMPLES = 200
SUFFIXES = (".pdf", ".docx", ".odt", ".html", ".md", ".txt")


@cache
def whole(suffix: str, folder: Path) -> bytes:
    path = folder / f"whole{suffix}"
    blocks = source()[:12]
    if suffix == ".pdf":
        Press(path, columns=2, heads=True).print(blocks)
    elif suffix in (".docx", ".odt", ".html"):
        {".docx": write_docx, ".odt": write_odt, ".html": write_html}[suffix](path, blocks)
    else:
        path.write_text("\n\n".join(block.text for block in blocks), encoding="utf-8")
    return path.read_bytes()


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[str, float, bytes]]:
    """Changes to a file: what is done, where (as a share of its length), with which bytes."""
    kinds = st.sampled_from(["cut", "drop", "put", "twice"])
    return draw(st.lists(st.tuples(kinds, st.floats(0, 1, allow_nan=False), st.binary(max_size=12)), min_size=1, max_size=6))


def mutated(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    for kind, share, put in changes:
        at = int(share * len(data))
        if kind == "cut":
            data = data[:at] if share > 0.5 else data
        elif kind == "drop":
            data = data[:at] + data[at + len(put) :]
        elif kind == "put":
            data = data[:at] + put + data[at + len(put) :]
        else:
            data = data[:at] + data[max(0, at - 200) : at] + data[at:]
    return data


@pytest.mark.fuzz
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_changed_file_is_read_or_refused(suffix: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    data = whole(suffix, folder)
    outcomes = {"read": 0, "refused": 0}

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(mutations())
    def reads(changes: list[tuple[str, float, bytes]]) -> None:
        path = folder / f"changed{suffix}"
        path.write_bytes(mutated(data, changes))
        try:
            reading = read_file(path, Manner())
        except DocumentError as error:
            outcomes["refused"] += 1
            assert str(error).startswith("Le fichier « changed") and str(error).endswith(".")
        else:
            outcomes["read"] += 1
            assert all(block.text == block.text.strip() != "" for block in reading.blocks)

    reads()
    print(f"\n{suffix}: {outcomes}")
