"""Symbol versions: which a program asks of its libraries, and which a library has (`GLIBC_2.36`).

Format: Linux Standard Base Core, “Symbol Versioning”: lists whose members tell how far the next one is.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Protocol

DT_VERDEF, DT_VERDEFNUM, DT_VERNEED, DT_VERNEEDNUM = 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF

MOST_VERSIONS = 2_000
"""Members of one list that are still plausible: libstdc++ has a hundred."""

_BASE = 1
"""The flag of the definition that names the library itself (VER_FLG_BASE)."""


class Bytes(Protocol):
    """The bytes of an ELF file, as far as they were kept."""

    def at(self, offset: int, size: int) -> bytes | None:
        """`size` bytes at `offset`, None where they were not kept."""


def required(
    file: Bytes, order: str, offset: int, count: int, name_at: Callable[[int], str]
) -> Iterator[tuple[str, str]]:
    """(library, version) for each version that is asked for. `name_at` reads a string by its place in the table."""
    for at, (_, aux_count, library, aux, _) in _members(file, struct.Struct(f"{order}HHIII"), offset, count):
        for _, (_, _, _, name, _) in _members(file, struct.Struct(f"{order}IHHII"), at + aux, aux_count):
            yield name_at(library), name_at(name)


def defined(file: Bytes, order: str, offset: int, count: int, name_at: Callable[[int], str]) -> Iterator[str]:
    """The versions that a library has."""
    names = struct.Struct(f"{order}II")
    for at, (_, flags, _, _, _, aux, _) in _members(file, struct.Struct(f"{order}HHHHIII"), offset, count):
        data = file.at(at + aux, names.size)
        if data is not None and not flags & _BASE:
            yield name_at(names.unpack(data)[0])


def _members(file: Bytes, shape: struct.Struct, offset: int, count: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(place, fields) of each member; the last field says how far the next one is."""
    for _ in range(min(count, MOST_VERSIONS)):
        data = file.at(offset, shape.size)
        if data is None:
            return
        fields = shape.unpack(data)
        yield offset, fields
        if not fields[-1]:
            return
        offset += fields[-1]
