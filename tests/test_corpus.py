"""The folder of documents: what is read, what is skipped, and what is said of it."""

import shutil
import time
import tomllib
from pathlib import Path

import pytest

from amp_assistant.documents import read_corpus, read_document
from amp_assistant.documents.manifest import NAME, read_manifest
from amp_assistant.documents.outline import place_titles
from amp_assistant.documents.plain import to_lines
from amp_assistant.errors import CorpusError, DocumentError

CORPUS = Path(__file__).parent.parent / "corpus"
DATES = {
    "agenda-developpement-economique-2022": "2022-06",
    "fabrique-projet-metropolitain-2017": "2017-12",
    "pcaem-mobilisation": "2021",
    "rapport-developpement-durable-2025": "2025",
    "spaser-communique-2021": "2021-11-19",
}


def folder_with(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_corpus_is_read_whole_and_without_warning() -> None:
    corpus = read_corpus(CORPUS)
    assert {document.id: document.date for document in corpus.documents} == DATES
    assert corpus.warnings == ()
    assert all(
        document.reading.blocks and document.title and document.description.endswith(".")
        for document in corpus.documents
    )
    assert all(len(document.digest) == 64 for document in corpus.documents)


@pytest.mark.alone
def test_the_corpus_is_read_in_under_three_seconds() -> None:
    begun = time.process_time()
    read_corpus(CORPUS)
    seconds = time.process_time() - begun
    print(f"\nreading the corpus: {seconds:.1f} s of processor time")
    assert seconds < 3


def test_the_manifest_describes_each_file_and_no_other() -> None:
    stems = {path.stem for path in CORPUS.iterdir() if path.suffix in (".md", ".txt") and path.stem != "README"}
    assert set(read_manifest(CORPUS)) == stems == set(DATES)


@pytest.mark.parametrize("name", ["pcaem-mobilisation", "fabrique-projet-metropolitain-2017"])
def test_every_title_of_the_outline_stands_in_the_file(name: str) -> None:
    lines = to_lines([(CORPUS / f"{name}.txt").read_text(encoding="utf-8")], paged=False)
    assert place_titles(lines, read_manifest(CORPUS)[name].outline)[1] == []


def test_a_file_that_the_manifest_lacks_is_read_with_what_it_tells(tmp_path: Path) -> None:
    corpus = read_corpus(
        folder_with(tmp_path, note__txt="LE PLAN VÉLO\n\nLa Métropole construit des pistes. Elle en entretient.\n")
    )
    (document,) = corpus.documents
    assert (document.id, document.title, document.language) == ("note", "LE PLAN VÉLO", "fr")
    assert corpus.warnings == (
        "Le fichier « note.txt » manque dans manifest.toml : ajoutez-y une table [documents.note].",
    )


def test_other_files_are_named_and_companions_are_not(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path, note__txt="Une phrase.", table__xlsx="x", README__md="Lisez-moi.", suivi__jsonl="{}", __cache="x"
    )
    (folder / "enrichment").mkdir()
    (folder / "enrichment" / "note.md").write_text("Une autre.")
    corpus = read_corpus(folder)
    assert [document.id for document in corpus.documents] == ["note"]
    assert [warning for warning in corpus.warnings if "format" in warning] == [
        "Le fichier « table.xlsx » n’est pas d’un format lu : convertissez-le en .md, .txt, .pdf, .docx, .odt, .html, .htm."
    ]


def test_an_unreadable_file_does_not_cost_the_others(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, note__txt="Une phrase.", vide__txt=" \n", casse__pdf="%PDF-1.7 rien")
    corpus = read_corpus(folder)
    assert [document.id for document in corpus.documents] == ["note"]
    assert {name for name in ("vide.txt", "casse.pdf") for warning in corpus.warnings if name in warning} == {
        "vide.txt",
        "casse.pdf",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "La Métropole aide les créateurs d’entreprise à s’implanter dès l’été : c’est décidé, « enfin » !\n" * 3
    (tmp_path / "note.txt").write_bytes(text.encode(encoding))
    assert (
        "La Métropole aide les créateurs d’entreprise à s’implanter dès l’été"
        in read_document(tmp_path / "note.txt", {}).reading.blocks[0].text
    )


@pytest.mark.parametrize(
    ("name", "identifier"), [("Été & Œuvre (v2).txt", "ete-oeuvre-v2"), ("a b\tc.TXT", "a-b-c"), ("日本.txt", None)]
)
def test_odd_names_give_a_plain_id(tmp_path: Path, name: str, identifier: str | None) -> None:
    (tmp_path / name).write_text("Une phrase.", encoding="utf-8")
    found = read_document(tmp_path / name, {}).id
    assert found == identifier if identifier else found.isalnum() and found.isascii()


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "corpus"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("Un secret.")
    (inside / "lien.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "note.txt").write_text("Une phrase.")
    corpus = read_corpus(inside)
    assert [document.id for document in corpus.documents] == ["note"]
    assert any("lien.txt" in warning for warning in corpus.warnings)


def test_two_files_with_one_id_are_told(tmp_path: Path) -> None:
    corpus = read_corpus(folder_with(tmp_path, **{"Note__txt": "Une phrase.", "note-__txt": "Une autre."}))
    assert len(corpus.documents) == 1
    assert any("même identifiant" in warning for warning in corpus.warnings)


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_a_folder_without_documents_is_an_error(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "corpus"
    if kind == "empty":
        folder.mkdir()
    elif kind == "file":
        folder.write_text("x")
    with pytest.raises(CorpusError, match="corpus"):
        read_corpus(folder)


@pytest.mark.parametrize(
    "text",
    ["[documents", "[documents.a]\ntitle = 'x'", "[documents.a]\ntitle = 3", "documents = 3", "[documents]\na = 3"],
)
def test_a_wrong_manifest_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    with pytest.raises(CorpusError, match=r"manifest\.toml"):
        read_corpus(tmp_path)


def test_a_format_without_reader_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(DocumentError, match=r"a\.docx"):
        read_document(tmp_path / "a.docx", {})


def test_the_manifest_is_toml_by_document(tmp_path: Path) -> None:
    shutil.copy(CORPUS / NAME, tmp_path)
    tables = tomllib.loads((tmp_path / NAME).read_text(encoding="utf-8"))
    assert list(tables) == ["documents"]
    assert read_manifest(tmp_path) == read_manifest(CORPUS)
