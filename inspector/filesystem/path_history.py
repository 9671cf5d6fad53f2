"""What the layers of an image did to a path, one after the other: who brought it, changed it and took it away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import accumulate

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.filesystem.tree import stands
from inspector.layers.entries import Kind


class Deed(Enum):
    """What a layer did to a path."""

    ADDED = "added"
    CHANGED = "changed"
    """Other content, another link target, another kind; of a folder, another mode or owner."""
    RECOPIED = "recopied"
    """Stored again with the same content or link target, as `chmod` does."""
    DELETED = "deleted"
    DELETED_TREE = "deleted with its folder"


class Event(Struct, frozen=True):
    """What one layer did to a path: the entries that stood there before and stand there after it.

    None where none does: there is nothing, or a folder that exists only because something is in it.
    """

    layer: int
    deed: Deed
    before: int | None
    after: int | None


def histories(filesystem: Filesystem, paths: Iterable[str]) -> dict[str, tuple[Event, ...]]:
    """Path → what became of it, the lowest layer first; paths that never were in the image are left out.

    A layer that only restates a folder, as overlay2 does for those above a change, did nothing to it.
    """
    found: dict[str, list[int]] = {path: [] for path in paths}
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, path in enumerate(entries.paths):
            if path in found:
                found[path].append(start + row)
    told = ((path, tuple(_history(filesystem, path, entry_ids))) for path, entry_ids in found.items())
    return {path: events for path, events in told if events}


def living_links(filesystem: Filesystem, entry_id: int, layer: int) -> list[str]:
    """The paths at which the bytes of a file with hardlinks are still seen after a layer."""
    file = filesystem.shares.get(entry_id, entry_id)
    links = [file, *(link for link, shared in filesystem.shares.items() if shared == file)]
    return [filesystem.entry(link).path for link in links if stands(filesystem, link, layer)]


def _history(filesystem: Filesystem, path: str, entry_ids: Iterable[int]) -> Iterator[Event]:
    """The story of a path, from its entries and whiteouts and, where it may be a folder, from what is in it."""
    count = len(filesystem.layers)
    standing: list[int | None] = [None] * count  # by layer: the entry at the path after it
    whiteouts = set()
    for entry_id in entry_ids:
        layer, row = filesystem.locate(entry_id)
        kind, leaver = filesystem.layers[layer].kinds[row], filesystem.leavers[entry_id]
        if kind == Kind.WHITEOUT:
            whiteouts.add(layer)
        elif kind != Kind.OPAQUE:
            last = count if leaver == VISIBLE else leaver
            standing[layer:last] = [entry_id] * (last - layer)
    filled = _filled(filesystem, path)
    before: int | None = None
    was_there = False
    for layer, after in enumerate(standing):
        is_there = after is not None or filled[layer]
        deed = _deed(filesystem, before, after) if was_there and is_there else None
        if is_there and not was_there:
            deed = Deed.ADDED
        elif was_there and not is_there:
            deed = Deed.DELETED if layer in whiteouts else Deed.DELETED_TREE
        if deed is not None:
            yield Event(layer, deed, before, after)
        before, was_there = after, is_there


def _filled(filesystem: Filesystem, path: str) -> list[bool]:
    """By layer: whether anything is below the path after it."""
    top = f"{path}/" if path else ""
    changes = [0] * (len(filesystem.layers) + 1)
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, below in enumerate(entries.paths):
            if below.startswith(top) and below != path and entries.kinds[row] < Kind.WHITEOUT:
                changes[layer] += 1
                changes[filesystem.leavers[start + row]] -= 1  # VISIBLE: after all layers
    return [count > 0 for count in accumulate(changes[:-1])]


def _deed(filesystem: Filesystem, old: int | None, new: int | None) -> Deed | None:
    """What it means that one stands where the other stood; None for the same and for a folder restated."""
    if old == new:
        return None
    before, after = (_what(filesystem, entry_id) for entry_id in (old, new))
    if before == after:
        return None if before[0] == Kind.DIRECTORY else Deed.RECOPIED
    implied = (Kind.DIRECTORY,) in (before, after)
    return None if implied and before[0] == after[0] else Deed.CHANGED


def _what(filesystem: Filesystem, entry_id: int | None) -> tuple[object, ...]:
    """What makes an entry another one: a folder's mode and owner, which an implied one has not; of all else what it
    is and has in it."""
    if entry_id is None:
        return (Kind.DIRECTORY,)
    entry = filesystem.entry(filesystem.shares.get(entry_id, entry_id))
    if entry.kind == Kind.DIRECTORY:
        return entry.kind, entry.mode, entry.uid, entry.gid
    return entry.kind, entry.size, entry.content, entry.link, entry.device
