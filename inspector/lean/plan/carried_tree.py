"""The folders of an image in which something is to be carried, with what else is seen there."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from inspector.filesystem.stack import Filesystem
from inspector.layers.entries import Kind


class Node(Struct):
    """A path at or below which something is carried: `entry_id` is None for folders that are only implied.

    `seen` and `kept` count what is below it and no folder, `spare` what of that the base has and is not carried, with
    its bytes; `owners` are those of all that is below it.
    """

    path: str
    is_folder: bool = True
    entry_id: int | None = None
    children: dict[str, Node] = field(default_factory=dict)
    seen: int = 0
    kept: int = 0
    spare: int = 0
    spare_bytes: int = 0
    owners: set[tuple[int, int]] = field(default_factory=set)

    def kept_below(self) -> Iterator[int]:
        """The entries below it that are carried and no folders."""
        pending = list(self.children.values())
        while pending:
            node = pending.pop()
            if not node.is_folder and node.entry_id is not None:
                yield node.entry_id
            pending += node.children.values()


def tree_of(filesystem: Filesystem, kept: AbstractSet[int], base_entries: int) -> Node:
    """The root of the folders that these entries need; the first `base_entries` entries are the base's.

    Every entry is looked at once, and counts for the nearest of these folders, which then are summed up.
    """
    nodes = _folders(filesystem, kept)
    nearest: dict[str, Node] = dict(nodes)
    for entry_id in filesystem.visible():
        layer, row = filesystem.locate(entry_id)
        entries = filesystem.layers[layer]
        path, is_folder = entries.paths[row], entries.kinds[row] == Kind.DIRECTORY
        if is_folder and path in nodes:
            nodes[path].entry_id = entry_id
        if not path:
            continue
        folder, _, name = path.rpartition("/")
        node = _nearest(nearest, folder)
        node.owners.add((entries.uids[row], entries.gids[row]))
        if is_folder:
            continue
        node.seen += 1
        if entry_id in kept:
            node.kept += 1
            node.children[name] = Node(path, is_folder=False, entry_id=entry_id)
        elif entry_id < base_entries:
            node.spare += 1
            node.spare_bytes += entries.sizes[row]
    _sum_up(nodes)
    return nodes[""]


def _folders(filesystem: Filesystem, kept: AbstractSet[int]) -> dict[str, Node]:
    """Path → node of the folders above all that is kept, and of the kept folders."""
    nodes = {"": Node("")}
    for entry_id in kept:
        layer, row = filesystem.locate(entry_id)
        entries = filesystem.layers[layer]
        path = entries.paths[row]
        at = path if entries.kinds[row] == Kind.DIRECTORY else path.rpartition("/")[0]
        while at not in nodes:
            nodes[at] = Node(at)
            at = at.rpartition("/")[0]
    return nodes


def _nearest(nearest: dict[str, Node], folder: str) -> Node:
    """The nearest node at or above a folder, remembered for all folders on the way to it."""
    passed, at = [], folder
    while at not in nearest:
        passed.append(at)
        at = at.rpartition("/")[0]
    for each in passed:
        nearest[each] = nearest[at]
    return nearest[at]


def _sum_up(nodes: dict[str, Node]) -> None:
    """Children listed and counts summed up, from the leaves to the root."""
    for path in sorted(nodes, key=lambda path: -path.count("/")):
        if path:
            folder, _, name = path.rpartition("/")
            node, parent = nodes[path], nodes[folder]
            parent.children[name] = node
            parent.seen += node.seen
            parent.kept += node.kept
            parent.spare += node.spare
            parent.spare_bytes += node.spare_bytes
            parent.owners |= node.owners
