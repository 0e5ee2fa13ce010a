"""How the page looks: métropole blue on stone, the system's own fonts, light and dark.

The style sheet and the script go into the page's head as they are: Gradio would rewrite the selectors of a style sheet given as `css`,
and evaluate a script given as `js`, which the content security policy forbids.
"""

from pathlib import Path

from gradio.themes import Base, colors, sizes

BLUE = colors.Color("#eef5fb", "#d9e9f6", "#b5d2ec", "#86b4de", "#4f8fc9", "#2a70b0", "#17598f", "#124a79", "#103f66", "#0e3556", "#0a2640")
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif")
MONOSPACE = ("ui-monospace", "Consolas", "Liberation Mono", "monospace")


def theme() -> Base:
    """The colours, sizes and fonts of Gradio's own parts."""
    return Base(
        primary_hue=BLUE,
        secondary_hue=BLUE,
        neutral_hue=colors.stone,
        text_size=sizes.text_lg,
        radius_size=sizes.radius_md,
        font=FONTS,
        font_mono=MONOSPACE,
    )


def head() -> str:
    """The style sheets and the scripts, for the pages' head: `page.*` for all, the others for the page whose module they stand beside."""
    folder = Path(__file__).parent
    style, script = ("\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob(name))) for name in ("*.css", "*.js"))
    return f'<meta name="color-scheme" content="light dark"><style>{style}</style><script>{script}</script>'
