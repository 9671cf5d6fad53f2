"""A file tree as the flat list of rows a person sees: which nodes are kept, in which order, which folders are open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from inspector.filesystem.tree import ROOT, Change, FileTree
from inspector.tui.pattern import fits, looks_at_paths

OPEN_SHARE = 0.1
"""Folders with at least this share of all bytes are open at first, so that the biggest files are in sight."""

OPEN_DEPTH = 6
"""No folder below this depth is open at first; deeper rows would be mostly indentation."""


class Order(Enum):
    """How siblings are sorted."""

    SIZE = "size"
    WASTE = "waste"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which nodes to keep: those with one of `changes`, with wasted bytes if `waste`, and whose name fits `pattern`.

    Folders that are unchanged themselves are kept for what is in them only. A pattern with a slash is looked for in
    whole paths (pattern.py). Everything inside a matching folder is kept too, and so are the folders on the way to what
    is kept.
    """

    changes: frozenset[Change] = field(default_factory=lambda: frozenset(Change))
    waste: bool = False
    pattern: str = ""

    @property
    def keeps_all(self) -> bool:
        return not self.waste and not self.pattern and len(self.changes) == len(Change)


@dataclass(frozen=True, slots=True)
class Kept:
    """The outcome of some criteria: a flag by node, how many nodes matched, and the folders to open to see them.

    `hits` are the kept nodes whose own name fits the pattern; None without one.
    """

    flags: bytearray
    matches: int
    opened: frozenset[int]
    hits: frozenset[int] | None = None


def keep(tree: FileTree, criteria: Criteria) -> Kept:
    """The nodes that meet the criteria, and the folders above them."""
    flags = bytearray([1]) * len(tree)
    opened: Iterable[int] = ()
    hits: list[int] | None = None
    if criteria.pattern:
        named = _named(tree, criteria.pattern)
        hits = [node for node, hit in enumerate(named) if hit]
        opened = _above(tree, named)
        for node in range(1, len(tree)):
            named[node] |= named[tree.parents[node]]
        flags = named
    if len(criteria.changes) < len(Change):
        for node, change in enumerate(tree.changes):
            passed_through = change == Change.UNCHANGED and node in tree.children
            flags[node] &= change in criteria.changes and not passed_through
    if criteria.waste:
        for node in range(len(tree)):
            flags[node] &= node not in tree.children and bool(tree.waste(node))
    matches = sum(flags) - flags[ROOT]
    found = None if hits is None else frozenset(node for node in hits if flags[node])
    for node in _above(tree, flags):
        flags[node] = 1
    flags[ROOT] = 1
    return Kept(flags, matches, frozenset(opened), found)


def _named(tree: FileTree, pattern: str) -> bytearray:
    fit = fits(pattern)
    if not looks_at_paths(pattern):
        return bytearray(bool(fit(name)) for name in tree.names)
    paths = [""]
    for node in range(1, len(tree)):
        paths.append(f"{paths[tree.parents[node]]}/{tree.names[node]}")
    return bytearray(bool(fit(path)) for path in paths)


def _above(tree: FileTree, flags: bytearray) -> set[int]:
    """The folders that hold a flagged node at any depth."""
    above: set[int] = set()
    for node in range(len(tree) - 1, ROOT, -1):
        if flags[node] or node in above:
            above.add(tree.parents[node])
    return above


class Outline:
    """The rows in sight, changed by opening and closing folders; each costs what it shows or hides.

    Siblings are sorted when their folder is first shown. `rows` holds nodes, from top to bottom.
    """

    def __init__(
        self, tree: FileTree, *, order: Order = Order.SIZE, kept: Kept | None = None, opened: Iterable[int] = ()
    ) -> None:
        self.tree = tree
        self.order = order
        self.kept = kept
        self.opened = {ROOT, *opened, *(kept.opened if kept else ())}
        self._sorted: dict[int, list[int]] = {}
        self.rows = [ROOT, *self._below(ROOT)]

    def children(self, node: int) -> list[int]:
        """The kept children of a node, in order."""
        known = self._sorted.get(node)
        if known is not None:
            return known
        tree = self.tree
        nodes = tree.children.get(node, [])
        if self.kept is not None:
            nodes = [child for child in nodes if self.kept.flags[child]]
        if self.order is Order.NAME:
            nodes = sorted(nodes, key=tree.names.__getitem__)
        else:
            weigh = tree.waste if self.order is Order.WASTE else tree.weight
            nodes = sorted(nodes, key=lambda child: (-weigh(child), tree.names[child]))
        self._sorted[node] = nodes
        return nodes

    def toggle(self, row: int) -> None:
        """Open the folder at a row, or close it."""
        if self.rows[row] in self.opened:
            self.close(row)
        else:
            self.open(row)

    def open(self, row: int) -> None:
        node = self.rows[row]
        if node not in self.opened and self.children(node):
            self.opened.add(node)
            self.rows[row + 1 : row + 1] = self._below(node)

    def close(self, row: int) -> None:
        node = self.rows[row]
        if node in self.opened:
            self.opened.discard(node)
            del self.rows[row + 1 : self._end(row)]

    def open_all(self) -> None:
        self.opened = set(self.tree.children)
        self.rows = [ROOT, *self._below(ROOT)]

    def close_all(self) -> None:
        """Only what is directly in the root stays in sight."""
        self.opened = {ROOT}
        self.rows = [ROOT, *self._below(ROOT)]

    def reveal(self, node: int) -> None:
        """Open every folder on the way to a node."""
        while node != ROOT:
            node = self.tree.parents[node]
            self.opened.add(node)
        self.rows = [ROOT, *self._below(ROOT)]

    def parent_row(self, row: int) -> int:
        """The row of the folder that holds the node at a row; the root's is its own."""
        parent = self.tree.parents[self.rows[row]]
        while row and self.rows[row] != parent:
            row -= 1
        return row

    def row_of(self, node: int) -> int:
        """The row of a node, or of the nearest folder above it that is in sight."""
        seen = set(self.rows) if node != ROOT else {ROOT}
        while node not in seen:
            node = self.tree.parents[node]
        return self.rows.index(node)

    def keeps(self, node: int) -> bool:
        return self.kept is None or bool(self.kept.flags[node])

    def first_match(self) -> int:
        """The first row that meets the criteria itself, and is not only on the way to one that does."""
        opened = self.kept.opened if self.kept else ()
        return next((row for row, node in enumerate(self.rows) if node not in opened), 0)

    def next_match(self, row: int, step: int) -> int:
        """The row of the next match from `row` on, or of the one before; starts over at the end. `row` if none."""
        hits = self.kept.hits if self.kept else None
        if not hits:
            return row
        count = len(self.rows)
        ahead = ((row + step * far) % count for far in range(1, count + 1))
        return next((other for other in ahead if self.rows[other] in hits), row)

    def is_last(self, node: int) -> bool:
        """Whether no sibling follows a node."""
        return node == ROOT or self.children(self.tree.parents[node])[-1] == node

    def _below(self, node: int) -> list[int]:
        """Everything in sight below an open node, from top to bottom."""
        rows: list[int] = []
        pending = self.children(node)[::-1]
        while pending:
            child = pending.pop()
            rows.append(child)
            if child in self.opened:
                pending.extend(self.children(child)[::-1])
        return rows

    def _end(self, row: int) -> int:
        """The first row after the subtree that starts at `row`."""
        depths, depth = self.tree.depths, self.tree.depths[self.rows[row]]
        end = row + 1
        while end < len(self.rows) and depths[self.rows[end]] > depth:
            end += 1
        return end


def heavy_folders(tree: FileTree, waste: bool = False) -> list[int]:
    """The folders to open at first: those that hold much of all bytes, or of the wasted ones."""
    weigh = tree.waste if waste else tree.weight
    enough = max(1, OPEN_SHARE * weigh(ROOT))
    return [node for node in tree.children if tree.depths[node] < OPEN_DEPTH and weigh(node) >= enough]
