"""The files whose bytes a later layer hides: who added them, who hid them, and how."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from msgspec import Struct

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import Filesystem


class HiddenFile(Struct, frozen=True):
    """One file's hidden bytes."""

    path: str
    size_bytes: int
    added_by: int
    hidden_by: int
    fate: Fate


def biggest_hidden(filesystem: Filesystem, count: int) -> list[HiddenFile]:
    """The `count` biggest hidden files, biggest first."""
    return heapq.nlargest(count, _hidden(filesystem), key=lambda file: file.size_bytes)


def _hidden(filesystem: Filesystem) -> Iterator[HiddenFile]:
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row in filesystem.file_rows(layer, hidden=True):
            hider, fate = filesystem.hiders[start + row], Fate(filesystem.fates[start + row])
            yield HiddenFile(entries.paths[row], entries.sizes[row], layer, hider, fate)
