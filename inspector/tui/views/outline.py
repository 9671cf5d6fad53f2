"""A file tree as the flat list of rows a person sees: which nodes are kept, in which order, which folders are open."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import compress
from operator import and_, or_

from msgspec import Struct, field

from inspector.filesystem.tree import ROOT, Change, FileTree
from inspector.tui.views.name_filter import fits, is_plain, looks_at_paths, span
from inspector.tui.views.tree_index import Browsed, Order

OPEN_SHARE = 0.1
"""Folders with at least this share of all bytes are open at first, so that the biggest files are in sight."""

OPEN_DEPTH = 6
"""No folder below this depth is open at first; deeper rows would be mostly indentation."""


class Criteria(Struct, frozen=True):
    """Which nodes to keep: those with one of `changes`, with hidden bytes if `hidden`, and whose name fits `pattern`.

    Folders that are unchanged themselves are kept for what is in them only. A pattern with a slash is looked for in
    whole paths (pattern.py). Everything inside a matching folder is kept too, and so are the folders on the way to what
    is kept.
    """

    changes: frozenset[Change] = field(default_factory=lambda: frozenset(Change))
    hidden: bool = False
    pattern: str = ""

    @property
    def keeps_all(self) -> bool:
        return not self.hidden and not self.pattern and len(self.changes) == len(Change)


class Kept(Struct, frozen=True):
    """The outcome of some criteria: a flag by node, how many nodes matched, and the folders to open to see them.

    `hits` flags the kept nodes whose own name fits the `pattern`; None without one.
    """

    flags: bytearray
    matches: int
    opened: frozenset[int]
    hits: bytearray | None = None
    pattern: str = ""


def keep(browsed: Browsed, criteria: Criteria) -> Kept:
    """The nodes that meet the criteria, and the folders above them.

    It runs with every letter of a filter: what is done for all nodes is left to functions that loop in C.
    """
    tree = browsed.tree
    flags = bytearray([1]) * len(tree)
    opened: set[int] = set()
    hits: bytearray | None = None
    if criteria.pattern:
        named = _named(browsed, criteria.pattern)
        hits = _flagged(tree, named)
        opened = _above(tree, named)
        flags = _with_insides(tree, hits)
    if len(criteria.changes) < len(Change):
        flags = bytearray(map(and_, flags, _changed(tree, criteria.changes)))
    if criteria.hidden:
        flags = bytearray(map(and_, flags, _hidden(tree)))
    matches = flags.count(1) - flags[ROOT]
    found = None if hits is None else bytearray(map(and_, hits, flags))
    for node in _above(tree, compress(range(len(tree)), flags)):
        flags[node] = 1
    flags[ROOT] = 1
    return Kept(flags, matches, frozenset(opened), found, criteria.pattern)


def _named(browsed: Browsed, pattern: str) -> list[int]:
    """The nodes whose name or path fits."""
    by_path = looks_at_paths(pattern)
    if is_plain(pattern):
        wanted = pattern.casefold()
        folded = browsed.folded_paths if by_path else browsed.folded_names
        return [node for node, text in enumerate(folded) if wanted in text]
    fit = fits(pattern)
    return [node for node, text in enumerate(browsed.paths if by_path else browsed.tree.names) if fit(text)]


def _flagged(tree: FileTree, nodes: Iterable[int]) -> bytearray:
    flags = bytearray(len(tree))
    for node in nodes:
        flags[node] = 1
    return flags


def _with_insides(tree: FileTree, flags: bytearray) -> bytearray:
    """The flagged nodes with everything below them."""
    flags = bytearray(flags)
    folders = sorted(tree.children)
    for folder in folders:  # one above another comes first
        if flags[folder]:
            for child in tree.children[folder]:
                flags[child] = 1
    return flags


def _changed(tree: FileTree, changes: Iterable[Change]) -> bytearray:
    """The nodes with one of the changes; of folders that are unchanged themselves none."""
    wanted = frozenset(changes)
    flags = tree.changes.translate(bytes(change in wanted for change in range(256)))
    for folder in tree.children:
        if tree.changes[folder] == Change.UNCHANGED:
            flags[folder] = 0
    return flags


def _hidden(tree: FileTree) -> bytearray:
    """The nodes with hidden bytes that are no folders with something in them."""
    flags = bytearray(map(bool, map(or_, tree.hidden, tree.gone)))
    for folder in tree.children:
        flags[folder] = 0
    return flags


def _above(tree: FileTree, nodes: Iterable[int]) -> set[int]:
    """The folders that hold one of the nodes at any depth."""
    above: set[int] = set()
    level = {tree.parents[node] for node in nodes if node != ROOT}
    while level:
        above |= level
        level = {tree.parents[node] for node in level} - above
    return above


class Outline:
    """The rows in sight, changed by opening and closing folders; each costs what it shows or hides.

    `rows` holds nodes, from top to bottom.
    """

    def __init__(
        self, browsed: Browsed, *, order: Order = Order.SIZE, kept: Kept | None = None, opened: Iterable[int] = ()
    ) -> None:
        self.browsed = browsed
        self.tree = browsed.tree
        self.order = order
        self.kept = kept
        self.opened = {ROOT, *opened, *(kept.opened if kept else ())}
        self._children: dict[int, tuple[int, ...]] = {}
        self.rows = self._from_the_root()

    def children(self, node: int) -> tuple[int, ...]:
        """The kept children of a node, in order."""
        if self.kept is None:
            return self.browsed.children(node, self.order)
        known = self._children.get(node)
        if known is None:
            flags = self.kept.flags
            known = tuple(child for child in self.browsed.children(node, self.order) if flags[child])
            self._children[node] = known
        return known

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
        self.rows = self._from_the_root()

    def close_all(self) -> None:
        """Only what is directly in the root stays in sight."""
        self.opened = {ROOT}
        self.rows = self._from_the_root()

    def reveal(self, node: int) -> None:
        """Open every folder on the way to a node."""
        while node != ROOT:
            node = self.tree.parents[node]
            self.opened.add(node)
        self.rows = self._from_the_root()

    def found_in(self, node: int, name: str) -> tuple[int, int] | None:
        """Where the pattern fits in a node's name as it is shown; None where it does not, or there is no pattern."""
        if self.kept is None or self.kept.hits is None or not self.kept.hits[node]:
            return None
        folder = self.tree.path(self.tree.parents[node])
        return span(self.kept.pattern, f"/{folder}/{name}" if folder else f"/{name}")

    def parent_row(self, row: int) -> int:
        """The row of the folder that holds the node at a row; the root's is its own."""
        parent = self.tree.parents[self.rows[row]]
        while row and self.rows[row] != parent:
            row -= 1
        return row

    def row_of(self, node: int) -> int:
        """The row of a node, or of the nearest folder above it that is in sight."""
        shown, above = node, node
        while above != ROOT:
            below, above = above, self.tree.parents[above]
            if above not in self.opened or not self.keeps(below):
                shown = above
        return self.rows.index(shown)

    def keeps(self, node: int) -> bool:
        return self.kept is None or bool(self.kept.flags[node])

    def first_match(self) -> int:
        """The first row that meets the criteria itself, and is not only on the way to one that does."""
        opened = self.kept.opened if self.kept else ()
        return next((row for row, node in enumerate(self.rows) if node not in opened), 0)

    def next_match(self, row: int, step: int) -> int:
        """The row of the next match from `row` on, or of the one before; starts over at the end. `row` if none."""
        hits = self.kept.hits if self.kept else None
        if hits is None:
            return row
        count = len(self.rows)
        ahead = ((row + step * far) % count for far in range(1, count + 1))
        return next((other for other in ahead if hits[self.rows[other]]), row)

    def is_last(self, node: int) -> bool:
        """Whether no sibling follows a node."""
        return node == ROOT or self.children(self.tree.parents[node])[-1] == node

    def _from_the_root(self) -> array[int]:
        rows = array("i", [ROOT])
        rows += self._below(ROOT)
        return rows

    def _below(self, node: int) -> array[int]:
        """Everything in sight below an open node, from top to bottom."""
        rows = array("i")
        pending = [iter(self.children(node))]
        while pending:
            for child in pending[-1]:
                rows.append(child)
                if child in self.opened:
                    inner = self.children(child)
                    if not self.opened.isdisjoint(inner):
                        pending.append(iter(inner))
                        break
                    rows.extend(inner)
            else:
                pending.pop()
        return rows

    def _end(self, row: int) -> int:
        """The first row after the subtree that starts at `row`: that of the next sibling, of a folder above if none."""
        node = self.rows[row]
        while node != ROOT:
            parent = self.tree.parents[node]
            siblings = self.children(parent)
            after = siblings.index(node) + 1
            if after < len(siblings):
                return self.rows.index(siblings[after], row)
            node = parent
        return len(self.rows)


def heavy_folders(tree: FileTree, hidden: bool = False) -> list[int]:
    """The folders to open at first: those that hold much of all bytes, or of the hidden ones."""
    weigh = tree.stored_hidden if hidden else tree.stored
    enough = max(1, OPEN_SHARE * weigh(ROOT))
    return [node for node in tree.children if tree.depths[node] < OPEN_DEPTH and weigh(node) >= enough]
