"""The base of all long lists: a cursor over rows that are drawn only when they are in sight.

Textual's Tree and DataTable keep an object for every row and take seconds for 100,000; a ScrollView that draws a row
when asked for it costs the same for any number of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from inspector.sizes import human
from inspector.tui.commands import MOVING, Command, bindings
from inspector.tui.widgets.cells import SIZE_WIDTH, bar

Look = Callable[[str], Style]
"""The style of a component class, in the row that is drawn."""

CURSOR_MARK, NO_MARK = "▌", " "


BIG_SHARE = 0.1
"""Sizes from this share of the whole on are bold."""


def size_look(size: int, whole: int) -> str:
    """The component class for a size: big ones stand out, empty ones step back."""
    if size >= BIG_SHARE * max(whole, 1):
        return "lines--strong"
    return "lines--plain" if size else "lines--muted"


def cursor_mark(selected: bool, look: Look) -> Segment:
    """What a row begins with."""
    return Segment(CURSOR_MARK if selected else NO_MARK, look("lines--mark"))


def size_and_bar(live: int, hidden: int, whole: int, most: int, room: int, look: Look) -> list[Segment]:
    """A size in bytes, bold where it is much of the `whole`, and its bar of `room` cells, which are `most` bytes."""
    return [size_cell(live + hidden, whole, look), *bar_cells(live, hidden, most, room, look)]


def size_cell(size: int, whole: int, look: Look, width: int = SIZE_WIDTH) -> Segment:
    """A size in bytes and a space, bold where it is much of the `whole`."""
    return Segment(f"{human(size):>{width}} ", look(size_look(size, whole)))


def bar_cells(live: int, hidden: int, most: int, room: int, look: Look) -> list[Segment]:
    """A bar of `room` cells, which are `most` bytes."""
    solid, shaded = bar(live, hidden, most, room)
    return [
        Segment(solid, look("lines--live")),
        Segment(shaded, look("lines--hidden")),
        Segment(" " * (room - len(solid) - len(shaded)), look("lines--plain")),
    ]


def marked(text: str, found: tuple[int, int] | None, style: Style) -> list[Segment]:
    """A text of which the part that a filter found is underlined."""
    if found is None:
        return [Segment(text, style)]
    start, end = found
    parts = (text[:start], style), (text[start:end], style + Style(underline=True)), (text[end:], style)
    return [Segment(part, look) for part, look in parts if part]


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """A list of `row_count` rows with a cursor; subclasses draw a row and hear of clicks."""

    ACTIONS: ClassVar[tuple[Command, ...]] = MOVING
    BINDINGS = bindings(ACTIONS)

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--cursor",
        "lines--mark",
        "lines--muted",
        "lines--faint",
        "lines--plain",
        "lines--strong",
        "lines--live",
        "lines--hidden",
        "lines--note",
        "lines--lost",
        "lines--added",
        "lines--modified",
        "lines--removed",
    }

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another row, or the row under it is another one."""

        def __init__(self, rows: RowList) -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> RowList:
            return self.rows

    class Opened(Message):
        """A row was clicked twice."""

    @property
    def row_count(self) -> int:
        raise NotImplementedError

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        """The row in exactly `width` cells."""
        raise NotImplementedError

    def clicked(self, row: int, x: int, times: int) -> None:  # noqa: ARG002 (for those that override it)
        """A click on a row, which the cursor is on already."""
        if times == 2:
            self.post_message(self.Opened())

    def rows_changed(self) -> None:
        """To be called when the rows are others or more or fewer."""
        self.virtual_size = Size(0, self.row_count)
        self.set_reactive(RowList.cursor, self.validate_cursor(self.cursor))
        self.refresh(layout=self.styles.height is not None and self.styles.height.is_auto)
        self.show_cursor()
        self.post_message(self.Moved(self))

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self.row_count - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        self.refresh_line(before)
        self.refresh_line(after)
        self.show_cursor()
        self.post_message(self.Moved(self))

    def show_cursor(self) -> None:
        """Scroll just as far as needed, once there is something to see; `on_resize` comes before that."""
        if not self.size.height:
            return
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True, immediate=True)

    def move(self, rows: int) -> None:
        self.cursor += rows

    def page(self, pages: float) -> None:
        self.move(int(pages * max(self.scrollable_content_region.height, 2)))

    def jump(self, row: int) -> None:
        """To a row; negative ones count from the end."""
        self.cursor = row if row >= 0 else self.row_count + row

    def action_move(self, rows: int) -> None:
        self.move(rows)

    def action_page(self, pages: float) -> None:
        self.page(pages)

    def action_jump(self, row: int) -> None:
        self.jump(row)

    def look(self, name: str, selected: bool) -> Style:
        """The style of a component class, on the cursor's background in the selected row."""
        style = self.get_component_rich_style(name)
        if not selected:
            return style
        return style + Style(bgcolor=self.get_component_rich_style("lines--cursor").bgcolor)

    def render_line(self, y: int) -> Strip:
        row = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if row >= self.row_count:
            return Strip.blank(width, self.rich_style)
        return self.draw_row(row, width, row == self.cursor)

    def titled(self, title: str, heads: str = "") -> None:
        """The title in the border, and at its right end the heads of the columns below."""
        room = self.outer_size.width - 2  # what a border leaves for it
        line = "─" * (room - cell_len(title) - len(heads) - 1)
        self.border_title = Content(f"{title} {line}{heads}" if heads and line else title)

    def on_resize(self) -> None:
        self.show_cursor()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        row = self.scroll_offset.y + offset.y
        if 0 <= row < self.row_count:
            self.cursor = row
            self.clicked(row, offset.x, event.chain)


class MovesRows:
    """A view or screen whose own keys (MOVING) move in its list, wherever the focus is."""

    @property
    def main(self) -> RowList:
        """The list."""
        raise NotImplementedError

    def action_move(self, rows: int) -> None:
        self.main.move(rows)

    def action_page(self, pages: float) -> None:
        self.main.page(pages)

    def action_jump(self, row: int) -> None:
        self.main.jump(row)
