"""What a program or jar says of the packages it was built from: small parts of it, kept while a layer is scanned.

Go writes `.go.buildinfo` (debug/buildinfo), cargo-auditable `.dep-v0`, Maven a pom.properties into each jar. A note is
kept under the file's own path, and begins with its kind, so that readers know it from the files kept whole.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from inspector.layers.elf import ElfPieces, WholeFile, section

GO, RUST, MAVEN = b"note:go\n", b"note:rust\n", b"note:maven\n"

MAX_NOTE = 1 << 18
"""Bytes of a note; the longest real ones, of programs with a thousand modules, have half of it."""

MAX_JAR = 16 << 20
"""Bytes of a jar that is looked into; larger ones would have to be kept in memory as a whole."""

JARS = (".jar", ".war", ".ear")
JAR_MAGIC = b"PK\x03\x04"


def elf_note(file: ElfPieces | WholeFile) -> bytes | None:
    """The note of an ELF file, None where it has none."""
    for kind, name in ((GO, b".go.buildinfo"), (RUST, b".dep-v0")):
        data = section(file, name, MAX_NOTE)
        if data:
            return kind + data
    return None


def jar_note(data: bytes) -> bytes | None:
    """The pom.properties files in a jar, one after the other; None where there are none or it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as jar:
            poms = [
                info
                for info in jar.infolist()
                if info.filename.startswith("META-INF/maven/")
                and info.filename.endswith("/pom.properties")
                and info.file_size <= 4096
            ]
            note = b"\n\n".join(jar.read(info) for info in poms[: MAX_NOTE // 4096])
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        return None
    return MAVEN + note if note else None
