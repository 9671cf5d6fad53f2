"""The files whose bytes a later layer hides, all that is stored of a path summed up."""

from __future__ import annotations

import heapq

from msgspec import Struct

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import Filesystem
from inspector.layers.entries import Kind


class StoredPath(Struct, frozen=True):
    """All that is stored of one path, over all layers: `hidden` and `live` map entry ids of files to their bytes.

    Both are in the order of the layers.
    """

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
    for layer, entries in enumerate(filesystem.layers):
        for row in filesystem.file_rows(layer, hidden=True):
            path = entries.paths[row]
            sums[path] = sums.get(path, 0) + entries.sizes[row]
    worst = heapq.nsmallest(count, sums, key=lambda path: (-sums[path], path))
    stored = {path: StoredPath(path, {}, {}) for path in worst}
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, path in enumerate(entries.paths):
            if path in stored and entries.kinds[row] == Kind.FILE and entries.sizes[row]:
                versions = stored[path].live if filesystem.fates[start + row] == Fate.LIVE else stored[path].hidden
                versions[start + row] = entries.sizes[row]
    return list(stored.values())
