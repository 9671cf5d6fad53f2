"""What small probes find in a file's bytes while a layer is scanned: a few facts, never the content."""

from __future__ import annotations

from dataclasses import dataclass, field

from inspector.layers.elf import ElfFacts


@dataclass(frozen=True, slots=True)
class Facts:
    """By row of the layer's entries, and only for the few files that have any.

    `elf` are the facts of ELF files, `scripts` the first lines of scripts behind their `#!`, `secrets` what kind of
    secret a file holds. Treat as read-only: they are dicts only because they are filled file by file.
    """

    elf: dict[int, ElfFacts] = field(default_factory=dict)
    scripts: dict[int, str] = field(default_factory=dict)
    secrets: dict[int, str] = field(default_factory=dict)
