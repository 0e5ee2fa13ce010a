"""The speech workshop: a theme, an audience and a length to a speech whose every fact is a quotation with its source.

    Order --workshop--> Brief (facts by part: a person may drop and move them) --writing--> Speech --exporting--> docx, odt, md, txt

Where a language model is configured, `rewording` lets it write the connecting words anew; the quotations stay as they are.
"""

from amp_assistant.speech.brief import (
    Audience,
    Brief,
    Element,
    Occasion,
    Order,
    Part,
    Section,
    Speech,
    Tone,
    read_audience,
    read_occasion,
    read_tone,
)
from amp_assistant.speech.exporting import check_suffix, export_speech
from amp_assistant.speech.rewording import reword
from amp_assistant.speech.sheet import export_sheet
from amp_assistant.speech.theme import Theme, known_themes, read_theme
from amp_assistant.speech.workshop import Workshop
from amp_assistant.speech.writing import write

__all__ = [
    "Audience",
    "Brief",
    "Element",
    "Occasion",
    "Order",
    "Part",
    "Section",
    "Speech",
    "Theme",
    "Tone",
    "Workshop",
    "check_suffix",
    "export_sheet",
    "export_speech",
    "known_themes",
    "read_audience",
    "read_occasion",
    "read_theme",
    "read_tone",
    "reword",
    "write",
]
