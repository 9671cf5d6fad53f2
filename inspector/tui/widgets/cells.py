"""Text measured in terminal cells: cutting, and bars."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

ELLIPSIS = "…"

EIGHTHS = " ▏▎▍▌▋▊▉"
LIVE, HIDDEN, LITTLE_HIDDEN = "█", "▓", "░"

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
    text = text[-4 * max(width, 1) :]
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return (ELLIPSIS + text)[: max(width, 0)]


def padded(text: str, width: int) -> str:
    """The text cut or filled up to exactly `width` cells."""
    return set_cell_size(cut(text, width), width)


def bar(live: int, hidden: int, most: int, width: int) -> tuple[str, str]:
    """(solid, shaded): a bar of `live` and `hidden` bytes on a scale where `most` bytes are `width` cells.

    Whatever has bytes gets an eighth of a cell, and hidden bytes a whole one (a lighter one where they are few)
    unless the live ones of a bar that short are more.
    """
    if width <= 0 or most <= 0 or live + hidden <= 0:
        return "", ""
    length = (live + hidden) * width / most
    if not hidden or (length < 1.5 and live > hidden):
        eighths = max(1, round(length * 8))
        return LIVE * (eighths // 8) + EIGHTHS[eighths % 8].strip(), ""
    if length < 0.5:
        return "", LITTLE_HIDDEN
    cells = max(1, round(length))
    shaded = max(1, round(cells * hidden / (live + hidden)))
    if live and shaded == cells > 1:
        shaded -= 1
    return LIVE * (cells - shaded), HIDDEN * shaded
