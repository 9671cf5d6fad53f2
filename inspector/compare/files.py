"""The files of two images: what is added, removed, changed or moved, and the layer on either side that caused it.

Both final filesystems are walked once and joined by path: O(n) time, and memory for one dictionary of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from inspector.compare.align import LayerPair
from inspector.compare.side import Cause, Side, Status, Which
from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind

CONTENT = "content"
"""The aspect of a change that is more than metadata."""


class FileChange(Struct, frozen=True):
    """One path that differs.

    `a_bytes` and `b_bytes` are the live bytes that it stands for, None where it is not there: a file's size, and for
    several hardlinks of one file the first path has the bytes. So all differences add up to that of the live bytes.
    `aspects` say what of it differs (content, mode, owner, kind, target, device, attributes, links); of a MOVED file
    `a_path` is where it was. `cause` is the layer that made the difference, `package` owns the file.
    """

    path: str
    status: Status
    kind: Kind
    a_bytes: int | None
    b_bytes: int | None
    cause: Cause
    package: str | None
    aspects: tuple[str, ...] = ()
    a_path: str | None = None

    @property
    def delta_bytes(self) -> int:
        return (self.b_bytes or 0) - (self.a_bytes or 0)

    @property
    def metadata_only(self) -> bool:
        """Changed, but what can be read from it is the same."""
        return self.status is Status.CHANGED and not {CONTENT, "kind", "target"} & set(self.aspects)


class FileChanges(Struct, frozen=True):
    """What differs, by path. `uncertain` counts hardlinks, of which a saved report tells neither size nor content."""

    changes: tuple[FileChange, ...]
    uncertain: int

    def count(self, status: Status) -> int:
        return sum(change.status is status for change in self.changes)


def compare_files(a: Side, b: Side, rows: Sequence[LayerPair]) -> FileChanges | None:
    """None where a side does not tell its files."""
    if a.filesystem is None or b.filesystem is None:
        return None
    one, other = _Final(a, a.filesystem), _Final(b, b.filesystem)
    causes = _Causes(one, other, rows)
    exact = a.exact and b.exact
    added, changes, uncertain = [], [], 0
    for path, b_id in other.ids.items():
        a_id = one.ids.get(path)
        if a_id is None:
            added.append(path)
            continue
        if causes.is_shared_entry(a_id, b_id) and one.bytes_of(path, a_id) == other.bytes_of(path, b_id):
            continue
        aspects = _aspects(one, a_id, other, b_id) if exact else _known_aspects(one, a_id, other, b_id)
        a_bytes, b_bytes = one.bytes_of(path, a_id), other.bytes_of(path, b_id)
        if not aspects and a_bytes != b_bytes:
            aspects = ("links",)
        if aspects:
            cause = causes.of_change(a_id, b_id)
            kind, package = other.kind(b_id), other.package(b_id) or one.package(a_id)
            changes.append(FileChange(path, Status.CHANGED, kind, a_bytes, b_bytes, cause, package, aspects))
        elif not exact and (one.is_hardlink(a_id) or other.is_hardlink(b_id)):
            uncertain += 1
    removed = [path for path in one.ids if path not in other.ids]
    moved = _moves(one, removed, other, added)
    gone = set(moved.values())
    changes += (_added(path, moved.get(path), one, other, causes) for path in added)
    changes += (_removed(path, one, causes) for path in removed if path not in gone)
    changes.sort(key=lambda change: change.path)
    return FileChanges(tuple(changes), uncertain)


class _Final:
    """The final filesystem of a side by path; files by their entry ids."""

    def __init__(self, side: Side, filesystem: Filesystem) -> None:
        self.side, self.filesystem = side, filesystem
        self.ids: dict[str, int] = {}
        self._bearers: dict[int, str] = {}  # file with hardlinks → the first path it has
        files = set(filesystem.shares.values())
        for entry_id, path in _visible(filesystem):
            self.ids[path] = entry_id
            file = filesystem.shares.get(entry_id, entry_id)
            if file in files:
                self._bearers[file] = min(path, self._bearers.get(file, path))

    def bytes_of(self, path: str, entry_id: int) -> int:
        """The live bytes that a path stands for."""
        file = self.filesystem.shares.get(entry_id, entry_id)
        if self._bearers.get(file, path) != path:
            return 0
        return self.filesystem.size(file)

    def kind(self, entry_id: int) -> Kind:
        """A hardlink is a name like any other of its file."""
        layer, row = self.original(entry_id)
        kind = Kind(self.filesystem.layers[layer].kinds[row])
        return Kind.FILE if kind is Kind.HARDLINK else kind

    def is_hardlink(self, entry_id: int) -> bool:
        layer, row = self.filesystem.locate(entry_id)
        return self.filesystem.layers[layer].kinds[row] == Kind.HARDLINK

    def package(self, entry_id: int) -> str | None:
        return self.side.owners.get(entry_id)

    def original(self, entry_id: int) -> tuple[int, int]:
        """Layer and row of the file whose bytes an entry has."""
        return self.filesystem.locate(self.filesystem.shares.get(entry_id, entry_id))

    def content(self, entry_id: int) -> tuple[int, int] | None:
        """What tells the content of a file with bytes, None for all else."""
        layer, row = self.original(entry_id)
        entries = self.filesystem.layers[layer]
        size = entries.sizes[row]
        return (size, entries.contents[row]) if size and entries.kinds[row] == Kind.FILE else None


def _visible(filesystem: Filesystem) -> Iterator[tuple[int, str]]:
    """`Filesystem.visible` with paths, in half the time, since it stays in one layer."""
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        leavers = filesystem.leavers[start : start + len(entries)]
        for row, (kind, path, leaver) in enumerate(zip(entries.kinds, entries.paths, leavers, strict=True)):
            if leaver == VISIBLE and kind < Kind.WHITEOUT and path:
                yield start + row, path


class _Causes:
    """Which layer made a difference: one that only one image has; or else the one that hides what both once had."""

    def __init__(self, a: _Final, b: _Final, rows: Sequence[LayerPair]) -> None:
        self._finals: dict[Which, _Final] = {"a": a, "b": b}
        same = [(row.a.index, row.b.index) for row in rows if row.status is Status.SAME and row.a and row.b]
        self._twin: dict[Which, dict[int, int]] = {"a": dict(same), "b": {b: a for a, b in same}}
        self._rows: dict[tuple[Which, int], dict[str, int]] = {}

    def is_shared_entry(self, a_id: int, b_id: int) -> bool:
        """Whether a path has the same entry of a layer that both images have, with its bytes in such a layer."""
        one, other, twin = self._finals["a"], self._finals["b"], self._twin["a"]
        if twin.get(one.filesystem.locate(a_id)[0]) != other.filesystem.locate(b_id)[0]:
            return False
        return twin.get(one.original(a_id)[0]) == other.original(b_id)[0]

    def of_change(self, a_id: int, b_id: int) -> Cause:
        a_layer, b_layer = self._layer("a", a_id), self._layer("b", b_id)
        if b_layer in self._twin["b"] and a_layer not in self._twin["a"]:
            return Cause("a", a_layer)
        return Cause("b", b_layer)

    def of_presence(self, side: Which, path: str, entry_id: int) -> Cause:
        """Why a path is on one side only: its layer is on this side only, or the other side took the file away."""
        other: Which = "b" if side == "a" else "a"
        layer = self._layer(side, entry_id)
        twin = self._twin[side].get(layer)
        if twin is None:
            return Cause(side, layer)
        filesystem = self._finals[other].filesystem
        if (other, twin) not in self._rows:
            self._rows[other, twin] = {path: row for row, path in enumerate(filesystem.layers[twin].paths)}
        row = self._rows[other, twin].get(path)
        leaver = VISIBLE if row is None else filesystem.leavers[filesystem.offsets[twin] + row]
        return Cause(side, layer) if leaver == VISIBLE else Cause(other, leaver)

    def _layer(self, side: Which, entry_id: int) -> int:
        return self._finals[side].filesystem.locate(entry_id)[0]


def _aspects(a: _Final, a_id: int, b: _Final, b_id: int) -> tuple[str, ...]:
    """What differs between two entries, times aside: they differ with every build."""
    (a_layer, m), (b_layer, n) = a.original(a_id), b.original(b_id)
    one, other = a.filesystem.layers[a_layer], b.filesystem.layers[b_layer]
    if a.kind(a_id) != b.kind(b_id):
        return ("kind",)
    found = []
    if one.sizes[m] != other.sizes[n] or one.contents[m] != other.contents[n]:
        found.append(CONTENT)
    if one.kinds[m] == Kind.SYMLINK and one.links.get(m) != other.links.get(n):
        found.append("target")
    if one.modes[m] != other.modes[n]:
        found.append("mode")
    if (one.uids[m], one.gids[m]) != (other.uids[n], other.gids[n]):
        found.append("owner")
    if one.devices.get(m) != other.devices.get(n):
        found.append("device")
    if one.xattrs.get(m, {}) != other.xattrs.get(n, {}):
        found.append("attributes")
    return tuple(found)


def _known_aspects(a: _Final, a_id: int, b: _Final, b_id: int) -> tuple[str, ...]:
    """What is known to differ where one side is a saved report, which gives hardlinks neither size nor content."""
    (a_layer, m), (b_layer, n) = a.filesystem.locate(a_id), b.filesystem.locate(b_id)
    one, other = a.filesystem.layers[a_layer], b.filesystem.layers[b_layer]
    if a.kind(a_id) != b.kind(b_id):
        return ("kind",)
    found = []
    if Kind.HARDLINK not in (one.kinds[m], other.kinds[n]) and (
        one.sizes[m] != other.sizes[n] or one.contents[m] != other.contents[n]
    ):
        found.append(CONTENT)
    if one.kinds[m] == Kind.SYMLINK and one.links.get(m) != other.links.get(n):
        found.append("target")
    if one.modes[m] != other.modes[n]:
        found.append("mode")
    if (one.uids[m], one.gids[m]) != (other.uids[n], other.gids[n]):
        found.append("owner")
    return tuple(found)


def _moves(a: _Final, removed: Sequence[str], b: _Final, added: Sequence[str]) -> dict[str, str]:
    """New path → old path for files whose content is at another path now; the same name is preferred."""
    moved: dict[str, str] = {}
    gone = set[str]()
    for by_name in (True, False):
        left: dict[tuple[tuple[int, int], str], list[str]] = {}
        for path in reversed(removed):
            if path not in gone and (content := a.content(a.ids[path])) is not None:
                left.setdefault((content, _name(path) if by_name else ""), []).append(path)
        for path in added:
            if path not in moved and (content := b.content(b.ids[path])) is not None:
                candidates = left.get((content, _name(path) if by_name else ""))
                if candidates:
                    moved[path] = candidates.pop()
                    gone.add(moved[path])
    return moved


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _added(path: str, old: str | None, a: _Final, b: _Final, causes: _Causes) -> FileChange:
    entry_id = b.ids[path]
    return FileChange(
        path,
        Status.ADDED if old is None else Status.MOVED,
        b.kind(entry_id),
        None if old is None else a.bytes_of(old, a.ids[old]),
        b.bytes_of(path, entry_id),
        causes.of_presence("b", path, entry_id),
        b.package(entry_id),
        a_path=old,
    )


def _removed(path: str, a: _Final, causes: _Causes) -> FileChange:
    entry_id = a.ids[path]
    return FileChange(
        path,
        Status.REMOVED,
        a.kind(entry_id),
        a.bytes_of(path, entry_id),
        None,
        causes.of_presence("a", path, entry_id),
        a.package(entry_id),
    )
