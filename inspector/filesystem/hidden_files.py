"""The files whose bytes a later layer hides: who added them, who hid them, and how; one by one, and summed by path."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from msgspec import Struct

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import Filesystem
from inspector.layers.entries import Kind


class HiddenFile(Struct, frozen=True):
    """One file's hidden bytes."""

    path: str
    size_bytes: int
    added_by: int
    hidden_by: int
    fate: Fate


class StoredPath(Struct, frozen=True):
    """All that is stored of one path, over all layers: `hidden` and `live` map entry ids of files to their bytes."""

    path: str
    hidden: dict[int, int]
    live: dict[int, int]

    @property
    def hidden_bytes(self) -> int:
        return sum(self.hidden.values())

    @property
    def live_bytes(self) -> int:
        return sum(self.live.values())

    @property
    def versions(self) -> int:
        """How many times a file is stored there."""
        return len(self.hidden) + len(self.live)


def worst_paths(filesystem: Filesystem, count: int) -> list[StoredPath]:
    """The `count` paths with the most hidden bytes, those with the most first."""
    sums: dict[str, int] = {}
    for file in _hidden(filesystem):
        sums[file.path] = sums.get(file.path, 0) + file.size_bytes
    worst = heapq.nsmallest(count, sums, key=lambda path: (-sums[path], path))
    stored = {path: StoredPath(path, {}, {}) for path in worst}
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, path in enumerate(entries.paths):
            if path in stored and entries.kinds[row] == Kind.FILE and entries.sizes[row]:
                versions = stored[path].live if filesystem.fates[start + row] == Fate.LIVE else stored[path].hidden
                versions[start + row] = entries.sizes[row]
    return list(stored.values())


def biggest_hidden(filesystem: Filesystem, count: int) -> list[HiddenFile]:
    """The `count` biggest hidden files, biggest first."""
    return heapq.nlargest(count, _hidden(filesystem), key=lambda file: file.size_bytes)


def _hidden(filesystem: Filesystem) -> Iterator[HiddenFile]:
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row in filesystem.file_rows(layer, hidden=True):
            hider, fate = filesystem.hiders[start + row], Fate(filesystem.fates[start + row])
            yield HiddenFile(entries.paths[row], entries.sizes[row], layer, hider, fate)
