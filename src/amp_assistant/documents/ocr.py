"""A page without text, rendered and read by Tesseract where the machine has it, with French."""

import io
import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

INSTALL_OCR = "si elles ont été numérisées, installez les paquets tesseract-ocr et tesseract-ocr-fra, puis relancez l’indexation"
"""What to do where pages hold no text and there is nothing to recognise it with."""

# Tesseract is trained on 300 dots an inch; a PDF point is a 72nd of an inch.
_DOTS_PER_POINT = 300 / 72
# A poster rendered at that resolution would fill the memory: 60 million dots are an A2 sheet.
_MOST_DOTS = 60_000_000
_LANGUAGE = "fra"
_SECONDS_A_PAGE = 60


@cache
def has_ocr() -> bool:
    """Whether Tesseract is installed with its French data."""
    return _LANGUAGE in _languages()


def read_image_of(page: "PdfPage") -> str:
    """The text that Tesseract recognises on a page, an empty line between paragraphs; empty where it recognises none."""
    width, height = page.get_size()
    scale = min(_DOTS_PER_POINT, (_MOST_DOTS / max(width * height, 1)) ** 0.5)
    image = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(image, "PNG")
    # Turned pages are set upright where the data for it is installed.
    layout = "1" if "osd" in _languages() else "3"
    command = ["tesseract", "stdin", "stdout", "-l", _LANGUAGE, "--psm", layout, "--dpi", str(round(scale * 72))]
    try:
        done = subprocess.run(
            command,
            input=image.getvalue(),
            capture_output=True,
            timeout=_SECONDS_A_PAGE,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").replace("\f", "").strip() if done.returncode == 0 else ""


@cache
def _languages() -> frozenset[str]:
    if not shutil.which("tesseract"):
        return frozenset()
    try:
        listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=_SECONDS_A_PAGE)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(listed.stdout.split("\n")[1:])
