"""Pages over the main screen: help, and the details of what is selected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from inspector.tui.clipboard import copy
from inspector.tui.commands import MOVING, Command, bindings
from inspector.tui.instruction_words import Part
from inspector.tui.legend import FIGURES

Sign = tuple[str, str]
"""A sign with what it means, and its style."""

KEYS_WIDTH = 11
"""Cells for the keys of a command."""


class Page(ModalScreen[None]):
    """A text to read and close."""

    BINDINGS: ClassVar = [
        Binding("escape,q,enter,i,question_mark,f1,space", "dismiss", "Close", show=False),
        *bindings(MOVING),
    ]
    heading = ""
    keys = "↑↓ scroll · esc closes"

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="page") as page:
            page.border_title = self.heading
            page.border_subtitle = self.keys
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
    """All about a layer, a file, a finding or an instruction, wrapped to be read in full.

    `copies` are at most two values to copy, by y and Y, each after a word for it.
    """

    BINDINGS: ClassVar = [
        Binding("y", "copy(0)", "Copy the first", show=False),
        Binding("Y", "copy(1)", "Copy the second", show=False),
    ]

    def __init__(self, text: Content, heading: str = "Details", copies: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.text, self.heading, self.copies = text, heading, copies
        keys = (f"{key}: copy the {what} · " for key, (what, _) in zip("yY", copies, strict=False))
        self.keys = "".join(keys) + self.keys

    def content(self) -> ComposeResult:
        yield Static(self.text)

    def retell(self, text: Content) -> None:
        """The same, with what is known by now."""
        self.text = text
        self.query_one(Static).update(text)

    def action_copy(self, nth: int) -> None:
        if nth < len(self.copies):
            what, text = self.copies[nth]
            copy(self, text, what)


class Help(Page):
    """Commands with their keys, what signs and colours mean, in two columns where there is room; and the figures."""

    heading = "Help"

    def __init__(self, commands: Sequence[Command], signs: Sequence[Sign], first: Collection[str]) -> None:
        """`first` are the sections of commands in the first column."""
        super().__init__()
        self.commands, self.signs, self.first = commands, signs, first

    def content(self) -> ComposeResult:
        sections = dict.fromkeys(command.section for command in self.commands)
        left = [self._section(section) for section in sections if section in self.first]
        right = [self._section(section) for section in sections if section not in self.first]
        with Container(id="columns"):
            yield Static(Content("\n").join(left) + "\n")
            yield Static(Content("\n").join([*right, *([_signs(self.signs)] if self.signs else [])]))
        yield Static(_figures())

    def _section(self, section: str) -> Content:
        keymap = self.app._keymap  # Textual has no public way to read it back
        parts: list[Part] = [(section, "bold $primary"), "\n"]
        for command in self.commands:
            if command.section == section and (keys := command.shown_keys(keymap)):
                parts += [(f"  {keys:<{KEYS_WIDTH}} ", "$text-accent"), _help(command), "\n"]
        return Content.assemble(*parts)


def _signs(signs: Sequence[Sign]) -> Content:
    parts: list[Part] = [("Signs", "bold $primary")]
    for sign in signs:
        parts += ["\n  ", sign]
    return Content.assemble(*parts)


def _figures() -> Content:
    """The legend of the figures."""
    room = max(len(word) for word, _ in FIGURES)
    parts: list[Part] = [("\nFigures", "bold $primary")]
    for word, meaning in FIGURES:
        parts += ["\n", (f"  {word:<{room}}  ", "$text-accent"), meaning]
    return Content.assemble(*parts)


def _help(command: Command) -> str:
    return f"{command.help} ({command.where})" if command.where else command.help
