"""One of the two images by itself: the main screen, with a way back."""

from __future__ import annotations

from typing import ClassVar

from inspector.content.reading import Contents
from inspector.inspection import Inspection
from inspector.tui.commands import VIEWS, Command, bindings
from inspector.tui.main import MainScreen

LEAVE = Command(
    "compare", "0", "Back to the comparison", "Back to the comparison", "leave", VIEWS, footer="back to comparison"
)


class OneSide(MainScreen):
    """Its way back is `0`, and escape once there is nothing left to undo."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (LEAVE, *MainScreen.ACTIONS)
    BINDINGS: ClassVar = bindings((LEAVE,))

    def __init__(self, inspection: Inspection, contents: Contents, layer: int | None) -> None:
        super().__init__(inspection, contents)
        self._layer = layer

    def on_mount(self) -> None:
        if self._layer is not None:
            self.call_later(self.layer_list.jump, self._layer)  # once the main screen has chosen its own

    def action_leave(self) -> None:
        self.app.pop_screen()

    def action_back(self) -> None:
        if self.trail:
            super().action_back()
        elif not self.view.back():
            self.action_leave()
