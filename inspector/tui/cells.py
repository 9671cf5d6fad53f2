"""Text measured in terminal cells: cutting, and bars."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

ELLIPSIS = "…"

EIGHTHS = " ▏▎▍▌▋▊▉"
LIVE, HIDDEN = "█", "▓"

SIZE_WIDTH = 9
"""Cells of a size such as `999.9 MB`, and one more for `1000.0 kB`, which rounding can give."""


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; what does not fit ends in an ellipsis."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[: max(width, 0)]
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS


def cut_front(text: str, width: int) -> str:
    """The end of the text in at most `width` cells: a path's end says more than its beginning."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return (ELLIPSIS + text)[: max(width, 0)]


def padded(text: str, width: int) -> str:
    """The text cut or filled up to exactly `width` cells."""
    return set_cell_size(cut(text, width), width)


def bar(live: int, hidden: int, most: int, width: int) -> tuple[str, str]:
    """(solid, shaded): a bar of `live` and `hidden` bytes on a scale where `most` bytes are `width` cells.

    Whatever has bytes can be seen: hidden bytes get at least one cell, live ones at least an eighth.
    """
    if width <= 0 or most <= 0:
        return "", ""
    shaded = max(1, round(hidden * width / most)) if hidden else 0
    total = max((live + hidden) * width / most, 1 if hidden else 0)
    if not live:
        return "", HIDDEN * max(shaded, min(width, round(total)))
    if hidden:
        solid = max(round(total) - shaded, 0)
        return (LIVE * solid if solid else EIGHTHS[1]), HIDDEN * min(shaded, width - max(solid, 1))
    eighths = max(1, round(total * 8))
    return LIVE * (eighths // 8) + EIGHTHS[eighths % 8].strip(), ""
