"""Layers stacked, lowest first: OCI image-spec layer.md, with the fate of every entry on the way.

Work and memory are O(entries): each entry is put into the tree once and taken out at most once, so a whiteout costs
what it hides. Entries are numbered through all layers (`entry id` = the layer's offset + the row in its scan).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from inspector.filesystem.ledger import Fate, Ledger
from inspector.layers.entries import Entries, Entry, Kind

VISIBLE = -1
"""In place of a layer: hidden by none."""

IMPLIED = -1
"""In place of an entry id: a folder that exists only because something is in it."""


class LayerTotals(Struct, frozen=True):
    """What one layer did, in bytes and entries.

    `hides` maps each lower (or this) layer to the bytes of it that this layer hides. `added` entries are at paths that
    did not exist below, `modified` at paths that did (a folder restated with the same mode and owner is neither), and
    `deleted` counts the paths below that are gone after this layer.
    """

    size_bytes: int
    live_bytes: int
    added: int
    modified: int
    deleted: int
    hides: dict[int, int]

    @property
    def hidden_bytes(self) -> int:
        return self.size_bytes - self.live_bytes


class Filesystem(Struct, frozen=True):
    """Every entry of every layer with its fate.

    Columns by entry id: `fates` (what became of its bytes), `hiders` (the layer that hid its bytes) and `leavers`
    (the layer after which its path is gone or another entry's). The last two differ only for files with hardlinks,
    whose bytes live while any link does; both are VISIBLE where no layer did. `shares` maps a hardlink's entry id to
    the id of the file whose bytes it shares.
    """

    layers: tuple[Entries, ...]
    offsets: tuple[int, ...]
    fates: bytearray
    hiders: array[int]
    leavers: array[int]
    shares: dict[int, int]
    totals: tuple[LayerTotals, ...]
    ledger: Ledger

    def __len__(self) -> int:
        return len(self.fates)

    def locate(self, entry_id: int) -> tuple[int, int]:
        """(layer, row) of an entry."""
        layer = bisect_right(self.offsets, entry_id) - 1
        return layer, entry_id - self.offsets[layer]

    def entry(self, entry_id: int) -> Entry:
        layer, row = self.locate(entry_id)
        return self.layers[layer][row]

    def size(self, entry_id: int) -> int:
        """The bytes of an entry; of all but files none."""
        layer, row = self.locate(entry_id)
        return self.layers[layer].sizes[row]

    def sizes_of(self, entry_ids: Iterable[int]) -> dict[int, int]:
        """Entry id → bytes."""
        return {entry_id: self.size(entry_id) for entry_id in entry_ids}

    def file_rows(self, layer: int, *, hidden: bool) -> list[int]:
        """The rows of a layer's files with bytes: those whose bytes a layer hides, or those whose bytes none does."""
        start, sizes = self.offsets[layer], self.layers[layer].sizes
        fates = self.fates[start : start + len(sizes)]
        rows = enumerate(zip(sizes, fates, strict=True))
        return [row for row, (size, fate) in rows if size and (fate != Fate.LIVE) is hidden]

    def visible(self, upto: int | None = None) -> Iterator[int]:
        """Ids of the entries a person sees in the image made of the layers up to and including `upto` (None: all)."""
        top = len(self.layers) - 1 if upto is None else upto
        for layer in range(top + 1):
            start = self.offsets[layer]
            for row, kind in enumerate(self.layers[layer].kinds):
                leaver = self.leavers[start + row]
                if kind < Kind.WHITEOUT and (leaver == VISIBLE or leaver > top):
                    yield start + row

    def final(self) -> Iterator[tuple[str, Entry]]:
        """The final tree: path and entry, hardlinks with the size and content id of the file they share."""
        for entry_id in self.visible():
            entry = self.entry(entry_id)
            shared = self.shares.get(entry_id)
            if shared is not None:
                original = self.entry(shared)
                entry = entry._replace(size=original.size, content=original.content)
            yield entry.path, entry


class _Folder:
    """A folder in the tree as it stands: children are entry ids, or folders again."""

    __slots__ = ("children", "entry_id", "path")

    def __init__(self, path: str, entry_id: int) -> None:
        self.path = path
        self.entry_id = entry_id
        self.children: dict[str, int | _Folder] = {}


def stack_layers(layers: Sequence[Entries]) -> Filesystem:
    """Apply `layers`, lowest first, and keep the books."""
    stack = _Stack(layers)
    for index in range(len(layers)):
        stack.apply(index)
    return stack.result()


class _Stack:
    """The books while they are being written: the current tree, the links of files with hardlinks, the columns."""

    def __init__(self, layers: Sequence[Entries]) -> None:
        self.layers = tuple(layers)
        self.offsets: list[int] = []
        total = 0
        for layer in layers:
            self.offsets.append(total)
            total += len(layer)
        self.fates = bytearray(total)
        self.hiders = array("i", [VISIBLE]) * total
        self.leavers = array("i", [VISIBLE]) * total
        self.shares: dict[int, int] = {}
        self.links: dict[int, int] = {}  # file with hardlinks → how many of its paths are left
        self.root = _Folder("", IMPLIED)
        self.folders = {"": self.root}
        self.hides: list[dict[int, int]] = [{} for _ in layers]
        self.counts: list[tuple[int, int, int]] = []
        self.layer = 0
        self.removed: set[str] = set()

    def apply(self, index: int) -> None:
        """Markers first: they act on lower layers only, whatever their order inside the layer."""
        self.layer = index
        self.removed = set()
        entries, start = self.layers[index], self.offsets[index]
        for row in _rows_of(entries.kinds, Kind.OPAQUE):
            self._hide_content(entries.paths[row])
        for row in _rows_of(entries.kinds, Kind.WHITEOUT):
            self._hide_path(entries.paths[row])
        added = modified = 0
        for row, kind in enumerate(entries.kinds):
            if kind >= Kind.WHITEOUT:
                continue
            path = entries.paths[row]
            old = self._put_folder(start + row, path) if kind == Kind.DIRECTORY else self._put(start + row, path, kind)
            if path in self.removed:
                self.removed.discard(path)
                modified += 1
            elif old == IMPLIED:
                added += 1
            elif old < start and not (kind == Kind.DIRECTORY and self._same_folder(old, start + row)):
                modified += 1
        deleted = sum(path not in self.folders for path in self.removed)
        self.counts.append((added, modified, deleted))

    def result(self) -> Filesystem:
        sums = [0] * len(Fate)
        totals = []
        for index, entries in enumerate(self.layers):
            fates = self.fates[self.offsets[index] : self.offsets[index] + len(entries)]
            by_fate = [0] * len(Fate)
            for fate, size in zip(fates, entries.sizes, strict=True):
                by_fate[fate] += size
            sums = [a + b for a, b in zip(sums, by_fate, strict=True)]
            totals.append(LayerTotals(sum(by_fate), by_fate[Fate.LIVE], *self.counts[index], hides=self.hides[index]))
        return Filesystem(
            self.layers,
            tuple(self.offsets),
            self.fates,
            self.hiders,
            self.leavers,
            self.shares,
            tuple(totals),
            Ledger(*sums),
        )

    def _put(self, entry_id: int, path: str, kind: int) -> int:
        """Put a non-directory at its path; returns what was there before, or IMPLIED for nothing."""
        folder_path, _, name = path.rpartition("/")
        folder = self.folders.get(folder_path) or self._imply(folder_path)
        if kind == Kind.HARDLINK:
            self._link(entry_id)
        old = folder.children.get(name, IMPLIED)
        folder.children[name] = entry_id
        if isinstance(old, _Folder):
            self._hide_subtree(old)
            return old.entry_id
        if old != IMPLIED:
            self._leave(old, self._replaced(old, entry_id))
        return old

    def _put_folder(self, entry_id: int, path: str) -> int:
        """Put a directory at its path, keeping what is in it; returns what was there before, or IMPLIED."""
        folder = self.folders.get(path)
        if folder is not None:
            old, folder.entry_id = folder.entry_id, entry_id
            if old != IMPLIED:
                self._leave(old, Fate.OVERWRITTEN)
            return old
        parent_path, _, name = path.rpartition("/")
        parent = self.folders.get(parent_path) or self._imply(parent_path)
        before = parent.children.get(name, IMPLIED)
        parent.children[name] = self.folders[path] = _Folder(path, entry_id)
        if isinstance(before, int) and before != IMPLIED:
            self._leave(before, Fate.OVERWRITTEN)
            return before
        return IMPLIED

    def _imply(self, path: str) -> _Folder:
        """The folder at `path`, made with its parents where no entry did; replaces a non-directory in the way."""
        folder = self.folders.get(path)
        if folder is not None:
            return folder
        folder = self.folders[path] = _Folder(path, IMPLIED)
        child: _Folder = folder
        while True:
            parent_path, _, name = child.path.rpartition("/")
            parent = self.folders.get(parent_path)
            known = parent is not None
            if parent is None:
                parent = self.folders[parent_path] = _Folder(parent_path, IMPLIED)
            before = parent.children.get(name, IMPLIED)
            parent.children[name] = child
            if isinstance(before, int) and before != IMPLIED:
                self._note_removed(before)
                self._leave(before, Fate.OVERWRITTEN)
            if known:
                return folder
            child = parent

    def _link(self, entry_id: int) -> None:
        """Join a hardlink to the file its target names now, in this layer or below; a dangling one has no bytes."""
        layer, row = self._locate(entry_id)
        folder_path, _, name = self.layers[layer].links.get(row, "").rpartition("/")
        folder = self.folders.get(folder_path)
        target = folder.children.get(name) if folder else None
        if isinstance(target, int):
            file = self.shares.get(target, target)
            self.shares[entry_id] = file
            self.links[file] = self.links.get(file, 1) + 1

    def _replaced(self, old: int, new: int) -> Fate:
        """The fate of an entry whose path another takes: RECOPIED when the content is the same."""
        old_layer, old_row = self._locate(self.shares.get(old, old))
        new_layer, new_row = self._locate(self.shares.get(new, new))
        same = self.layers[old_layer].same_content(old_row, self.layers[new_layer], new_row)
        return Fate.RECOPIED if same else Fate.OVERWRITTEN

    def _hide_path(self, path: str) -> None:
        """A whiteout: the path goes, with all below it."""
        folder_path, _, name = path.rpartition("/")
        folder = self.folders.get(folder_path)
        old = folder.children.pop(name, IMPLIED) if folder else IMPLIED
        if isinstance(old, _Folder):
            self._hide_subtree(old)
        elif old != IMPLIED:
            self.removed.add(path)
            self._leave(old, Fate.DELETED)

    def _hide_content(self, path: str) -> None:
        """An opaque marker: all below the path goes, the folder itself stays."""
        folder = self.folders.get(path)
        if folder is not None:
            self._hide_children(folder)
            folder.children = {}

    def _hide_subtree(self, top: _Folder) -> None:
        self._hide_children(top)
        self._drop_folder(top)

    def _hide_children(self, top: _Folder) -> None:
        """Everything below `top` leaves the tree."""
        pending = [top]
        while pending:
            for child in pending.pop().children.values():
                if isinstance(child, _Folder):
                    pending.append(child)
                    self._drop_folder(child)
                else:
                    self._note_removed(child)
                    self._leave(child, Fate.DELETED_TREE)

    def _drop_folder(self, folder: _Folder) -> None:
        del self.folders[folder.path]
        if folder.entry_id != IMPLIED:
            self._note_removed(folder.entry_id)
            self._leave(folder.entry_id, Fate.DELETED_TREE)

    def _note_removed(self, entry_id: int) -> None:
        if entry_id < self.offsets[self.layer]:
            layer, row = self._locate(entry_id)
            self.removed.add(self.layers[layer].paths[row])

    def _leave(self, entry_id: int, fate: Fate) -> None:
        """An entry's path is gone in the current layer; its bytes are hidden once no hardlink of them is left."""
        self.leavers[entry_id] = self.layer
        file = self.shares.get(entry_id, entry_id)
        left = self.links.get(file)
        if left is not None:
            if entry_id != file:
                self.fates[entry_id], self.hiders[entry_id] = fate, self.layer
            self.links[file] = left - 1
            if left > 1:
                return
            del self.links[file]
        self.fates[file], self.hiders[file] = fate, self.layer
        layer, row = self._locate(file)
        size = self.layers[layer].sizes[row]
        if size:
            hides = self.hides[self.layer]
            hides[layer] = hides.get(layer, 0) + size

    def _same_folder(self, old: int, new: int) -> bool:
        """Whether a folder's entry only restates mode and owner, as overlay2 does for the parents of a change."""
        (a_layer, a), (b_layer, b) = self._locate(old), self._locate(new)
        one, other = self.layers[a_layer], self.layers[b_layer]
        return one.kinds[a] == Kind.DIRECTORY and (one.modes[a], one.uids[a], one.gids[a]) == (
            other.modes[b],
            other.uids[b],
            other.gids[b],
        )

    def _locate(self, entry_id: int) -> tuple[int, int]:
        layer = bisect_right(self.offsets, entry_id) - 1
        return layer, entry_id - self.offsets[layer]


def _rows_of(kinds: bytearray, kind: Kind) -> Iterator[int]:
    row = kinds.find(kind)
    while row >= 0:
        yield row
        row = kinds.find(kind, row + 1)
