"""What an ELF file needs at run time and what of it is debug information, from a few of its bytes.

Formats: System V ABI (gABI 4), chapters 4 and 5; Go's `.go.buildinfo` and Rust's `.dep-v0` by their section names. A
file of any size is read in one pass: its head and the few ranges that its own header names are kept, the rest is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from struct import Struct, error

MAGIC = b"\x7fELF"

HEAD = 8 << 20
"""Bytes kept at most from the front of a large file: its dynamic strings lie there, in all but giant libraries."""

TABLES = 1 << 12
"""Bytes at the front that hold the header and the segments: 64 bytes and some twenty times 56."""

NAMES = 1 << 12
"""Bytes kept before the section headers, where linkers put the sections' names."""

MAX_TABLE = 1 << 20
"""Bytes of headers or dynamic entries that are still plausible."""

_TELLING = (".go.buildinfo", ".dep-v0", ".rustc")
_STRUCTS = {
    (bits, order): tuple(Struct(order + shape) for shape in shapes)
    for bits, shapes in (
        (64, ("HHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ", "qQ")),
        (32, ("HHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII", "iI")),
    )
    for order in "<>"
}
"""By bits and byte order: shapes of the file header (after its identification), a segment, a section, a dynamic tag."""

_TYPES = {1: "object", 2: "executable", 3: "shared", 4: "core"}
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_DT_NEEDED, _DT_STRTAB, _DT_SONAME, _DT_RPATH, _DT_RUNPATH, _DT_FLAGS_1 = 1, 5, 14, 15, 29, 0x6FFFFFFB
_DF_1_PIE = 0x08000000
_SHT_SYMTAB, _SHT_NOBITS, _SHF_ALLOC = 2, 8, 2


@dataclass(frozen=True, slots=True)
class ElfFacts:
    """`type` is object, executable, shared or core (a position-independent executable is an executable).

    `needed` are the sonames it asks for, `run_paths` where it looks for them first (RPATH or RUNPATH, in order; `rpath`
    tells whether it is the older RPATH). `debug_bytes` is what `strip` would remove: debug sections and symbol tables
    that are not needed to run. `sections` names those that tell of a language: `.go.buildinfo`, `.dep-v0`. `machine`
    is the ELF machine number and `bits` 32 or 64, which must agree between a program and its libraries.
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


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things are: the header's numbers, as (offset, size) pairs and counts."""

    type: int
    bits: int
    order: str
    machine: int
    segments: tuple[int, int, int]  # offset, size of one, count
    sections: tuple[int, int, int]
    names_index: int


class ElfPieces:
    """The parts of an ELF file that matter, collected while its pieces pass in order: its front, and the ranges behind
    it that the header names.

    They are copied, for to keep a piece alive costs more: its buffer could not be used again.
    """

    def __init__(self) -> None:
        self._front = bytearray()
        self._limit = TABLES
        self._kept: list[tuple[int, bytearray]] | None = None
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
        self._position = end

    def at(self, offset: int, size: int) -> bytes | None:
        """`size` bytes at `offset`, None where they were not kept."""
        if offset + size <= len(self._front):
            return bytes(self._front[offset : offset + size])
        for low, kept in self._kept or ():
            if low <= offset and offset + size <= min(low + len(kept), self._position):
                return bytes(kept[offset - low : offset - low + size])
        return None

    def _plan(self) -> None:
        """Once the header is there: how much of the front to keep, and which ranges behind it."""
        limit, wanted = _wanted(bytes(self._front))
        self._limit = max(limit, len(self._front))
        self._kept = []
        for low, size in wanted:
            passed = self._front[low : low + size]
            self._kept.append((low, passed + bytes(size - len(passed))))


class WholeFile:
    """An ELF file that is in memory as a whole."""

    def __init__(self, data: memoryview) -> None:
        self._data = data

    def at(self, offset: int, size: int) -> bytes | None:
        return bytes(self._data[offset : offset + size]) if offset + size <= len(self._data) else None


def elf_facts(file: ElfPieces | WholeFile) -> ElfFacts | None:
    """The facts of an ELF file, None when its header is damaged; parts that cannot be read are left out."""
    try:
        layout = _layout(file.at(0, 64) or b"")
        if layout is None:
            return None
        dynamic = _dynamic(file, layout)
        debug_bytes, sections = _sections(file, layout)
    except (error, ValueError, OverflowError):
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
    )


def _layout(header: bytes) -> _Layout | None:
    if len(header) < 52 or header[:4] != MAGIC or header[4] not in (1, 2) or header[5] not in (1, 2):
        return None
    order = "<" if header[5] == 1 else ">"
    bits = 32 * header[4]
    if bits == 64 and len(header) < 64:
        return None
    shape = _STRUCTS[bits, order][0]
    type_, machine, _, _, phoff, shoff, _, _, phsize, phnum, shsize, shnum, names = shape.unpack_from(header, 16)
    return _Layout(type_, bits, order, machine, (phoff, phsize, phnum), (shoff, shsize, shnum), names)


def _wanted(head: bytes) -> tuple[int, list[tuple[int, int]]]:
    """How many bytes of the front will be asked for, and (offset, size) of the ranges behind it.

    The first segment that is loaded begins with the file and holds the strings of the dynamic section.
    """
    layout = _layout(head[:64])
    if layout is None:
        return 0, []
    wanted = list(_around_sections(head, layout))
    front = 0
    with suppress(error, OverflowError):
        for kind, start, length, _, _ in _segments(head, layout):
            if kind in (_PT_DYNAMIC, _PT_INTERP):
                wanted.append((start, length))
            elif kind == _PT_LOAD and not front:
                front = min(HEAD, start + length)
    return front, [(start, length) for start, length in wanted if 0 < length <= MAX_TABLE]


def _around_sections(head: bytes, layout: _Layout) -> Iterator[tuple[int, int]]:
    """(offset, size) of the section headers and of their names.

    The names lie right before headers at the file's end, as GNU's and LLVM's linkers write it; Go's writes the headers
    at the front, where they say where the names are.
    """
    offset, size, count = layout.sections
    if not offset:
        return
    yield max(offset - NAMES, 0), min(NAMES, offset) + size * count
    entry = offset + size * layout.names_index
    if entry + size <= len(head):
        fields = _STRUCTS[layout.bits, layout.order][2].unpack_from(head, entry)
        yield fields[4], fields[5]


def _segments(table: bytes, layout: _Layout) -> Iterator[tuple[int, int, int, int, int]]:
    """(type, file offset, file size, address, memory size) of each segment; `table` begins at the file's start."""
    offset, size, count = layout.segments
    shape = _STRUCTS[layout.bits, layout.order][1]
    if size != shape.size:
        return
    if layout.bits == 64:
        for kind, _, start, address, _, length, memory, _ in shape.iter_unpack(table[offset : offset + size * count]):
            yield kind, start, length, address, memory
    else:
        for kind, start, address, _, length, memory, _, _ in shape.iter_unpack(table[offset : offset + size * count]):
            yield kind, start, length, address, memory


@dataclass(frozen=True, slots=True)
class _Dynamic:
    needed: tuple[str, ...] = ()
    soname: str = ""
    interpreter: str = ""
    run_paths: tuple[str, ...] = ()
    rpath: bool = False
    pie: bool = False


def _dynamic(file: ElfPieces | WholeFile, layout: _Layout) -> _Dynamic:
    offset, size, count = layout.segments
    table = file.at(0, offset + size * count) if count and offset + size * count <= MAX_TABLE else None
    if table is None:
        return _Dynamic()
    segments = list(_segments(table, layout))
    interpreter = next((_text(file.at(s[1], s[2]) or b"") for s in segments if s[0] == _PT_INTERP and s[2] < 4096), "")
    place = next((s for s in segments if s[0] == _PT_DYNAMIC and s[2] <= MAX_TABLE), None)
    data = file.at(place[1], place[2]) if place else None
    if data is None:
        return _Dynamic(interpreter=interpreter)
    pair = _STRUCTS[layout.bits, layout.order][3]
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
    )


def _sections(file: ElfPieces | WholeFile, layout: _Layout) -> tuple[int, tuple[str, ...]]:
    """(bytes that strip would remove, names of sections that tell of a language)."""
    offset, size, count = layout.sections
    table = file.at(offset, size * count) if offset and 0 < size * count <= MAX_TABLE else None
    if table is None:
        return 0, ()
    shape = _STRUCTS[layout.bits, layout.order][2]
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


def section(file: ElfPieces | WholeFile, wanted: bytes, most: int) -> bytes | None:
    """The content of the section with this name, None where there is none, or it is longer than `most` or not kept."""
    try:
        layout = _layout(file.at(0, 64) or b"")
        if layout is None:
            return None
        offset, size, count = layout.sections
        shape = _STRUCTS[layout.bits, layout.order][2]
        table = file.at(offset, size * count) if offset and 0 < size * count <= MAX_TABLE else None
        if table is None or layout.names_index >= count or size != shape.size:
            return None
        headers = list(shape.iter_unpack(table))
        names = file.at(headers[layout.names_index][4], headers[layout.names_index][5]) or b""
        for name, _, _, _, start, length, *_ in headers:
            if names.startswith(wanted + b"\0", name) and 0 < length <= most:
                return file.at(start, length)
    except (error, ValueError, OverflowError):
        pass
    return None


def _file_offset(segments: list[tuple[int, int, int, int, int]], address: int) -> int | None:
    """Where an address lies in the file (PT_LOAD segments map one to the other)."""
    for kind, offset, size, start, _ in segments:
        if kind == _PT_LOAD and start <= address < start + size:
            return offset + address - start
    return None


def _string(file: ElfPieces | WholeFile, offset: int) -> str:
    for length in (128, 4096):
        data = file.at(offset, length)
        if data is not None and b"\0" in data:
            return _text(data)
    short = next((data for length in (64, 32, 16, 8) if (data := file.at(offset, length)) and b"\0" in data), b"")
    return _text(short)


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")
