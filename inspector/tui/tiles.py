"""What a treemap shows, and where: tiles by layer, folder and package, and the squarified layout in terminal cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import partial
from itertools import count
from typing import NamedTuple

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.filesystem.tree import ROOT, Change, FileTree, chosen_tree, layer_tree
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.names import printable
from inspector.packages.inventory import owners
from inspector.tui.instruction_words import brief_instruction

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


Files = dict[int, int]
"""Entry id → bytes."""


class Tile(Struct, frozen=True):
    """`hidden` of the `size` bytes are hidden by later layers. `inside` makes the tiles within, None where there are
    none; `files` finds the files whose bytes they are, none where that is not known. Both may take a while."""

    label: str
    size: int
    hidden: int = 0
    inside: Callable[[], list[Tile]] | None = None
    files: Callable[[], Files] = dict


class Rect(NamedTuple):
    """Cells from (left, top) up to but not including (right, bottom)."""

    left: int
    top: int
    right: int
    bottom: int


def tiles_of(inspection: Inspection, by: By) -> list[Tile]:
    """The image's bytes as tiles, hidden ones too, biggest first."""
    if by is By.LAYER:
        found = _by_layer(inspection)
    elif by is By.FOLDER:
        filesystem = inspection.filesystem
        found = _mapped(filesystem, _files(filesystem, range(len(filesystem.layers))))
    else:
        found = _by_package(inspection)
    return _sorted(found)


def _by_layer(inspection: Inspection) -> list[Tile]:
    filesystem = inspection.filesystem
    return [
        Tile(
            f"{layer} {brief_instruction(inspection, layer)}",
            totals.size_bytes,
            totals.hidden_bytes,
            partial(_of_layer, filesystem, layer),
            partial(_files, filesystem, [layer]),
        )
        for layer, totals in enumerate(filesystem.totals)
    ]


def _of_layer(filesystem: Filesystem, layer: int) -> list[Tile]:
    return _of_folder(layer_tree(filesystem, layer), ROOT)


def _by_package(inspection: Inspection) -> list[Tile]:
    """The packages of the final image and those that were removed, and what belongs to none, live and hidden."""
    filesystem, inventory = inspection.filesystem, inspection.inventory
    owned = owners(inventory)

    def outside() -> Files:
        files = _files(filesystem, range(len(filesystem.layers)))
        return {each: size for each, size in files.items() if filesystem.hiders[each] == VISIBLE and each not in owned}

    found = [
        _of_files(printable(each.package.name), each.size_bytes, filesystem, partial(_own, filesystem, each.entries))
        for each in inventory.installed
    ]
    gone = [
        Tile(f"- {printable(change.name)}", change.size_bytes, change.size_bytes)
        for change in inventory.changes
        if change.after is None
    ]
    rest = filesystem.ledger.live_bytes - sum(tile.size for tile in found)
    hidden = max(filesystem.ledger.hidden_bytes - sum(tile.size for tile in gone), 0)
    return [
        *found,
        *gone,
        _of_files("outside packages", rest, filesystem, outside),
        Tile("other hidden files", hidden, hidden),
    ]


def _of_files(label: str, size: int, filesystem: Filesystem, files: Callable[[], Files]) -> Tile:
    return Tile(label, size, inside=lambda: _mapped(filesystem, files()), files=files)


def _files(filesystem: Filesystem, layers: Iterable[int]) -> Files:
    """The files of some layers that have bytes."""
    return {
        entry_id: size
        for layer in layers
        for entry_id, kind, size in zip(
            count(filesystem.offsets[layer]),
            filesystem.layers[layer].kinds,
            filesystem.layers[layer].sizes,
            strict=False,
        )
        if size and kind == Kind.FILE
    }


def _own(filesystem: Filesystem, entry_ids: Iterable[int]) -> Files:
    """The files with bytes among some entries."""
    files = {}
    for entry_id in entry_ids:
        layer, row = filesystem.locate(entry_id)
        entries = filesystem.layers[layer]
        if entries.kinds[row] == Kind.FILE and entries.sizes[row]:
            files[entry_id] = entries.sizes[row]
    return files


def _mapped(filesystem: Filesystem, files: Files) -> list[Tile]:
    """Some files by folder."""
    return _of_folder(chosen_tree(filesystem, files), ROOT)


def _of_folder(tree: FileTree, node: int) -> list[Tile]:
    """What is in a folder. Big folders are replaced by what is in them, so that the map says more than `usr`."""
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
        inside = (lambda child=child: _of_folder(tree, child)) if child in tree.children else None
        name, files = printable(label) + "/" * bool(inside), partial(_files_below, tree, child)
        found.append(Tile(name, tree.sizes[child], tree.hidden[child], inside, files))
    return _sorted(found)


def _files_below(tree: FileTree, node: int) -> Files:
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
    inside = (lambda: small) if big else None
    return _sorted([*big, Tile(f"{len(small)} smaller", size, hidden, inside, lambda: _of_all(small))])


def _of_all(tiles: Iterable[Tile]) -> Files:
    files: Files = {}
    for tile in tiles:
        files |= tile.files()
    return files


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
