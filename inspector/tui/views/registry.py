"""The table of views. Another one is one more entry here, and its command in commands.py."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from inspector.inspection import Inspection
from inspector.tui.views.files import FilesPane
from inspector.tui.views.packages import PackagesPane
from inspector.tui.views.treemap import TreemapPane
from inspector.tui.views.view import View
from inspector.tui.views.waste import WastePane
from inspector.tui.widgets.tabs import Tab


class ViewKind(Struct, frozen=True):
    """`id` is the view's in commands, `key` the one that shows it.

    `count` is how many things it would show (the tab says so where `counted`); a view of none has no tab.
    """

    id: str
    key: str
    label: str
    view: type[View]
    count: Callable[[Inspection], int]
    counted: bool = True

    def make(self, inspection: Inspection) -> View:
        return self.view(inspection, id=self.id)

    @property
    def offers(self) -> frozenset[str]:
        return self.view.OFFERS


def _packages(inspection: Inspection) -> int:
    return len(inspection.inventory.installed) or len(inspection.inventory.changes)


VIEW_KINDS = (
    ViewKind("files", "1", "Files", FilesPane, lambda _: 1, counted=False),
    ViewKind("waste", "2", "Waste", WastePane, lambda of: len(of.findings)),
    ViewKind("packages", "3", "Packages", PackagesPane, _packages),
    ViewKind("treemap", "4", "Treemap", TreemapPane, lambda of: of.filesystem.ledger.total_bytes, counted=False),
)


def tabs_of(inspection: Inspection) -> list[Tab]:
    """The views that have something to show, and how much where it is countable."""
    counts = [(kind, kind.count(inspection)) for kind in VIEW_KINDS]
    return [Tab(kind.id, kind.key, kind.label, count if kind.counted else 0) for kind, count in counts if count]
