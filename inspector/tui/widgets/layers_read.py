"""The list of layers while they are read: each has its place at once, and its size when it is there."""

from __future__ import annotations

from functools import partial

from rich.segment import Segment
from textual.strip import Strip

from inspector.attribution.created_by import parse_created_by
from inspector.image.config import ImageConfig
from inspector.layers.scan import LayerScan
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.tui.widgets.cells import SIZE_WIDTH, bar, cut
from inspector.tui.widgets.layer_list import BAR_SHARE, MOST_BAR
from inspector.tui.widgets.row_list import NO_MARK, RowList, size_look


class LayersRead(RowList, can_focus=False):
    """Layers, lowest first where the config is known, else as they come."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.diff_ids: list[str] = []
        self.instructions: list[str] = []
        self.sizes: dict[str, int] = {}
        self.border_title = "Layers"

    @property
    def row_count(self) -> int:
        return len(self.diff_ids)

    def expect(self, config: ImageConfig) -> None:
        """The layers that there will be, and what made them where the history says it of each."""
        self.diff_ids = list(config.diff_ids)
        made = [entry.created_by for entry in config.history if not entry.empty_layer]
        known = len(made) == len(self.diff_ids)
        self.instructions = [printable(parse_created_by(text)[1]) for text in made] if known else []
        self.rows_changed()

    def take(self, scan: LayerScan) -> None:
        """A layer that is there."""
        if scan.diff_id not in self.diff_ids:
            self.diff_ids.append(scan.diff_id)
        self.sizes[scan.diff_id] = scan.size_bytes
        self.set_reactive(RowList.cursor, self.diff_ids.index(scan.diff_id))
        self.rows_changed()

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:  # noqa: ARG002 (nothing is selected yet)
        look = partial(self.look, selected=False)
        size = self.sizes.get(self.diff_ids[row])
        room = max(0, min(MOST_BAR, int(width * BAR_SHARE)))
        whole = sum(self.sizes.values())
        solid, _ = bar(size or 0, 0, max(self.sizes.values(), default=0), room)
        head = [
            Segment(f"{NO_MARK}{row:>{len(str(self.row_count - 1))}} ", look("lines--muted")),
            Segment(
                f"{'…' if size is None else human(size):>{SIZE_WIDTH}} ",
                look("lines--muted" if size is None else size_look(size, whole)),
            ),
            Segment(f"{solid:<{room}} ", look("lines--live")),
        ]
        used = sum(segment.cell_length for segment in head)
        text = self.instructions[row] if row < len(self.instructions) else ""  # a layer may be none of the expected
        head.append(Segment(cut(text, width - used), look("lines--muted" if size is None else "lines--plain")))
        return Strip(head).adjust_cell_length(width, look("lines--plain"))
