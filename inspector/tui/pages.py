"""Pages over the main screen: help, and the details of what is selected."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from inspector.tui.commands import COMMANDS, Command, Place
from inspector.tui.words import Part

SIGNS = (
    ("+ added", "$text-success"),
    ("~ modified", "$text-warning"),
    ("- removed, or hidden by a later layer", "$text-error"),
    ("█ bytes in the final image", "$primary"),
    ("▓ bytes that are stored but hidden", "$text-error"),
)


class Page(ModalScreen[None]):
    """A text to read and close."""

    BINDINGS: ClassVar = [Binding("escape,q,enter,i,question_mark,f1,space", "dismiss", "Close", show=False)]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self.heading, self.text = title, text

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page") as page:
            page.border_title = self.heading
            page.border_subtitle = "esc closes"
            yield Static(self.text)


class Details(Page):
    """All about a layer, a file or a folder, wrapped to be read in full."""

    def __init__(self, text: Content) -> None:
        super().__init__("Details", text)


class Help(Page):
    """All commands with their keys, made from the one list."""

    def __init__(self) -> None:
        super().__init__("Help", help_text())


def help_text() -> Content:
    """Commands by group, then what signs and colours mean."""
    parts: list[Part] = []
    for group in dict.fromkeys(command.group for command in COMMANDS):
        parts += [(group, "bold $primary"), "\n"]
        for command in COMMANDS:
            if command.group == group and command.keys:
                parts += [(f"  {command.shown_keys():<11} ", "$text-accent"), _help(command), "\n"]
        parts.append("\n")
    parts += [("Signs", "bold $primary"), "\n"]
    for sign, style in SIGNS:
        parts += ["  ", (sign, style), "\n"]
    return Content.assemble(*parts)


def _help(command: Command) -> str:
    where = {Place.LAYERS: " (in the layers)", Place.FILES: " (in the files)"}.get(command.place, "")
    return command.help + where
