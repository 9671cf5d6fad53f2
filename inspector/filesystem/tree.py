"""The file tree a person browses: what one layer did, or the image as it stands after a layer.

Nodes are numbers and their properties columns, so that 200,000 of them are built in a fraction of a second. Node 0 is
the root, and a folder's number is always smaller than those of its children: one backward pass sums up subtrees.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from enum import IntEnum

from msgspec import Struct

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


class FileTree(Struct, frozen=True):
    """Columns by node; treat as read-only.

    `entry_ids` says which entry a node shows (IMPLIED: a folder no entry stands for). `sizes`, `hidden` and `gone` are
    bytes of the whole subtree: what is there, how much of that later layers hide, and how much of lower layers the
    layer in question hides here (whatever it removed or replaced). `hiders` is the layer that hides the hidden bytes,
    VISIBLE for none, SEVERAL for more than one. Bytes of a file with hardlinks count once, at the file that carries
    them, or at one of its links where only those are in the tree.
    """

    names: tuple[str, ...]
    parents: array[int]
    depths: array[int]
    entry_ids: array[int]
    kinds: bytearray
    changes: bytearray
    sizes: array[int]
    hidden: array[int]
    gone: array[int]
    hiders: array[int]
    children: dict[int, tuple[int, ...]]

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
            found = self.child(node, name)
            if found is None:
                return None
            node = found
        return node

    def child(self, folder: int, name: str) -> int | None:
        """What has this name in a folder, None where nothing has."""
        return next((node for node in self.children.get(folder, ()) if self.names[node] == name), None)

    def size(self, node: int) -> int:
        """Bytes a person would call the node's size: what is there, or what was, of what the layer removed."""
        return self.gone[node] if self.changes[node] == Change.REMOVED else self.sizes[node]

    def stored(self, node: int) -> int:
        """Bytes that have to do with the node: what is there, and what of lower layers this one hides here."""
        return self.sizes[node] + self.gone[node]

    def stored_hidden(self, node: int) -> int:
        """Bytes of these that nobody can see in the end: hidden by later layers, or by this one."""
        return self.hidden[node] + self.gone[node]

    def wholly_hidden(self, node: int) -> bool:
        """Whether nothing of the node is left to see: removed by this layer, or hidden by later ones."""
        if self.changes[node] == Change.REMOVED:
            return True
        return self.hiders[node] != VISIBLE and self.hidden[node] == self.sizes[node]


def layer_tree(filesystem: Filesystem, layer: int) -> FileTree:
    """What a layer did: its own entries, and the paths of lower layers it removed.

    The root's `sizes` is the layer's size, `hidden` its hidden bytes, `gone` what it hides of lower layers.
    """
    rows = [row for row, kind in enumerate(filesystem.layers[layer].kinds) if kind < Kind.WHITEOUT]
    plan = _Plan()
    plan.place(filesystem.layers[layer], rows, layer)
    left = _left_at(filesystem, layer)
    present = len(plan.names)
    plan.place_paths(left)
    tree = _filled(filesystem, plan)
    _mark_changes(filesystem, tree, plan, layer, left)
    _mark_removed(filesystem, tree, plan, layer, left, present)
    return _summed_up(tree)


def stacked_tree(filesystem: Filesystem, upto: int, *, marks: bool = True, removed: bool = True) -> FileTree:
    """The image made of the layers up to and including `upto`.

    `marks` tells what layer `upto` added and modified; `removed` also shows the paths it removed.
    """
    plan = _Plan()
    for layer in range(upto + 1):
        plan.place(filesystem.layers[layer], _visible_rows(filesystem, layer, upto), layer)
    left = _left_at(filesystem, upto) if marks and upto >= 0 else {}
    present = len(plan.names)
    if removed:
        plan.place_paths(left)
    tree = _filled(filesystem, plan)
    _count_at_links(filesystem, tree, plan, upto)
    if marks and upto >= 0:
        _mark_changes(filesystem, tree, plan, upto, left)
    if removed:
        tree.changes[present:] = bytes([Change.REMOVED]) * (len(tree) - present)
        _mark_removed(filesystem, tree, plan, upto, left, present)
    return _summed_up(tree)


def chosen_tree(filesystem: Filesystem, chosen: Mapping[int, int]) -> FileTree:
    """These entries alone, whatever their layers: entry id → the bytes to show for it.

    Where two are at one path the later is shown, with the bytes of both.
    """
    by_layer: dict[int, list[int]] = {}
    for entry_id in sorted(chosen):
        layer, row = filesystem.locate(entry_id)
        by_layer.setdefault(layer, []).append(row)
    plan = _Plan()
    for layer, rows in by_layer.items():
        plan.place(filesystem.layers[layer], rows, layer)
    tree = _filled(filesystem, plan)
    for column in (tree.sizes, tree.hidden):
        column[:] = array("q", bytes(8 * len(tree)))
    for layer, rows, at in plan.placed:
        start = filesystem.offsets[layer]
        for row, number in zip(rows, at, strict=True):
            size, hider = chosen[start + row], filesystem.hiders[start + row]
            tree.sizes[number] += size
            if hider != VISIBLE:
                tree.hidden[number] += size
                tree.hiders[number] = hider
    return _summed_up(tree)


def _visible_rows(filesystem: Filesystem, layer: int, upto: int) -> list[int]:
    start, kinds = filesystem.offsets[layer], filesystem.layers[layer].kinds
    return [
        row
        for row, leaver in enumerate(filesystem.leavers[start : start + len(kinds)])
        if (leaver == VISIBLE or leaver > upto) and kinds[row] < Kind.WHITEOUT
    ]


def stands(filesystem: Filesystem, entry_id: int, upto: int) -> bool:
    """Whether an entry is at its path in the image made of the layers up to `upto`."""
    leaver = filesystem.leavers[entry_id]
    return filesystem.locate(entry_id)[0] <= upto and (leaver == VISIBLE or leaver > upto)


def _left_at(filesystem: Filesystem, layer: int) -> dict[str, int]:
    """The entries of lower layers whose path `layer` removed or took: path → entry."""
    left = {}
    for lower in range(layer):
        start, paths = filesystem.offsets[lower], filesystem.layers[lower].paths
        for row, leaver in enumerate(filesystem.leavers[start : start + len(paths)]):
            if leaver == layer:
                left[paths[row]] = start + row
    return left


def _path(filesystem: Filesystem, entry_id: int) -> str:
    layer, row = filesystem.locate(entry_id)
    return filesystem.layers[layer].paths[row]


class _Plan:
    """Which paths the tree has and where: the first pass, which only gives numbers to paths."""

    def __init__(self) -> None:
        self.numbers = {"": ROOT}
        self.names = [""]
        self.parents = array("i", [ROOT])
        self.placed: list[tuple[int, list[int], list[int]]] = []

    def place(self, entries: Entries, rows: list[int], layer: int) -> None:
        """Rows of a layer at their paths. The hot path: everything is bound to locals."""
        paths, names, numbers = entries.paths, self.names, self.numbers
        known, add_name, add_parent = numbers.get, names.append, self.parents.append
        at = []
        last, parent = "", ROOT  # one entry's folder is most often that of the one before
        for row in rows:
            path = paths[row]
            number = known(path)
            if number is None:
                folder, _, name = path.rpartition("/")
                if folder != last:
                    last, parent = folder, self._folder(folder)
                number = numbers[path] = len(names)
                add_name(name)
                add_parent(parent)
            at.append(number)
        self.placed.append((layer, rows, at))

    def place_paths(self, paths: Iterable[str]) -> None:
        """Paths that no row of the plan stands at."""
        for path in paths:
            self._folder(path)

    def _folder(self, path: str) -> int:
        """The node at a path, made with the folders above it where they are missing."""
        missing = []
        while path not in self.numbers:
            missing.append(path)
            path = path.rpartition("/")[0]
        number = self.numbers[path]
        for below in reversed(missing):
            self.names.append(below.rpartition("/")[2])
            self.parents.append(number)
            number = self.numbers[below] = len(self.names) - 1
        return number


def _filled(filesystem: Filesystem, plan: _Plan) -> FileTree:
    """The columns of what stands in the plan; of two rows at one path the later is shown, the bytes of both count."""
    count = len(plan.names)
    sizes, hidden, gone = (array("q", bytes(8 * count)) for _ in range(3))
    entry_ids, hiders = array("i", [IMPLIED]) * count, array("i", [VISIBLE]) * count
    kinds, depths = bytearray([Kind.DIRECTORY]) * count, array("i", bytes(4 * count))
    for number in range(1, count):
        depths[number] = depths[plan.parents[number]] + 1
    for layer, rows, at in plan.placed:
        entries, start = filesystem.layers[layer], filesystem.offsets[layer]
        entry_kinds, entry_sizes, entry_hiders = entries.kinds, entries.sizes, filesystem.hiders
        for row, number in zip(rows, at, strict=True):
            entry_ids[number] = start + row
            kinds[number] = kind = entry_kinds[row]
            if kind == Kind.FILE:
                sizes[number] += entry_sizes[row]
                hider = entry_hiders[start + row]
                if hider != VISIBLE:
                    hiders[number] = hider
                    hidden[number] += entry_sizes[row]
                elif hiders[number] != VISIBLE:
                    hiders[number] = VISIBLE
            else:
                hiders[number] = _path_hider(filesystem, start + row, kind)
    return FileTree(
        tuple(plan.names), plan.parents, depths, entry_ids, kinds, bytearray(count), sizes, hidden, gone, hiders, {}
    )


def _path_hider(filesystem: Filesystem, entry_id: int, kind: int) -> int:
    """Who hides an entry without bytes: the layer its path left in. A folder restated later is not hidden."""
    if kind == Kind.DIRECTORY and filesystem.fates[entry_id] not in (Fate.DELETED, Fate.DELETED_TREE):
        return VISIBLE
    return filesystem.leavers[entry_id]


def _count_at_links(filesystem: Filesystem, tree: FileTree, plan: _Plan, upto: int) -> None:
    """Bytes of files whose own path is gone, counted at one of the links they live through."""
    taken = set()
    for link, file in filesystem.shares.items():
        if file in taken or stands(filesystem, file, upto) or not stands(filesystem, link, upto):
            continue
        taken.add(file)
        number = plan.numbers[_path(filesystem, link)]
        size = tree.sizes[number] = filesystem.size(file)
        hider = tree.hiders[number] = filesystem.hiders[file]
        tree.hidden[number] = 0 if hider == VISIBLE else size


def _mark_changes(filesystem: Filesystem, tree: FileTree, plan: _Plan, layer: int, left: dict[str, int]) -> None:
    """Tell added from modified among the layer's own entries, by what was at their paths before."""
    start = filesystem.offsets[layer]
    for row, path in enumerate(filesystem.layers[layer].paths):
        number = plan.numbers.get(path)
        if number is None or tree.entry_ids[number] != start + row:
            continue
        old = left.get(path)
        if old is None:
            tree.changes[number] = Change.ADDED
        elif not _restates(filesystem, start + row, old):
            tree.changes[number] = Change.MODIFIED


def _mark_removed(
    filesystem: Filesystem, tree: FileTree, plan: _Plan, layer: int, left: dict[str, int], present: int
) -> None:
    """The paths that are gone, and the bytes of lower layers that went with each path, removed or replaced.

    Nodes from `present` on stand for nothing but removed paths.
    """
    counted = set()
    for path, entry_id in left.items():
        number = plan.numbers[path]
        if number >= present:
            tree.entry_ids[number] = entry_id
            tree.kinds[number] = filesystem.entry(entry_id).kind
            tree.changes[number] = Change.REMOVED
        elif tree.entry_ids[number] == IMPLIED:
            tree.changes[number] = Change.MODIFIED
        file = filesystem.shares.get(entry_id, entry_id)
        if filesystem.hiders[file] == layer and file not in counted:
            counted.add(file)
            tree.gone[number] = filesystem.size(file)


def _summed_up(tree: FileTree) -> FileTree:
    """Children listed and subtrees summed up, from the leaves to the root."""
    parents, sizes, gone, hidden, hiders = tree.parents, tree.sizes, tree.gone, tree.hidden, tree.hiders
    children: dict[int, list[int]] = {}
    for number in range(len(parents) - 1, ROOT, -1):
        parent = parents[number]
        siblings = children.get(parent)
        if siblings is None:
            children[parent] = [number]
        else:
            siblings.append(number)
        sizes[parent] += sizes[number]
        if gone[number]:
            gone[parent] += gone[number]
        if hidden[number]:
            hidden[parent] += hidden[number]
            if hiders[parent] == VISIBLE:
                hiders[parent] = hiders[number]
            elif hiders[parent] != hiders[number]:
                hiders[parent] = SEVERAL
    for folder, nodes in children.items():
        tree.children[folder] = tuple(nodes)  # the garbage collector passes over tuples of numbers, not over lists
    return tree


def _restates(filesystem: Filesystem, new: int, old: int) -> bool:
    """Whether a folder's entry changes neither mode nor owner, as overlay2 writes for the parents of a change."""
    one, other = filesystem.entry(new), filesystem.entry(old)
    return one.kind == other.kind == Kind.DIRECTORY and (one.mode, one.uid, one.gid) == (
        other.mode,
        other.uid,
        other.gid,
    )
