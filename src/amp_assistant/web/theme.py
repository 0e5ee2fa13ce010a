"""How the page looks: métropole blue on stone, the system's own fonts, light and dark.

The style sheet and the script go into the page's head as they are: Gradio would rewrite the selectors of a style sheet given as `css`,
and evaluate a script given as `js`, which the content security policy forbids.
"""

import json
import tomllib
from functools import cache
from pathlib import Path

from gradio.themes import Base, colors, sizes

BLUE = colors.Color("#eef5fb", "#d9e9f6", "#b5d2ec", "#86b4de", "#4f8fc9", "#2a70b0", "#17598f", "#124a79", "#103f66", "#0e3556", "#0a2640")
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
CHOICES = {
    "checkbox_background_color": "var(--paper)",
    "checkbox_border_color": "var(--edge)",
    "checkbox_border_color_hover": "var(--link)",
    "checkbox_background_color_selected": "var(--strong)",
    "checkbox_border_color_selected": "var(--link)",
    "checkbox_border_width": "1.5px",
    "checkbox_label_background_fill": "var(--paper)",
    "checkbox_label_background_fill_hover": "var(--tint)",
    "checkbox_label_background_fill_selected": "var(--tint)",
    "checkbox_label_border_color": "var(--line)",
    "checkbox_label_border_color_hover": "var(--link)",
    "checkbox_label_border_color_selected": "var(--link)",
    "checkbox_label_border_width": "1px",
    "checkbox_label_text_color": "var(--ink)",
}
"""What is ticked or chosen, in the colours of page.css: a box that is not ticked shows its edge, on light and on dark."""
MONOSPACE = ("ui-monospace", "Consolas", "Liberation Mono", "monospace")


def theme() -> Base:
    """The colours, sizes and fonts of Gradio's own parts."""
    base = Base(
        primary_hue=BLUE,
        secondary_hue=BLUE,
        neutral_hue=colors.stone,
        text_size=sizes.text_lg,
        radius_size=sizes.radius_md,
        font=FONTS,
        font_mono=MONOSPACE,
    )
    return base.set(**{f"{part}{scheme}": value for part, value in CHOICES.items() for scheme in ("", "_dark")})


@cache
def head() -> str:
    """The style sheets and the scripts, for the pages' head: `page.*` for all, the others for the page whose module they stand beside.

    Before the scripts, the pages' words in English: they are ours and hold nothing that would close a script.
    """
    folder = Path(__file__).parent
    style, script = ("\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob(name))) for name in ("*.css", "*.js"))
    words = json.dumps(tomllib.loads((folder / "english.toml").read_text(encoding="utf-8")), ensure_ascii=False)
    return f'<meta name="color-scheme" content="light dark"><style>{style}</style><script>const ENGLISH = {words};\n{script}</script>'
