"""What Gradio keeps of a visitor between two events, and no more of it than the pages need."""

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from gradio.state_holder import SessionState, StateHolder

if TYPE_CHECKING:
    from gradio import Blocks
    from gradio.routes import App

MOST_VISITORS = 256
"""Visitors that are remembered, some 0.1 MB each: twice those that ask at once, since one who is forgotten between two events costs the
work of a new one. Gradio would keep 10 000; no page needs any of it."""


class VisitorState(SessionState):
    """A visitor's state without the description of every component of every page, and of the conversation that was shown last, which
    Gradio makes for links to a state of its own: 40 ms of work and 0.5 MB. Those links are closed here."""

    def __init__(self, blocks: "Blocks") -> None:
        nothing_described = SimpleNamespace(default_config=blocks.default_config, blocks=())
        super().__init__(cast("Blocks", nothing_described))

    def __setitem__(self, key: int, value: Any) -> None:
        """Keep a component as an event changed it; no page has a `gr.State`, whose values Gradio keeps elsewhere."""
        self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        """Describe nothing."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Keep nothing of what is shown."""


class Visitors(StateHolder):
    """The states of the visitors, by session."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __getitem__(self, session_id: str) -> SessionState:
        """A visitor's state, made on the first event."""
        if session_id not in self.session_data:
            self.session_data[session_id] = VisitorState(self.blocks)
        return super().__getitem__(session_id)


def keep_little(page: "Blocks", mounted: "App") -> None:
    """Make a page, mounted as that application, keep light states, few of them, and no account of its events."""
    page.state_session_capacity = MOST_VISITORS
    mounted.state_holder = Visitors()
    mounted.state_holder.set_blocks(page)
    # Gradio sums up its last 10 000 events with pandas after each, for a page of figures that is closed here (`/metrics` has ours).
    page._queue.ANALYTICS_MAX_EVENTS = 1
    page._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize
