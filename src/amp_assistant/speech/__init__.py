"""The speech workshop: a theme, an audience and a length in minutes to a speech whose every fact is a quotation with its source.

    order --workshop--> Brief (facts by part, a person may drop and reorder) --writing--> Speech --export--> docx, odt, md, txt
"""

from amp_assistant.speech.brief import Audience, Brief, Element, Order, Part, Speech, Tone
from amp_assistant.speech.workshop import Workshop

__all__ = ["Audience", "Brief", "Element", "Order", "Part", "Speech", "Tone", "Workshop"]
