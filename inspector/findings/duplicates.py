"""The same content at several paths of the final image. Hardlinks are not duplicates: they share their bytes.

Copies that a package owns are left out, for they are not the image author's to link."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.registry import DUPLICATE, find_rule
from inspector.findings.remedy import Remedy, RemedyKind

SMALLEST = 4096
"""Bytes; below this a group of equal files (licences, empty modules, icons) is nobody's mistake."""


def duplicate_findings(subject: Subject) -> Iterator[Finding]:
    """One finding for all groups: every copy but the lowest could be a link."""
    filesystem = subject.filesystem
    groups: dict[tuple[int, int], list[int]] = {}
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row in filesystem.file_rows(layer, hidden=False):
            size = entries.sizes[row]
            if size >= SMALLEST and entries.paths[row] not in subject.owned:
                groups.setdefault((size, entries.contents[row]), []).append(start + row)
    copies = {entry_id: size for (size, _), ids in groups.items() for entry_id in ids[1:]}
    if not copies:
        return
    _, biggest = max(groups.items(), key=lambda group: group[0][0] * (len(group[1]) - 1))
    rule, layers = find_rule(DUPLICATE), by_bytes(filesystem, copies)
    yield Finding(
        rule=DUPLICATE,
        title=f"the same content at {sum(len(ids) for ids in groups.values() if len(ids) > 1)} paths",
        severity=rule.severity,
        frees=copies,
        layers=layers,
        hidden_in=(),
        remedy=Remedy(
            RemedyKind.ANOTHER_BASE if subject.is_from_base(layers[0]) else rule.remedy,
            subject.indexes_of(*layers),
            saves_bytes=sum(copies.values()),
            advice=rule.advice,
        ),
        examples=tuple(biggest),
    )
