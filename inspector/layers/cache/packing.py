"""A layer's scan as compact bytes, and back: columns as they lie in memory, paths in one text.

A million entries take about 100 MB before compression and a tenth of a second either way.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Mapping

import msgspec

from inspector.layers.elf.facts import ElfFacts
from inspector.layers.entries import Entries
from inspector.layers.facts import Facts
from inspector.layers.scan import LayerScan


class _PackedElf(msgspec.Struct, array_like=True, frozen=True):
    type: str
    bits: int
    machine: int
    needed: list[bytes]
    soname: bytes
    interpreter: bytes
    run_paths: list[bytes]
    rpath: bool
    debug_bytes: int
    sections: list[str]
    requires: list[tuple[bytes, bytes]]
    defines: list[bytes]


class _Packed(msgspec.Struct, array_like=True, frozen=True):
    """What is written. Text is bytes here, since names in a tar need not be UTF-8."""

    byteorder: str
    diff_id: str
    tar_bytes: int
    rows: int
    paths: bytes
    kinds: bytes
    sizes: bytes
    modes: bytes
    uids: bytes
    gids: bytes
    mtimes: bytes
    contents: bytes
    links: dict[int, bytes]
    devices: dict[int, tuple[int, int]]
    xattrs: dict[int, list[tuple[bytes, bytes]]]
    captured: list[tuple[bytes, bytes]]
    elf: dict[int, _PackedElf]
    scripts: dict[int, bytes]
    secrets: dict[int, str]


_decoder = msgspec.msgpack.Decoder(_Packed)


def pack(scan: LayerScan) -> bytes:
    """Raises ValueError for a scan that cannot be packed: a path holds a NUL, which only hostile tars have."""
    entries = scan.entries
    paths = _bytes("\0".join(entries.paths))
    if paths.count(b"\0") != max(len(entries) - 1, 0):
        raise ValueError("a path holds a NUL")
    return msgspec.msgpack.encode(
        _Packed(
            sys.byteorder,
            scan.diff_id,
            scan.tar_bytes,
            len(entries),
            paths,
            bytes(entries.kinds),
            entries.sizes.tobytes(),
            entries.modes.tobytes(),
            entries.uids.tobytes(),
            entries.gids.tobytes(),
            entries.mtimes.tobytes(),
            entries.contents.tobytes(),
            {row: _bytes(link) for row, link in entries.links.items()},
            entries.devices,
            {row: _pairs(xattrs) for row, xattrs in entries.xattrs.items()},
            _pairs(scan.captured),
            {row: _packed_elf(facts) for row, facts in scan.facts.elf.items()},
            {row: _bytes(line) for row, line in scan.facts.scripts.items()},
            scan.facts.secrets,
        )
    )


def unpack(data: bytes) -> LayerScan:
    """What `pack` was given. Raises ValueError when the bytes are not its work on a machine like this one."""
    packed = _decoder.decode(data)  # msgspec's errors are ValueErrors
    entries = Entries(
        paths=_text(packed.paths).split("\0") if packed.rows else [],
        kinds=bytearray(packed.kinds),
        sizes=array("q", packed.sizes),
        modes=array("H", packed.modes),
        uids=array("q", packed.uids),
        gids=array("q", packed.gids),
        mtimes=array("q", packed.mtimes),
        contents=array("Q", packed.contents),
        links={row: _text(link) for row, link in packed.links.items()},
        devices=packed.devices,
        xattrs={row: {_text(name): value for name, value in pairs} for row, pairs in packed.xattrs.items()},
    )
    columns = (entries.paths, entries.kinds, entries.sizes, entries.modes, entries.uids, entries.gids)
    lengths = {len(column) for column in (*columns, entries.mtimes, entries.contents)}
    if packed.byteorder != sys.byteorder or lengths != {packed.rows}:
        raise ValueError("packed on another machine, or not by this module")
    captured = {_text(path): content for path, content in packed.captured}
    facts = Facts(
        elf={row: _elf(facts) for row, facts in packed.elf.items()},
        scripts={row: _text(line) for row, line in packed.scripts.items()},
        secrets=packed.secrets,
    )
    return LayerScan(packed.diff_id, packed.tar_bytes, entries, captured, facts)


def _packed_elf(facts: ElfFacts) -> _PackedElf:
    return _PackedElf(
        facts.type,
        facts.bits,
        facts.machine,
        [_bytes(name) for name in facts.needed],
        _bytes(facts.soname),
        _bytes(facts.interpreter),
        [_bytes(path) for path in facts.run_paths],
        facts.rpath,
        facts.debug_bytes,
        list(facts.sections),
        [(_bytes(library), _bytes(version)) for library, version in facts.requires],
        [_bytes(version) for version in facts.defines],
    )


def _elf(packed: _PackedElf) -> ElfFacts:
    return ElfFacts(
        packed.type,
        packed.bits,
        packed.machine,
        tuple(map(_text, packed.needed)),
        _text(packed.soname),
        _text(packed.interpreter),
        tuple(map(_text, packed.run_paths)),
        packed.rpath,
        packed.debug_bytes,
        tuple(packed.sections),
        tuple((_text(library), _text(version)) for library, version in packed.requires),
        tuple(map(_text, packed.defines)),
    )


def _pairs(mapping: Mapping[str, bytes]) -> list[tuple[bytes, bytes]]:
    return [(_bytes(name), value) for name, value in mapping.items()]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
