"""The table of views. Another one is one more entry here, and its command in commands.py."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from inspector.inspection import Inspection
from inspector.tui.instruction_words import MUTED, Part
from inspector.tui.packages import PackagesPane
from inspector.tui.pane import FilesPane
from inspector.tui.treemap import TreemapPane
from inspector.tui.view import View
from inspector.tui.waste import WastePane


class ViewKind(Struct, frozen=True):
    """`id` is the view's in commands, `key` the one that shows it.

    `count` is how many things it would show (the tab says so where `counted`); a view of none has no tab.
    """

    id: str
    key: str
    label: str
    view: type[View]
    count: Callable[[Inspection], int]
    counted: bool = True

    def make(self, inspection: Inspection) -> View:
        return self.view(inspection, id=self.id)

    @property
    def offers(self) -> frozenset[str]:
        return self.view.OFFERS


def _packages(inspection: Inspection) -> int:
    return len(inspection.inventory.installed) or len(inspection.inventory.changes)


VIEW_KINDS = (
    ViewKind("files", "1", "Files", FilesPane, lambda _: 1, counted=False),
    ViewKind("waste", "2", "Waste", WastePane, lambda of: len(of.findings)),
    ViewKind("packages", "3", "Packages", PackagesPane, _packages),
    ViewKind("treemap", "4", "Treemap", TreemapPane, lambda of: of.filesystem.ledger.total_bytes, counted=False),
)


class Tabs(Widget):
    """One line with the views there are; the one in sight stands out."""

    current: reactive[str] = reactive("files")

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, view: str) -> None:
            super().__init__()
            self.view = view

    def __init__(self, inspection: Inspection, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.kinds = [(kind, kind.count(inspection)) for kind in VIEW_KINDS if kind.count(inspection)]

    def render(self) -> Content:
        parts: list[Part] = []
        for kind, label in self._labels():
            style = "bold $primary underline" if kind.id == self.current else MUTED
            parts += [(f" {kind.key} ", MUTED), (label, style), " "]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        end = 0
        for kind, label in self._labels():
            end += cell_len(label) + 4
            if offset is not None and offset.x < end:
                self.post_message(self.Picked(kind.id))
                return

    def _labels(self) -> list[tuple[ViewKind, str]]:
        """Each view with its label; where there is no room without counts, then only that of the view in sight."""
        labels = [(kind, f"{kind.label} ({count})" if kind.counted else kind.label) for kind, count in self.kinds]
        for shorter in (
            [(kind, kind.label) for kind, _ in self.kinds],
            [(kind, kind.label if kind.id == self.current else "") for kind, _ in self.kinds],
        ):
            if sum(cell_len(label) + 4 for _, label in labels) > self.content_size.width:
                labels = shorter
        return labels
