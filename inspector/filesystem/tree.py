"""The file tree a person browses: what one layer did, or the image as it stands after a layer.

Nodes are numbers and their properties columns, so that 200,000 of them are built in a fraction of a second. Node 0 is
the root, and a folder's number is always smaller than those of its children: one backward pass sums up subtrees.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import IMPLIED, VISIBLE, Filesystem
from inspector.layers.entries import Entries, Kind

ROOT = 0

SEVERAL = -2
"""In place of a layer: hidden by more than one."""


class Change(IntEnum):
    """What the layer in question did to a path."""

    UNCHANGED = 0
    ADDED = 1
    MODIFIED = 2
    REMOVED = 3


@dataclass(frozen=True, slots=True)
class FileTree:
    """Columns by node; treat as read-only.

    `entry_ids` says which entry a node shows (IMPLIED: a folder no entry stands for). `sizes`, `hidden` and `gone` are
    bytes of the whole subtree: what is there, how much of that later layers hide, and how much of lower layers the
    layer in question hides here (whatever it removed or replaced). `hiders` is the layer that hides the hidden bytes,
    VISIBLE for none, SEVERAL for more than one. Bytes of a file with hardlinks count once, at the file that carries
    them, or at one of its links where only those are in the tree.
    """

    names: list[str]
    parents: array[int]
    depths: array[int]
    entry_ids: array[int]
    kinds: bytearray
    changes: bytearray
    sizes: array[int]
    hidden: array[int]
    gone: array[int]
    hiders: array[int]
    children: dict[int, list[int]]

    def __len__(self) -> int:
        return len(self.names)

    def path(self, node: int) -> str:
        """The path of a node, without a leading slash; the root's is empty."""
        parts = []
        while node != ROOT:
            parts.append(self.names[node])
            node = self.parents[node]
        return "/".join(reversed(parts))

    def find(self, path: str) -> int | None:
        """The node at a path, None where the tree has none."""
        node = ROOT
        for name in path.split("/") if path else ():
            named = (child for child in self.children.get(node, ()) if self.names[child] == name)
            found = next(named, None)
            if found is None:
                return None
            node = found
        return node

    def weight(self, node: int) -> int:
        """Bytes a person would call the node's size: what is there and what was removed."""
        return self.sizes[node] + self.gone[node]

    def wholly_hidden(self, node: int) -> bool:
        """Whether nothing of the node is left to see: removed by this layer, or hidden by later ones."""
        if self.changes[node] == Change.REMOVED:
            return True
        return self.hiders[node] != VISIBLE and self.hidden[node] == self.sizes[node]


def layer_tree(filesystem: Filesystem, layer: int) -> FileTree:
    """What a layer did: its own entries, and the paths of lower layers it removed.

    The root's `sizes` is the layer's size, `hidden` its hidden bytes, `gone` what it hides of lower layers.
    """
    growing = _Growing(filesystem)
    entries, start = filesystem.layers[layer], filesystem.offsets[layer]
    for row, kind in enumerate(entries.kinds):
        if kind < Kind.WHITEOUT:
            growing.put(entries.paths[row], start + row, entries.sizes[row])
    present = len(growing.names)
    left = _left_at(filesystem, layer)
    growing.mark_changes(layer, left)
    growing.put_removed(layer, left, present)
    return growing.grown(implied_are_removed=False, present=present)


def stacked_tree(
    filesystem: Filesystem, upto: int, *, marks: bool = True, removed: bool = True
) -> FileTree:
    """The image made of the layers up to and including `upto`.

    `marks` tells what layer `upto` added and modified; `removed` also shows the paths it removed.
    """
    growing = _Growing(filesystem)
    shared = _bytes_at_links(filesystem, upto)
    for layer in range(upto + 1):
        entries, start = filesystem.layers[layer], filesystem.offsets[layer]
        for row in _visible_rows(filesystem, layer, upto):
            size = entries.sizes[row] or shared.get(start + row, 0)
            growing.put(entries.paths[row], start + row, size)
    present = len(growing.names)
    if marks and upto >= 0:
        left = _left_at(filesystem, upto)
        growing.mark_changes(upto, left)
        if removed:
            growing.put_removed(upto, left, present)
    return growing.grown(implied_are_removed=True, present=present)


def _visible_rows(filesystem: Filesystem, layer: int, upto: int) -> Iterator[int]:
    start, leavers = filesystem.offsets[layer], filesystem.leavers
    for row, kind in enumerate(filesystem.layers[layer].kinds):
        if kind < Kind.WHITEOUT:
            leaver = leavers[start + row]
            if leaver == VISIBLE or leaver > upto:
                yield row


def _bytes_at_links(filesystem: Filesystem, upto: int) -> dict[int, int]:
    """Links that stand in for a file whose own path is gone: link → bytes, one link for each such file."""
    leavers, standing, taken = filesystem.leavers, {}, set()
    for link, file in filesystem.shares.items():
        gone = leavers[file] != VISIBLE and leavers[file] <= upto
        there = filesystem.locate(link)[0] <= upto and (leavers[link] == VISIBLE or leavers[link] > upto)
        if gone and there and file not in taken:
            taken.add(file)
            standing[link] = _size(filesystem, file)
    return standing


def _left_at(filesystem: Filesystem, layer: int) -> dict[str, int]:
    """The entries of lower layers whose path `layer` removed or took: path → entry."""
    left = {}
    for lower in range(layer):
        start, paths = filesystem.offsets[lower], filesystem.layers[lower].paths
        for row, leaver in enumerate(filesystem.leavers[start : start + len(paths)]):
            if leaver == layer:
                left[paths[row]] = start + row
    return left


def _size(filesystem: Filesystem, entry_id: int) -> int:
    layer, row = filesystem.locate(entry_id)
    return filesystem.layers[layer].sizes[row]


class _Growing:
    """A tree while nodes are put into it."""

    def __init__(self, filesystem: Filesystem) -> None:
        self.filesystem = filesystem
        self.numbers = {"": ROOT}
        self.names = [""]
        self.parents = array("i", [ROOT])
        self.depths = array("i", [0])
        self.entry_ids = array("i", [IMPLIED])
        self.kinds = bytearray([Kind.DIRECTORY])
        self.sizes = array("q", [0])
        self.hidden = array("q", [0])
        self.hiders = array("i", [VISIBLE])
        self.changes: dict[int, Change] = {}
        self.gone: dict[int, int] = {}

    def put(self, path: str, entry_id: int, size: int) -> None:
        """An entry at its path; of two at the same path the later is shown and the bytes of both count."""
        number = self.numbers.get(path)
        if number is None:
            number = self._add(path)
        filesystem = self.filesystem
        layer, row = filesystem.locate(entry_id)
        self.entry_ids[number] = entry_id
        self.kinds[number] = kind = filesystem.layers[layer].kinds[row]
        self.sizes[number] += size
        hider = self._hider(entry_id, kind)
        if size and filesystem.hiders[filesystem.shares.get(entry_id, entry_id)] != VISIBLE:
            self.hidden[number] += size
        self.hiders[number] = hider

    def mark_changes(self, layer: int, left: dict[str, int]) -> None:
        """Tell added from modified among the layer's own entries, by what was at their paths before."""
        filesystem = self.filesystem
        start = filesystem.offsets[layer]
        end = start + len(filesystem.layers[layer])
        for path, number in self.numbers.items():
            entry_id = self.entry_ids[number]
            if not start <= entry_id < end:
                continue
            old = left.get(path)
            if old is None:
                self.changes[number] = Change.ADDED
            elif not self._restates(entry_id, old):
                self.changes[number] = Change.MODIFIED

    def put_removed(self, layer: int, left: dict[str, int], present: int) -> None:
        """The paths that are gone, and the bytes of lower layers that went with each path, removed or replaced."""
        filesystem = self.filesystem
        counted = set()
        for path, entry_id in left.items():
            number = self.numbers.get(path)
            if number is None:
                number = self._add(path)
            if number >= present:
                old_layer, row = filesystem.locate(entry_id)
                self.entry_ids[number] = entry_id
                self.kinds[number] = filesystem.layers[old_layer].kinds[row]
                self.changes[number] = Change.REMOVED
            elif self.entry_ids[number] == IMPLIED:
                self.changes[number] = Change.MODIFIED
            file = filesystem.shares.get(entry_id, entry_id)
            if filesystem.hiders[file] == layer and file not in counted:
                counted.add(file)
                self.gone[number] = _size(filesystem, file)

    def grown(self, *, implied_are_removed: bool, present: int) -> FileTree:
        """The finished tree: children listed, subtrees summed up."""
        count = len(self.names)
        changes = bytearray(count)
        for number, change in self.changes.items():
            changes[number] = change
        if implied_are_removed:
            for number in range(present, count):
                changes[number] = Change.REMOVED
        gone = array("q", bytes(8 * count))
        for number, size in self.gone.items():
            gone[number] = size
        children: dict[int, list[int]] = {}
        sizes, hidden, hiders = self.sizes, self.hidden, self.hiders
        for number in range(count - 1, ROOT, -1):
            parent = self.parents[number]
            siblings = children.get(parent)
            if siblings is None:
                children[parent] = [number]
            else:
                siblings.append(number)
            sizes[parent] += sizes[number]
            gone[parent] += gone[number]
            if hidden[number]:
                hidden[parent] += hidden[number]
                if hiders[parent] == VISIBLE:
                    hiders[parent] = hiders[number]
                elif hiders[parent] != hiders[number]:
                    hiders[parent] = SEVERAL
        return FileTree(
            self.names, self.parents, self.depths, self.entry_ids, self.kinds, changes, sizes, hidden, gone, hiders, children
        )  # fmt: skip

    def _add(self, path: str) -> int:
        """A node for the path, and for the folders above it that have none."""
        missing = []
        while path not in self.numbers:
            missing.append(path)
            path = path.rpartition("/")[0]
        parent = self.numbers[path]
        for below in reversed(missing):
            number = self.numbers[below] = len(self.names)
            self.names.append(below.rpartition("/")[2])
            self.parents.append(parent)
            self.depths.append(self.depths[parent] + 1)
            self.entry_ids.append(IMPLIED)
            self.kinds.append(Kind.DIRECTORY)
            self.sizes.append(0)
            self.hidden.append(0)
            self.hiders.append(VISIBLE)
            parent = number
        return parent

    def _hider(self, entry_id: int, kind: int) -> int:
        """Who hides an entry: its bytes where it has any, else its path. A folder restated later is not hidden."""
        filesystem = self.filesystem
        if kind == Kind.FILE:
            return filesystem.hiders[entry_id]
        if kind == Kind.DIRECTORY and filesystem.fates[entry_id] not in (Fate.DELETED, Fate.DELETED_TREE):
            return VISIBLE
        return filesystem.leavers[entry_id]

    def _restates(self, new: int, old: int) -> bool:
        """Whether a folder's entry changes neither mode nor owner, as overlay2 writes for the parents of a change."""
        return self._folder(new) == self._folder(old) is not None

    def _folder(self, entry_id: int) -> tuple[int, int, int] | None:
        layer, row = self.filesystem.locate(entry_id)
        entries: Entries = self.filesystem.layers[layer]
        if entries.kinds[row] != Kind.DIRECTORY:
            return None
        return entries.modes[row], entries.uids[row], entries.gids[row]
