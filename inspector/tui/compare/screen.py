"""The screen of a comparison: aligned rows of both images, in up to five views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, get_args

from msgspec.structs import replace
from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from inspector.compare.comparison import Comparison
from inspector.compare.files import FileChange
from inspector.compare.pair import Pair
from inspector.compare.side import Status, Which
from inspector.content.reading import Contents, Reopen
from inspector.reports.compare_words import names, percent
from inspector.reports.formats import COMPARISON_FORMATS
from inspector.safe_names import printable
from inspector.sizes import signed
from inspector.tui.clipboard import copy
from inspector.tui.commands import (
    BACK,
    COPY,
    DETAILS,
    EVERYWHERE,
    FILTER,
    FOLD,
    HELP,
    JUMP,
    LOOK,
    MOVE,
    MOVING,
    SHOW,
    SORT,
    VIEWS,
    Command,
    bindings,
    export_commands,
    one_list,
)
from inspector.tui.compare.difference_page import DifferencePage
from inspector.tui.compare.folders import Node, folder_rows, folder_tree, folders_of
from inspector.tui.compare.one_side import OneSide
from inspector.tui.compare.pair_list import PairList, heads
from inspector.tui.compare.row_details import details, selection, totals
from inspector.tui.compare.rows import KINDS, ComparedKind, ComparedRow, Folder, Order, chosen, kinds_of
from inspector.tui.export import export
from inspector.tui.instruction_words import MUTED
from inspector.tui.widgets.key_line import KeyLine
from inspector.tui.widgets.pages import Details, Help, Sign
from inspector.tui.widgets.row_list import MovesRows, RowList
from inspector.tui.widgets.tabs import Tab, Tabs

EVERY_STATUS = frozenset(Status)
TOGGLES = {"ADDED": Status.ADDED, "REMOVED": Status.REMOVED, "MODIFIED": Status.CHANGED, "UNCHANGED": Status.SAME}
"""The main screen's names for what is shown or not."""

SIGNS: tuple[Sign, ...] = (
    ("+ only in the second image", "$text-success"),
    ("− only in the first", "$text-error"),
    ("~ → ↑ ↓ changed, moved, newer, older", "$text-warning"),
    ("█ bytes in the final image", "$primary"),
    ("▓ bytes that are stored but hidden", "$text-error"),
)


class CompareScreen(MovesRows, Screen[None]):
    """Both images at once."""

    ACTIONS: ClassVar[tuple[Command, ...]] = (
        *(
            Command(f"compare.{kind.id}", kind.key, kind.label, f"{kind.label} of both", f"view({kind.id!r})", VIEWS)
            for kind in KINDS
        ),
        Command("compare.next", "tab,right,l", "Next view", "The next view", "next_view(1)", MOVE, footer="view"),
        Command("compare.previous", "shift+tab,left,h", "Previous view", "The view before", "next_view(-1)", MOVE),
        *MOVING,
        Command("compare.a", "a", "Open image A", "The first image by itself", "image('a')", JUMP, footer="open A"),
        Command("compare.b", "b", "Open image B", "The second image by itself", "image('b')", JUMP, footer="open B"),
        replace(BACK, label="Show everything", help="Everything again"),
        DETAILS,
        replace(SORT, help="By change, or by name"),
        Command("compare.difference", "v", "What differs in the file", "Lines that differ", "difference", LOOK, "files",
                footer="diff"),
        Command("compare.folders", "f", "Files by folder", "As a tree of folders, or a list", "folders", LOOK, "files",
                footer="folders"),
        Command("fold", "space", "Fold", "Open or close the folder", "fold", FOLD, "folders", footer="fold"),
        Command("fold.close-all", "z", "Close all folders", "Close all folders", "fold_all(True)", FOLD, "folders"),
        Command("fold.open-all", "Z", "Open all folders", "Open all folders", "fold_all(False)", FOLD, "folders"),
        FILTER,
        *SHOW,
        replace(COPY, help="Copy the name of the row"),
        *export_commands(COMPARISON_FORMATS),
        HELP,
    )  # fmt: skip
    BINDINGS = bindings(ACTIONS)
    AUTO_FOCUS = "#pairs"
    CSS = """
    CompareScreen #heads { height: 1; text-wrap: nowrap; }
    CompareScreen #body { layout: vertical; }
    #pairs { height: 1fr; }
    """

    def __init__(self, pair: Pair, reopens: Mapping[Which, Reopen]) -> None:
        super().__init__()
        self.pair, self.reopens = pair, reopens
        self.list = PairList(pair.comparison, id="pairs")
        self.heads = Static(id="heads")
        self.kinds = kinds_of(pair.comparison)
        self.tabs = Tabs(
            [Tab(kind.id, kind.key, kind.label, kind.count(pair.comparison)) for kind in self.kinds], id="tabs"
        )
        self.filter = Input(placeholder="part of a name · *.py · /regex/", classes="filter", compact=True)
        self.selection = Static(classes="selection")
        self.kind = self.kinds[0]
        self.orders = {kind.id: kind.first for kind in self.kinds}
        self.statuses = EVERY_STATUS
        self._rows: dict[str, list[ComparedRow]] = {}
        self._cursors: dict[str, int] = {}
        self.by_folder = False
        self.closed = frozenset[str]()
        self._tree: tuple[list[ComparedRow], Node] | None = None

    @property
    def comparison(self) -> Comparison:
        return self.pair.comparison

    @property
    def commands(self) -> tuple[Command, ...]:
        """All that can be done here."""
        return one_list(self.ACTIONS, EVERYWHERE)

    def compose(self) -> ComposeResult:
        yield CompareSummary(self.comparison, id="summary")
        yield self.tabs
        yield self.heads
        with Vertical(id="body"):
            yield self.list
            yield self.filter
            yield self.selection
        yield KeyLine(self.commands, id="keys")

    def on_mount(self) -> None:
        self.show(self.kind)

    def on_resize(self) -> None:
        self.show_selection()

    @on(Tabs.Picked)
    def pick_view(self, picked: Tabs.Picked) -> None:
        self.action_view(picked.view)

    def show(self, kind: ComparedKind) -> None:
        """Bring a view into sight, at first with the cursor on its biggest change."""
        if kind is not self.kind:
            self._cursors[self.kind.id] = self.list.cursor
        self.kind, self.tabs.current = kind, kind.id
        rows = self._chosen()
        biggest = max(range(len(rows)), key=lambda row: abs(rows[row].delta_bytes), default=0)
        self.list.show(kind, rows, self._cursors.get(kind.id, biggest), self._nothing())
        self._draw_heads()

    def _chosen(self) -> list[ComparedRow]:
        if self.kind.id not in self._rows:
            self._rows[self.kind.id] = self.kind.rows(self.comparison)
        order = self.orders[self.kind.id]
        rows = chosen(self._rows[self.kind.id], self.kind, order, self.filter.value, self.statuses)
        if not self._in_folders():
            return rows
        if self._tree is None or self._tree[0] != rows:
            self._tree = rows, folder_tree(rows)
        return folder_rows(self._tree[1], order, self.closed)

    def _in_folders(self) -> bool:
        return self.by_folder and self.kind.id == "files"

    def _refill(self) -> None:
        """Other rows of the same view: the cursor stays on its row where that is still there."""
        before = self.list.row
        rows = self._chosen()
        self.list.show(self.kind, rows, _place_of(before, rows), self._nothing())

    def _draw_heads(self) -> None:
        width = self.size.width - (1 if self.list.row_count > self.list.size.height else 0)
        self.heads.update(heads(self.comparison, self.kind, max(width, 1), self.list.digits))
        parts = [
            f"{self.kind.label} by folder" if self._in_folders() else self.kind.label,
            "biggest change first" if self.orders[self.kind.id] is Order.CHANGE else "in order",
            *self._left_out(),
            *([f"“{printable(self.filter.value)}” {len(self.list.rows)} found"] if self.filter.value else []),
        ]
        self.list.border_title = Content(" · ".join(parts))

    def _left_out(self) -> list[str]:
        names = [name.lower() for name, status in TOGGLES.items() if status not in self.statuses]
        return [f"without {', '.join(names)}"] if names else []

    def _nothing(self) -> str:
        """Why there would be no row."""
        fits = [f"that fits “{printable(self.filter.value)}”"] if self.filter.value else []
        return " ".join(["nothing to show", *fits, *self._left_out()])

    @on(RowList.Moved)
    def show_selection(self) -> None:
        width = max(self.size.width - 2, 1)
        self.selection.update(selection(self.comparison, self.list.row, width), layout=False)
        self._draw_heads()

    @on(Input.Changed)
    def narrow(self) -> None:
        self._refill()

    @on(Input.Submitted)
    def keep_filter(self) -> None:
        self.set_focus(self.list)
        self.filter.display = bool(self.filter.value)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Views without anything to show are not there; in a filter `/` is a letter like others."""
        if action == "view":
            return any(kind.id == parameters[0] for kind in self.kinds)
        if action in ("difference", "folders"):
            return self.kind.id == "files"
        if action in ("fold", "fold_all"):
            return self._in_folders()
        return not (action == "filter" and self.filter.has_focus)

    # What commands do

    def action_view(self, name: str) -> None:
        self.show(next(kind for kind in self.kinds if kind.id == name))

    def action_next_view(self, step: int) -> None:
        self.show(self.kinds[(self.kinds.index(self.kind) + step) % len(self.kinds)])

    def action_image(self, side: Which) -> None:
        """The image by itself, at the layer of the row."""
        inspection = self.pair.inspection(side)
        if inspection is None:
            self._unknown(side)
            return
        row = self.list.row
        cell = (row.a if side == "a" else row.b) if row else None
        layer = cell.index if cell else None
        if layer is None and row is not None and row.cause is not None and row.cause.side == side:
            layer = row.cause.layer
        self.app.push_screen(OneSide(inspection, Contents(inspection, self.reopens.get(side)), layer))

    def _unknown(self, side: Which) -> None:
        self.notify(f"Image {side.upper()} is known by a saved report only.")

    @property
    def main(self) -> PairList:
        return self.list

    def action_details(self) -> None:
        if self.list.row is not None:
            self.app.push_screen(Details(details(self.comparison, self.list.row)))

    def action_difference(self) -> None:
        """The lines in which the file of the row differs; both images are read again for it."""
        row = self.list.row
        change = row.item if row else None
        if not isinstance(change, FileChange):
            self.notify("Only files are compared line by line.")
            return
        sides: dict[Which, Contents] = {}
        for side in get_args(Which):
            inspection = self.pair.inspection(side)
            if inspection is None:
                self._unknown(side)
                return
            sides[side] = Contents(inspection, self.reopens.get(side))
        self.app.push_screen(DifferencePage(sides, names(self.comparison), change))

    def action_folders(self) -> None:
        """A tree of folders instead of a list, or the list again."""
        self.by_folder = not self.by_folder
        self._refill()
        self._draw_heads()
        self.refresh_bindings()

    @on(RowList.Opened)
    def action_fold(self) -> None:
        """Open or close the folder; of a file the one that it is in."""
        row = self.list.row
        if row is None or row.depth is None:
            return
        at = self.list.cursor
        if not isinstance(row.item, Folder):
            above = (nth for nth in range(at, -1, -1) if (self.list.rows[nth].depth or 0) < row.depth)
            at = next(above, at)
        item = self.list.rows[at].item
        if isinstance(item, Folder):
            self.list.jump(at)
            self.closed ^= {item.path}
            self._refill()

    def action_fold_all(self, closed: bool) -> None:
        self.closed = frozenset(folders_of(self._tree[1])) if closed and self._tree else frozenset()
        self._refill()

    def action_sort(self) -> None:
        order = self.orders[self.kind.id]
        self.orders[self.kind.id] = Order.NAME if order is Order.CHANGE else Order.CHANGE
        self._refill()

    def action_show(self, change: str) -> None:
        self.statuses ^= {TOGGLES[change]}
        self._refill()

    def action_filter(self) -> None:
        self.filter.display = True
        self.set_focus(self.filter)

    def action_back(self) -> None:
        """Show everything again."""
        self.filter.display = False
        self.set_focus(self.list)
        self.statuses = EVERY_STATUS
        if self.filter.value:
            self.filter.value = ""
        else:
            self._refill()

    def action_copy(self) -> None:
        row = self.list.row
        if row is not None:
            copy(self, row.title, "name")

    def action_export(self, form: str) -> None:
        export(self, COMPARISON_FORMATS, form, self.comparison, " to ".join(names(self.comparison)))

    def action_help(self) -> None:
        self.app.push_screen(Help(self.commands, SIGNS, (VIEWS, MOVE, JUMP)))


def _place_of(before: ComparedRow | None, rows: Sequence[ComparedRow]) -> int:
    """Where a row is among others: itself, or else that of the same path in a tree of folders; the first for none."""
    if before is None:
        return 0
    same = (number for number, row in enumerate(rows) if row is before)
    alike = (number for number, row in enumerate(rows) if isinstance(row.item, FileChange | Folder))
    return next(same, next((number for number in alike if rows[number].name == before.name), 0))


def tabs_to_come() -> list[Tab]:
    """The views that a comparison may have, before anything of it is known."""
    return [Tab(kind.id, kind.key, kind.label, 0) for kind in KINDS]


class CompareSummary(Widget):
    """The line above everything: the difference, and how much of what differs; where it is narrow, the end goes."""

    def __init__(self, comparison: Comparison, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(id=id)
        delta = comparison.delta.size_bytes
        self._delta = f"{signed(delta)}{percent(delta, comparison.a.size_bytes)}"
        self._parts = totals(comparison).split(" · ")

    def render(self) -> Content:
        parts, room = list(self._parts), self.content_size.width - cell_len(self._delta) - 2
        while len(parts) > 1 and cell_len(" · ".join(parts)) > room:
            parts.pop(-2)
        return Content.assemble((self._delta, "bold"), ("  " + " · ".join(parts), MUTED))
