"""The clipboard, by the terminal's own means (OSC 52), so that it works through ssh too."""

from __future__ import annotations

from textual.widget import Widget

from inspector.safe_names import printable


def copy(widget: Widget, text: str, what: str) -> None:
    """Copy a text that comes from an image, and show what went; `what` is a word for it."""
    widget.app.copy_to_clipboard(text)
    first = text.partition("\n")[0]
    widget.notify(printable(first), title=f"Copied the {what}", timeout=3, markup=False)
