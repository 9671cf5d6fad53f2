"""What the layers of an image did to a path, one after the other: who brought it, changed it and took it away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Entry, Kind


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
    told = ((path, _history(filesystem, path, entry_ids)) for path, entry_ids in found.items())
    return {path: events for path, events in told if events}


def living_links(filesystem: Filesystem, entry_id: int) -> list[str]:
    """The paths of the final image at which the bytes of a file with hardlinks are still seen."""
    file = filesystem.shares.get(entry_id, entry_id)
    links = [file, *(link for link, shared in filesystem.shares.items() if shared == file)]
    return [filesystem.entry(link).path for link in links if filesystem.leavers[link] == VISIBLE]


def _history(filesystem: Filesystem, path: str, entry_ids: Iterable[int]) -> tuple[Event, ...]:
    """The story of a path's entries, its whiteouts among them."""
    standing: dict[int, int] = {}  # layer → the entry that is at the path after it
    whiteouts = set()
    for entry_id in entry_ids:
        layer, row = filesystem.locate(entry_id)
        kind = filesystem.layers[layer].kinds[row]
        if kind == Kind.WHITEOUT:
            whiteouts.add(layer)
        elif kind != Kind.OPAQUE and filesystem.leavers[entry_id] != layer:
            standing[layer] = entry_id
    if not standing:
        return tuple(_history_of_implied(filesystem, path, whiteouts))
    return tuple(_history_of_entries(filesystem, standing, whiteouts))


def _history_of_entries(
    filesystem: Filesystem, standing: Mapping[int, int], whiteouts: Collection[int]
) -> Iterator[Event]:
    before: int | None = None
    for layer, entry_id in standing.items():
        if before is not None and filesystem.leavers[before] != layer:
            yield _gone(filesystem.leavers[before], before, whiteouts)
            before = None
        deed = Deed.ADDED if before is None else _deed(filesystem, before, entry_id)
        if deed is not None:
            yield Event(layer, deed, before, entry_id)
        before = entry_id
    if before is not None and filesystem.leavers[before] != VISIBLE:
        yield _gone(filesystem.leavers[before], before, whiteouts)


def _history_of_implied(filesystem: Filesystem, path: str, whiteouts: Collection[int]) -> Iterator[Event]:
    """Of a folder without an entry of its own: it is there as long as anything is in it."""
    top = f"{path}/" if path else ""
    changes = [0] * (len(filesystem.layers) + 1)  # of how much is in it, by layer
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, below in enumerate(entries.paths):
            if entries.kinds[row] < Kind.WHITEOUT and below.startswith(top):
                changes[layer] += 1
                changes[filesystem.leavers[start + row]] -= 1  # VISIBLE: at the end, after all layers
    count = 0
    for layer, change in enumerate(changes[:-1]):
        if change and not count:
            yield Event(layer, Deed.ADDED, None, None)
        elif change and not count + change:
            yield _gone(layer, None, whiteouts)
        count += change


def _gone(layer: int, before: int | None, whiteouts: Collection[int]) -> Event:
    return Event(layer, Deed.DELETED if layer in whiteouts else Deed.DELETED_TREE, before, None)


def _deed(filesystem: Filesystem, old: int, new: int) -> Deed | None:
    """What it means that an entry took the place of another; None for a folder restated."""
    before, after = (filesystem.entry(filesystem.shares.get(entry_id, entry_id)) for entry_id in (old, new))
    if before.kind == after.kind == Kind.DIRECTORY:
        return None if _owner(before) == _owner(after) else Deed.CHANGED
    return Deed.RECOPIED if _what(before) == _what(after) else Deed.CHANGED


def _owner(entry: Entry) -> tuple[object, ...]:
    return entry.mode, entry.uid, entry.gid


def _what(entry: Entry) -> tuple[object, ...]:
    return entry.kind, entry.size, entry.content, entry.link, entry.device
