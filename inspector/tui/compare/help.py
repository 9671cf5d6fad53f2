"""The help of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from inspector.tui.commands import JUMP, MOVE, VIEWS
from inspector.tui.compare.commands import ALL
from inspector.tui.instruction_words import Part
from inspector.tui.pages import Page

KEYS_WIDTH = 11
"""Cells for the keys of a command."""

FIRST_COLUMN = (VIEWS, MOVE, JUMP)

SIGNS = (
    ("+ only in the second image", "$text-success"),
    ("− only in the first", "$text-error"),
    ("~ → ↑ ↓ changed, moved, newer, older", "$text-warning"),
    ("█ bytes in the final image", "$primary"),
    ("▓ bytes that are stored but hidden", "$text-error"),
)


class CompareHelp(Page):
    """The comparison's commands with their keys; in two columns where there is room."""

    CSS = """
    CompareHelp.-wide {
        #page { width: 112; }
        #columns { layout: horizontal; }
        #columns Static { width: 1fr; }
    }
    """
    heading = "Help"

    def content(self) -> ComposeResult:
        keymap = self.app._keymap  # Textual has no public way to read it back
        groups = list(dict.fromkeys(command.group for command in ALL))
        with Container(id="columns"):
            yield Static(_groups([group for group in groups if group in FIRST_COLUMN], keymap))
            yield Static(_groups([group for group in groups if group not in FIRST_COLUMN], keymap) + _signs())


def _groups(groups: Iterable[str], keymap: Mapping[str, str]) -> Content:
    parts: list[Part] = []
    for group in groups:
        parts += [(f"{group}\n", "bold $primary")]
        for command in ALL:
            keys = command.shown_keys(keymap)
            if command.group == group and keys:
                parts += [(f"  {keys:<{KEYS_WIDTH}} ", "$text-accent"), f"{command.help}\n"]
        parts += ["\n"]
    return Content.assemble(*parts)


def _signs() -> Content:
    """What signs and colours mean."""
    parts: list[Part] = [("Signs", "bold $primary")]
    for sign, style in SIGNS:
        parts += ["\n  ", (sign, style)]
    return Content.assemble(*parts)
