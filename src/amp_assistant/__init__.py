"""AMP Assistant: questions in French to the public plans of the Métropole Aix-Marseille-Provence, answers proved by quotations.

    from amp_assistant import Assistant

    answer = Assistant.open().ask("Quelles aides pour recruter un apprenti ?")
    print(answer.text, answer.citations)

This is the front door. Each name is loaded when it is first asked for, so that ``import amp_assistant`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amp_assistant.answers.model import Answer
    from amp_assistant.assistant import Assistant
    from amp_assistant.citations import Citation
    from amp_assistant.errors import AssistantError, FailureError, UsageError
    from amp_assistant.passages import Nature, Passage
    from amp_assistant.retrieval import Hit
    from amp_assistant.settings import Settings, read_settings

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Citation",
    "FailureError",
    "Hit",
    "Nature",
    "Passage",
    "Settings",
    "UsageError",
    "read_settings",
]

_HOMES = {
    "Answer": "answers.model",
    "Assistant": "assistant",
    "AssistantError": "errors",
    "Citation": "citations",
    "FailureError": "errors",
    "Hit": "retrieval",
    "Nature": "passages",
    "Passage": "passages",
    "Settings": "settings",
    "UsageError": "errors",
    "read_settings": "settings",
}
"""The module where each name lives."""


def __getattr__(name: str) -> object:
    """Load a name of the front door from its home.

    :raises AttributeError: the package has no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
