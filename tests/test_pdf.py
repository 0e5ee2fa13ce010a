"""PDF files as they come: pages, running heads, metadata, and files that cannot be read."""

from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from amp_assistant.documents.model import BlockKind
from amp_assistant.documents.pdf import read_pdf
from amp_assistant.errors import DocumentError

PAGES: tuple[list[str], ...] = (
    [
        "Le port de Marseille accueille chaque année des navires du monde entier et développe ses lignes",
        "vers la rive sud de la Méditerranée et l’Afri-",
    ],
    ["que. La Métropole l’accompagne dans sa transition écologique et dans son ouverture."],
    [],
    ["L’aéroport relie la Métropole à cent villes et prépare ses nouvelles liaisons avec l’Afrique."],
)


def write_pdf(path: Path, pages: tuple[list[str], ...] = PAGES) -> Path:
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle("Le plan du port")
    canvas.setAuthor("Métropole Aix-Marseille-Provence")
    for number, lines in enumerate(pages, 1):
        if lines:
            canvas.drawString(50, 800, "Plan du port 2030")
            for index, line in enumerate(lines):
                canvas.drawString(50, 700 - 14 * index, line)
            canvas.drawString(300, 30, str(number))
        canvas.showPage()
    canvas.save()
    return path


def test_pages_metadata_and_running_heads(tmp_path: Path) -> None:
    reading = read_pdf(write_pdf(tmp_path / "port.pdf"))
    assert reading.pages == 4
    assert reading.unreadable_pages == (3,)
    assert reading.metadata["title"] == "Le plan du port"
    assert reading.metadata["author"] == "Métropole Aix-Marseille-Provence"
    assert len(reading.metadata["date"]) == 10
    assert [(block.kind, block.page) for block in reading.blocks] == [
        (BlockKind.PARAGRAPH, 1),
        (BlockKind.PARAGRAPH, 4),
    ]
    assert sorted(left.text for left in reading.left_out if left.rule == "running head") == ["Plan du port 2030"] * 3
    assert [left.text for left in reading.left_out if left.rule == "folio"] == ["1", "2", "4"]


def test_a_sentence_goes_on_over_the_page(tmp_path: Path) -> None:
    text = read_pdf(write_pdf(tmp_path / "port.pdf")).blocks[0].text
    assert "la rive sud de la Méditerranée et l’Afrique. La Métropole l’accompagne" in text


def test_a_paragraph_tells_where_its_page_turns(tmp_path: Path) -> None:
    block = read_pdf(write_pdf(tmp_path / "port.pdf")).blocks[0]
    assert (block.page, [(block.text[offset:][:15], page) for offset, page in block.turns]) == (1, [("que. La Métropo", 2)])


def test_a_file_with_an_owner_password_only_is_read(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(write_pdf(tmp_path / "port.pdf")))
    writer.encrypt(user_password="", owner_password="secret", algorithm="RC4-128")
    writer.write(tmp_path / "owner.pdf")
    assert read_pdf(tmp_path / "owner.pdf").blocks


@pytest.mark.parametrize("kind", ["encrypted", "truncated", "empty", "garbage", "without text", "missing"])
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, kind: str) -> None:
    whole = write_pdf(tmp_path / "port.pdf")
    path = tmp_path / "faulty.pdf"
    if kind == "encrypted":
        writer = PdfWriter(clone_from=PdfReader(whole))
        writer.encrypt(user_password="secret", algorithm="RC4-128")
        writer.write(path)
    elif kind == "without text":
        write_pdf(path, ([], []))
    elif kind != "missing":
        path.write_bytes(
            {"truncated": whole.read_bytes()[:300], "empty": b"", "garbage": b"\x00\x01 not a PDF " * 50}[kind]
        )
    with pytest.raises(DocumentError) as caught:
        read_pdf(path)
    message = str(caught.value)
    assert message.startswith("Le fichier « faulty.pdf » ") and message.endswith(".") and "\n" not in message


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
def test_a_cut_file_is_read_or_refused_and_never_fails_otherwise(tmp_path: Path, share: float) -> None:
    data = write_pdf(tmp_path / "port.pdf").read_bytes()
    path = tmp_path / "cut.pdf"
    path.write_bytes(data[: int(len(data) * share)])
    try:
        assert read_pdf(path).blocks
    except DocumentError as error:
        assert "cut.pdf" in str(error)
