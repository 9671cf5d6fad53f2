"""Programs and libraries that carry their debug information: `strip` removes it, and nothing runs any slower."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Finding, Severity, Subject, by_bytes
from inspector.sizes import human

UNSTRIPPED = "LI6005"

SMALLEST = 100_000
"""Bytes of debug sections in a file; below this a symbol table is nobody's mistake."""


def unstripped_findings(subject: Subject) -> Iterator[Finding]:
    """One finding for all files that no package owns; packages are stripped by those who make them."""
    filesystem = subject.filesystem
    debug: dict[int, int] = {}
    for layer, scan in enumerate(subject.scans):
        start = filesystem.offsets[layer]
        for row, facts in scan.facts.elf.items():
            if (
                facts.debug_bytes >= SMALLEST
                and facts.type in ("executable", "shared")
                and filesystem.leavers[start + row] == VISIBLE
                and scan.entries.paths[row] not in subject.owned
            ):
                debug[start + row] = min(facts.debug_bytes, scan.entries.sizes[row])
    if not debug:
        return
    layers = by_bytes(filesystem, debug)
    most = max(debug, key=lambda entry_id: debug[entry_id])
    path = filesystem.entry(most).path
    where = f"in {subject.instruction_of(layers[0])}"
    if subject.is_from_base(layers[0]):
        where = "most came with the base image; where that is built"
    yield Finding(
        rule=UNSTRIPPED,
        title="programs and libraries with debug information",
        severity=Severity.WARNING,
        frees=debug,
        layers=layers,
        hidden_in=(),
        fix=f"{where}: strip them, or link with -s (Go: -ldflags '-s -w', Rust: strip = true); "
        f"the most: {human(debug[most])} of /{path}",
    )
