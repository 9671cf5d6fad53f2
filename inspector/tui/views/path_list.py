"""The worst files by path: the hidden bytes of all that is stored of each, over all layers, and by which layer."""

from __future__ import annotations

from functools import partial

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip

from inspector.filesystem.hidden_files import StoredPath
from inspector.filesystem.ledger import Fate
from inspector.inspection import Inspection
from inspector.reports.text import HOW
from inspector.safe_names import printable
from inspector.sizes import counted, human
from inspector.tui.instruction_words import MUTED, Part, instruction_text, place
from inspector.tui.widgets.cells import SIZE_WIDTH, cut, cut_front, padded
from inspector.tui.widgets.row_list import RowList, cursor_mark, size_and_bar

BAR, ROOM_FOR_BAR, ROOM_FOR_LIVE = 8, 46, 64
"""Cells of a bar, and of a list from which on it has bars, and says what of a path is in the image."""

TIMES = 5
"""Cells of how many times a path is stored, as `12 ×`."""


class PathList(RowList):
    """Paths, most hidden bytes first."""

    def __init__(self, whole: int, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        """`whole` is the size of the image."""
        super().__init__(id=id)
        self.whole = whole
        self.paths: list[StoredPath] = []

    @property
    def row_count(self) -> int:
        return len(self.paths)

    @property
    def path(self) -> StoredPath | None:
        """The one under the cursor."""
        return self.paths[self.cursor] if self.paths else None

    def show(self, paths: list[StoredPath]) -> None:
        self.paths = paths
        self._set_title()
        self.rows_changed()

    def on_resize(self) -> None:
        super().on_resize()
        self._set_title()

    def _set_title(self) -> None:
        wide = self.scrollable_content_region.width >= ROOM_FOR_LIVE
        self.titled("Hidden bytes by path, all versions", " in the image" if wide else "")

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        look = partial(self.look, selected=selected)
        each, most = self.paths[row], self.paths[0].hidden_bytes
        room = BAR if width >= ROOM_FOR_BAR else 0
        head = [
            cursor_mark(selected, look),
            *size_and_bar(0, each.hidden_bytes, self.whole, most, room, look),
            Segment(f"{f'{each.versions} ×':>{TIMES}} ", look("lines--muted")),
        ]
        live = (human(each.live_bytes) if each.live else "gone") if width >= ROOM_FOR_LIVE else ""
        tail = f" {live:>{SIZE_WIDTH}}" if live else ""
        left = width - sum(segment.cell_length for segment in head) - len(tail)
        name = Segment(padded(cut_front(printable(f"/{each.path}"), left), left), look("lines--plain"))
        return Strip([*head, name, Segment(tail, look("lines--muted"))]).adjust_cell_length(width, look("lines--plain"))


def path_details(inspection: Inspection, path: StoredPath) -> Content:
    """Its bytes over all layers, and for each layer that stored it how many, what became of them, and what ran."""
    filesystem = inspection.filesystem
    parts: list[Part] = [(printable(f"/{path.path}"), "bold"), "\n"]
    parts += [(f"{human(path.hidden_bytes)} hidden", "bold $text-error"), f" in {counted(len(path.hidden), 'version')}"]
    parts += [f" · {human(path.live_bytes)} in the image\n\n" if path.live else " · gone from the image\n\n"]
    for entry_id, size in sorted((path.hidden | path.live).items()):
        layer, _ = filesystem.locate(entry_id)
        fate = Fate(filesystem.fates[entry_id])
        told, style = "in the image", "$text-success"
        if fate is not Fate.LIVE:
            told, style = f"{HOW[fate]} by layer {filesystem.hiders[entry_id]}", "$text-error"
        parts += [f"{human(size):>{SIZE_WIDTH}}  {place(inspection, layer)}: ", (told, style), "\n"]
        parts += [(f"{'':{SIZE_WIDTH}}  {cut(instruction_text(inspection, layer), 200)}\n", MUTED)]
    return Content.assemble(*parts).rstrip()
