"""What the Files view is to show, as a value, and the outline drawn from it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, field

from inspector.filesystem.tree import chosen_tree, layer_tree, stacked_tree
from inspector.tui.views.outline import Criteria, Outline, heavy_folders, keep
from inspector.tui.views.tree_index import Browsed, Order, Trees
from inspector.tui.views.view import Target


class Scope(Enum):
    """Whose files: those of one layer, of the image up to it, of the final image, or of a finding, package or tile."""

    LAYER = "layer"
    STACK = "stack"
    FINAL = "final"
    CHOSEN = "chosen"


CYCLE = (Scope.LAYER, Scope.STACK, Scope.FINAL)
"""What the key for the next scope goes through."""


class FilesShown(Struct, frozen=True):
    """What the view is to show. `opened` are the folders to open, None to choose them by their size.

    `chosen` has the files that the scope CHOSEN shows.
    """

    scope: Scope = Scope.LAYER
    layer: int = 0
    order: Order = Order.SIZE
    criteria: Criteria = field(default_factory=Criteria)
    opened: frozenset[int] | None = None
    chosen: Target | None = None

    def stacked(self, layers: int) -> range:
        """Which of so many layers are stacked in the tree; none where it is that of one layer, or of chosen files."""
        if self.scope is Scope.STACK:
            return range(self.layer + 1)
        return range(layers if self.scope is Scope.FINAL else 0)

    def same_tree(self, other: FilesShown) -> bool:
        if self.scope is not other.scope:
            return False
        if self.scope is Scope.CHOSEN:
            return self.chosen is other.chosen
        return self.layer == other.layer or self.scope is Scope.FINAL


def browsed_tree(trees: Trees, view: FilesShown) -> Browsed:
    """The tree of a view."""
    files, top = view.chosen.files if view.chosen else None, len(trees.filesystem.layers) - 1
    if view.scope is Scope.CHOSEN and files is not None:
        return trees.get(view.chosen, lambda filesystem: chosen_tree(filesystem, files()))
    if view.scope is Scope.LAYER and top >= 0:
        return trees.get((Scope.LAYER, view.layer), lambda filesystem: layer_tree(filesystem, view.layer))
    if view.scope is Scope.STACK:
        return trees.get((Scope.STACK, view.layer), lambda filesystem: stacked_tree(filesystem, view.layer))
    return trees.get(Scope.FINAL, lambda filesystem: stacked_tree(filesystem, top, marks=False))


def draw(trees: Trees, view: FilesShown) -> Outline:
    """The outline of a view."""
    browsed = browsed_tree(trees, view)
    kept = None if view.criteria.keeps_all else keep(browsed, view.criteria)
    opened = view.opened
    if opened is None:
        opened = frozenset() if view.criteria.pattern else frozenset(heavy_folders(browsed.tree, view.criteria.hidden))
    order = Order.HIDDEN if view.criteria.hidden and view.order is Order.SIZE else view.order
    return Outline(browsed, order=order, kept=kept, opened=opened)
