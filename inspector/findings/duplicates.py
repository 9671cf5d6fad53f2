"""The same content at several paths of the final image. Hardlinks are not duplicates: they share their bytes.

Copies that a package owns are left out, for they are not the image author's to link."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.findings.finding import Finding, Severity, Subject, by_bytes
from inspector.sizes import human

DUPLICATE = "LI8001"

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
    (size, _), biggest = max(groups.items(), key=lambda group: group[0][0] * (len(group[1]) - 1))
    paths = [filesystem.entry(entry_id).path for entry_id in biggest[:2]]
    yield Finding(
        rule=DUPLICATE,
        title=f"the same content at {sum(len(ids) for ids in groups.values() if len(ids) > 1)} paths",
        severity=Severity.WARNING,
        frees=copies,
        layers=by_bytes(filesystem, copies),
        hidden_in=(),
        fix=f"keep one copy and link to it (ln -s), or copy the files once; "
        f"the most: {human(size)} at {len(biggest)} paths, {paths[0]} and {paths[1]}",
    )
