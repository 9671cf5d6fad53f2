"""One of the two images by itself: the main screen, with a way back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import ActiveBinding, Binding

from inspector.content.reading import Contents
from inspector.inspection import Inspection
from inspector.tui.commands import Command
from inspector.tui.compare.commands import LEAVE
from inspector.tui.main import MainScreen


class OneSide(MainScreen):
    """Its way back is `0`, and escape once there is nothing left to undo."""

    BINDINGS: ClassVar = [
        Binding(LEAVE.keys, f"screen.{LEAVE.action}", LEAVE.footer, tooltip=LEAVE.help, id=LEAVE.id),
    ]

    def __init__(self, inspection: Inspection, contents: Contents, layer: int | None) -> None:
        super().__init__(inspection, contents)
        self._layer = layer

    def on_mount(self) -> None:
        if self._layer is not None:
            self.call_later(self.layer_list.jump, self._layer)  # once the main screen has chosen its own

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The way back comes first: the line of keys drops from its end what there is no room for."""
        return dict(sorted(super().active_bindings.items(), key=lambda each: each[1].binding.id != LEAVE.id))

    def offered(self) -> list[Command]:
        return [LEAVE, *super().offered()]

    def action_leave(self) -> None:
        self.app.pop_screen()

    def action_back(self) -> None:
        if self.trail:
            super().action_back()
        elif not self.view.back():
            self.action_leave()
