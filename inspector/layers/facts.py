"""What small probes find in a file's bytes while a layer is scanned: a few facts, never the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from inspector.layers.elf import MAGIC, ElfFacts, ElfPieces, WholeFile, elf_facts
from inspector.layers.secrets import MAX_SECRET, PEM, SECRET_NAMES, secret_in

TELLING = b"\x7f#-"
"""First bytes of the files that are worth a look whatever their name: ELF, `#!`, `-----BEGIN`."""

MAX_LINE = 256
"""Bytes of a script's first line; Linux reads as many (BINPRM_BUF_SIZE)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """By row of the layer's entries, and only for the few files that have any.

    `elf` are the facts of ELF files, `scripts` the first lines of scripts behind their `#!`, `secrets` what kind of
    secret a file holds. Treat as read-only: they are dicts only because they are filled file by file.
    """

    elf: dict[int, ElfFacts] = field(default_factory=dict)
    scripts: dict[int, str] = field(default_factory=dict)
    secrets: dict[int, str] = field(default_factory=dict)

    def probe(self, row: int, path: str, data: memoryview) -> None:
        """Note the facts of a file that is in memory as a whole."""
        if data[:4] == MAGIC:
            if (found := elf_facts(WholeFile(data))) is not None:
                self.elf[row] = found
            return
        if bytes(data[:2]) == b"#!":
            self._note_script(row, data)
        if len(data) <= MAX_SECRET and (path.endswith(SECRET_NAMES) or data[: len(PEM)] == PEM):
            kind = secret_in(path, bytes(data))
            if kind is not None:
                self.secrets[row] = kind

    def probed(self, row: int, pieces: Iterable[memoryview]) -> Iterator[memoryview]:
        """The pieces of a large file passed on; its facts are noted when the last one has passed.

        Secrets are not looked for: files with credentials are small.
        """
        elf: ElfPieces | None = None
        start = True
        for piece in pieces:
            if start:
                start = False
                if MAGIC.startswith(piece[:4]):
                    elf = ElfPieces()
                elif bytes(piece[:2]) == b"#!":
                    self._note_script(row, piece)
            if elf is not None:
                elf.add(piece)
            yield piece
        if elf is not None and (found := elf_facts(elf)) is not None:
            self.elf[row] = found

    def _note_script(self, row: int, data: memoryview) -> None:
        line = bytes(data[2:MAX_LINE]).partition(b"\n")[0].strip()
        if line and b"\0" not in line:
            self.scripts[row] = line.decode("utf-8", "surrogateescape")
