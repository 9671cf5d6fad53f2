"""What a program or jar says of the packages it was built from: small parts of it, kept while a layer is scanned.

Go writes `.go.buildinfo` (debug/buildinfo), cargo-auditable `.dep-v0`, Maven a pom.properties into each jar. A note is
kept under the file's own path, and begins with its kind, so that readers know it from the files kept whole.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from inspector.layers.elf.facts import ElfBytes, section
from inspector.layers.elf.pieces import MAX_AUDIT, MAX_BUILD_INFO

GO, RUST, MAVEN, JAR = b"note:go\n", b"note:rust\n", b"note:maven\n", b"note:jar\n"

MAX_NOTES = 32 << 20
"""Bytes of all notes of a layer; a thousand Go programs take as many."""

MAX_JAR = 16 << 20
"""Bytes of a jar that is looked into; larger ones would have to be kept in memory as a whole."""

MAX_MEMBER = 1 << 12
"""Bytes of a pom.properties, which has three lines, or of the manifest's head."""

MAX_MEMBERS = 64
"""Artifacts in one jar; where dependencies were copied into it there are some dozens."""

JARS = (".jar", ".war", ".ear")
JAR_MAGIC = b"PK\x03\x04"

_END, _ENTRY, _LOCAL = struct.Struct("<4s8xII2x"), struct.Struct("<10xH8xI4xH12xI"), struct.Struct("<4s22xHH")
_pom = re.compile(rb"PK\x01\x02(?s:.{42})(META-INF/maven/[^/\0]+/[^/\0]+/pom\.properties)")
_manifest = re.compile(rb"PK\x01\x02(?s:.{42})(META-INF/MANIFEST\.MF)")


class BuildNotes:
    """The notes of a layer by row of its entries."""

    def __init__(self) -> None:
        self.by_row: dict[int, bytes] = {}
        self._room = MAX_NOTES

    def keep(self, row: int, note: bytes | None) -> None:
        """Keep a note, where there is one and room for it."""
        if note is not None and len(note) <= self._room:
            self._room -= len(note)
            self.by_row[row] = note


def elf_note(file: ElfBytes) -> bytes | None:
    """The note of an ELF file, None where it has none."""
    for kind, name, most in ((GO, b".go.buildinfo", MAX_BUILD_INFO), (RUST, b".dep-v0", MAX_AUDIT)):
        data = section(file, name, most)
        if data:
            return kind + data
    return None


def jar_note(data: bytes) -> bytes | None:
    """The pom.properties files in a jar, one after the other, or else its manifest's head; None for a damaged jar.

    Only the entries asked for are looked at: to read the whole directory of a jar takes longer than all else.
    """
    try:
        directory = _directory(data)
        if directory is None:
            return None
        poms = [pom for _, pom in zip(range(MAX_MEMBERS), _members(data, directory, _pom), strict=False)]
        if poms:
            return MAVEN + b"\n\n".join(poms)
        return JAR + b"".join(_members(data, directory, _manifest))
    except (zlib.error, struct.error):
        return None


def _directory(data: bytes) -> bytes | None:
    """The central directory (APPNOTE.TXT 4.3.12), found by the record at the file's end."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        return None
    _, size, offset = _END.unpack_from(data, end)
    directory = data[offset : offset + size]
    return directory if len(directory) == size and offset + size <= end else None


def _members(data: bytes, directory: bytes, name: re.Pattern[bytes]) -> Iterator[bytes]:
    """The content of each small member with such a name."""
    for match in name.finditer(directory):
        method, packed, name_size, offset = _ENTRY.unpack_from(directory, match.start())
        magic, local_name, extra = _LOCAL.unpack_from(data, offset)
        if name_size != len(match[1]) or magic != JAR_MAGIC:
            continue
        start = offset + 30 + local_name + extra
        content = data[start : start + packed]
        if method == 8:
            yield zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, MAX_MEMBER)
        elif method == 0:
            yield content[:MAX_MEMBER]
