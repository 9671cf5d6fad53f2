"""Waste known by where it lies: caches, documentation, leftovers. What is visible in the final image only; what a later
layer hides is told by hidden.py."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.path_rules import PathTable
from inspector.findings.registry import Rule, find_rule
from inspector.findings.remedy import Remedy, RemedyKind


def pattern_findings(subject: Subject) -> Iterator[Finding]:
    """One finding per rule that some visible file belongs to by its path."""
    filesystem, table = subject.filesystem, PathTable()
    frees: dict[str, dict[int, int]] = {}
    for layer, entries in enumerate(filesystem.layers):
        start, cores = filesystem.offsets[layer], subject.core_dumps(layer)
        for row in filesystem.file_rows(layer, hidden=False):
            path = entries.paths[row]
            rule = table.rule_for(path, owned=path in subject.owned, core=row in cores)
            if rule is not None and (size := entries.sizes[row]) >= rule.minimum:
                frees.setdefault(rule.id, {})[start + row] = size
    for rule_id, files in frees.items():
        yield _finding(subject, find_rule(rule_id), files)


def _finding(subject: Subject, rule: Rule, files: dict[int, int]) -> Finding:
    layers = by_bytes(subject.filesystem, files)
    foreign = subject.is_from_base(layers[0])
    return Finding(
        rule=rule.id,
        title=rule.name,
        severity=rule.severity,
        frees=files,
        layers=layers,
        hidden_in=(),
        remedy=Remedy(
            RemedyKind.ANOTHER_BASE if foreign else rule.remedy,
            subject.indexes_of(layers[0]),
            command=rule.command,
            saves_bytes=sum(files.values()),
            advice=rule.advice,
        ),
    )
