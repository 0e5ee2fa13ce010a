"""A page as it is opened: what to do then, and with which address."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from gradio.context import Context


def on_load(show: Callable[..., Any], outputs: Sequence[Any], **options: Any) -> None:
    """Have `show` called when the page that is being laid out is opened."""
    assert Context.root_block is not None, "pages are laid out inside an open gr.Blocks"
    Context.root_block.load(show, None, outputs, **options)


def query_string(request: gr.Request) -> str:
    """The query string of the page that an event comes from."""
    return urlencode(list(request.query_params.multi_items()))
