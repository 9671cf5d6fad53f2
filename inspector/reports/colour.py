"""Colour in a text report: by the terminal's own sixteen, so that its theme decides, and none in a pipe or a file."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Tone(StrEnum):
    """What a piece of text is; the value is what ANSI's SGR calls for."""

    HEADING = "1"
    FAINT = "2"
    BAD = "31"
    GOOD = "32"
    WASTE = "33"
    LINK = "36"


Paint = Callable[[str, Tone], str]
"""Gives a piece of text its tone. It is called when the text is cut already, since colours have no width."""


def plain(text: str, _tone: Tone) -> str:
    """The text as it is."""
    return text


def ansi(text: str, tone: Tone) -> str:
    """The text in colour, which ends with it."""
    return f"\x1b[{tone}m{text}\x1b[0m" if text else ""


def painted_sign(sign: str, line: str, paint: Paint) -> str:
    """A line of a diff: what goes, what comes, and what stays as it is."""
    tone = {"+": Tone.GOOD, "-": Tone.BAD}.get(sign)
    return paint(line, tone) if tone else line
