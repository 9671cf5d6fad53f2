"""Packages.db, SUSE's form of rpm's database (rpm's lib/backend/ndb/rpmpkg.c). All numbers are little-endian."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from inspector.packages.found import UnreadableError

MAGIC = b"RpmP"
PAGE = 4096
BLOCK = 16
SLOT_MAGIC, BLOB_MAGIC = int.from_bytes(b"Slot", "little"), int.from_bytes(b"BlbS", "little")

_FILE = Struct("<4sIII")
"""Magic, version, generation, pages of slots; the slots of the first page begin after 32 bytes."""
_SLOT = Struct("<IIII")
"""Magic, package, block where its blob begins, blocks it has; package 0 is a free slot."""
_BLOB = Struct("<IIII")
"""Magic, package, generation, bytes that follow."""


def headers(data: bytes) -> Iterator[bytes]:
    """The packages' header blobs, in the order of their numbers. Raises UnreadableError."""
    if len(data) < PAGE or data[:4] != MAGIC:
        raise UnreadableError("Packages.db is no ndb database")
    *_, pages = _FILE.unpack_from(data)
    slots_end = pages * PAGE
    if slots_end > len(data):
        raise UnreadableError("Packages.db ends inside its slots")
    slots = (_SLOT.unpack_from(data, offset) for offset in range(2 * BLOCK, slots_end, _SLOT.size))
    used = sorted((package, block) for magic, package, block, _ in slots if magic == SLOT_MAGIC and package)
    left = len(data)
    for package, block in used:
        blob = _blob(data, package, block * BLOCK)
        left -= len(blob)
        if left < 0:
            raise UnreadableError("the packages of Packages.db overlap")
        yield blob


def _blob(data: bytes, package: int, start: int) -> bytes:
    if start + _BLOB.size > len(data):
        raise UnreadableError(f"Packages.db has no package {package} where it says")
    magic, owner, _, length = _BLOB.unpack_from(data, start)
    start += _BLOB.size
    if magic != BLOB_MAGIC or owner != package or start + length > len(data):
        raise UnreadableError(f"Packages.db has no package {package} where it says")
    return data[start : start + length]
