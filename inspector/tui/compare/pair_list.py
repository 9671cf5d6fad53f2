"""One list for both images, so that they scroll together: what `a` has, what `b` has, and the signed difference.

In two columns side by side; where there is no room for them, names are said once and followed by the numbers.
"""

from __future__ import annotations

from functools import partial

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip

from inspector.compare.comparison import Comparison
from inspector.compare.side import Status
from inspector.reports.compare_words import SIGNS, names
from inspector.safe_names import printable
from inspector.sizes import human, signed
from inspector.tui.compare.rows import KINDS, Cell, ComparedKind, ComparedRow
from inspector.tui.instruction_words import MUTED
from inspector.tui.widgets.cells import SIZE_WIDTH, bar, cut, cut_front, padded
from inspector.tui.widgets.row_list import Look, RowList, cursor_mark, size_and_bar, size_look

DIVIDER = "│"
DELTA_WIDTH = SIZE_WIDTH + 1
"""Cells of `+999.9 MB`, and one more for what rounding can give."""

NAME_ROOM = 10
"""Cells of a name that are worth more than the sizes, which the difference implies."""

ROOM_FOR_BARS, MUCH_ROOM = 100, 160
"""Cells of the list from which on the sizes have bars, and bars are long."""

LOOKS = {
    Status.ADDED: "lines--added",
    Status.REMOVED: "lines--removed",
    Status.SAME: "lines--muted",
}
"""Component classes; all else is a modification."""


class Columns(Struct, frozen=True):
    """Widths in cells: `left` and `right` of the two columns, of the bars in them, and of the difference's bar."""

    left: int
    right: int
    bars: int
    delta_bar: int


def columns_of(width: int, kind: ComparedKind) -> Columns:
    """How a width is shared out: a mark, the left column, ` │~ ` with the sign, the right column, the difference."""
    bars = 0 if width < ROOM_FOR_BARS or not kind.has_bars else 8 if width < MUCH_ROOM else 16
    delta_bar = (4 if width < ROOM_FOR_BARS else 8 if width < MUCH_ROOM else 16) if kind.has_sizes else 0
    tail = DELTA_WIDTH + 2 + delta_bar if kind.has_sizes else 0
    both = max(width - 1 - len(" │~ ") - tail, 2)
    return Columns(both // 2, both - both // 2, bars, delta_bar)


class OneColumn(Struct, frozen=True):
    """Widths in cells of the layers' numbers and of the name, and how many sizes there are: the last one is `b`'s."""

    indexes: int
    name: int
    sizes: int


def one_column_of(width: int, kind: ComparedKind, digits: int) -> OneColumn:
    """How a width is shared out: a mark, the sign, layers, the name, sizes, the difference, a space at the edge."""
    indexes = 2 * (digits + 1) if digits else 0
    room = width - 2 - len("~ ") - indexes - (DELTA_WIDTH + 1 if kind.has_sizes else 0)
    sizes = 2 if kind.has_sizes else 0
    while sizes and room - sizes * (SIZE_WIDTH + 1) < NAME_ROOM:
        sizes -= 1
    return OneColumn(indexes, max(room - sizes * (SIZE_WIDTH + 1), 0), sizes)


class PairList(RowList):
    """The rows of a view of a comparison."""

    def __init__(self, comparison: Comparison, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.comparison = comparison
        self.kind, self.rows = KINDS[0], list[ComparedRow]()
        self.digits = self._most = self._most_delta = 0
        self._nothing = ""

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def row(self) -> ComparedRow | None:
        return self.rows[self.cursor] if self.rows else None

    def show(self, kind: ComparedKind, rows: list[ComparedRow], cursor: int, nothing: str) -> None:
        """Other rows, or `nothing` where there are none; bars are on the scale of the biggest among them."""
        self.kind, self.rows, self._nothing = kind, rows, nothing
        cells = [cell for row in rows for cell in (row.a, row.b) if cell is not None]
        self._most = max((cell.size_bytes or 0 for cell in cells), default=0)
        self._most_delta = max((abs(row.delta_bytes) for row in rows), default=0)
        self.digits = max((len(str(cell.index)) for cell in cells if cell.index is not None), default=0)
        self.set_reactive(RowList.cursor, cursor)
        self.rows_changed()

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        each, look = self.rows[row], partial(self.look, selected=selected)
        draw = self._in_two if width >= self.kind.two_from else self._in_one
        segments = [cursor_mark(selected, look), *draw(each, width, look)]
        return Strip(segments).adjust_cell_length(width, look("lines--plain"))

    def render_line(self, y: int) -> Strip:
        region = self.scrollable_content_region
        if self.rows or y != region.height // 2:
            return super().render_line(y)
        text, style = cut(self._nothing, region.width), self.look("lines--muted", selected=False)
        before = " " * ((region.width - cell_len(text)) // 2)
        return Strip([Segment(before + text, style)]).adjust_cell_length(region.width, style)

    def _in_two(self, row: ComparedRow, width: int, look: Look) -> list[Segment]:
        columns = columns_of(width, self.kind)
        a, b = self.comparison.a, self.comparison.b
        segments = [
            *self._cell(row, row.a, columns.left, columns.bars, look, a.size_bytes),
            Segment(f" {DIVIDER}", look("lines--faint")),
            self._sign(row, look),
            *self._cell(row, self._told(row), columns.right, columns.bars, look, b.size_bytes),
        ]
        if self.kind.has_sizes:
            change, _ = bar(abs(row.delta_bytes), 0, self._most_delta, columns.delta_bar)
            segments += [
                self._delta(row, look),
                Segment(f" {padded(change, columns.delta_bar)}", self._delta_look(row, look)),
            ]
        return segments

    def _in_one(self, row: ComparedRow, width: int, look: Look) -> list[Segment]:
        columns = one_column_of(width, self.kind, self.digits)
        segments = [self._sign(row, look)]
        if columns.indexes:
            for cell in (row.a, row.b):
                number = "" if cell is None else cell.index
                segments.append(Segment(f"{number:>{self.digits}} ", look("lines--muted")))
        segments.append(self._told_name(row, row.in_one, columns.name, look))
        for cell, side in ((row.a, self.comparison.a), (row.b, self.comparison.b))[2 - columns.sizes :]:
            size = None if cell is None else cell.size_bytes
            shown = "" if size is None else human(size)
            segments.append(Segment(f" {shown:>{SIZE_WIDTH}}", look(size_look(size or 0, side.size_bytes))))
        return [*segments, self._delta(row, look)] if self.kind.has_sizes else segments

    def _sign(self, row: ComparedRow, look: Look) -> Segment:
        return Segment(f"{SIGNS[row.status]} ", look(LOOKS.get(row.status, "lines--modified")))

    def _told_name(self, row: ComparedRow, text: str, width: int, look: Look) -> Segment:
        shown = printable(text)
        is_path = self.kind.id == "files" and row.depth is None
        shown = cut_front(shown, width) if is_path else cut(shown, width)
        return Segment(padded(shown, width), look("lines--muted" if row.status is Status.SAME else "lines--plain"))

    def _told(self, row: ComparedRow) -> Cell | None:
        """The right column says no more than what is different there."""
        if row.b is None or row.a is None or row.a.text != row.b.text:
            return row.b
        aspects = getattr(row.item, "aspects", ())
        said = "same" if row.status is Status.SAME else ", ".join(aspects)
        return Cell(said or row.b.text, row.b.size_bytes, row.b.live_bytes, row.b.index)

    def _cell(
        self, row: ComparedRow, cell: Cell | None, width: int, bars: int, look: Look, whole: int
    ) -> list[Segment]:
        if cell is None:
            return [Segment(" " * width, look("lines--plain"))]
        segments = []
        if self.digits:
            segments.append(Segment(f"{cell.index:>{self.digits}} ", look("lines--muted")))
        if cell.size_bytes is not None:
            live = cell.live_bytes or 0
            segments += size_and_bar(live, cell.size_bytes - live, whole, self._most, bars, look)
            segments.append(Segment(" " * (bars > 0), look("lines--plain")))
        room = width - sum(segment.cell_length for segment in segments)
        return [*segments, self._told_name(row, cell.text, room, look)]

    def _delta(self, row: ComparedRow, look: Look) -> Segment:
        delta = signed(row.delta_bytes) if row.status is not Status.SAME else ""
        return Segment(f" {delta:>{DELTA_WIDTH}}", self._delta_look(row, look))

    def _delta_look(self, row: ComparedRow, look: Look) -> Style:
        whole = max(self.comparison.a.size_bytes, self.comparison.b.size_bytes)
        style = look(size_look(abs(row.delta_bytes), whole))
        if not row.delta_bytes:
            return style
        return style + Style(color=look("lines--added" if row.delta_bytes > 0 else "lines--removed").color)


def heads(comparison: Comparison, kind: ComparedKind, width: int, digits: int) -> Content:
    """The line above the rows: what the images are called, how big they are, and the difference."""
    sizes = [human(side.size_bytes) for side in (comparison.a, comparison.b)]
    delta = f" {signed(comparison.delta.size_bytes):>{DELTA_WIDTH}}" if kind.has_sizes else ""
    if width < kind.two_from:
        one = one_column_of(width, kind, digits)
        numbers = [f" {size:>{SIZE_WIDTH}}" for size in sizes[2 - one.sizes :]]
        return _names_in_one(comparison, len("~ ") + one.indexes + one.name) + _muted("".join([*numbers, delta]))
    two = columns_of(width, kind)
    named = []
    for name, size, room in zip(names(comparison), sizes, (two.left, two.right), strict=True):
        space = max(room - cell_len(size) - 2, 0)
        named.append((cut_front(printable(name), space), size, room))
    (a, a_size, left), (b, b_size, right) = named
    return Content.assemble(
        " ",
        (a, "bold $primary"),
        (padded(f"  {a_size}", left - cell_len(a)), MUTED),
        (f" {DIVIDER}  ", MUTED),
        (b, "bold $primary"),
        (padded(f"  {b_size}", right - cell_len(b)) + delta, MUTED),
    )


def _names_in_one(comparison: Comparison, width: int) -> Content:
    """`a → b` above the names of the rows; where both do not fit, each has half of the room."""
    a, b = map(printable, names(comparison))
    a = cut_front(a, max((width - 3) // 2, width - 3 - cell_len(b)))
    b = cut_front(b, width - 3 - cell_len(a))
    space = " " * (width - 3 - cell_len(a) - cell_len(b))
    return Content.assemble(" ", (a, "bold $primary"), (" → ", MUTED), (b, "bold $primary"), space)


def _muted(text: str) -> Content:
    return Content.styled(text, MUTED)
