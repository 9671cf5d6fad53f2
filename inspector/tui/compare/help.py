"""The help of a comparison."""

from __future__ import annotations

from inspector.tui.commands import JUMP, MOVE, VIEWS
from inspector.tui.compare.commands import ALL
from inspector.tui.widgets.pages import Help

SIGNS = (
    ("+ only in the second image", "$text-success"),
    ("− only in the first", "$text-error"),
    ("~ → ↑ ↓ changed, moved, newer, older", "$text-warning"),
    ("█ bytes in the final image", "$primary"),
    ("▓ bytes that are stored but hidden", "$text-error"),
)


def compare_help() -> Help:
    """The comparison's commands with their keys."""
    return Help(ALL, SIGNS, (VIEWS, MOVE, JUMP))
