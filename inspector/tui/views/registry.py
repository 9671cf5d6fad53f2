"""The table of views. Another one is one more entry here."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from inspector.content.reading import Contents
from inspector.inspection import Inspection
from inspector.tui.views.files import FilesView
from inspector.tui.views.packages import PackagesView
from inspector.tui.views.plan import PlanView
from inspector.tui.views.treemap import TreemapView
from inspector.tui.views.view import View
from inspector.tui.views.waste import WasteView
from inspector.tui.widgets.tabs import Tab


class ViewKind(Struct, frozen=True):
    """`id` is the view's in commands, `key` the one that shows it, `help` tells what it has.

    `count` is how many things it would show (the tab says so where `counted`); a view of none has no tab.
    """

    id: str
    key: str
    label: str
    help: str
    view: type[View]
    count: Callable[[Inspection], int]
    counted: bool = True

    def make(self, contents: Contents) -> View:
        return self.view(contents, id=self.id)


def _packages(inspection: Inspection) -> int:
    return len(inspection.inventory.installed) or len(inspection.inventory.changes)


VIEW_KINDS = (
    ViewKind(
        "files", "1", "Files", "Files of a layer, or of the image",
        FilesView, lambda _: 1, counted=False,
    ),
    ViewKind(
        "waste", "2", "Waste", "Waste, biggest first, and what to do",
        WasteView, lambda of: len(of.findings),
    ),
    ViewKind(
        "packages", "3", "Packages", "Packages, and why they are there",
        PackagesView, _packages,
    ),
    ViewKind(
        "treemap", "4", "Treemap", "Where the bytes are, as a map",
        TreemapView, lambda of: of.filesystem.ledger.total_bytes, counted=False,
    ),
    ViewKind(
        "plan", "5", "Plan", "How lean it could be, and how",
        PlanView, lambda of: of.filesystem.ledger.total_bytes, counted=False,
    ),
)  # fmt: skip


def tabs_to_come() -> list[Tab]:
    """The views that an image may have, before anything of it is known."""
    return [Tab(kind.id, kind.key, kind.label, 0) for kind in VIEW_KINDS]


def tabs_of(inspection: Inspection) -> list[Tab]:
    """The views that have something to show, and how much where it is countable."""
    counts = [(kind, kind.count(inspection)) for kind in VIEW_KINDS]
    return [Tab(kind.id, kind.key, kind.label, count if kind.counted else 0) for kind, count in counts if count]
