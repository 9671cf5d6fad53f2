"""One list in two columns, so that they scroll together: what `a` has, what `b` has, and the signed difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip

from inspector.compare.comparison import Comparison
from inspector.compare.side import Status
from inspector.names import printable
from inspector.reports.compare_words import SIGNS, names
from inspector.sizes import human, signed
from inspector.tui.cells import SIZE_WIDTH, bar, cut, cut_front, padded
from inspector.tui.compare.rows import KINDS, Cell, Kind, Row
from inspector.tui.instruction_words import MUTED
from inspector.tui.lines import CURSOR_MARK, NO_MARK, Lines, size_look

DIVIDER = "│"
DELTA_WIDTH = SIZE_WIDTH + 1
"""Cells of `+999.9 MB`, and one more for what rounding can give."""

ROOM_FOR_BARS, MUCH_ROOM = 100, 160
"""Cells of the list from which on the sizes have bars, and bars are long."""

LOOKS = {
    Status.ADDED: "lines--added",
    Status.REMOVED: "lines--removed",
    Status.SAME: "lines--muted",
}
"""Component classes; all else is a modification."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells: `left` and `right` of the two columns, of the bars in them, and of the difference's bar."""

    left: int
    right: int
    bars: int
    delta_bar: int


def columns_of(width: int, kind: Kind) -> Columns:
    """How a width is shared out: a mark, the left column, ` │~ ` with the sign, the right column, the difference."""
    bars = 0 if width < ROOM_FOR_BARS or not kind.has_bars else 8 if width < MUCH_ROOM else 16
    delta_bar = (4 if width < ROOM_FOR_BARS else 8 if width < MUCH_ROOM else 16) if kind.has_sizes else 0
    tail = DELTA_WIDTH + 2 + delta_bar if kind.has_sizes else 0
    both = max(width - 1 - len(" │~ ") - tail, 2)
    return Columns(both // 2, both - both // 2, bars, delta_bar)


class PairList(Lines):
    """The rows of a view of a comparison."""

    def __init__(self, comparison: Comparison, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.comparison = comparison
        self.kind, self.rows = KINDS[0], list[Row]()
        self._most = self._most_delta = self._digits = 0

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def row(self) -> Row | None:
        return self.rows[self.cursor] if self.rows else None

    def show(self, kind: Kind, rows: list[Row], cursor: int) -> None:
        """Other rows; bars are on the scale of the biggest among them."""
        self.kind, self.rows = kind, rows
        cells = [cell for row in rows for cell in (row.a, row.b) if cell is not None]
        self._most = max((cell.size_bytes or 0 for cell in cells), default=0)
        self._most_delta = max((abs(row.delta_bytes) for row in rows), default=0)
        self._digits = max((len(str(cell.index)) for cell in cells if cell.index is not None), default=0)
        self.set_reactive(Lines.cursor, cursor)
        self.rows_changed()

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        each, columns = self.rows[row], columns_of(width, self.kind)
        look = partial(self.look, selected=selected)
        status = look(LOOKS.get(each.status, "lines--modified"))
        text = look("lines--muted" if each.status is Status.SAME else "lines--plain")
        right = self._told(each)
        segments = [
            Segment(CURSOR_MARK if selected else NO_MARK, look("lines--mark")),
            *self._cell(each.a, columns.left, columns.bars, look, text, self.comparison.a.size_bytes),
            Segment(f" {DIVIDER}", look("lines--faint")),
            Segment(f"{SIGNS[each.status]} ", status),
            *self._cell(right, columns.right, columns.bars, look, text, self.comparison.b.size_bytes),
        ]
        if self.kind.has_sizes:
            delta = signed(each.delta_bytes) if each.status is not Status.SAME else ""
            segments += [
                Segment(f" {delta:>{DELTA_WIDTH}} ", self._delta_look(each, selected)),
                Segment(padded(self._delta_bar(each, columns.delta_bar), columns.delta_bar), status),
            ]
        return Strip(segments).adjust_cell_length(width, look("lines--plain"))

    def _told(self, row: Row) -> Cell | None:
        """The right column says no more than what is different there."""
        if row.b is None or row.a is None or row.a.text != row.b.text:
            return row.b
        aspects = getattr(row.item, "aspects", ())
        said = "same" if row.status is Status.SAME else ", ".join(aspects)
        return Cell(said or row.b.text, row.b.size_bytes, row.b.live_bytes, row.b.index)

    def _cell(
        self, cell: Cell | None, width: int, bars: int, look: Callable[[str], Style], text: Style, whole: int
    ) -> list[Segment]:
        if cell is None:
            return [Segment(" " * width, text)]
        segments = []
        if self._digits:
            segments.append(Segment(f"{cell.index:>{self._digits}} ", look("lines--muted")))
        if cell.size_bytes is not None:
            size = human(cell.size_bytes)
            segments.append(Segment(f"{size:>{SIZE_WIDTH}} ", look(size_look(cell.size_bytes, whole))))
            live = cell.live_bytes or 0
            solid, shaded = bar(live, cell.size_bytes - live, self._most, bars)
            space = " " * (bars - len(solid) - len(shaded) + 1) if bars else ""
            segments += [
                Segment(solid, look("lines--live")),
                Segment(shaded, look("lines--hidden")),
                Segment(space, text),
            ]
        room = width - sum(segment.cell_length for segment in segments)
        shown = printable(cell.text)
        shown = cut_front(shown, room) if self.kind.id == "files" else cut(shown, room)
        return [*segments, Segment(padded(shown, room), text)]

    def _delta_look(self, row: Row, selected: bool) -> Style:
        whole = max(self.comparison.a.size_bytes, self.comparison.b.size_bytes)
        style = self.look(size_look(abs(row.delta_bytes), whole), selected)
        if not row.delta_bytes:
            return style
        colour = self.look("lines--added" if row.delta_bytes > 0 else "lines--removed", selected)
        return style + Style(color=colour.color)

    def _delta_bar(self, row: Row, width: int) -> str:
        solid, _ = bar(abs(row.delta_bytes), 0, self._most_delta, width)
        return solid


def heads(comparison: Comparison, kind: Kind, width: int) -> Content:
    """The line above the two columns: either image's name and size, and the difference."""
    columns = columns_of(width, kind)
    sizes = [human(side.size_bytes) for side in (comparison.a, comparison.b)]
    named = []
    for name, size, room in zip(names(comparison), sizes, (columns.left, columns.right), strict=True):
        space = max(room - cell_len(size) - 2, 0)
        named.append((cut_front(printable(name), space), size, room))
    (a, a_size, left), (b, b_size, right) = named
    return Content.assemble(
        " ",
        (a, "bold $primary"),
        (padded(f"  {a_size}", left - cell_len(a)), MUTED),
        (f" {DIVIDER}  ", MUTED),
        (b, "bold $primary"),
        (padded(f"  {b_size}", right - cell_len(b)), MUTED),
    )
