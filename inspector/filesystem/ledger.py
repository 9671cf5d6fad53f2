"""The ledger: every byte of every layer has exactly one fate, and the fates add up to the total."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

MAX_BYTES = 1 << 62
"""Bytes that the files of an image can have: no disk holds as many, and all sums stay within columns of 64 bits.

A few bytes of tar can claim as much as they like, by sparse files.
"""


class Fate(IntEnum):
    """What became of an entry's bytes (DESIGN.md, Vocabulary)."""

    LIVE = 0
    OVERWRITTEN = 1
    RECOPIED = 2
    DELETED = 3
    DELETED_TREE = 4


class Ledger(Struct, frozen=True):
    """Bytes by fate; `total_bytes` is their sum and the image's size."""

    live_bytes: int
    overwritten_bytes: int
    recopied_bytes: int
    deleted_bytes: int
    deleted_tree_bytes: int

    @property
    def hidden_bytes(self) -> int:
        """Bytes stored and pulled that nobody can see in the final filesystem."""
        return self.overwritten_bytes + self.recopied_bytes + self.deleted_bytes + self.deleted_tree_bytes

    @property
    def total_bytes(self) -> int:
        return self.live_bytes + self.hidden_bytes

    @property
    def efficiency(self) -> float:
        """Live bytes / total bytes; an image without bytes wastes none."""
        return self.live_bytes / self.total_bytes if self.total_bytes else 1.0
