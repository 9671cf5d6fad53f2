"""Small pages that ask: for a path, or for leave."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static


class AskPath(ModalScreen[str | None]):
    """A line to type a path into; None when the person thinks better of it."""

    BINDINGS: ClassVar = [Binding("escape", "dismiss(None)", "Cancel", show=False)]

    def __init__(self, question: str, path: str) -> None:
        super().__init__()
        self.question, self.path = question, path

    def compose(self) -> ComposeResult:
        with Vertical(id="question") as page:
            page.border_title = Content(self.question)
            page.border_subtitle = "enter: go on · esc: leave it"
            yield Input(self.path, compact=True)

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)


class Confirm(ModalScreen[bool]):
    """A question that y answers with yes, and every way out with no."""

    BINDINGS: ClassVar = [
        Binding("y", "dismiss(True)", "Yes", show=False),
        Binding("n,escape,q,enter", "dismiss(False)", "No", show=False),
    ]

    def __init__(self, question: str, text: str) -> None:
        super().__init__()
        self.question, self.text = question, text

    def compose(self) -> ComposeResult:
        with Vertical(id="question") as page:
            page.border_title = Content(self.question)
            page.border_subtitle = "y: yes · n: no"
            yield Static(Content(self.text))
