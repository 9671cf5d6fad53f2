"""What small probes find in a file's bytes while a layer is scanned: a few facts, never the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from inspector.layers.build_notes import JAR, JAR_MAGIC, JARS, MAX_JAR, BuildNotes, elf_note, jar_note
from inspector.layers.elf.facts import MAGIC, ElfBytes, ElfFacts, WholeFile, elf_facts
from inspector.layers.elf.pieces import ElfPieces
from inspector.layers.secrets import MAX_SECRET, PEM, SECRET_NAMES, secret_in

TELLING = b"\x7f#-P"
"""First bytes of the files that are worth a look whatever their name: ELF, `#!`, `-----BEGIN`, jars."""

MAX_LINE = 256
"""Bytes of a script's first line; Linux reads as many (BINPRM_BUF_SIZE)."""


class Facts(Struct, frozen=True):
    """By row of the layer's entries, and only for the few files that have any.

    `elf` are the facts of ELF files, `scripts` the first lines of scripts behind their `#!`, `secrets` what kind of
    secret a file holds. Treat as read-only: they are dicts only because they are filled file by file.
    """

    elf: dict[int, ElfFacts] = {}
    scripts: dict[int, str] = {}
    secrets: dict[int, str] = {}

    def probe(self, row: int, path: str, data: memoryview, notes: BuildNotes) -> None:
        """Note the facts of a file that is in memory as a whole; what it was built from goes to `notes`, by row."""
        if data[:4] == MAGIC:
            self._note_elf(row, WholeFile(data), notes)
            return
        if data[:4] == JAR_MAGIC and path.endswith(JARS):
            notes.keep(row, jar_note(bytes(data)) if len(data) <= MAX_JAR else JAR)
            return
        if bytes(data[:2]) == b"#!":
            self._note_script(row, data)
        if len(data) <= MAX_SECRET and (path.endswith(SECRET_NAMES) or data[: len(PEM)] == PEM):
            kind = secret_in(path, bytes(data))
            if kind is not None:
                self.secrets[row] = kind

    def probed(
        self, row: int, path: str, size: int, pieces: Iterable[memoryview], notes: BuildNotes
    ) -> Iterator[memoryview]:
        """The pieces of a large file passed on; its facts are noted when the last one has passed.

        Secrets are not looked for: files with credentials are small.
        """
        elf: ElfPieces | None = None
        jar: bytearray | None = None
        start = True
        for piece in pieces:
            if start:
                start = False
                if MAGIC.startswith(piece[:4]):
                    elf = ElfPieces()
                elif JAR_MAGIC.startswith(piece[:4]) and path.endswith(JARS):
                    if size <= MAX_JAR:
                        jar = bytearray()
                    else:
                        notes.keep(row, JAR)
                elif bytes(piece[:2]) == b"#!":
                    self._note_script(row, piece)
            if elf is not None:
                elf.add(piece)
            if jar is not None:
                jar += piece
            yield piece
        if elf is not None:
            self._note_elf(row, elf, notes)
        if jar is not None:
            notes.keep(row, jar_note(bytes(jar)))

    def _note_elf(self, row: int, file: ElfBytes, notes: BuildNotes) -> None:
        if (found := elf_facts(file)) is not None:
            self.elf[row] = found
            if found.sections:
                notes.keep(row, elf_note(file))

    def _note_script(self, row: int, data: memoryview) -> None:
        line = bytes(data[2:MAX_LINE]).partition(b"\n")[0].strip()
        if line and b"\0" not in line:
            self.scripts[row] = line.decode("utf-8", "surrogateescape")
