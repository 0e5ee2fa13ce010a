"""What the assistant is and is not."""

from typing import TYPE_CHECKING

import gradio as gr

if TYPE_CHECKING:
    from amp_assistant.assistant import Assistant


def build_about(assistant: "Assistant") -> None:
    """Lay the page out, inside an open gr.Blocks."""
    gr.Markdown("<p>Cette page arrive.</p>")
