"""A file tree with what browsing it needs again and again, made when it is first asked for and then remembered.

Another filter, another order or a folder that is opened then costs what it shows, not the whole tree once more.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from enum import Enum
from functools import cached_property
from operator import add

from inspector.filesystem.stack import Filesystem
from inspector.filesystem.tree import FileTree

REMEMBERED = 3
"""Trees kept at a time: some 25 MB each for 200,000 files."""


class Order(Enum):
    """How siblings are sorted."""

    SIZE = "size"
    HIDDEN = "hidden"
    NAME = "name"


class Browsed:
    """A tree; the texts that filters look at, and its folders' sorted children."""

    def __init__(self, tree: FileTree) -> None:
        self.tree = tree
        self._sorted: dict[Order, dict[int, tuple[int, ...]]] = {order: {} for order in Order}
        self._weighed: dict[Order, array[int]] = {}

    @cached_property
    def folded_names(self) -> tuple[str, ...]:
        """The names as they are compared where case does not matter."""
        return tuple(name.casefold() for name in self.tree.names)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths, each beginning with a slash; the root's is empty."""
        tree, paths = self.tree, [""]
        for node in range(1, len(tree)):
            paths.append(f"{paths[tree.parents[node]]}/{tree.names[node]}")
        return tuple(paths)

    @cached_property
    def folded_paths(self) -> tuple[str, ...]:
        return tuple(path.casefold() for path in self.paths)

    def children(self, node: int, order: Order) -> tuple[int, ...]:
        """The children of a node: by name, or those with the most bytes first and by name where those are equal."""
        known = self._sorted[order].get(node)
        if known is None:
            nodes = sorted(self.tree.children.get(node, ()), key=self.tree.names.__getitem__)
            if order is not Order.NAME:
                nodes.sort(key=self._weights(order).__getitem__, reverse=True)  # stable: names stay in order
            known = self._sorted[order][node] = tuple(nodes)
        return known

    def _weights(self, order: Order) -> array[int]:
        """Bytes by node, those that `order` goes by.

        By size, a row stands where the larger of its two figures puts it: what is there, or what it hides.
        """
        if order not in self._weighed:
            tree = self.tree
            by_hidden = map(add, tree.hidden, tree.gone)
            self._weighed[order] = array("q", by_hidden if order is Order.HIDDEN else map(max, tree.sizes, tree.gone))
        return self._weighed[order]


class Trees:
    """The trees of one image that were looked at last."""

    def __init__(self, filesystem: Filesystem) -> None:
        self.filesystem = filesystem
        self._known: dict[object, Browsed] = {}

    def get(self, key: object, make: Callable[[Filesystem], FileTree]) -> Browsed:
        """The tree that is remembered under a key, made if it is none of the last few."""
        browsed = self._known.pop(key, None) or Browsed(make(self.filesystem))
        self._known[key] = browsed
        for oldest in list(self._known)[:-REMEMBERED]:
            del self._known[oldest]
        return browsed
