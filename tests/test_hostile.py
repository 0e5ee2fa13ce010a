"""Files that nobody should open: each costs itself, one French sentence, and not much time."""

import os
import time
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document as WordDocument
from printing import Press, source
from pypdf import PdfReader, PdfWriter
from test_office import write_odt

from amp_assistant.documents import Allowance, read_corpus, read_document
from amp_assistant.documents.archive import LARGEST_UNPACKED
from amp_assistant.documents.readers import LARGEST_TEXT
from amp_assistant.errors import CorpusError, DocumentError

SHORT = Allowance(seconds=60, megabytes=1_000)
"""What a hostile file may take in these tests."""


def good_pdf(path: Path) -> Path:
    Press(path).print(source()[:10])
    return path


def pdf_of(path: Path, page: str, *objects: bytes) -> Path:
    """A PDF written by hand: its page has these entries, and further objects follow from number 4 on."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} >>".encode(),
        *objects,
    ]
    data, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, len(data))
    path.write_bytes(data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + table + trailer)
    return path


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def make_nested(folder: Path) -> Path:
    return pdf_of(folder / "imbrique.pdf", "/Contents 4 0 R /Annots " + "[" * 10_000 + "]" * 10_000, stream(b""))


def make_loop(folder: Path) -> Path:
    path = pdf_of(folder / "boucle.pdf", "/Kids [2 0 R 3 0 R] /Contents [3 0 R 4 0 R]", stream(b"", b"/Filter [4 0 R]"))
    path.write_bytes(path.read_bytes().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"))
    return path


def make_pdf_bomb(folder: Path) -> Path:
    bomb = zlib.compress(zlib.compress(b" " * 500_000_000, 9), 9)
    return pdf_of(folder / "gonfle.pdf", "/Contents 4 0 R", stream(bomb, b"/Filter [/FlateDecode /FlateDecode]"))


def make_truncated(folder: Path) -> Path:
    path = good_pdf(folder / "tronque.pdf")
    path.write_bytes(path.read_bytes()[:400])
    return path


def make_encrypted(folder: Path, algorithm: str = "AES-256") -> Path:
    path = folder / "protege.pdf"
    writer = PdfWriter(clone_from=PdfReader(good_pdf(path)))
    writer.encrypt(user_password="sesame", algorithm=algorithm)
    writer.write(path)
    return path


def make_zip_bomb(folder: Path, suffix: str = ".docx") -> Path:
    path = folder / f"bombe-{suffix[1:]}{suffix}"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        with archive.open("word/document.xml", "w") as member:
            for _ in range(LARGEST_UNPACKED // 10_000_000 + 1):
                member.write(b" " * 10_000_000)
    return path


def make_lying_zip(folder: Path) -> Path:
    """A bomb whose directory announces less than it unpacks to."""
    path = make_zip_bomb(folder, ".odt")
    size = (LARGEST_UNPACKED // 10_000_000 + 1) * 10_000_000
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little")))
    return path


def make_deep_word(folder: Path) -> Path:
    path = folder / "profond.docx"
    document = WordDocument()
    document.add_paragraph("MARQUE")
    document.save(str(path))
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    deep = b"<w:sdt><w:sdtContent>" * 20_000 + b"</w:sdtContent></w:sdt>" * 20_000
    members["word/document.xml"] = members["word/document.xml"].replace(b"<w:body>", b"<w:body>" + deep)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def make_entities(folder: Path) -> Path:
    """« A billion laughs » in an OpenDocument text."""
    path = folder / "entites.odt"
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha " * 10}">' for n in range(12))
    with ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"<!DOCTYPE x [{laughs}]><x>&a11;</x>")
    return path


def make_deep_page(folder: Path) -> Path:
    path = folder / "profonde.html"
    path.write_text("<div>" * 200_000 + "<script>")
    return path


def make_large_text(folder: Path) -> Path:
    path = folder / "enorme.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    return path


def make_pipe(folder: Path) -> Path:
    path = folder / "tube.txt"
    os.mkfifo(path)
    return path


def make_odd_name(folder: Path) -> Path:
    path = folder / "a\nb\u202e\x1b[31m .. .docx"
    path.write_bytes(b"x")
    return path


def make_garbage(folder: Path) -> Path:
    path = folder / "bruit.odt"
    path.write_bytes(bytes(range(256)) * 100)
    return path


MAKERS = (
    make_nested, make_loop, make_pdf_bomb, make_truncated, make_encrypted, make_zip_bomb, make_lying_zip, make_deep_word, make_entities,
    make_deep_page, make_large_text, make_pipe, make_odd_name, make_garbage,
)  # fmt: skip


def test_hostile_files_cost_themselves_and_one_sentence_each(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# Note\n\nLa Métropole aide les entreprises.\n", encoding="utf-8")
    good_pdf(tmp_path / "plan.pdf")
    for make in MAKERS:
        make(tmp_path)
    begun = time.perf_counter()
    corpus = read_corpus(tmp_path, SHORT)
    print(f"\n{len(MAKERS)} hostile files: {time.perf_counter() - begun:.1f} s", *corpus.warnings, sep="\n")
    assert [document.id for document in corpus.documents] == ["note", "plan"]
    refusals = [warning for warning in corpus.warnings if "manque dans manifest" not in warning]
    assert len(refusals) == len(MAKERS)
    assert all(sentence.startswith("Le fichier « ") and sentence.endswith(".") and sentence.isprintable() for sentence in refusals)


def test_too_much_time_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"plan\.pdf.*0\.05 s"):
        read_document(good_pdf(tmp_path / "plan.pdf"), {}, allowance=Allowance(seconds=0.05))


@pytest.mark.alone
def test_a_text_made_to_be_slow_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "lent.md").write_text("- a\n" * 400_000)
    begun = time.perf_counter()
    with pytest.raises(DocumentError, match=r"lent\.md.*2 s"):
        read_document(tmp_path / "lent.md", {}, allowance=Allowance(seconds=2))
    assert time.perf_counter() - begun < 4


@pytest.mark.parametrize("megabytes", [1, 40])
def test_too_much_memory_costs_one_document(tmp_path: Path, megabytes: int) -> None:
    with pytest.raises(DocumentError, match=r"plan\.pdf"):
        read_document(good_pdf(tmp_path / "plan.pdf"), {}, allowance=Allowance(megabytes=megabytes))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_protected_file_is_read_with_its_password(tmp_path: Path, algorithm: str) -> None:
    path = make_encrypted(tmp_path, algorithm)
    with pytest.raises(DocumentError, match="mot de passe"):
        read_document(path, {})
    with pytest.raises(DocumentError, match="mot de passe"):
        read_document(path, {}, allowance=Allowance(password="faux"))
    assert read_document(path, {}, allowance=Allowance(password="sesame")).reading.blocks


def test_a_text_at_the_limit_is_not_refused_for_its_size(tmp_path: Path) -> None:
    path = tmp_path / "note.html"
    path.write_bytes(b"<p>La ville.</p>" + b" " * (LARGEST_TEXT - 16))
    assert read_document(path, {}).reading.blocks[0].text == "La ville."


def test_sub_folders_are_read_and_links_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    for place in ("2024/plans", "2025/plans", "enrichment", "2025/enrichment", ".cache"):
        (folder / place).mkdir(parents=True)
        (folder / place / "velo.md").write_text(f"Le plan de {place} avance.", encoding="utf-8")
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "ailleurs" / "secret.md").write_text("Un secret.")
    (folder / "lien").symlink_to(tmp_path / "ailleurs")
    (folder / "secret.md").symlink_to(tmp_path / "ailleurs" / "secret.md")
    (folder / "perdu.md").symlink_to(folder / "absent.md")
    (folder / "2024" / "boucle").symlink_to(folder)
    corpus = read_corpus(folder)
    assert {document.id: document.path for document in corpus.documents} == {
        "2024-plans-velo": "2024/plans/velo.md",
        "2025-plans-velo": "2025/plans/velo.md",
        "2025-enrichment-velo": "2025/enrichment/velo.md",
    }
    assert {name for name in ("secret.md", "perdu.md") for warning in corpus.warnings if name in warning} == {"secret.md", "perdu.md"}


@pytest.mark.parametrize("share", [0.5, 0.73, 0.75])
def test_a_damaged_member_of_an_archive_is_told(tmp_path: Path, share: float) -> None:
    """Found by `make fuzz`: the archive opens, and one of its files does not unpack."""
    path = tmp_path / "plan.odt"
    write_odt(path, source()[:12])
    data = bytearray(path.read_bytes())
    at = int(share * len(data))
    data[at : at + 4] = b"\x00\xff\x00\xff"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=r"plan\.odt.*endommagé"):
        read_document(path, {})


def test_a_text_with_a_damaged_byte_is_read(tmp_path: Path) -> None:
    """Found by `make fuzz`: one wrong byte made a text of no encoding."""
    data = "La Métropole aide les créateurs d’entreprise, dès l’été.\n".encode() * 3
    (tmp_path / "note.md").write_bytes(data[:-9] + b"\xff" + data[-9:])
    assert "La Métropole aide les créateurs d’entreprise, dès l’été." in read_document(tmp_path / "note.md", {}).reading.blocks[0].text


def test_a_folder_of_unreadable_files_is_an_error(tmp_path: Path) -> None:
    make_garbage(tmp_path)
    with pytest.raises(CorpusError, match="aucun document lisible"):
        read_corpus(tmp_path)
