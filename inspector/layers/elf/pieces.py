"""The parts of an ELF file that matter, collected while its pieces pass: a file of any size is read in one pass.

Its front is kept, the ranges that its header names, and what lies around two marks whose places only the section
headers tell, which most linkers write last. The numbers here were seen in programs of GNU's, LLVM's and Go's linkers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from struct import error

from inspector.layers.elf.facts import (
    EXECUTABLE,
    MAX_TABLE,
    PT_DYNAMIC,
    PT_GNU_EH_FRAME,
    PT_INTERP,
    PT_LOAD,
    STRUCTS,
    WRITABLE,
    Layout,
    layout_of,
    segments_in,
)
from inspector.layers.elf.search import Search

HEAD = 8 << 20
"""Bytes kept at most from the front of a large file: its dynamic strings lie there, in all but giant libraries, and
where LLVM's linker has linked a Rust program its audit data."""

TABLES = 1 << 12
"""Bytes at the front that hold the header and the segments: 64 bytes and some twenty times 56."""

NAMES = 1 << 12
"""Bytes of the sections' names at most: kept before the section headers, where GNU's linker puts them."""

NAMES_MARK = b".shstrtab\0"
"""The name of the sections' names is among them. LLVM's linker writes them right before the symbols' names."""

PAGE = 1 << 12
"""Other linkers begin a program's code at a multiple of this in the file, LLVM's right behind what lies before."""

SYMBOLS = 4 << 20
"""Bytes before the section headers in which that mark is looked for: no more of symbols' names than giants have."""

GO_MARK = b"\xff Go buildinf:"
"""Begins Go's build info, which lies anywhere in the data that a program may write (debug/buildinfo)."""

MAX_BUILD_INFO = 1 << 18
"""Bytes of Go's build info; that of programs with a thousand modules has half of it."""

MAX_AUDIT = 1 << 16
"""Bytes of Rust's audit data, compressed; some hundred crates take 4 KiB. GNU's linker puts it before the frames."""


class ElfPieces:
    """An ELF file whose pieces are added in order.

    They are copied, for to keep a piece alive costs more: its buffer could not be used again.
    """

    def __init__(self) -> None:
        self._front = bytearray()
        self._limit = TABLES
        self._kept: list[tuple[int, bytearray]] | None = None
        self._searches: list[Search] = []
        self._position = 0

    def add(self, piece: bytes | memoryview) -> None:
        if self._kept is None:
            head, piece = piece[:TABLES], piece[TABLES:]
            self._front += head
            self._position += len(head)
            if len(self._front) < TABLES:
                return
            self._plan()
        start, end = self._position, self._position + len(piece)
        if start < self._limit:
            self._front += piece[: self._limit - start]
        for low, kept in self._kept or ():
            first, last = max(low, start), min(low + len(kept), end)
            if first < last:
                kept[first - low : last - low] = piece[first - start : last - start]
        for search in self._searches:
            search.add(piece, start)
        self._position = end

    def at(self, offset: int, size: int) -> bytes | None:
        """`size` bytes at `offset`, None where they were not kept."""
        if offset + size <= len(self._front):
            return bytes(self._front[offset : offset + size])
        found = [around for search in self._searches for around in search.found]
        for low, kept in (*(self._kept or ()), *found):
            if low <= offset and offset + size <= min(low + len(kept), self._position):
                return bytes(kept[offset - low : offset - low + size])
        return None

    def _plan(self) -> None:
        """Once the header is there: how much of the front to keep, which ranges behind it, and what to look for."""
        head = bytes(self._front)
        self._kept = []
        layout = layout_of(head[:64])
        if layout is None:
            return
        wanted = list(_around_sections(head, layout))
        front = loaded = 0
        by_llvm = False
        with suppress(error, OverflowError):
            for kind, start, length, _, _, flags in segments_in(head, layout):
                if kind in (PT_DYNAMIC, PT_INTERP):
                    wanted.append((start, length))
                elif kind == PT_GNU_EH_FRAME:
                    wanted.append((max(start - MAX_AUDIT, 0), min(start, MAX_AUDIT)))
                elif kind == PT_LOAD:
                    front = front or min(HEAD, start + length)  # the first one holds the strings of the dynamic section
                    loaded = max(loaded, start + length)
                    by_llvm = by_llvm or bool(flags & EXECUTABLE and start % PAGE)
                    if flags & WRITABLE:
                        self._searches.append(Search(GO_MARK, start, start + length, after=MAX_BUILD_INFO))
        headers = layout.sections[0]
        if by_llvm and 0 < loaded < headers:
            low = max(loaded, headers - SYMBOLS)
            self._searches.append(Search(NAMES_MARK, low, headers, before=NAMES, after=NAMES))
        self._limit = max(front, len(head))
        for low, size in wanted:
            if 0 < size <= MAX_TABLE:
                passed = self._front[low : low + size]
                self._kept.append((low, passed + bytes(size - len(passed))))


def _around_sections(head: bytes, layout: Layout) -> Iterator[tuple[int, int]]:
    """(offset, size) of the section headers with what lies before them, and of their names where that is told.

    Most linkers write the headers last; Go's writes them at the front, where they say where the names are.
    """
    offset, size, count = layout.sections
    if not offset:
        return
    yield max(offset - NAMES, 0), min(NAMES, offset) + size * count
    entry = offset + size * layout.names_index
    if entry + size <= len(head):
        fields = STRUCTS[layout.bits, layout.order][2].unpack_from(head, entry)
        yield fields[4], fields[5]
