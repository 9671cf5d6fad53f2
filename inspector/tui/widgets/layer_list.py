"""The list of layers: number, size, a bar with the hidden part shaded, and the instruction, which has half the row."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from msgspec.structs import replace
from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from inspector.inspection import Inspection
from inspector.sizes import human
from inspector.tui.commands import DETAILS, DOCKERFILE, LOOK, Command, bindings
from inspector.tui.instruction_words import brief_instruction, origin
from inspector.tui.layer_waste import waste_by_layer, waste_text, worst_layer
from inspector.tui.widgets.cells import cut
from inspector.tui.widgets.dockerfile_page import open_dockerfile
from inspector.tui.widgets.pages import Details
from inspector.tui.widgets.row_list import RowList, bar_cells, cursor_mark, size_cell
from inspector.tui.words import layer_details, layer_digests

BAR_SHARE = 0.25
"""Of the list's width at most."""

TEXT_SHARE = 0.5
"""Of the list's width, which the instruction has before there is a bar."""

LEAST_BAR = 2
"""Cells of a bar that still tells layers apart."""

MOST_BAR = 24
"""Cells of a bar at most."""

STACKED = "┃"
"""Before a layer that is stacked in the tree of files."""


class LayerList(RowList):
    """Layers, lowest first, as they are numbered."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        Command("scope.layer", "ctrl+l", "This layer", "What this layer did", "scope('layer')", LOOK, "layers"),
        Command("scope.stack", "ctrl+a", "Up to this layer", "All up to this layer", "scope('stack')", LOOK, "layers"),
        DETAILS,
        replace(DOCKERFILE, footer=""),
    )
    BINDINGS = bindings(ACTIONS)

    class ScopeWanted(Message):
        """The person wants to see the files of the selected layer (`layer`), or of all up to it (`stack`)."""

        def __init__(self, scope: str) -> None:
            super().__init__()
            self.scope = scope

    def __init__(self, inspection: Inspection, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.inspection = inspection
        self.totals = inspection.filesystem.totals
        self.most = max((totals.size_bytes for totals in self.totals), default=0)
        self.instructions = [brief_instruction(inspection, layer) for layer in range(len(self.totals))]
        self.origins = [origin(inspection, layer) for layer in range(len(self.totals))]
        self.origin_room = max(map(len, self.origins), default=0)
        self.wastes = waste_by_layer(inspection)
        self.size_room = max((len(human(totals.size_bytes)) for totals in self.totals), default=0)
        self.stacked = range(0)
        self.border_title = "Layers"

    @property
    def row_count(self) -> int:
        return len(self.totals)

    def start(self) -> None:
        """Begin at the layer that its user gains most by changing."""
        self.set_reactive(RowList.cursor, worst_layer(self.inspection, self.wastes))
        self.rows_changed()

    def mark(self, stacked: range) -> None:
        """Mark the layers that are stacked in the tree of files."""
        if stacked != self.stacked:
            self.stacked = stacked
            self.refresh()

    def action_scope(self, name: str) -> None:
        self.post_message(self.ScopeWanted(name))

    def action_details(self) -> None:
        if self.row_count:
            waste = waste_text(self.wastes[self.cursor])
            text = layer_details(self.inspection, self.cursor, waste, whole=True)
            self.app.push_screen(Details(text, copies=layer_digests(self.inspection, self.cursor)))

    def action_go_instruction(self) -> None:
        if self.row_count:
            open_dockerfile(self, self.inspection, self.cursor)

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        look = partial(self.look, selected=selected)
        totals = self.totals[row]
        whole = self.inspection.filesystem.ledger.total_bytes
        digits = len(str(self.row_count - 1))
        origin_room = self.origin_room + (self.origin_room > 0)
        room = bar_room(width, 1 + digits + 1 + self.size_room + 1 + origin_room)
        head = [
            Segment(STACKED, look("lines--live"))
            if row in self.stacked and not selected
            else cursor_mark(selected, look),
            Segment(f"{row:>{digits}} ", look("lines--muted")),
            size_cell(totals.size_bytes, whole, look, self.size_room),
            *bar_cells(totals.live_bytes, totals.hidden_bytes, self.most, room, look),
            Segment(" " * (room > 0), look("lines--plain")),
            Segment(f"{self.origins[row]:<{origin_room}}", look("lines--muted")),
        ]
        used = sum(segment.cell_length for segment in head)
        text = Segment(cut(self.instructions[row], width - used), look("lines--plain"))
        return Strip([*head, text]).adjust_cell_length(width, look("lines--plain"))


def bar_room(width: int, used: int) -> int:
    """Cells of the bars in a list of that width where `used` of them are taken: what the instructions leave."""
    left = width - used - 1 - int(width * TEXT_SHARE)
    room = min(MOST_BAR, int(width * BAR_SHARE), left)
    return room if room >= LEAST_BAR else 0
