"""Programs and libraries that carry their debug information: `strip` removes it, and nothing runs any slower."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.registry import UNSTRIPPED, find_rule
from inspector.findings.remedy import Remedy, RemedyKind

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
    rule, layers = find_rule(UNSTRIPPED), by_bytes(filesystem, debug)
    yield Finding(
        rule=UNSTRIPPED,
        title=rule.name,
        severity=rule.severity,
        frees=debug,
        layers=layers,
        hidden_in=(),
        remedy=Remedy(
            RemedyKind.ANOTHER_BASE if subject.is_from_base(layers[0]) else rule.remedy,
            subject.indexes_of(layers[0]),
            saves_bytes=sum(debug.values()),
            advice=rule.advice,
        ),
        examples=(max(debug, key=lambda entry_id: debug[entry_id]),),
    )
