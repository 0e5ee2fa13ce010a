"""The pictures of docs/images: six pages as people see them, from the installed index, in a real browser.

`make screenshots` takes them anew. They are PNG files of few colours, so that they stay small.
"""

import io
import shutil
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode
from urllib.request import urlopen

from PIL import Image

from amp_assistant.assistant import Assistant
from amp_assistant.settings import Settings
from amp_assistant.web.server import serve

FOLDER = Path("docs/images")
COLOURS = 64
WIDE, NARROW = (1280, 860), (390, 844)
SETTLED = 1500
"""Milliseconds after which a page has drawn what comes last, the charts."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to show: `there` is on it once it is whole, `click` is clicked then, `top` is brought to the top of the window."""

    name: str
    path: str
    there: str
    click: str = ""
    top: str = ""
    size: tuple[int, int] = WIDE
    scheme: Literal["light", "dark"] = "light"


QUESTION = "Où en est l'objectif de clauses environnementales dans les marchés publics ?"
SITUATION = "j'ai 6 salariés et 400 k€ de CA, je veux agrandir mon atelier à Vitrolles"
PICTURES = (
    Picture("discuter", f"/?{urlencode({'q': QUESTION})}", ".answered", click="a.mark >> nth=0"),
    Picture("aides", f"/aides?{urlencode({'phrase': SITUATION})}", ".aid", top=".advice"),
    Picture("engagements", "/engagements?table=suivi", "#drawing .legendtext"),
    Picture("discours", "/discours?theme=l%27eau&minutes=5", "#speech-text section", top="#speech-told"),
    Picture("document", "/documents/rapport-developpement-durable-2025?q=eau", "mark.found"),
    Picture("telephone-sombre", "/", "#examples button", size=NARROW, scheme="dark"),
)


def main() -> None:
    """Serve the pages, take the pictures, say how large they are.

    :raises SystemExit: there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("Il faut Chromium (Debian : apt install chromium).")
    address = _served()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        for picture in PICTURES:
            width, height = picture.size
            context = opened.new_context(
                viewport={"width": width, "height": height}, base_url=address, color_scheme=picture.scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            page.goto(picture.path)
            page.wait_for_selector(picture.there)
            if picture.click:
                page.click(picture.click)
            page.wait_for_timeout(SETTLED)
            if picture.top:
                page.evaluate("(place) => document.querySelector(place).scrollIntoView({ block: 'start' })", picture.top)
            path = FOLDER / f"{picture.name}.png"
            Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS).save(path, optimize=True)
            sys.stdout.write(f"{path} {path.stat().st_size // 1000} ko\n")
            context.close()
        opened.close()


def _served() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings(port=port)
    threading.Thread(target=serve, args=(Assistant.open(settings), settings), daemon=True).start()
    address = f"http://127.0.0.1:{port}"
    while True:
        try:
            urlopen(f"{address}/healthz").close()
        except OSError:
            time.sleep(0.2)
        else:
            return address


if __name__ == "__main__":
    main()
