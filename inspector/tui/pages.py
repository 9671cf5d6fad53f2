"""Pages over the main screen: help, and the details of what is selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from inspector.tui.commands import COMMANDS, WHERE, Command, moving_bindings
from inspector.tui.instruction_words import Part

SIGNS = (
    ("+ added", "$text-success"),
    ("~ modified", "$text-warning"),
    ("- removed, or hidden by a later layer", "$text-error"),
    ("█ bytes in the final image", "$primary"),
    ("▓ ░ bytes that are stored but hidden", "$text-error"),
)


class Page(ModalScreen[None]):
    """A text to read and close."""

    BINDINGS: ClassVar = [
        Binding("escape,q,enter,i,question_mark,f1,space", "dismiss", "Close", show=False),
        *moving_bindings(),
    ]
    heading = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page") as page:
            page.border_title = self.heading
            page.border_subtitle = "↑↓ scroll · esc closes"
            yield from self.content()

    def content(self) -> ComposeResult:
        raise NotImplementedError

    @property
    def text_box(self) -> VerticalScroll:
        return self.query_one("#page", VerticalScroll)

    def action_move(self, rows: int) -> None:
        self.text_box.scroll_relative(y=rows, animate=False)

    def action_page(self, pages: float) -> None:
        self.text_box.scroll_relative(y=int(pages * max(self.text_box.size.height, 2)), animate=False)

    def action_jump(self, row: int) -> None:
        self.text_box.scroll_to(y=0 if row == 0 else self.text_box.max_scroll_y, animate=False)


class Details(Page):
    """All about a layer, a file, a finding or an instruction, wrapped to be read in full."""

    def __init__(self, text: Content, heading: str = "Details") -> None:
        super().__init__()
        self.text, self.heading = text, heading

    def content(self) -> ComposeResult:
        yield Static(self.text)


class Help(Page):
    """All commands with their keys, made from the one list; in two columns where there is room."""

    heading = "Help"

    def content(self) -> ComposeResult:
        keymap = self.app._keymap  # Textual has no public way to read it back
        groups = list(dict.fromkeys(command.group for command in COMMANDS))
        with Container(id="columns"):
            yield Static(Content("\n").join(_group(group, keymap) for group in groups[:5]) + "\n")
            yield Static(Content("\n").join([*(_group(group, keymap) for group in groups[5:]), _signs()]))


def _group(group: str, keymap: Mapping[str, str]) -> Content:
    parts: list[Part] = [(group, "bold $primary"), "\n"]
    for command in COMMANDS:
        if command.group == group and (keys := command.shown_keys(keymap)):
            parts += [(f"  {keys:<9} ", "$text-accent"), _help(command), "\n"]
    return Content.assemble(*parts)


def _signs() -> Content:
    """What signs and colours mean."""
    parts: list[Part] = [("Signs", "bold $primary")]
    for sign, style in SIGNS:
        parts += ["\n  ", (sign, style)]
    return Content.assemble(*parts)


def _help(command: Command) -> str:
    where = WHERE.get(command.place)
    return f"{command.help} ({where})" if where else command.help
