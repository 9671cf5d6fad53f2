"""Pages over the main screen: help, and the details of what is selected."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
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
    HEADING = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page") as page:
            page.border_title = self.HEADING
            page.border_subtitle = "esc closes"
            yield from self.content()

    def content(self) -> ComposeResult:
        raise NotImplementedError


class Details(Page):
    """All about a layer, a file or a folder, wrapped to be read in full."""

    HEADING = "Details"

    def __init__(self, text: Content) -> None:
        super().__init__()
        self.text = text

    def content(self) -> ComposeResult:
        yield Static(self.text)


class Help(Page):
    """All commands with their keys, made from the one list; in two columns where there is room."""

    HEADING = "Help"

    def content(self) -> ComposeResult:
        groups = list(dict.fromkeys(command.group for command in COMMANDS))
        with Container(id="columns"):
            yield Static(Content("\n").join(_group(group) for group in groups[:3]) + "\n")
            yield Static(Content("\n").join([*(_group(group) for group in groups[3:]), _signs()]))


def _group(group: str) -> Content:
    parts: list[Part] = [(group, "bold $primary"), "\n"]
    for command in COMMANDS:
        if command.group == group and command.keys:
            parts += [(f"  {command.shown_keys():<11} ", "$text-accent"), _help(command), "\n"]
    return Content.assemble(*parts)


def _signs() -> Content:
    """What signs and colours mean."""
    parts: list[Part] = [("Signs", "bold $primary")]
    for sign, style in SIGNS:
        parts += ["\n  ", (sign, style)]
    return Content.assemble(*parts)


def _help(command: Command) -> str:
    where = {Place.LAYERS: " (in the layers)", Place.FILES: " (in the files)"}.get(command.place, "")
    return command.help + where
