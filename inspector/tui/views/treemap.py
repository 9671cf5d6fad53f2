"""The Treemap view: where the bytes are, as areas; by layer, by folder, by package."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from inspector.content.reading import Contents
from inspector.sizes import human
from inspector.tui.commands import COPY, DETAILS_BY_I, MAP, PAGING, Command, bindings
from inspector.tui.instruction_words import MUTED, Part
from inspector.tui.views.tiles import FEWEST_CELLS, By, Rect, Tile, gathered, squarified, tiles_of
from inspector.tui.views.view import Leading, Target
from inspector.tui.widgets.cells import LITTLE_HIDDEN, cut, cut_front, padded

HALF = "▀"
"""The last row of a tile, so that the gap below it is half a row."""

EDGE = "▌"
"""Down the left side of the tile under the cursor."""


class TileMap(Widget, can_focus=True, inherit_bindings=False):
    """Tiles, and a cursor on one of them."""

    ACTIONS: ClassVar[tuple[Command, ...]] = PAGING
    BINDINGS = bindings(ACTIONS)
    COMPONENT_CLASSES: ClassVar[set[str]] = {"map--cursor", "map--gap", "map--hidden", "map--tile"}

    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor is on another tile, or the tiles are others."""

    class Opened(Message):
        """A tile was clicked twice."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.all: list[Tile] = []
        self.tiles: list[Tile] = []
        self.rects: list[Rect] = []

    def show(self, tiles: list[Tile], label: str = "") -> None:
        """Other tiles; the cursor goes to the one with this label, or to the one where the most is to be gained."""
        self.all = tiles
        self._lay_out()
        labels = [tile.label for tile in self.tiles]
        worst = max(range(len(self.tiles)), key=lambda number: self.tiles[number].gain, default=0)
        self.set_reactive(TileMap.cursor, labels.index(label) if label in labels else worst)
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        label = self.tiles[self.cursor].label if self.tiles else ""
        self.show(self.all, label)

    def _lay_out(self) -> None:
        width, height = self.size
        self.tiles = gathered(self.all, width * height)
        least = sum(tile.size for tile in self.tiles) * FEWEST_CELLS // max(width * height, 1)
        self.rects = squarified([max(tile.size, least) for tile in self.tiles], width, height)

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, len(self.tiles) - 1))

    def watch_cursor(self) -> None:
        self.post_message(self.Moved())

    def action_page(self, pages: float) -> None:
        self.cursor += 5 if pages > 0 else -5

    def action_jump(self, tile: int) -> None:
        self.cursor = tile if tile >= 0 else len(self.tiles) + tile

    def steer(self, right: int, down: int) -> None:
        """To the nearest tile that lies in that direction."""
        if not self.rects:
            return
        here = self.rects[self.cursor]
        best: tuple[int, int] | None = None
        for number, rect in enumerate(self.rects):
            if rect.left >= rect.right or rect.top >= rect.bottom or number == self.cursor:
                continue
            ahead = (
                (rect.left - here.right if right > 0 else here.left - rect.right)
                if right
                else (rect.top - here.bottom if down > 0 else here.top - rect.bottom)
            )
            if ahead < 0:
                continue
            aside = _apart(rect.top, rect.bottom, here.top) if right else _apart(rect.left, rect.right, here.left)
            distance = ahead + 4 * aside
            if best is None or distance < best[0]:
                best = (distance, number)
        if best is not None:
            self.cursor = best[1]

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for number, rect in enumerate(self.rects):
            if rect.left <= offset.x < rect.right and rect.top <= offset.y < rect.bottom:
                self.cursor = number
                if event.chain == 2:
                    self.post_message(self.Opened())
                return

    def render_line(self, y: int) -> Strip:
        gap = self.get_component_rich_style("map--gap")
        segments: list[Segment] = []
        x = 0
        for number, rect in sorted(enumerate(self.rects), key=lambda each: each[1].left):
            if rect.top <= y < rect.bottom and rect.left < rect.right:
                segments.append(Segment(" " * (rect.left - x), gap))
                segments += self._row(number, rect, y - rect.top, gap)
                x = rect.right
        return Strip(segments).adjust_cell_length(self.size.width, gap)

    def _row(self, number: int, rect: Rect, row: int, gap: Style) -> list[Segment]:
        """One row of a tile: its label on top, its size below, the hidden share shaded from the end."""
        tile, (width, height) = self.tiles[number], (rect.right - rect.left, rect.bottom - rect.top)
        inner, rows = (width - 1 if width > 2 else width), (height - 1 if height > 1 else height)
        selected = number == self.cursor
        style, hidden, cursor = map(self.get_component_rich_style, ("map--tile", "map--hidden", "map--cursor"))
        blank = Segment(" " * (width - inner), gap)
        shaded = round(tile.hidden / tile.size * inner * rows)
        if row >= rows:
            wasted = min(inner, shaded)
            half, half_hidden = (Style(color=of.bgcolor, bgcolor=gap.bgcolor) for of in (style, hidden))
            return [Segment(HALF * (inner - wasted), half), Segment(HALF * wasted, half_hidden), blank]
        shaded = max(0, min(inner, shaded - (rows - 1 - row) * inner))
        text = self._text(tile, inner, row, rows)
        if selected and row == 0:
            return [Segment(padded(text, inner), cursor), blank]
        if selected:
            text = EDGE + text[1:]
        plain = max(inner - shaded - text_cells(text), 0)
        filled = inner - plain - text_cells(text)
        edge, rest = (text[:1], text[1:]) if selected else ("", text)
        return [
            Segment(edge, style + Style(color=cursor.bgcolor)),
            Segment(rest, style),
            Segment(" " * plain, style),
            Segment(LITTLE_HIDDEN * filled, hidden),
            blank,
        ]

    def _text(self, tile: Tile, inner: int, row: int, rows: int) -> str:
        if inner < 4 or row > 1:
            return ""
        size = human(tile.size)
        if row == 1:
            return f" {size} " if len(size) + 2 <= inner else ""
        if rows == 1 and text_cells(tile.label) + len(size) + 4 <= inner:
            return f" {tile.label}  {size} "
        shorten = cut_front if "/" in tile.label and " " not in tile.label else cut
        return f" {shorten(tile.label, inner - 2)} "


def text_cells(text: str) -> int:
    """Cells of a text."""
    return Content(text).cell_length


def _apart(start: int, end: int, at: int) -> int:
    return 0 if start <= at < end else min(abs(start - at), abs(end - 1 - at))


class Level(Struct, frozen=True):
    """Tiles that were zoomed into: their common name, and the one the cursor was on."""

    name: str
    tiles: list[Tile]
    cursor: str


class TreemapView(Leading):
    """The map, the way to where one has zoomed, and the selected tile in words. Tiles are made in a worker."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        Command(
            "map.by", "m", "Map by layer, folder, package",
            "By layer, folder, package", "map_by", MAP, footer="by", anywhere=True,
        ),
        Command("map.in", "enter,space", "Zoom in", "Into the tile", "zoom_in", MAP, footer="zoom in"),
        Command("map.out", "backspace", "Zoom out", "Out again", "zoom_out", MAP, footer="out"),
        Command("map.files", "f", "Its files", "The tile's files", "go_files", MAP, footer="files"),
        Command("map.left", "left,h", "", "To the tile on the left", "steer(-1, 0)", MAP, in_palette=False),
        Command("map.right", "right,l", "", "To the one on the right", "steer(1, 0)", MAP, in_palette=False),
        Command("map.up", "up,k", "", "To the one above", "steer(0, -1)", MAP, in_palette=False),
        Command("map.down", "down,j", "", "To the one below", "steer(0, 1)", MAP, in_palette=False),
        DETAILS_BY_I,
        COPY,
    )  # fmt: skip
    BINDINGS = bindings(ACTIONS)

    class Made(Message):
        """There are tiles: of the whole image by `by`, or of what is inside a tile (`level` to come back to)."""

        def __init__(self, by: By, tiles: list[Tile], level: Level | None) -> None:
            super().__init__()
            self.by, self.tiles, self.level = by, tiles, level

    def __init__(self, contents: Contents, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(contents, id=id)
        self.map = TileMap(id="map")
        self.selection = Static(classes="selection")
        self.by = By.FOLDER
        self.levels: list[Level] = []
        self.busy = False
        self.made: dict[By, list[Tile]] = {}
        self.kinds = [by for by in By if by is not By.PACKAGE or self.inspection.inventory.installed]

    def compose(self) -> ComposeResult:
        yield self.map
        yield self.selection

    @property
    def main(self) -> TileMap:
        return self.map

    def opened(self) -> None:
        if not self.made:
            self._start(self.by)

    def _start(self, by: By) -> None:
        if self.busy:
            return
        if by in self.made:
            self.on_treemap_view_made(self.Made(by, self.made[by], None))
            return
        self.busy = True
        self.map.border_title = f"Bytes by {by.value} …"
        self.run_worker(lambda: self.post_message(self.Made(by, tiles_of(self.inspection, by), None)), thread=True)

    def on_treemap_view_made(self, message: Made) -> None:
        self.busy, self.by = False, message.by
        if message.level is None:
            self.made[message.by] = message.tiles
        self.levels = [*self.levels, message.level] if message.level else []
        self.map.show(message.tiles)
        self._set_title()

    def action_map_by(self) -> None:
        self._start(self.kinds[(self.kinds.index(self.by) + 1) % len(self.kinds)])

    @on(TileMap.Opened)
    def action_zoom_in(self) -> None:
        """Into the selected tile, where there is more to see in it."""
        if not self.map.tiles or self.busy:
            return
        tile, by = self.map.tiles[self.map.cursor], self.by
        inside = tile.inside
        if inside is not None:
            self.busy = True
            level = Level(tile.label, self.map.all, tile.label)
            self.run_worker(lambda: self.post_message(self.Made(by, inside(), level)), thread=True)

    def action_zoom_out(self) -> None:
        self.back()

    def back(self) -> bool:
        """Out of the tile that was zoomed into."""
        if not self.levels or self.busy:
            return False
        level = self.levels.pop()
        self.map.show(level.tiles, level.cursor)
        self._set_title()
        return True

    def action_steer(self, right: int, down: int) -> None:
        self.map.steer(right, down)

    @on(TileMap.Moved)
    def show_selection(self) -> None:
        """The selected tile in full: where it is, its bytes, its share of the image."""
        if not self.map.tiles:
            return
        tile = self.map.tiles[self.map.cursor]
        total = max(self.inspection.filesystem.ledger.total_bytes, 1)
        parts: list[Part] = [(self._path(tile), "bold"), "\n", human(tile.size)]
        parts += [(f" · {tile.size / total:.1%} of the image", MUTED)]
        if tile.hidden:
            parts += ["  ", (f"- {human(tile.hidden)} hidden", "$text-error")]
        if tile.reclaimable:
            size = "" if tile.reclaimable == tile.hidden else f"{human(tile.reclaimable)} "
            parts += [", " if tile.hidden else "  ", (f"{size}reclaimable", "$text-warning")]
        self.selection.update(Content.assemble(*parts), layout=False)

    def _path(self, tile: Tile) -> str:
        names = [level.name for level in self.levels] + [tile.label]
        if self.by is By.FOLDER:
            return "/" + "".join(names)
        return names[0] + (" › " if len(names) > 1 else "") + "".join(names[1:])

    def details(self) -> Content:
        return self.selection.visual if isinstance(self.selection.visual, Content) else Content("")

    def target(self) -> Target | None:
        """The selected tile's files."""
        if not self.map.tiles:
            return None
        tile = self.map.tiles[self.map.cursor]
        return Target(self._path(tile), tile.files, None)

    def copied(self) -> tuple[str, str] | None:
        return (self._path(self.map.tiles[self.map.cursor]), "name") if self.map.tiles else None

    def _set_title(self) -> None:
        others = " · ".join(by.value for by in self.kinds if by is not self.by)
        inside = f" › {cut(' '.join(level.name for level in self.levels), 60)}" if self.levels else ""
        self.map.border_title = Content(f"Bytes by {self.by.value}{inside}   m: {others}")
