"""The rows of each view of a comparison: what either image has, and the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from inspector.compare.align import LayerPair
from inspector.compare.comparison import Comparison
from inspector.compare.files import FileChange
from inspector.compare.findings import Kept
from inspector.compare.packages import PackageChange
from inspector.compare.settings import SettingChange
from inspector.compare.side import Cause, SideFinding, SideLayer, SidePackage, Status, Which
from inspector.layers.entries import Kind as FileKind
from inspector.reports.compare_words import biggest, version_text
from inspector.safe_names import printable
from inspector.tui.views.name_filter import fits, looks_at_paths


class Folder(Struct, frozen=True):
    """A folder in which files differ: how many by their signs, and the change of the folder itself, if there is any."""

    path: str
    marks: str
    own: Item | None = None


Item = LayerPair | FileChange | PackageChange | Kept | SideFinding | SettingChange | Folder

SHOWN_AS = {Status.UPGRADED: Status.CHANGED, Status.DOWNGRADED: Status.CHANGED, Status.MOVED: Status.CHANGED}
"""Statuses that come and go with another one when it is left out."""


class Cell(Struct, frozen=True):
    """What one image has. `live_bytes` are those of `size_bytes` that are not hidden; None: sizes do not apply."""

    text: str
    size_bytes: int | None = None
    live_bytes: int | None = None
    index: int | None = None


class ComparedRow(Struct, frozen=True):
    """`name` is what is sorted and filtered by; `a` or `b` is None where that image has nothing of it.

    `depth` is how deep it is in a tree of folders, None in a list.
    """

    status: Status
    name: str
    a: Cell | None
    b: Cell | None
    delta_bytes: int
    item: Item
    cause: Cause | None = None
    depth: int | None = None

    @property
    def kept_with(self) -> Status:
        return SHOWN_AS.get(self.status, self.status)

    @property
    def title(self) -> str:
        """The name as a person reads it: a path begins with a slash."""
        return f"/{self.name}" if isinstance(self.item, FileChange | Folder) else self.name

    @property
    def in_one(self) -> str:
        """What both cells say, where there is one column for them."""
        item, cell = self.item, self.b or self.a
        if isinstance(item, PackageChange):
            return f"{item.name} {version_text(item)}"
        if isinstance(item, SettingChange) and item.a and item.b:
            return f"{item.name}={item.a} → {item.b}"
        if isinstance(item, Folder) and self.a and self.b:
            return f"{self.a.text} {self.b.text}"
        return cell.text if cell else self.name


class Order(Enum):
    """CHANGE: the biggest difference first; NAME: by name, layers as they lie upon each other."""

    CHANGE = "change"
    NAME = "name"


class ComparedKind(Struct, frozen=True):
    """A view. `count` says how many things differ, `total` how many rows there are where it shows others too.

    `first` is the order of `rows`. From `two_from` cells on there is room for two columns: sooner where the images say
    different things than where nearly every row has the same name twice.
    """

    id: str
    key: str
    label: str
    rows: Callable[[Comparison], list[ComparedRow]]
    count: Callable[[Comparison], int]
    first: Order = Order.CHANGE
    has_sizes: bool = True
    has_bars: bool = False
    two_from: int = 100
    total: Callable[[Comparison], int] | None = None

    def has_rows(self, comparison: Comparison) -> bool:
        return (self.total or self.count)(comparison) > 0


def layer_rows(comparison: Comparison) -> list[ComparedRow]:
    """All rows of the alignment, in order."""
    return [
        ComparedRow(
            row.status,
            next((layer.text for layer in (row.b, row.a) if layer is not None), ""),
            _layer(row.a),
            _layer(row.b),
            row.delta_bytes,
            row,
            Cause("b", row.b.index) if row.b else Cause("a", row.a.index) if row.a else None,
        )
        for row in comparison.rows
    ]


def file_rows(comparison: Comparison) -> list[ComparedRow]:
    """The files that differ, the biggest change first."""
    return [
        ComparedRow(
            change.status,
            change.path,
            _file(change, change.a_path or change.path, change.a_bytes),
            _file(change, change.path, change.b_bytes),
            change.delta_bytes,
            change,
            change.cause,
        )
        for change in biggest(comparison.files.changes if comparison.files else ())
    ]


def package_rows(comparison: Comparison) -> list[ComparedRow]:
    return [
        ComparedRow(
            change.status, change.name, _package(change.a), _package(change.b), change.delta_bytes, change, change.cause
        )
        for change in comparison.packages
    ]


def finding_rows(comparison: Comparison) -> list[ComparedRow]:
    """New and fixed ones, and those that both have."""
    found = comparison.findings
    rows = [
        *(ComparedRow(Status.ADDED, each.title, None, _finding(each), each.size_bytes, each, _brought("b", each))
          for each in found.new),
        *(ComparedRow(Status.REMOVED, each.title, _finding(each), None, -each.size_bytes, each, _brought("a", each))
          for each in found.fixed),
        *(ComparedRow(Status.CHANGED if each.delta_bytes else Status.SAME, each.b.title, _finding(each.a),
              _finding(each.b), each.delta_bytes, each, _brought("b", each.b)) for each in found.kept),
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -abs(row.delta_bytes))


def setting_rows(comparison: Comparison) -> list[ComparedRow]:
    return [
        ComparedRow(each.status, each.name, _setting(each.name, each.a), _setting(each.name, each.b), 0, each)
        for each in comparison.settings or ()
    ]


def _differing(comparison: Comparison) -> int:
    return sum(row.status is not Status.SAME for row in comparison.rows)


KINDS = (
    ComparedKind("layers", "1", "Layers", layer_rows, _differing, Order.NAME, has_bars=True, two_from=80,
         total=lambda of: len(of.rows)),
    ComparedKind("files", "2", "Files", file_rows, lambda of: len(of.files.changes) if of.files else 0),
    ComparedKind("packages", "3", "Packages", package_rows, lambda of: len(of.packages)),
    ComparedKind("findings", "4", "Waste", finding_rows, lambda of: len(of.findings.new) + len(of.findings.fixed),
         total=lambda of: len(of.findings.new) + len(of.findings.fixed) + len(of.findings.kept)),
    ComparedKind("settings", "5", "Config", setting_rows, lambda of: len(of.settings or ()), Order.NAME,
         has_sizes=False, two_from=80),
)  # fmt: skip
"""The views of a comparison, in the order of their tabs."""


def kinds_of(comparison: Comparison) -> tuple[ComparedKind, ...]:
    """Those with something to show; the layers are always there."""
    return tuple(kind for kind in KINDS if kind is KINDS[0] or kind.has_rows(comparison))


def chosen(
    rows: Sequence[ComparedRow], kind: ComparedKind, order: Order, pattern: str, statuses: frozenset[Status]
) -> list[ComparedRow]:
    """The rows that fit, in order."""
    kept = [row for row in rows if row.kept_with in statuses] if len(statuses) < len(Status) else list(rows)
    if pattern:
        kept = list(_fitting(kept, kind, pattern))
    if order is kind.first:
        return kept
    if order is Order.CHANGE:
        return sorted(kept, key=lambda row: -abs(row.delta_bytes))
    return sorted(kept, key=lambda row: row.name)


def _fitting(rows: Sequence[ComparedRow], kind: ComparedKind, pattern: str) -> Iterator[ComparedRow]:
    is_path = looks_at_paths(pattern) and kind.id == "files"
    test = fits(pattern)
    for row in rows:
        names = {row.name, row.a.text if row.a else row.name}
        if isinstance(row.item, FileChange):
            paths = {row.item.path, row.item.a_path or row.item.path}
            names = {f"/{path}" if is_path else path.rpartition("/")[2] for path in paths}
        if any(test(name) for name in names):
            yield row


def _layer(layer: SideLayer | None) -> Cell | None:
    if layer is None:
        return None
    text = printable(layer.text.removeprefix("RUN ")) or "instruction unknown"
    return Cell(f"base {text}" if layer.from_base else text, layer.size_bytes, layer.live_bytes, layer.index)


def _file(change: FileChange, path: str, size: int | None) -> Cell | None:
    if size is None:
        return None
    return Cell(f"/{path}/" if change.kind is FileKind.DIRECTORY else f"/{path}", size, size)


def _package(package: SidePackage | None) -> Cell | None:
    if package is None:
        return None
    return Cell(f"{package.name} {package.version}", package.size_bytes, package.size_bytes)


def _finding(finding: SideFinding) -> Cell:
    return Cell(finding.title, finding.size_bytes, 0)


def _setting(name: str, value: str | None) -> Cell | None:
    return None if value is None else Cell(f"{name}={value}" if value else name)


def _brought(side: Which, finding: SideFinding) -> Cause | None:
    return Cause(side, finding.layers[0]) if finding.layers else None
