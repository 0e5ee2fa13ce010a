"""Pandoc's own reference documents made into ours: A4, a font that every machine has or has the like of, page numbers, one count of notes,
and the style « Liaison » for what connects quotations."""

import re
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

FONT = "Arial"
_FOOTER = "footer1.xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FOOTER_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_NUMBERED_FOOTER = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{_WORD}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>'
)
_SECTION = (
    f'<w:sectPr><w:footerReference xmlns:r="{_RELATED}" w:type="default" r:id="rIdFooter"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="{margin}" w:right="{margin}" w:bottom="{margin}" w:left="{margin}" w:header="500" w:footer="500" w:gutter="0"/>'
    "</w:sectPr>"
)
"""The page of a DOCX, margins in twentieths of a point; without pandoc's « numRestart », by which each heading counts its notes anew."""

Changes = Mapping[str, tuple[tuple[str, str], ...]]
"""What is changed in the parts of an archive: patterns with what takes their place."""


def write_reference(pandoc: str, path: Path, is_compact: bool) -> None:
    """Write the reference document of the kind that the suffix tells; a compact one holds a fact sheet on one page.

    :raises subprocess.CalledProcessError: pandoc does not give its own.
    """
    data = subprocess.run([pandoc, "--print-default-data-file", f"reference{path.suffix}"], check=True, capture_output=True).stdout
    changes = _docx(is_compact) if path.suffix == ".docx" else _odt(is_compact)
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename in changes:
                text = content.decode()
                for pattern, replacement in changes[item.filename]:
                    text = re.sub(pattern, replacement, text, flags=re.DOTALL)
                content = text.encode()
            target.writestr(item, content)
        if path.suffix == ".docx":
            target.writestr(f"word/{_FOOTER}", _NUMBERED_FOOTER)


def _docx(is_compact: bool) -> Changes:
    liaison = (
        '<w:style w:type="character" w:customStyle="1" w:styleId="Liaison"><w:name w:val="Liaison"/><w:qFormat/>'
        '<w:rPr><w:i/><w:color w:val="595959"/></w:rPr></w:style>'
    )
    footer = f'<Relationship Type="{_RELATED}/footer" Id="rIdFooter" Target="{_FOOTER}"/>'
    kind = f'<Override PartName="/word/{_FOOTER}" ContentType="{_FOOTER_KIND}"/>'
    text, title, heading, after, margin = ("18", "32", "24", "60", "1000") if is_compact else ("24", "44", "30", "160", "1304")
    lines = 240 if is_compact else 312  # 240 is a line: a speech is read at arm's length
    styles = (
        (r'w:asciiTheme="[^"]*"', f'w:ascii="{FONT}"'),
        (r'w:hAnsiTheme="[^"]*"', f'w:hAnsi="{FONT}"'),
        (r'(<w:docDefaults>.*?)<w:sz w:val="24" ?/>', rf'\1<w:sz w:val="{text}"/>'),
        (r'w:sz w:val="56"', f'w:sz w:val="{title}"'),
        (r'w:sz w:val="40"', f'w:sz w:val="{heading}"'),
        (r'w:spacing w:after="200"', f'w:spacing w:after="{after}"'),
        (r'(w:styleId="BodyText">.*?<w:spacing )', rf'\1w:line="{lines}" w:lineRule="auto" '),
        (r'(w:styleId="Compact">.*?<w:spacing )', r'\1w:line="240" w:lineRule="auto" '),
        (r'(w:styleId="FootnoteText">.*?<w:qFormat ?/>)', r'\1<w:pPr><w:spacing w:after="40"/></w:pPr><w:rPr><w:sz w:val="18"/></w:rPr>'),
        (r'w:lang w:val="en-US"', 'w:lang w:val="fr-FR"'),
        ("</w:styles>", f"{liaison}</w:styles>"),
    )
    return {
        "word/styles.xml": styles,
        "word/document.xml": ((r"<w:sectPr>.*?</w:sectPr>", _SECTION.format(margin=margin)),),
        "word/_rels/document.xml.rels": (("</Relationships>", f"{footer}</Relationships>"),),
        "[Content_Types].xml": (("</Types>", f"{kind}</Types>"),),
    }


def _odt(is_compact: bool) -> Changes:
    liaison = (
        '<style:style style:name="Liaison" style:family="text">'
        '<style:text-properties fo:font-style="italic" fo:color="#595959"/></style:style>'
    )
    size, margin = ("9pt", "1.8cm") if is_compact else ("12pt", "2.3cm")
    height = "100%" if is_compact else "130%"
    styles = (
        ('fo:page-width="8.5in"', 'fo:page-width="21cm"'),
        ('fo:page-height="11in"', 'fo:page-height="29.7cm"'),
        (r'fo:margin-(top|bottom|left|right)="1in"', rf'fo:margin-\1="{margin}"'),
        ('style:font-name="Times New Roman"', f'style:font-name="{FONT}"'),
        ('fo:font-size="12pt"', f'fo:font-size="{size}"'),
        (r'(style:name="Text_20_body".*?<style:paragraph-properties )', rf'\1fo:line-height="{height}" '),
        ('fo:font-size="10pt"', 'fo:font-size="9pt"'),
        (r'fo:language="en"\s+fo:country="US"', 'fo:language="fr" fo:country="FR"'),
        ("</office:styles>", f"{liaison}</office:styles>"),
    )
    return {"styles.xml": styles}
