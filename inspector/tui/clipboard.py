"""The clipboard, by the terminal's own means (OSC 52), so that it works through ssh too."""

from __future__ import annotations

from textual.widget import Widget

from inspector.safe_names import printable
from inspector.tui.widgets.cells import cut

AROUND = 3
"""Cells beside what is told in passing."""


def copy(widget: Widget, text: str, what: str) -> None:
    """Copy a text that comes from an image, and show what went, in one line; `what` is a word for it."""
    widget.app.copy_to_clipboard(text)
    first = text.partition("\n")[0]
    told = printable(f"Copied the {what}: {first}")
    widget.notify(cut(told, widget.app.size.width - AROUND), timeout=3, markup=False)
