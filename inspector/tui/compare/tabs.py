"""The line with the views there are."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from inspector.compare.comparison import Comparison
from inspector.tui.compare.rows import Kind
from inspector.tui.instruction_words import MUTED, Part

AROUND = 4
"""Cells of a tab beside its label: the key and the spaces."""


class Tabs(Widget):
    """The views, with how many things differ in each; the one in sight stands out."""

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, kind: Kind) -> None:
            super().__init__()
            self.kind = kind

    def __init__(
        self,
        comparison: Comparison,
        kinds: Sequence[Kind],
        *,
        id: str | None = None,  # noqa: A002 (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self.kinds = kinds
        self._counts = [kind.count(comparison) for kind in kinds]
        self._current = kinds[0]

    @property
    def current(self) -> Kind:
        return self._current

    @current.setter
    def current(self, kind: Kind) -> None:
        self._current = kind
        self.refresh()

    def render(self) -> Content:
        parts: list[Part] = []
        for kind, label in zip(self.kinds, self._labels(), strict=True):
            style = "bold $primary underline" if kind is self._current else MUTED
            parts += [(f" {kind.key} ", MUTED), (label, style), " "]
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        offset, end = event.get_content_offset(self), 0
        for kind, label in zip(self.kinds, self._labels(), strict=True):
            end += cell_len(label) + AROUND
            if offset is not None and offset.x < end:
                self.post_message(self.Picked(kind))
                return

    def _labels(self) -> list[str]:
        """The label of each; where there is no room without counts, then only that of the view in sight."""
        labels = [
            f"{kind.label} ({count})" if count else kind.label
            for kind, count in zip(self.kinds, self._counts, strict=True)
        ]
        for shorter in (
            [kind.label for kind in self.kinds],
            [kind.label if kind is self._current else "" for kind in self.kinds],
        ):
            if sum(cell_len(label) + AROUND for label in labels) > self.content_size.width:
                labels = shorter
        return labels
