"""Word, OpenDocument and web files: what stands in them is read, with its role; what is not text is left out."""

from pathlib import Path
from typing import Any

import pytest
from docx import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from odf import table, text
from odf.opendocument import OpenDocumentText
from printing import as_html, share_of_order, share_of_words, source

from amp_assistant.documents import read_document
from amp_assistant.documents.model import Block, BlockKind, Reading

WORDS = 0.98
H, P, B, R, N = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.ROW, BlockKind.NOTE


def read(path: Path) -> Reading:
    return read_document(path, {}).reading


def pairs(reading: Reading) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in reading.blocks]


def write_docx(path: Path, blocks: tuple[Block, ...]) -> None:
    document = WordDocument()
    for block in blocks:
        if block.kind is H:
            document.add_heading(block.text, min(block.level, 9))
        else:
            document.add_paragraph(block.text, style="List Bullet" if block.kind is B else None)
    document.save(str(path))


def write_odt(path: Path, blocks: tuple[Block, ...]) -> None:
    document = OpenDocumentText()
    for block in blocks:
        if block.kind is H:
            document.text.addElement(text.H(outlinelevel=block.level, text=block.text))
        else:
            document.text.addElement(odt_list(block.text) if block.kind is B else text.P(text=block.text))
    document.save(str(path))


def odt_list(*items: str) -> Any:
    bullets = text.List()
    for item in items:
        bullet = text.ListItem()
        bullet.addElement(text.P(text=item))
        bullets.addElement(bullet)
    return bullets


def write_html(path: Path, blocks: tuple[Block, ...]) -> None:
    path.write_text(as_html(blocks), encoding="utf-8")


@pytest.mark.parametrize("name", ["agenda-developpement-economique-2022", "rapport-developpement-durable-2025"])
@pytest.mark.parametrize("write", [write_docx, write_odt, write_html])
def test_every_block_of_the_corpus_comes_back(tmp_path: Path, write: Any, name: str) -> None:
    blocks = source(name, 150)
    path = tmp_path / f"plan.{write.__name__.removeprefix('write_')}"
    write(path, blocks)
    reading = read(path)
    print(f"\n{path.suffix}: words {share_of_words(reading, blocks):.3f}, whole blocks {share_of_order(reading, blocks):.3f}")
    assert share_of_words(reading, blocks) >= WORDS and share_of_order(reading, blocks) >= WORDS
    assert [block.kind for block in reading.blocks if block.kind is H] == [H] * sum(block.kind is H for block in blocks)


def test_word_tables_notes_boxes_and_tracked_changes(tmp_path: Path) -> None:
    document = WordDocument()
    document.core_properties.title = "Le plan"
    document.add_heading("Emploi", 1)
    grid = document.add_table(3, 3)
    for row, cells in zip(grid.rows, (("Indicateur", "2022", "2025"), ("Emplois", "10", "20"), ("Aides", "3", "4")), strict=True):
        for cell, value in zip(row.cells, cells, strict=True):
            cell.text = value
    changed = document.add_paragraph("Un texte ")
    run = "<w:r><w:t>{}</w:t></w:r>"
    changed._p.append(parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="a">{run.format("ajouté")}</w:ins>'))
    deleted = "<w:r><w:delText>retiré</w:delText></w:r>"
    changed._p.append(parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="a">{deleted}</w:del>'))
    inner = f"<w:p>{run.format('Dans un champ.')}</w:p>"
    document.element.body.insert(0, parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent>{inner}</w:sdtContent></w:sdt>"))
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run.format('Dans un cadre.')}</w:p></w:txbxContent></w:pict></w:r>"
    document.add_paragraph("Autour.")._p.append(parse_xml(box.replace("<w:r>", f"<w:r {nsdecls('w')}>", 1)))
    document.save(str(tmp_path / "plan.docx"))
    reading = read(tmp_path / "plan.docx")
    assert reading.metadata["title"] == "Le plan"
    assert pairs(reading) == [
        (P, "Dans un champ."),
        (H, "Emploi"),
        (R, "Indicateur : Emplois ; 2022 : 10 ; 2025 : 20"),
        (R, "Indicateur : Aides ; 2022 : 3 ; 2025 : 4"),
        (P, "Un texte ajouté"),
        (P, "Autour."),
        (P, "Dans un cadre."),
    ]


def test_word_footnotes_follow_their_call(tmp_path: Path) -> None:
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = WordDocument()
    called = document.add_paragraph("Le port grandit.")
    called._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    document.add_paragraph("La gare aussi.")
    note = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>Rapport annuel.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, note.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(tmp_path / "plan.docx"))
    assert pairs(read(tmp_path / "plan.docx")) == [(P, "Le port grandit."), (N, "Rapport annuel."), (P, "La gare aussi.")]


def test_opendocument_tables_notes_and_contents(tmp_path: Path) -> None:
    document = OpenDocumentText()
    document.text.addElement(text.H(outlinelevel=2, text="Emploi"))
    called = text.P(text="Le port ")
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="Rapport annuel."))
    note.addElement(body)
    called.addElement(note)
    called.addElement(text.Span(text="grandit."))
    document.text.addElement(called)
    grid = table.Table()
    for cells in (("Axe", "Pilote"), ("Eau", "DGA")):
        row = table.TableRow()
        for value in cells:
            cell = table.TableCell()
            cell.addElement(text.P(text=value))
            row.addElement(cell)
        grid.addElement(row)
    document.text.addElement(grid)
    document.text.addElement(odt_list("Un arceau", "Un abri"))
    document.save(str(tmp_path / "plan.odt"))
    reading = read(tmp_path / "plan.odt")
    assert reading.blocks[0] == Block(H, "Emploi", 2)
    assert pairs(reading)[1:] == [
        (P, "Le port grandit."),
        (N, "Rapport annuel."),
        (R, "Axe : Eau ; Pilote : DGA"),
        (B, "Un arceau"),
        (B, "Un abri"),
    ]


PAGE = """<html><head><title>Le plan – Métropole</title><meta name="dcterms.date" content="2024-03-05T10:00"></head><body>
<header><a href="/">Accueil</a></header><nav><ul><li>Menu</li></ul></nav>
<article><header><h1>Le <em>plan</em> vélo</h1></header>
<p>La ville installe<br>des arceaux.<p>Elle les entretient.
<ul><li>Un arceau<ul><li>à deux places</li></ul></li><li><p>Un abri</p></li></ul>
Du texte hors des balises <b>de bloc</b>.
<table><caption>Suivi</caption><tr><th>Axe<th>Pilote</tr><tr><td>Eau<td>DGA</tr></table>
<table><tr><td><h2>Une mise en page</h2></td><td>par tableau</td></tr></table></article>
<script>var menu = "non";</script><footer>Mentions légales</footer></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_web_page(tmp_path: Path, encoding: str) -> None:
    page = PAGE if encoding != "cp1252" else PAGE.replace("<head>", '<head><meta charset="windows-1252">')
    (tmp_path / "plan.htm").write_bytes(page.encode(encoding))
    reading = read(tmp_path / "plan.htm")
    assert pairs(reading) == [
        (H, "Le plan vélo"),
        (P, "La ville installe des arceaux."),
        (P, "Elle les entretient."),
        (B, "Un arceau"),
        (B, "à deux places"),
        (B, "Un abri"),
        (P, "Du texte hors des balises de bloc."),
        (P, "Suivi"),
        (R, "Axe : Eau ; Pilote : DGA"),
        (H, "Une mise en page"),
        (P, "par tableau"),
    ]
    assert reading.metadata == {"title": "Le plan – Métropole", "date": "2024-03-05"}
    assert [left.text for left in reading.left_out] == ["Accueil", "Menu", "Mentions légales"]
