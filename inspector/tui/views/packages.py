"""The Packages view: the list, and why the selected package is there, or was before a later layer removed it."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from inspector.content.reading import Contents
from inspector.inspection import Inspection
from inspector.packages.model import Installed
from inspector.packages.removal.tools import build_tools
from inspector.packages.why import Reasons
from inspector.safe_names import printable
from inspector.sizes import counted, human
from inspector.tui.commands import COPY, DETAILS_BY_I, FILTER, MOVING, SORT, Command, bindings
from inspector.tui.instruction_words import MUTED, Part, instruction_text, place
from inspector.tui.views.ownership import chain_words, inventory_below
from inspector.tui.views.package_list import PackageList, PackageOrder, PackageRow
from inspector.tui.views.view import Filtered, Leading, Target
from inspector.tui.widgets.row_list import RowList


class Moment(Struct, frozen=True):
    """The packages of the image, or of what it was below some layer, and the graph of their needs."""

    installed: dict[tuple[str, str, str, str], Installed]
    reasons: Reasons


def moment(inspection: Inspection, below: int | None) -> Moment:
    """The packages of the final image (None), or of the layers below one. Reads databases again: for a worker."""
    inventory = inventory_below(inspection, below)
    by_key = {(p.kind, p.name, p.architecture, p.location): each for each in inventory.installed if (p := each.package)}
    return Moment(by_key, Reasons(inventory))


class PackagesView(Filtered, Leading):
    """What must be read for a package's reasons is read in a worker, once, when the first package needs it."""

    PLACEHOLDER = "part of a name · lib*-dev · /regular expression/"
    ACTIONS: ClassVar[tuple[Command, ...]] = (*Leading.GO, *MOVING, DETAILS_BY_I, SORT, FILTER, COPY)
    BINDINGS = bindings(ACTIONS)

    class Known(Message):
        """The worker knows the packages of a moment."""

        def __init__(self, below: int | None, moment: Moment) -> None:
            super().__init__()
            self.below, self.moment = below, moment

    def __init__(self, contents: Contents, *, id: str | None = None) -> None:  # noqa: A002 (Textual's name)
        super().__init__(contents, id=id)
        self.list = PackageList(self.inspection, id="package-list")
        self.selection = Static(classes="advice package-details")
        self.moments: dict[int | None, Moment] = {}
        self.busy = False
        self.in_sight = False

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.filter
        yield self.selection

    @property
    def main(self) -> RowList:
        return self.list

    @property
    def row(self) -> PackageRow | None:
        return self.list.rows[self.list.cursor] if self.list.rows else None

    def on_mount(self) -> None:
        self.list.rows_changed()

    def opened(self) -> None:
        if not self.in_sight:
            self.in_sight = True
            self.show_selection()

    @on(RowList.Moved)
    def show_selection(self) -> None:
        self.selection.update(self.details() or Content("nothing found"))
        row = self.row
        if row is None or self.busy or not self.in_sight:
            return
        below = row.gone.layer if row.gone else None
        if below not in self.moments:
            self.busy = True
            self.run_worker(lambda: self.post_message(self.Known(below, moment(self.inspection, below))), thread=True)

    def on_packages_view_known(self, message: Known) -> None:
        self.busy = False
        self.moments[message.below] = message.moment
        self.show_selection()

    def installed(self, row: PackageRow) -> Installed | None:
        """The package itself; of one that is gone, as it was before, once that is known."""
        if row.gone is None:
            return row.installed
        then = self.moments.get(row.gone.layer)
        return then.installed.get(row.key) if then else None

    def details(self) -> Content | None:
        row = self.row
        if row is None:
            return None
        then = self.moments.get(row.gone.layer if row.gone else None)
        return package_details(self.inspection, row, self.installed(row), then.reasons if then else None)

    def target(self) -> Target | None:
        row = self.row
        if row is None:
            return None
        each = self.installed(row)
        files = partial(self.inspection.filesystem.sizes_of, each.entries) if each and each.entries else None
        return Target(f"{printable(row.name)} {printable(row.version)}", files, row.layer)

    def copied(self) -> tuple[str, str] | None:
        each = self.installed(self.row) if self.row else None
        return (each.package.purl, "purl") if each else None

    def back(self) -> bool:
        return self.close_filter()

    def narrow(self, pattern: str) -> None:
        if pattern != self.list.pattern:
            self.list.show(pattern=pattern)

    def action_sort(self) -> None:
        orders = list(PackageOrder)
        self.list.show(order=orders[(orders.index(self.list.order) + 1) % len(orders)])


def package_details(
    inspection: Inspection, row: PackageRow, each: Installed | None, reasons: Reasons | None
) -> Content:
    """Name, bytes, the chain of those that need it up to one that was asked for, and who brought and removed it."""
    parts: list[Part] = [(printable(f"{row.name} {row.version}"), "bold"), (f" · {row.kind} · ", MUTED)]
    parts += [
        human(row.size),
        (f" in {counted(len(each.entries), 'file')}" if each else "", MUTED),
        "\n",
        ("why    ", MUTED),
    ]
    parts += [*_chain(each, reasons, from_base=row.layer is not None and inspection.is_from_base(row.layer)), "\n"]
    if each is not None:
        verdict = inspection.tooling.verdicts.get(each.package) or build_tools([each.package]).get(each.package)
        if verdict is not None:
            doubt = f" ({verdict.doubt})" if verdict.doubt else ""
            parts += [("tool   ", MUTED), (f"* {verdict.reason}{doubt}", "$text-warning"), "\n"]
        need = inspection.tooling.rescue.get(each.package)
        needed = f"{need.who} needs {need.what}" if need else inspection.tooling.staying.get(each.package)
        if needed:
            parts += [("needed ", MUTED), f"{printable(needed)}\n"]
    if row.layer is not None:
        parts += [("came   ", MUTED), f"{place(inspection, row.layer)}  "]
        parts += [(instruction_text(inspection, row.layer), MUTED), "\n"]
    if row.gone is not None:
        how = "removed" if row.gone.after is None else "replaced"
        parts += [("gone   ", MUTED), (f"- {how} by {place(inspection, row.gone.layer)}", "$text-error"), "  "]
        parts += [(instruction_text(inspection, row.gone.layer), MUTED), "\n"]
    return Content.assemble(*parts).rstrip()


def _chain(each: Installed | None, reasons: Reasons | None, *, from_base: bool) -> list[Part]:
    """`cpp-12 ← gcc-12 ← gcc ← g++`; an ellipsis while the worker finds out."""
    if reasons is None:
        return [("…", MUTED)]
    chain = reasons.why(each.package) if each else ()
    return chain_words(each.package if each else None, chain, from_base=from_base)
