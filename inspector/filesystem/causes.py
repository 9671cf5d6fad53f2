"""Why bytes are hidden: who added them, who hid them, and how."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import Filesystem


@dataclass(frozen=True, slots=True)
class Cause:
    """Layer `hidden_by` hides bytes that layer `added_by` brought: by fate, as (bytes, number of files)."""

    added_by: int
    hidden_by: int
    by_fate: Mapping[Fate, tuple[int, int]]

    @property
    def size_bytes(self) -> int:
        return sum(size for size, _ in self.by_fate.values())


@dataclass(frozen=True, slots=True)
class HiddenFile:
    """One file's hidden bytes."""

    path: str
    size_bytes: int
    added_by: int
    hidden_by: int
    fate: Fate


def causes(filesystem: Filesystem) -> list[Cause]:
    """Hidden bytes per pair of layers, biggest first; together they are all hidden bytes."""
    pairs: dict[tuple[int, int], dict[Fate, tuple[int, int]]] = {}
    for file in _hidden(filesystem):
        by_fate = pairs.setdefault((file.added_by, file.hidden_by), {})
        size, files = by_fate.get(file.fate, (0, 0))
        by_fate[file.fate] = (size + file.size_bytes, files + 1)
    found = [Cause(added_by, hidden_by, by_fate) for (added_by, hidden_by), by_fate in pairs.items()]
    return sorted(found, key=lambda cause: -cause.size_bytes)


def biggest_hidden(filesystem: Filesystem, count: int) -> list[HiddenFile]:
    """The `count` biggest hidden files, biggest first."""
    return heapq.nlargest(count, _hidden(filesystem), key=lambda file: file.size_bytes)


def _hidden(filesystem: Filesystem) -> Iterator[HiddenFile]:
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, size in enumerate(entries.sizes):
            fate = filesystem.fates[start + row]
            if size and fate != Fate.LIVE:
                yield HiddenFile(entries.paths[row], size, layer, filesystem.hiders[start + row], Fate(fate))
