"""The list of packages: what is installed, what came and went, and which of it is build tooling."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from inspector.inspection import Inspection
from inspector.packages.model import Installed, LayerChange
from inspector.packages.removal.tools import reason_by_name
from inspector.safe_names import printable
from inspector.tui.views.name_filter import fits, span
from inspector.tui.widgets.cells import cut, padded
from inspector.tui.widgets.row_list import RowList, cursor_mark, marked, size_and_bar

BAR = 8
KIND_WIDTH, REASON_WIDTH = 8, 26
ROOM_FOR_LAYERS, ROOM_FOR_KIND, ROOM_FOR_REASON = 46, 64, 100
"""Cells of a list from which on the layers, the kind, if there are several, and why a package is a build tool have
columns."""

VERSION_ROOM = 12
"""Cells a version should have; the details have it in full."""


class PackageOrder(Enum):
    """How packages are sorted."""

    SIZE = "size"
    NAME = "name"
    LAYER = "layer"


class PackageRow(Struct, frozen=True):
    """A package of the final image (`installed`), or one that a layer removed or replaced (`gone`)."""

    name: str
    version: str
    kind: str
    size: int
    layer: int | None
    installed: Installed | None
    gone: LayerChange | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the package is called in any inventory."""
        if self.installed is not None:
            package = self.installed.package
            return package.kind, package.name, package.architecture, package.location
        assert self.gone is not None
        return self.gone.kind, self.gone.name, self.gone.architecture, self.gone.location


def rows_of(inspection: Inspection) -> tuple[PackageRow, ...]:
    """Everything that was ever installed, most bytes first."""
    rows = [
        PackageRow(each.package.name, each.package.version, each.package.kind, each.size_bytes, each.layer, each, None)
        for each in inspection.inventory.installed
    ]
    came: dict[tuple[str, str, str, str], int] = {}
    for change in inspection.inventory.changes:
        key = (change.kind, change.name, change.architecture, change.location)
        if change.after is not None:
            came[key] = change.layer
        elif change.before is not None:
            rows.append(
                PackageRow(change.name, change.before, change.kind, change.size_bytes, came.get(key), None, change)
            )
    return tuple(sorted(rows, key=lambda row: (-row.size, row.kind, row.name)))


class PackageList(RowList):
    """Packages in the wanted order, those that fit a pattern."""

    def __init__(self, inspection: Inspection, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        self.inspection = inspection
        self.all = rows_of(inspection)
        self.rows: Sequence[PackageRow] = self.all
        self.order, self.pattern = PackageOrder.SIZE, ""
        self.most = self.all[0].size if self.all else 0
        self.kinds = len({row.kind for row in self.all})
        self.name_room = min(40, max((len(row.name) for row in self.all), default=0))
        self.show()

    @property
    def row_count(self) -> int:
        return len(self.rows)

    def show(self, *, order: PackageOrder | None = None, pattern: str | None = None) -> None:
        """Sort and filter anew; the cursor stays at its package where that is still there."""
        before = self.rows[self.cursor] if self.rows else None
        self.order = order or self.order
        self.pattern = self.pattern if pattern is None else pattern
        fit = fits(self.pattern)
        rows = [row for row in self.all if not self.pattern or fit(row.name)]
        if self.order is PackageOrder.NAME:
            rows.sort(key=lambda row: row.name)
        elif self.order is PackageOrder.LAYER:
            rows.sort(key=lambda row: -1 if row.layer is None else row.layer)
        self.rows = rows
        installed = sum(row.installed is not None for row in rows)
        gone = len(rows) - installed
        told = [f"{installed} installed", *([f"{gone} came and went"] if gone else [])]
        told += ["* build tools", f"by {self.order.value}", *([f"“{self.pattern}”"] if self.pattern else [])]
        self.told = " · ".join(told)
        if self.is_mounted:
            self._head()
            self.set_reactive(RowList.cursor, rows.index(before) if before in rows else 0)
            self.rows_changed()

    def on_resize(self) -> None:
        super().on_resize()
        self._head()

    def _head(self) -> None:
        width = self.scrollable_content_region.width
        self.titled(self.told, self._columns("kind", "layers", "", "why a tool", width))

    def draw_row(self, row: int, width: int, selected: bool) -> Strip:
        look = partial(self.look, selected=selected)
        each = self.rows[row]
        room = BAR if width >= ROOM_FOR_LAYERS else 0
        live, hidden = (0, each.size) if each.gone else (each.size, 0)
        whole = self.inspection.filesystem.ledger.total_bytes
        plain = "lines--lost" if each.gone else "lines--plain"
        signs = ("-" if each.gone else " ") + ("*" if self._tool(each) else " ")
        head = [
            cursor_mark(selected, look),
            *size_and_bar(live, hidden, whole, self.most, room, look),
            Segment(" ", look("lines--plain")),
            Segment(f"{signs} ", look("lines--removed" if each.gone else "lines--modified")),
        ]
        tail = self._tail(each, width)
        left = width - sum(segment.cell_length for segment in head) - len(tail)
        name = cut(printable(each.name), left)
        name_room = min(self.name_room, max(left - VERSION_ROOM, 0))
        found = span(self.pattern, f"/{name}") if self.pattern else None
        body = marked(padded(name, max(name_room, cell_len(name))), found, look(plain))
        rest = left - max(name_room, cell_len(name))
        version = Segment(padded(f" {printable(each.version)}", rest), look("lines--muted"))
        segments = [*head, *body, version, Segment(tail, look("lines--muted"))]
        return Strip(segments).adjust_cell_length(width, look(plain))

    def _tail(self, each: PackageRow, width: int) -> str:
        """Kind, the layers it came in and went in, and whether somebody asked for it, as far as there is room."""
        layers = ("" if each.layer is None else str(each.layer)) + (f" -{each.gone.layer}" if each.gone else "")
        automatic = each.installed.package.automatic if each.installed else None
        how = {True: "auto", False: "manual", None: ""}[automatic]
        return self._columns(each.kind, layers, how, self._tool(each), width)

    def _columns(self, kind: str, layers: str, how: str, reason: str, width: int) -> str:
        if width < ROOM_FOR_LAYERS:
            return ""
        first = f"{kind:<{KIND_WIDTH}}" if width >= ROOM_FOR_KIND and self.kinds > 1 else ""
        last = f" {cut(reason, REASON_WIDTH):<{REASON_WIDTH}}" if width >= ROOM_FOR_REASON else ""
        return f" {first}{layers:<6} {how:<6}{last}"

    def _tool(self, each: PackageRow) -> str:
        """Why a package is build tooling; of those that are gone, as far as their name tells."""
        if each.installed is None:
            return reason_by_name(each.kind, each.name)
        verdict = self.inspection.tooling.verdicts.get(each.installed.package)
        return verdict.reason if verdict else ""
