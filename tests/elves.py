"""Little ELF files made by hand: no code in them, but all that tells a linker what they need (System V gABI)."""

from __future__ import annotations

from collections.abc import Sequence
from struct import pack

X86_64, AARCH64 = 62, 183

_NEEDED, _STRTAB, _SONAME, _RPATH, _RUNPATH = 1, 5, 14, 15, 29
_VERDEF, _VERDEFNUM, _VERNEED, _VERNEEDNUM = 0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF
_LOAD, _DYNAMIC, _INTERP = 1, 2, 3
_HEADER, _SEGMENT, _SECTION = 64, 56, 64


def elf(
    needed: Sequence[str] = (),
    *,
    soname: str = "",
    interpreter: str = "",
    rpath: str = "",
    runpath: str = "",
    debug: int = 0,
    machine: int = X86_64,
    requires: Sequence[tuple[str, str]] = (),
    defines: Sequence[str] = (),
) -> bytes:
    """A 64-bit shared object, or a program where it has an interpreter; `debug` are bytes of debug information.

    `requires` are versions of symbols that it asks of libraries (soname, version), `defines` those that it has.
    """
    strings = bytearray(b"\0")
    tags: list[tuple[int, int]] = []

    def placed(text: str) -> int:
        strings.extend(text.encode() + b"\0")
        return len(strings) - len(text.encode()) - 1

    named = [(_NEEDED, name) for name in needed]
    tags += (
        (tag, placed(text)) for tag, text in (*named, (_SONAME, soname), (_RPATH, rpath), (_RUNPATH, runpath)) if text
    )
    asked = [(placed(library), placed(version)) for library, version in requires]
    had = [placed(version) for version in defines]
    start = _HEADER + 3 * _SEGMENT
    needs = b"".join(_need(*each, last=number == len(asked)) for number, each in enumerate(asked, 1))
    versions = needs + b"".join(_definition(each, last=number == len(had)) for number, each in enumerate(had, 1))
    loader = interpreter.encode() + b"\0" if interpreter else b""
    at_versions = start + len(strings)
    at_loader = at_versions + len(versions)
    at_dynamic = at_loader + len(loader)
    if asked:
        tags += [(_VERNEED, at_versions), (_VERNEEDNUM, len(asked))]
    if had:
        tags += [(_VERDEF, at_versions + len(needs)), (_VERDEFNUM, len(had))]
    dynamic = b"".join(pack("<qQ", *tag) for tag in (*tags, (_STRTAB, start), (0, 0)))
    end = at_dynamic + len(dynamic)
    segments = (
        _segment(_LOAD, 0, end)
        + _segment(_DYNAMIC, at_dynamic, len(dynamic))
        + _segment(_INTERP if interpreter else 0, at_loader, len(loader))
    )
    names = b"\0.debug_info\0.shstrtab\0"
    body = strings + versions + loader + dynamic + bytes(debug) + names
    sections = (
        _section(0, 0, 0, 0)
        + _section(1, 1, end, debug)
        + _section(names.index(b".shstrtab"), 3, end + debug, len(names))
    )
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + pack(
        "<HHIQQQIHHHHHH",
        *(3, machine, 1, 0, _HEADER, start + len(body), 0, _HEADER, _SEGMENT, 3, _SECTION, 3, 2),
    )
    return header + segments + bytes(body) + sections


def program(
    *needed: str, interpreter: str = "/lib64/ld-linux-x86-64.so.2", runpath: str = "", rpath: str = ""
) -> bytes:
    """A program that needs these libraries."""
    return elf(needed, interpreter=interpreter, runpath=runpath, rpath=rpath)


def library(soname: str, *needed: str, machine: int = X86_64) -> bytes:
    """A library of this name that needs others."""
    return elf(needed, soname=soname, machine=machine)


def elf_with(name: bytes, content: bytes) -> bytes:
    """The smallest ELF file with a section of this name."""
    names = b"\0" + name + b"\0.shstrtab\0"
    table = _HEADER + len(content) + len(names)
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + pack(
        "<HHIQQQIHHHHHH", *(2, X86_64, 1, 0, 0, table, 0, _HEADER, _SEGMENT, 0, _SECTION, 3, 2)
    )
    sections = (
        _section(0, 0, 0, 0)
        + _section(1, 1, _HEADER, len(content))
        + _section(2 + len(name), 3, _HEADER + len(content), len(names))
    )
    return header + content + names + sections


def go_note(modules: str) -> bytes:
    """A `.go.buildinfo` section as Go 1.18 and newer write it."""
    info = b"0" * 16 + modules.encode() + b"1" * 16
    version = b"go1.22.0"
    head = (b"\xff Go buildinf:" + b"\x08\x02").ljust(32, b"\0")
    return head + _varint(len(version)) + version + _varint(len(info)) + info


def _need(library: int, version: int, *, last: bool) -> bytes:
    """One library, and one version that is asked of it; numbers are places in the table of strings."""
    return pack("<HHIII", 1, 1, library, 16, 0 if last else 32) + pack("<IHHII", 0, 0, 2, version, 0)


def _definition(version: int, *, last: bool) -> bytes:
    return pack("<HHHHIII", 1, 0, 2, 1, 0, 20, 0 if last else 28) + pack("<II", version, 0)


def _segment(kind: int, offset: int, size: int) -> bytes:
    return pack("<IIQQQQQQ", kind, 4, offset, offset, offset, size, size, 1)


def _section(name: int, kind: int, offset: int, size: int) -> bytes:
    return pack("<IIQQQQIIQQ", name, kind, 0, 0, offset, size, 0, 0, 1, 0)


def _varint(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(high) if high else bytes([low])
