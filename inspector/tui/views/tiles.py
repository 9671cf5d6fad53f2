"""What a treemap shows, and where: tiles by layer, folder and package, and the squarified layout in terminal cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import NamedTuple, TypedDict

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.filesystem.tree import ROOT, Change, FileTree, chosen_tree, layer_tree
from inspector.findings.find import reclaimable
from inspector.findings.finding import bytes_by_layer
from inspector.inspection import Inspection
from inspector.packages.inventory import owners
from inspector.packages.model import Inventory
from inspector.safe_names import printable
from inspector.tui.instruction_words import brief_instruction
from inspector.tui.views.view import FindFiles

FEWEST_CELLS = 18
"""A tile with fewer cells could show nothing; what is smaller shares one tile."""

LARGEST_SHARE = 0.2
"""Of the bytes in sight; a folder with more is replaced by what is in it."""

CELL_ASPECT = 2.0
"""A terminal's cell is about twice as high as wide."""


class By(Enum):
    """What a tile is."""

    LAYER = "layer"
    FOLDER = "folder"
    PACKAGE = "package"


Frees = Mapping[int, int]
"""Entry id → the bytes of it that are reclaimable."""


class Tile(Struct, frozen=True):
    """`hidden` of the `size` bytes are hidden by later layers, `reclaimable` of them safe advice frees. `inside` makes
    the tiles within, None where there are none; `files` finds the files whose bytes they are, None where that is not
    known. Both may take a while."""

    label: str
    size: int
    hidden: int = 0
    reclaimable: int = 0
    inside: Callable[[], list[Tile]] | None = None
    files: FindFiles | None = None

    @property
    def gain(self) -> tuple[int, int]:
        """Orders tiles by what their user gains by changing them, and those without any by their hidden bytes."""
        return self.reclaimable, self.hidden


class Rect(NamedTuple):
    """Cells from (left, top) up to but not including (right, bottom)."""

    left: int
    top: int
    right: int
    bottom: int


def tiles_of(inspection: Inspection, by: By) -> list[Tile]:
    """The image's bytes as tiles, hidden ones too, biggest first."""
    frees = reclaimable(inspection.findings)
    if by is By.LAYER:
        found = _by_layer(inspection, frees)
    elif by is By.FOLDER:
        filesystem = inspection.filesystem
        found = _mapped(filesystem, _of_layers(filesystem, range(len(filesystem.layers))), frees)
    else:
        found = _by_package(inspection, frees)
    return _sorted(found)


def _by_layer(inspection: Inspection, frees: Frees) -> list[Tile]:
    filesystem = inspection.filesystem
    own = bytes_by_layer(filesystem, frees)
    return [
        Tile(
            f"{layer} {brief_instruction(inspection, layer)}",
            totals.size_bytes,
            totals.hidden_bytes,
            own.get(layer, 0),
            partial(_of_layer, filesystem, layer, frees),
            partial(_of_layers, filesystem, [layer]),
        )
        for layer, totals in enumerate(filesystem.totals)
    ]


def _of_layer(filesystem: Filesystem, layer: int, frees: Frees) -> list[Tile]:
    freed = _freed(filesystem, _of_layers(filesystem, [layer]), frees)
    return _of_folder(layer_tree(filesystem, layer), ROOT, freed)


def _by_package(inspection: Inspection, frees: Frees) -> list[Tile]:
    """The packages of the final image and those that were removed, and what belongs to none, live and hidden."""
    filesystem, inventory = inspection.filesystem, inspection.inventory
    found = [
        Tile(
            printable(each.package.name),
            each.size_bytes,
            reclaimable=sum(frees.get(entry_id, 0) for entry_id in each.entries),
            **_leading_to(filesystem, partial(filesystem.sizes_of, each.entries), frees),
        )
        for each in inventory.installed
    ]
    freed_in = _by_hider(filesystem, frees)
    gone = []
    for change in inventory.changes:
        if change.after is None:
            size = change.size_bytes
            gain = min(size, freed_in.get(change.layer, 0))  # which files these were is not known
            freed_in[change.layer] = freed_in.get(change.layer, 0) - gain
            gone.append(Tile(f"- {printable(change.name)}", size, size, gain))
    rest = filesystem.ledger.live_bytes - sum(tile.size for tile in found)
    live = freed_in.pop(VISIBLE, 0) - sum(tile.reclaimable for tile in found)
    hidden = max(filesystem.ledger.hidden_bytes - sum(tile.size for tile in gone), 0)
    return [
        *found,
        *gone,
        Tile(
            "outside packages",
            rest,
            reclaimable=live,
            **_leading_to(filesystem, partial(_outside, filesystem, inventory), frees),
        ),
        Tile("other hidden files", hidden, hidden, sum(freed_in.values())),
    ]


def _by_hider(filesystem: Filesystem, frees: Frees) -> dict[int, int]:
    """The layer that hides them, or VISIBLE → bytes that are reclaimable."""
    sums: dict[int, int] = {}
    for entry_id, size in frees.items():
        hider = filesystem.hiders[entry_id]
        sums[hider] = sums.get(hider, 0) + size
    return sums


class _Leading(TypedDict):
    inside: Callable[[], list[Tile]]
    files: FindFiles


def _leading_to(filesystem: Filesystem, files: FindFiles, frees: Frees) -> _Leading:
    """What a tile of these files leads to: them by folder, and them."""
    return {"inside": lambda: _mapped(filesystem, files(), frees), "files": files}


def _of_layers(filesystem: Filesystem, layers: Iterable[int]) -> dict[int, int]:
    """The files of some layers that have bytes."""
    return {
        entry_id: size
        for layer in layers
        for entry_id, size in enumerate(filesystem.layers[layer].sizes, filesystem.offsets[layer])
        if size
    }


def _outside(filesystem: Filesystem, inventory: Inventory) -> dict[int, int]:
    """The files of the final image that have bytes and belong to no package."""
    owned = owners(inventory)
    return {
        entry_id: entries.sizes[row]
        for layer, entries in enumerate(filesystem.layers)
        for row in filesystem.file_rows(layer, hidden=False)
        if (entry_id := filesystem.offsets[layer] + row) not in owned
    }


def _mapped(filesystem: Filesystem, files: Mapping[int, int], frees: Frees) -> list[Tile]:
    """Some files by folder."""
    return _of_folder(chosen_tree(filesystem, files), ROOT, _freed(filesystem, files, frees))


def _freed(filesystem: Filesystem, files: Mapping[int, int], frees: Frees) -> FileTree:
    """What of these files is reclaimable."""
    return chosen_tree(
        filesystem, {entry_id: min(size, files[entry_id]) for entry_id, size in frees.items() if entry_id in files}
    )


def _of_folder(tree: FileTree, node: int, freed: FileTree) -> list[Tile]:
    """What is in a folder, and how much of it is in the tree of what is `freed`.

    Big folders are replaced by what is in them, so that the map says more than `usr`.
    """
    label_of: dict[int, str] = {}
    pending, found = [(node, "")], []
    enough = max(1, int(LARGEST_SHARE * tree.sizes[node]))
    while pending:
        folder, prefix = pending.pop()
        for child in tree.children.get(folder, ()):
            label = f"{prefix}{tree.names[child]}"
            inner = tree.children.get(child)
            if inner and (tree.sizes[child] > enough or len(inner) == 1):
                pending.append((child, f"{label}/"))
            else:
                label_of[child] = label
    for child, label in label_of.items():
        inside = (lambda child=child: _of_folder(tree, child, freed)) if child in tree.children else None
        name, files = printable(label) + "/" * bool(inside), partial(_files_below, tree, child)
        there = freed.find(tree.path(child))
        gain = 0 if there is None else freed.sizes[there]
        found.append(Tile(name, tree.sizes[child], tree.hidden[child], gain, inside, files))
    return _sorted(found)


def _files_below(tree: FileTree, node: int) -> dict[int, int]:
    """What stands at a node of a tree and below, but for what a layer removed there."""
    pending, files = [node], {}
    while pending:
        node = pending.pop()
        children = tree.children.get(node, ())
        pending += children
        own = tree.sizes[node] - sum(tree.sizes[child] for child in children)
        if own > 0 and tree.changes[node] != Change.REMOVED:
            files[tree.entry_ids[node]] = own
    return files


def _sorted(tiles: Iterable[Tile]) -> list[Tile]:
    return sorted((tile for tile in tiles if tile.size > 0), key=lambda tile: (-tile.size, tile.label))


def gathered(tiles: Sequence[Tile], cells: int) -> list[Tile]:
    """The tiles that are big enough to be drawn in so many cells, and one for all the others."""
    least = sum(tile.size for tile in tiles) * FEWEST_CELLS / max(cells, 1)
    big = [tile for tile in tiles if tile.size >= least]
    small = list(tiles[len(big) :])
    if len(small) < 2:
        return list(tiles)
    size, hidden = sum(tile.size for tile in small), sum(tile.hidden for tile in small)
    gain = sum(tile.reclaimable for tile in small)
    inside = (lambda: small) if big else None
    files = partial(_of_all, small) if any(tile.files for tile in small) else None
    return _sorted([*big, Tile(f"{len(small)} smaller", size, hidden, gain, inside, files)])


def _of_all(tiles: Iterable[Tile]) -> dict[int, int]:
    return {entry_id: size for tile in tiles if tile.files for entry_id, size in tile.files().items()}


def squarified(sizes: Sequence[int], width: int, height: int) -> list[Rect]:
    """Rectangles with areas in proportion to sizes (biggest first), as square as they can be.

    M. Bruls, K. Huizing, J. van Wijk, “Squarified Treemaps” (2000). Some may round to nothing.
    """
    total = sum(sizes)
    if not total or width <= 0 or height <= 0:
        return []
    x, y, wide, high = 0.0, 0.0, float(width), height * CELL_ASPECT
    scale = wide * high / total
    rects: list[Rect] = []
    start = 0
    while start < len(sizes):
        side = min(wide, high)
        end, area = start + 1, sizes[start] * scale
        while end < len(sizes):
            more = area + sizes[end] * scale
            if _worst(sizes, start, end, scale, area, side) < _worst(sizes, start, end + 1, scale, more, side):
                break
            end, area = end + 1, more
        thick = area / side if side else 0.0
        along = y if wide >= high else x
        for size in sizes[start:end]:
            length = size * scale / thick if thick else 0.0
            box = (x, along, x + thick, along + length) if wide >= high else (along, y, along + length, y + thick)
            rects.append(_in_cells(*box))
            along += length
        if wide >= high:
            x, wide = x + thick, wide - thick
        else:
            y, high = y + thick, high - thick
        start = end
    return rects


def _worst(sizes: Sequence[int], start: int, end: int, scale: float, area: float, side: float) -> float:
    """The worst ratio of sides in a row of these sizes; the first is the biggest and the last the smallest."""
    big, small = sizes[start] * scale, sizes[end - 1] * scale
    return max(side * side * big / (area * area), area * area / (side * side * small))


def _in_cells(left: float, top: float, right: float, bottom: float) -> Rect:
    return Rect(round(left), round(top / CELL_ASPECT), round(right), round(bottom / CELL_ASPECT))
