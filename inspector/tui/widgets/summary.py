"""The line above everything: which image this is, and where its bytes are."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from inspector.inspection import Inspection
from inspector.tui.instruction_words import MUTED, Part
from inspector.tui.widgets.cells import cut_front
from inspector.tui.words import headline

GAP = 2
"""Cells at least between the two halves of the line."""


NAME_ROOM = 24
"""Cells of the image's name that are worth more than a number."""

DISPENSABLE = ("live", "efficient", "size", "base", "trades", "hidden")
"""Labels of the numbers that may go, the first first. Efficiency, which is about hidden bytes, goes before those."""


class Summary(Widget):
    """Facts on the left, bytes on the right; where it is narrow, the facts that matter least go first."""

    def __init__(self, inspection: Inspection, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.facts, self.numbers = headline(inspection)
        self.tooltip = Content(" · ".join(self.facts))

    def render(self) -> Content:
        width = self.content_size.width
        numbers = self._numbers(width)
        room = width - numbers.cell_length - GAP
        facts = list(self.facts)
        while len(facts) > 1 and cell_len(" · ".join(facts)) > room:
            facts.pop()
        name, *more = facts
        shown = Content.assemble((cut_front(name, room), "bold $primary"), *((f" · {fact}", MUTED) for fact in more))
        return shown + Content(" " * max(width - shown.cell_length - numbers.cell_length, 0)) + numbers

    def _numbers(self, width: int) -> Content:
        """The numbers that fit beside the name; those that others imply, or that say less, go first."""
        numbers = list(self.numbers)
        dispensable = iter([label for label in DISPENSABLE if any(label == number[0] for number in numbers)])
        while True:
            line = self._line(numbers)
            if len(numbers) == 1 or line.cell_length + GAP + min(cell_len(self.facts[0]), NAME_ROOM) <= width:
                return line
            gone = next(dispensable)
            numbers = [number for number in numbers if number[0] != gone]

    def _line(self, numbers: list[tuple[str, str, str]]) -> Content:
        parts: list[Part] = []
        for label, number, style in numbers:
            if parts:
                parts.append((" · ", MUTED))
            before, after = ("", f" {label}") if number.endswith("%") else (f"{label} ", "")
            parts += [(before, MUTED), (number, style), (after, MUTED)]
        return Content.assemble(*parts)
