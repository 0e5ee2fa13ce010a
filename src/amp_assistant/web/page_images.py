"""A page of a PDF as an image, with some of its words marked on it.

PDFium draws in a process of its own with bounds on time and memory: what breaks it costs an image, not the server, and its one thread
keeps nobody waiting. The latest images are kept.
"""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from amp_assistant.folding import FoldedText

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

logger = logging.getLogger(__name__)

WIDTH = 1_200
"""Pixels: a page is read at that width on a screen, and printed text stays sharp."""
LARGEST_SIDE = 4_000
SECONDS = 20
KEPT = 48
"""Images of some 0.3 MB."""
AT_ONCE = 2
WAIT_SECONDS = 5
"""How long a page waits for its turn, so that many that are asked for at once do not hold up the rest of the server."""
_MARK = (255, 200, 40, 90)
_PACKAGE_FOLDER = Path(__file__).resolve().parents[2]
_FEWEST_LETTERS = 12
"""Letters of a line that is marked alone: fewer stand on a page by chance."""
_drawing = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page (1 is the first) of a PDF file, and the words to mark on it; `digest` is that of the file."""

    path: str
    digest: str
    page: int
    words: str
    password: str
    megabytes: int


@lru_cache(KEPT)
def page_image(sheet: Sheet) -> bytes:
    """The page as PNG.

    :raises ValueError: it cannot be drawn, or too many others are.
    """
    job = json.dumps(asdict(sheet)).encode()
    if not _drawing.acquire(timeout=WAIT_SECONDS):
        raise ValueError(sheet.page)
    try:
        drawn = subprocess.run(
            [sys.executable, "-m", __name__],
            input=job,
            capture_output=True,
            timeout=SECONDS,
            cwd=_PACKAGE_FOLDER,  # where `-m` finds this module, installed or not
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or b""
        logger.info("Page %d of %s cannot be drawn (%s): %s", sheet.page, Path(sheet.path).name, error, said[-500:])
        raise ValueError(sheet.page) from error
    finally:
        _drawing.release()
    return drawn.stdout


def draw(sheet: Sheet) -> bytes:
    """Draw the page in this process."""
    from PIL import Image, ImageDraw
    from pypdfium2 import PdfDocument

    document = PdfDocument(sheet.path, password=sheet.password or None)
    page = document[sheet.page - 1]
    width, height = page.get_size()
    scale = min(WIDTH / width, LARGEST_SIDE / height)
    bitmap = page.render(scale=scale)
    image = bitmap.to_pil().convert("RGBA")
    marks = Image.new("RGBA", image.size)
    pen = ImageDraw.Draw(marks)
    for left, top, right, bottom in _places(page, sheet.words):
        x0, y0 = _pixel(bitmap, page, left, top)
        x1, y1 = _pixel(bitmap, page, right, bottom)
        pen.rectangle((min(x0, x1) - 1, min(y0, y1) - 1, max(x0, x1) + 1, max(y0, y1) + 1), fill=_MARK)
    out = BytesIO()
    Image.alpha_composite(image, marks).convert("RGB").save(out, "PNG")
    return out.getvalue()


def _pixel(bitmap: object, page: "PdfPage", x: float, y: float) -> tuple[int, int]:
    return bitmap.get_posconv(page).to_bitmap(x, y)  # type: ignore[attr-defined, no-any-return]


def _places(page: "PdfPage", words: str) -> Iterator[tuple[float, float, float, float]]:
    """The rectangles (left, top, right, bottom in points) that hold the words, or those of their lines that are there."""
    if not words.strip():
        return
    text = page.get_textpage()
    held = FoldedText.of(_characters(text))
    whole = held.find(words)
    lines = [whole] if whole else [held.find(line) for line in words.splitlines() if sum(map(str.isalnum, line)) >= _FEWEST_LETTERS]
    for place in lines:
        if place:
            for number in range(text.count_rects(place[0], place[1] - place[0])):
                left, bottom, right, top = text.get_rect(number)
                yield left, top, right, bottom


def _characters(text: "PdfTextPage") -> str:
    """The characters of the page, each at its own index, as the rectangles are counted."""
    from pypdfium2 import raw

    codes = (raw.FPDFText_GetUnicode(text, index) for index in range(text.count_chars()))
    return "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes)


def _bound_memory(megabytes: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # where the system has no such bound
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20,) * 2)


if __name__ == "__main__":
    asked = Sheet(**json.load(sys.stdin))
    _bound_memory(asked.megabytes)
    sys.stdout.buffer.write(draw(asked))
