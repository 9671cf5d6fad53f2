"""Packages, the Berkeley DB hash of CentOS 5 to RHEL 8 (db 4.8's dbinc/db_page.h and hash.h), in either byte order."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from inspector.packages.found import UnreadableError

HASH_MAGIC = 0x061561
HASH_META, HASH_UNSORTED, HASH, OVERFLOW = 8, 2, 13, 7
"""Types of pages."""
KEY_DATA, OFF_PAGE = 1, 3
"""Types of items: in the page itself, or in a chain of overflow pages."""
PAGE_HEADER = 26
"""Bytes: log position 8, page, previous and next 4 each, entries 2, free offset 2, level 1, type 1."""
SMALLEST_HEADER = 24
"""Bytes; the first record is no package but the next free number."""


def headers(data: bytes) -> Iterator[bytes]:
    """The packages' header blobs, in the order of their pages. Raises UnreadableError."""
    order = _byte_order(data)
    number, short = Struct(f"{order}I"), Struct(f"{order}H")
    size = number.unpack_from(data, 20)[0]
    if size < 512 or size & (size - 1) or data[25] != HASH_META or data[24]:
        raise UnreadableError("Packages is no plain hash of Berkeley DB")
    left = len(data)
    for start in range(size, len(data) - size + 1, size):
        page = data[start : start + size]
        if page[25] not in (HASH, HASH_UNSORTED):
            continue
        entries = short.unpack_from(page, 20)[0]
        if PAGE_HEADER + 2 * entries > size:
            raise UnreadableError("a page of Packages holds more entries than fit")
        offsets = [short.unpack_from(page, PAGE_HEADER + 2 * entry)[0] for entry in range(entries)]
        for item, before in zip(offsets[1::2], offsets[0::2], strict=False):  # keys and values alternate
            if not PAGE_HEADER <= item <= before <= size - 1:
                raise UnreadableError("a page of Packages points outside of itself")
            if page[item] == OFF_PAGE and item + 12 <= size:
                first, length = number.unpack_from(page, item + 4)[0], number.unpack_from(page, item + 8)[0]
                left -= length
                if left < 0:
                    raise UnreadableError("the packages of Packages overlap")
                yield _chained(data, size, number, short, first, length)
            elif page[item] == KEY_DATA and before - item > SMALLEST_HEADER:
                yield page[item + 1 : before]


def _byte_order(data: bytes) -> str:
    if len(data) < 512:
        raise UnreadableError("Packages ends before its first page does")
    for order in ("<", ">"):
        if Struct(f"{order}I").unpack_from(data, 12)[0] == HASH_MAGIC:
            return order
    raise UnreadableError("Packages is no hash of Berkeley DB")


def _chained(data: bytes, size: int, number: Struct, short: Struct, page: int, length: int) -> bytes:
    """A value of `length` bytes from the chain of overflow pages that begins at `page`."""
    parts, left = [], length
    while left > 0:
        start = page * size
        if not page or start + size > len(data) or data[start + 25] != OVERFLOW:
            raise UnreadableError("a value of Packages has no page where it says")
        held = min(short.unpack_from(data, start + 22)[0], left)
        if not held or held > size - PAGE_HEADER:
            raise UnreadableError("a page of Packages holds more than fits, or nothing")
        parts.append(data[start + PAGE_HEADER : start + PAGE_HEADER + held])
        left -= held
        page = number.unpack_from(data, start + 16)[0]
    return b"".join(parts)
