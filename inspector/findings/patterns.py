"""Waste known by where it lies: caches, documentation, leftovers. What is visible in the final image only; what a later
layer hides is told by hidden.py."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.findings.finding import Finding, Severity, Subject, by_bytes
from inspector.findings.rules import PatternRule, PatternTable


def pattern_findings(subject: Subject) -> Iterator[Finding]:
    """One finding per rule of patterns.toml that some visible file belongs to."""
    filesystem, table = subject.filesystem, PatternTable()
    frees: dict[PatternRule, dict[int, int]] = {}
    for layer, entries in enumerate(filesystem.layers):
        start, cores = filesystem.offsets[layer], subject.core_dumps(layer)
        for row in filesystem.file_rows(layer, hidden=False):
            path = entries.paths[row]
            rule = table.rule_for(path, owned=path in subject.owned, core=row in cores)
            if rule is not None and (size := entries.sizes[row]) >= rule.minimum:
                frees.setdefault(rule, {})[start + row] = size
    for rule, files in frees.items():
        yield _finding(subject, rule, files)


def _finding(subject: Subject, rule: PatternRule, files: dict[int, int]) -> Finding:
    layers = by_bytes(subject.filesystem, files)
    where = f"in {subject.instruction_of(layers[0])}"
    if subject.is_from_base(layers[0]):
        where = "it came with the base image, and removing it here frees nothing; where that is built"
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=Severity.INFO if rule.trade_off else Severity.WARNING,
        frees=files,
        layers=layers,
        hidden_in=(),
        fix=f"{where}: {rule.fix}",
        see=rule.see,
    )
