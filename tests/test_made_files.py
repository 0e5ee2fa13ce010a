"""Whole documents of the corpus as files made by other tools: the proofs are found as in the plain text, and the page is the right one.

Every way of making them, and the large documents, are measured by `make benchmark-documents`, which writes docs/documents.md.
"""

from pathlib import Path

import pytest
from finding import Finder, make, pages_of, plain_documents
from presses import VARIANTS, Variant, hyphenated, with_tables
from printing import words

from amp_assistant.assistant import Assistant
from amp_assistant.documents import read_document
from amp_assistant.documents.model import Block, BlockKind
from amp_assistant.folding import squash

NAMES = ("rapport-developpement-durable-2025", "spaser-communique-2021")
RECALL, RIGHT_PAGES = 0.95, 0.98
"""Of the recall that the plain text reaches; of the proofs that were found in files with pages."""
SHOWN = {
    "Chromium, deux colonnes, césures, non balisé",
    "LibreOffice PDF, balisé, signets, folios",
    "reportlab, rapport, tableaux, plan du document",
    "reportlab, deux colonnes, césures, titres courants",
    "DOCX de python-docx",
    "ODT de LibreOffice",
    "HTML",
}
"""One variant of each tool and format: the others take the time of the benchmark."""


@pytest.fixture(scope="module")
def finder(assistant: Assistant) -> Finder:
    return Finder(assistant.index)


@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant.name in SHOWN], ids=lambda variant: variant.name)
def test_proofs_are_found_and_cited_on_their_page(tmp_path: Path, finder: Finder, variant: Variant) -> None:
    if not variant.is_possible:
        pytest.skip("the program that makes this file is not installed")
    finding = finder.made([make(name, variant.make, tmp_path / name) for name in NAMES])
    plain = finder.plain(NAMES)
    print(f"\nrecall@5 {finding.recall:.3f}, plain {plain.recall:.3f}, right pages {finding.right} of {finding.paged}")
    assert finding.recall >= RECALL * plain.recall, finding.missed
    assert finding.right_pages is None or finding.right_pages >= RIGHT_PAGES, finding.wrong


def test_the_benchmark_measures_what_is_shown() -> None:
    assert {variant.name for variant in VARIANTS} >= SHOWN


def test_pages_of_a_quotation() -> None:
    pages = [squash(text) for text in ("Le port grandit. La gare centrale", "Titre courant. relie la ville au port.", "Le port grandit.")]
    assert pages_of("Le port grandit.", pages) == {1, 3}
    assert pages_of("La gare centrale relie la ville au port.", pages) == {1}
    assert pages_of("La gare est fermée.", pages) == set()


def test_rows_become_the_table_that_they_were() -> None:
    rows = [Block(BlockKind.ROW, f"{name} ; {value}") for name, value in (("Nord", 1), ("Sud", 2), ("Est", 3))]
    other = Block(BlockKind.PARAGRAPH, "Les ports.")
    assert list(with_tables([other, *rows, other])) == [other, [["Nord", "1"], ["Sud", "2"], ["Est", "3"]], other]


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("Chromium, balisé, plan du document", 1),
        ("reportlab, rapport, tableaux, plan du document", 1),
        ("Chromium, deux colonnes, césures, non balisé", 0.8),  # a row that a column's end cuts comes back in two parts
    ],
)
def test_a_table_over_pages_comes_back_row_by_row(tmp_path: Path, name: str, share: float) -> None:
    variant = next(variant for variant in VARIANTS if variant.name == name)
    if not variant.is_possible:
        pytest.skip("the program that makes this file is not installed")
    blocks = plain_documents()["pcaem-mobilisation"].reading.blocks
    path = variant.make(blocks, tmp_path)
    rows = {block.text for block in blocks if block.kind is BlockKind.ROW}
    read = {block.text for block in read_document(path, {}).reading.blocks if block.kind is BlockKind.ROW}
    assert len(rows) == 30 and len(rows & read) >= share * len(rows), read - rows


@pytest.mark.parametrize("suffix", ["docx", "odt", "html", "md", "txt"])
def test_soft_hyphens_part_no_word(tmp_path: Path, suffix: str) -> None:
    from test_office import write_docx, write_html, write_odt

    sentence = "La Métropole développe des infrastructures intercommunales de rechargement."
    block = Block(BlockKind.PARAGRAPH, hyphenated(sentence))
    assert block.text.count("\u00ad") > 3
    path = tmp_path / f"plan.{suffix}"
    if suffix in ("md", "txt"):
        path.write_text(block.text, encoding="utf-8")
    else:
        {"docx": write_docx, "odt": write_odt, "html": write_html}[suffix](path, (block,))
    assert words(sentence) == words(read_document(path, {}).reading.blocks[0].text)
    assert read_document(path, {}).reading.blocks[0].text == sentence
