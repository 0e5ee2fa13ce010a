"""Dates of documents as French readers write them, and titles without their years."""

import re

_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_YEARS = re.compile(r"\W*\d{4}(\s*[-–]\s*\d{4})?\s*$")


def in_words(date: str) -> str:
    """« juin 2022 » for 2022-06, « 19 novembre 2021 » for 2021-11-19, « 2025 » for 2025; anything else as it is."""
    parts = date.split("-")
    if not all(part.isdigit() for part in parts) or not 1 < len(parts) < 4 or not 0 < int(parts[1]) < 13:
        return date
    month = f"{_MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return f"{int(parts[2])} {month}" if len(parts) == 3 else month


def in_figures(date: str) -> str:
    """« 19/11/2021 » for 2021-11-19; less precise dates as `in_words` writes them."""
    parts = date.split("-")
    return "/".join(reversed(parts)) if len(parts) == 3 else in_words(date)


def without_years(title: str) -> str:
    """A short title without the years that end it: in a statement every figure is its quotations', and the source shows the date."""
    return _YEARS.sub("", title)
