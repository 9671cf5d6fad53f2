"""The image on a page: a line for each fact, of which the selected one is copied."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from inspector.inspection import Inspection
from inspector.safe_names import printable
from inspector.tui.clipboard import copy
from inspector.tui.image_words import Fact, image_facts
from inspector.tui.widgets.text_lines import Line, TextLines

MOST_LABEL = 24
"""Cells of the column of labels at most: names of labels are long, and their values then go on in the next row."""

INDENT = ("lines--plain", "  ")


def fact_lines(facts: list[Fact]) -> list[Line]:
    """A line for each, the values below each other."""
    room = min(max((cell_len(fact.label) for fact in facts if fact.value), default=0), MOST_LABEL)
    lines = []
    for fact in facts:
        if not fact.value:
            lines.append(Line((("lines--strong", fact.label),)))
        elif cell_len(fact.label) > room:
            lines.append(Line((("lines--muted", f"{fact.label}  "), ("lines--plain", fact.value)), (INDENT,)))
        else:
            padding = " " * (room - cell_len(fact.label) + 2)
            lines.append(Line((("lines--plain", fact.value),), (INDENT, ("lines--muted", f"{fact.label}{padding}"))))
    return lines


class ImagePage(ModalScreen[None]):
    """All about the image, to read, copy from and close."""

    BINDINGS: ClassVar = [
        Binding("escape,q,I,enter", "dismiss", "Close", show=False),
        Binding("y", "copy", "Copy the selected value", show=False),
    ]

    def __init__(self, inspection: Inspection) -> None:
        super().__init__()
        self.reference = inspection.image.reference
        self.facts = list(image_facts(inspection))
        self.list = TextLines(id="content-lines")

    def compose(self) -> ComposeResult:
        with Vertical(id="content") as page:
            page.border_title = Content(printable(self.reference))
            page.border_subtitle = "y: copy the value · esc closes"
            yield self.list

    def on_mount(self) -> None:
        self.list.show(fact_lines(self.facts))
        self.list.cursor = 1  # the first line below the heading

    def action_copy(self) -> None:
        """The value of the selected line, whole; of a heading nothing."""
        fact = self.facts[self.list.line]
        if fact.value:
            copy(self, fact.value, fact.label)
