"""The line with the views there are."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from inspector.tui.instruction_words import MUTED, Part

AROUND = 4
"""Cells of a tab beside its label: the key and the spaces."""


class Tab(Struct, frozen=True):
    """A view's id, its key and label, and how much there is in it; 0 where that is not told."""

    id: str
    key: str
    label: str
    count: int


class Tabs(Widget):
    """The views; the one in sight stands out."""

    current: reactive[str] = reactive("")

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    def __init__(self, tabs: Sequence[Tab], *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.tabs = tabs
        self.set_reactive(Tabs.current, tabs[0].id)

    def render(self) -> Content:
        parts: list[Part] = []
        for tab, label in zip(self.tabs, self._labels(), strict=True):
            style = "bold $primary underline" if tab.id == self.current else MUTED
            parts += [(f" {tab.key} ", MUTED), (label, style), " "]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        offset, end = event.get_content_offset(self), 0
        for tab, label in zip(self.tabs, self._labels(), strict=True):
            end += cell_len(label) + AROUND
            if offset is not None and offset.x < end:
                self.post_message(self.Picked(tab.id))
                return

    def _labels(self) -> list[str]:
        """The label of each; where there is no room without counts, then only that of the view in sight."""
        labels = [f"{tab.label} ({tab.count})" if tab.count else tab.label for tab in self.tabs]
        for shorter in (
            [tab.label for tab in self.tabs],
            [tab.label if tab.id == self.current else "" for tab in self.tabs],
        ):
            if sum(cell_len(label) + AROUND for label in labels) > self.content_size.width:
                labels = shorter
        return labels
