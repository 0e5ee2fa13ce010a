"""Real files made from the corpus, by tools that write them differently, each with the page on which every block was printed."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from amp_assistant.documents.markdown import read_markdown
from amp_assistant.documents.model import Block, BlockKind, Reading
from amp_assistant.folding import squash

CORPUS = Path(__file__).parent.parent / "corpus"
MARGIN, LEADING = 56.0, 1.25
TEXT_SIZE = 10.0
HEAD = "Plan métropolitain de développement"


@cache
def source(name: str = "agenda-developpement-economique-2022", count: int = 60) -> tuple[Block, ...]:
    """Headings, paragraphs and bullets of a document of the corpus, as its own reader gives them, in characters that every font has."""
    blocks = read_markdown((CORPUS / f"{name}.md").read_text(encoding="utf-8")).blocks
    kept = [
        Block(block.kind, " ".join(block.text.encode("cp1252", "ignore").decode("cp1252").split()), block.level)
        for block in blocks
        if block.kind is not BlockKind.ROW and len(block.text) > 12 and max(map(len, block.text.split())) < 26  # no column holds an address
    ]
    return tuple(kept[40 : 40 + count])


def words(text: str) -> Counter[str]:
    """The words of a text, those cut by a hyphen as one."""
    return Counter(re.findall(r"\w+", text.replace("-", "").replace("\u00ad", "").lower()))


def share_of_words(reading: Reading, blocks: Iterable[Block]) -> float:
    """The share of the words of the source that stand in the blocks that were read."""
    written = words("\n".join(block.text for block in blocks))
    read = words("\n".join(block.text for block in reading.blocks))
    return 1 - (written - read).total() / written.total()


def share_of_order(reading: Reading, blocks: Sequence[Block]) -> float:
    """The share of the blocks of the source that were read whole, letter by letter in one go: no column or note comes between."""
    letters = squash(" ".join(block.text for block in reading.blocks if block.kind is not BlockKind.NOTE))
    return sum(squash(block.text) in letters for block in blocks) / len(blocks)


def share_of_pages(reading: Reading, printed: Sequence[tuple[Block, int]]) -> float:
    """The share of the printed blocks that were found and bear the page where their printing began; twins count where one fits."""
    right = 0
    for block, page in printed:
        beginning = squash(block.text)[:40]
        pages = {read.page for read in reading.blocks if beginning in squash(read.text)}
        # What was printed at the top of a page may have been joined to the sentence that the page before broke off.
        right += page in pages
    return right / len(printed)


@dataclass
class Press:
    """A small typesetter: columns, running heads, folios, words cut at line ends, footnotes, turned sheets."""

    path: Path
    columns: int = 1
    hyphens: bool = False
    turned: int = 0
    heads: bool = False
    first_folio: int = 1
    printed: list[tuple[Block, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.width, self.height = A4 if not self.turned else (A4[1], A4[0])
        self.canvas = Canvas(str(self.path), pagesize=A4)
        self.page, self.column = 0, self.columns
        self.gap = 22.0
        self.measure = (self.width - 2 * MARGIN - (self.columns - 1) * self.gap) / self.columns
        self.y = 0.0

    def print(self, blocks: Sequence[Block]) -> "Press":
        """Print the blocks one below the other, and finish the file."""
        for block in blocks:
            bold = block.kind is BlockKind.HEADING
            size = (15.0 if self.columns < 3 else 11.5) if bold else TEXT_SIZE
            lines = self._wrapped(f"• {block.text}" if block.kind is BlockKind.BULLET else block.text, size, bold=bold)
            if self.y - size * LEADING < MARGIN or not self.page or (block.kind is BlockKind.HEADING and self.y < MARGIN + 90):
                self._next_column()
            self.printed.append((block, self.page))
            for line in lines:
                if self.y - size * LEADING < MARGIN:
                    self._next_column()
                self.y -= size * LEADING
                self._draw(self._left(), self.y, line, size, bold=bold)
            self.y -= 6
        self.canvas.save()
        return self

    def _left(self) -> float:
        return float(MARGIN + self.column * (self.measure + self.gap))

    def _next_column(self) -> None:
        self.column += 1
        if self.column >= self.columns:
            if self.page:
                self.canvas.showPage()
            self.page, self.column = self.page + 1, 0
            if self.turned:
                self._turn()
            if self.heads:
                self._draw(MARGIN, self.height - 30, HEAD, 8)
                self._draw(self.width / 2, 24, str(self.page + self.first_folio - 1), 8)
        self.y = self.height - MARGIN

    def _turn(self) -> None:
        """A landscape page: either the sheet says that it is turned (90), or the text runs up a portrait sheet (45 stands for that)."""
        if self.turned == 90:
            self.canvas.setPageRotation(90)
        self.canvas.rotate(90)
        self.canvas.translate(0, -A4[0])

    def _draw(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self.canvas.drawString(x, y, text)

    def _wrapped(self, text: str, size: float, *, bold: bool) -> list[str]:
        font = "Helvetica-Bold" if bold else "Helvetica"
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if self._fits(longer, font, size):
                lines[-1] = longer
                continue
            cut = next(
                (n for n in range(len(word) - 3, 2, -1) if self._fits(f"{lines[-1]} {word[:n]}-", font, size)), 0
            )
            if self.hyphens and cut and word.isalpha() and len(word) >= 7:
                lines[-1] += f" {word[:cut]}-"
                lines.append(word[cut:])
            else:
                lines.append(word)
        return lines

    def _fits(self, text: str, font: str, size: float) -> bool:
        return bool(stringWidth(text, font, size) <= self.measure)


def as_html(blocks: Sequence[Block], pages: int = 0) -> str:
    """The blocks as a web page with a menu and a foot; ``pages``: so many blocks on a sheet when it is printed."""
    body: list[str] = []
    for number, block in enumerate(blocks):
        brk = ' style="break-before: page"' if pages and number and number % pages == 0 else ""
        tag = {BlockKind.HEADING: f"h{min(block.level, 6) or 1}", BlockKind.BULLET: "li"}.get(block.kind, "p")
        element = f"<{tag}{brk}>{escape(block.text)}</{tag}>"
        body.append(f"<ul{brk}>{element}</ul>" if tag == "li" else element)
    menu = "<nav><a href='/'>Accueil du site</a></nav><script>var a = 'non';</script>"
    return (
        "<!DOCTYPE html><html lang='fr'><head><meta charset='utf-8'><title>Le plan</title>"
        "<style media='print'>body { font-size: 8pt }</style></head>"  # so many blocks fit on a sheet in any machine's font
        f"<body>{'' if pages else menu}<main>{''.join(body)}</main></body></html>"
    )
