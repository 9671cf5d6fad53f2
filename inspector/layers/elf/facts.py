"""What an ELF file needs at run time and what of it is debug information, from a few of its bytes.

Formats: System V ABI (gABI 4), chapters 4 and 5; Go's `.go.buildinfo` and Rust's `.dep-v0` by their section names.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeVar

from msgspec import Struct

from inspector.layers.elf.versions import DT_VERDEF, DT_VERDEFNUM, DT_VERNEED, DT_VERNEEDNUM, defined, required

_Version = TypeVar("_Version")

MAGIC = b"\x7fELF"

MAX_TABLE = 1 << 20
"""Bytes of headers or dynamic entries that are still plausible."""

_TELLING = (".go.buildinfo", ".dep-v0", ".rustc")
STRUCTS = {
    (bits, order): tuple(struct.Struct(order + shape) for shape in shapes)
    for bits, shapes in (
        (64, ("HHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ", "qQ")),
        (32, ("HHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII", "iI")),
    )
    for order in "<>"
}
"""By bits and byte order: shapes of the file header (after its identification), a segment, a section, a dynamic tag."""

_TYPES = {1: "object", 2: "executable", 3: "shared", 4: "core"}
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_GNU_EH_FRAME = 1, 2, 3, 0x6474E550
EXECUTABLE, WRITABLE = 1, 2
_DT_NEEDED, _DT_STRTAB, _DT_SONAME, _DT_RPATH, _DT_RUNPATH, _DT_FLAGS_1 = 1, 5, 14, 15, 29, 0x6FFFFFFB
_DF_1_PIE = 0x08000000
_SHT_SYMTAB, _SHT_NOBITS, _SHF_ALLOC = 2, 8, 2


class ElfFacts(Struct, frozen=True):
    """`type` is object, executable, shared or core (a position-independent executable is an executable).

    `needed` are the sonames it asks for, `run_paths` where it looks for them first (RPATH or RUNPATH, in order; `rpath`
    tells whether it is the older RPATH). `debug_bytes` is what `strip` would remove: debug sections and symbol tables
    that are not needed to run. `sections` names those that tell of a language: `.go.buildinfo`, `.dep-v0`. `machine`
    is the ELF machine number and `bits` 32 or 64, which must agree between a program and its libraries. `requires` are
    the versions of symbols that it asks of libraries (soname, version), `defines` those that it has itself.
    """

    type: str
    bits: int
    machine: int
    needed: tuple[str, ...] = ()
    soname: str = ""
    interpreter: str = ""
    run_paths: tuple[str, ...] = ()
    rpath: bool = False
    debug_bytes: int = 0
    sections: tuple[str, ...] = ()
    requires: tuple[tuple[str, str], ...] = ()
    defines: tuple[str, ...] = ()


class Layout(Struct, frozen=True):
    """Where things are: the header's numbers, as (offset, size) pairs and counts."""

    type: int
    bits: int
    order: str
    machine: int
    segments: tuple[int, int, int]  # offset, size of one, count
    sections: tuple[int, int, int]
    names_index: int


class ElfBytes(Protocol):
    """The bytes of an ELF file, as far as they were kept."""

    def at(self, offset: int, size: int) -> bytes | None:
        """`size` bytes at `offset`, None where they were not kept."""


class WholeFile:
    """An ELF file that is in memory as a whole."""

    def __init__(self, data: memoryview) -> None:
        self._data = data

    def at(self, offset: int, size: int) -> bytes | None:
        return bytes(self._data[offset : offset + size]) if offset + size <= len(self._data) else None


def elf_facts(file: ElfBytes) -> ElfFacts | None:
    """The facts of an ELF file, None when its header is damaged; parts that cannot be read are left out."""
    try:
        layout = layout_of(file.at(0, 64) or b"")
        if layout is None:
            return None
        dynamic = _dynamic(file, layout)
        debug_bytes, sections = _sections(file, layout)
    except (struct.error, ValueError, OverflowError):
        return None
    kind = _TYPES.get(layout.type, "object")
    if kind == "shared" and (dynamic.pie or (dynamic.interpreter and not dynamic.soname)):
        kind = "executable"
    return ElfFacts(
        type=kind,
        bits=layout.bits,
        machine=layout.machine,
        needed=dynamic.needed,
        soname=dynamic.soname,
        interpreter=dynamic.interpreter,
        run_paths=dynamic.run_paths,
        rpath=dynamic.rpath,
        debug_bytes=debug_bytes,
        sections=sections,
        requires=dynamic.requires,
        defines=dynamic.defines,
    )


def layout_of(header: bytes) -> Layout | None:
    if len(header) < 52 or header[:4] != MAGIC or header[4] not in (1, 2) or header[5] not in (1, 2):
        return None
    order = "<" if header[5] == 1 else ">"
    bits = 32 * header[4]
    if bits == 64 and len(header) < 64:
        return None
    shape = STRUCTS[bits, order][0]
    type_, machine, _, _, phoff, shoff, _, _, phsize, phnum, shsize, shnum, names = shape.unpack_from(header, 16)
    return Layout(type_, bits, order, machine, (phoff, phsize, phnum), (shoff, shsize, shnum), names)


def segments_in(table: bytes, layout: Layout) -> Iterator[tuple[int, int, int, int, int, int]]:
    """(type, file offset, file size, address, memory size, flags) of each segment; `table` is the file's front."""
    offset, size, count = layout.segments
    shape = STRUCTS[layout.bits, layout.order][1]
    if size != shape.size:
        return
    headers = shape.iter_unpack(table[offset : offset + size * count])
    if layout.bits == 64:
        for kind, flags, start, address, _, length, memory, _ in headers:
            yield kind, start, length, address, memory, flags
    else:
        for kind, start, address, _, length, memory, flags, _ in headers:
            yield kind, start, length, address, memory, flags


class _Dynamic(Struct, frozen=True):
    needed: tuple[str, ...] = ()
    soname: str = ""
    interpreter: str = ""
    run_paths: tuple[str, ...] = ()
    rpath: bool = False
    pie: bool = False
    requires: tuple[tuple[str, str], ...] = ()
    defines: tuple[str, ...] = ()


def _dynamic(file: ElfBytes, layout: Layout) -> _Dynamic:
    offset, size, count = layout.segments
    table = file.at(0, offset + size * count) if count and offset + size * count <= MAX_TABLE else None
    if table is None:
        return _Dynamic()
    segments = list(segments_in(table, layout))
    interpreter = next((_text(file.at(s[1], s[2]) or b"") for s in segments if s[0] == PT_INTERP and s[2] < 4096), "")
    place = next((s for s in segments if s[0] == PT_DYNAMIC and s[2] <= MAX_TABLE), None)
    data = file.at(place[1], place[2]) if place else None
    if data is None:
        return _Dynamic(interpreter=interpreter)
    pair = STRUCTS[layout.bits, layout.order][3]
    values: dict[int, int] = {}
    needed: list[int] = []
    for tag, value in pair.iter_unpack(data[: len(data) - len(data) % pair.size]):
        if tag == 0:
            break
        if tag == _DT_NEEDED:
            needed.append(value)
        else:
            values[tag] = value
    strings = _file_offset(segments, values.get(_DT_STRTAB, 0))
    if strings is None:
        return _Dynamic(interpreter=interpreter)
    paths_tag = _DT_RUNPATH if _DT_RUNPATH in values else _DT_RPATH
    paths = _string(file, strings + values[paths_tag]) if paths_tag in values else ""
    return _Dynamic(
        needed=tuple(name for offset in needed if (name := _string(file, strings + offset))),
        soname=_string(file, strings + values[_DT_SONAME]) if _DT_SONAME in values else "",
        interpreter=interpreter,
        run_paths=tuple(filter(None, paths.split(":"))),
        rpath=paths_tag == _DT_RPATH and paths_tag in values,
        pie=bool(values.get(_DT_FLAGS_1, 0) & _DF_1_PIE),
        requires=tuple(_versions(required, file, layout, segments, values, strings, DT_VERNEED, DT_VERNEEDNUM)),
        defines=tuple(_versions(defined, file, layout, segments, values, strings, DT_VERDEF, DT_VERDEFNUM)),
    )


def _versions(
    read: Callable[[ElfBytes, str, int, int, Callable[[int], str]], Iterator[_Version]],
    file: ElfBytes,
    layout: Layout,
    segments: list[tuple[int, int, int, int, int, int]],
    values: Mapping[int, int],
    strings: int,
    table: int,
    count: int,
) -> Iterator[_Version]:
    """The versions of one of the two lists, nothing where the file has none."""
    offset = _file_offset(segments, values[table]) if table in values else None
    if offset is not None:
        yield from read(file, layout.order, offset, values.get(count, 0), lambda name: _string(file, strings + name))


def _sections(file: ElfBytes, layout: Layout) -> tuple[int, tuple[str, ...]]:
    """(bytes that strip would remove, names of sections that tell of a language)."""
    offset, size, count = layout.sections
    table = file.at(offset, size * count) if offset and 0 < size * count <= MAX_TABLE else None
    if table is None:
        return 0, ()
    shape = STRUCTS[layout.bits, layout.order][2]
    if layout.names_index >= count or size != shape.size:
        return 0, ()
    _, _, _, _, names_offset, names_size, *_ = shape.unpack_from(table, layout.names_index * size)
    names = file.at(names_offset, names_size)
    if names is None:
        return 0, ()
    telling = tuple(name for name in _TELLING if name.encode() in names)
    # most files are stripped: then no name and no type (its low byte) speaks of debug information
    low_bytes = table[4::size] if layout.order == "<" else table[7::size]
    if b"debug_" not in names and _SHT_SYMTAB not in low_bytes:
        return 0, telling
    headers = list(shape.iter_unpack(table))
    symbols_names = {header[6] for header in headers if header[1] == _SHT_SYMTAB}
    debug = 0
    for index, (name, kind, flags, _, _, length, *_) in enumerate(headers):
        if flags & _SHF_ALLOC or kind in (0, _SHT_NOBITS):
            continue
        if kind == _SHT_SYMTAB or index in symbols_names or names.startswith((b".debug_", b".zdebug_"), name):
            debug += length
    return debug, telling


def section(file: ElfBytes, wanted: bytes, most: int) -> bytes | None:
    """The content of the section with this name, None where there is none, or it is longer than `most` or not kept."""
    try:
        layout = layout_of(file.at(0, 64) or b"")
        if layout is None:
            return None
        offset, size, count = layout.sections
        shape = STRUCTS[layout.bits, layout.order][2]
        table = file.at(offset, size * count) if offset and 0 < size * count <= MAX_TABLE else None
        if table is None or layout.names_index >= count or size != shape.size:
            return None
        headers = list(shape.iter_unpack(table))
        names = file.at(headers[layout.names_index][4], headers[layout.names_index][5]) or b""
        for name, _, _, _, start, length, *_ in headers:
            if names.startswith(wanted + b"\0", name) and 0 < length <= most:
                return file.at(start, length)
    except (struct.error, ValueError, OverflowError):
        pass
    return None


def _file_offset(segments: list[tuple[int, int, int, int, int, int]], address: int) -> int | None:
    """Where an address lies in the file (PT_LOAD segments map one to the other)."""
    for kind, offset, size, start, _, _ in segments:
        if kind == PT_LOAD and start <= address < start + size:
            return offset + address - start
    return None


def _string(file: ElfBytes, offset: int) -> str:
    for length in (128, 4096):
        data = file.at(offset, length)
        if data is not None and b"\0" in data:
            return _text(data)
    short = next((data for length in (64, 32, 16, 8) if (data := file.at(offset, length)) and b"\0" in data), b"")
    return _text(short)


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")
