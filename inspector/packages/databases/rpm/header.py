"""The header of an installed package: an index of tags over a store of values.

Format: rpm's docs/manual/hregions.md and lib/header.c. A blob begins with the number of index entries and the length
of the store, big-endian; an entry is tag, type, offset in the store, count.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct, error, unpack_from
from typing import Any

from inspector.packages.found import UnreadableError

Values = dict[int, tuple[Any, ...]]
"""Tag → its values: all integers, or all strings, as the tag has it."""

NAME, VERSION, RELEASE, EPOCH, GROUP, ARCH = 1000, 1001, 1002, 1003, 1016, 1022
FILE_STATES, FILE_FLAGS, SOURCE_RPM = 1029, 1037, 1044
OLD_FILE_NAMES, DIR_INDEXES, BASE_NAMES, DIR_NAMES = 1027, 1116, 1117, 1118
PROVIDES, REQUIRES = (1047, 1112, 1113), (1049, 1048, 1050)
RECOMMENDS, SUGGESTS = (5046, 5048, 5047), (5049, 5051, 5050)
"""Of each kind of relation the tags of names, flags and versions (rpmtag.h)."""

WANTED = frozenset(
    (
        *(NAME, VERSION, RELEASE, EPOCH, GROUP, ARCH, FILE_STATES, FILE_FLAGS, SOURCE_RPM),
        *(OLD_FILE_NAMES, DIR_INDEXES, BASE_NAMES, DIR_NAMES, *PROVIDES, *REQUIRES, *RECOMMENDS, *SUGGESTS),
    )
)

_LENGTHS = Struct(">II")
_ENTRY = Struct(">IIiI")
_INTEGERS = {1: "B", 2: "B", 3: "H", 4: "I", 5: "Q"}
"""Type → its form: CHAR, INT8, INT16, INT32, INT64."""
_STRINGS = frozenset((6, 8, 9))
"""STRING, STRING_ARRAY, I18NSTRING: each ends with a NUL."""

MAX_ENTRIES = 1 << 16
"""rpm's own limit (hdrchkTags)."""


def values_of(blob: bytes) -> Values:
    """The wanted tags of a header. Raises UnreadableError for a blob that is none."""
    try:
        count, length = _LENGTHS.unpack_from(blob)
        store = 8 + 16 * count
        if count > MAX_ENTRIES or store + length > len(blob):
            raise UnreadableError("an rpm header is longer than its place in the database")
        values: Values = {}
        left = length
        for number in range(count):
            tag, kind, offset, items = _ENTRY.unpack_from(blob, 8 + 16 * number)
            if tag in WANTED:
                left -= items
                if left < 0:
                    raise UnreadableError("an rpm header holds more values than bytes")
                values[tag] = _read(blob, store, store + length, kind, offset, items)
    except error:
        raise UnreadableError("an rpm header ends too early") from None
    return values


def _read(blob: bytes, store: int, end: int, kind: int, offset: int, items: int) -> tuple[Any, ...]:
    if not 0 <= offset <= end - store or items > end - store:
        raise UnreadableError("an rpm header points outside of itself")
    if kind in _INTEGERS:
        return unpack_from(f">{items}{_INTEGERS[kind]}", blob, store + offset)
    if kind in _STRINGS:
        return tuple(_strings(blob, store + offset, end, items))
    return ()


def _strings(blob: bytes, start: int, end: int, items: int) -> Iterator[str]:
    for _ in range(items):
        stop = blob.find(b"\0", start, end)
        if stop < 0:
            raise UnreadableError("an rpm header holds text without an end")
        yield blob[start:stop].decode("utf-8", "surrogateescape")
        start = stop + 1
