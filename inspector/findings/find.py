"""All families of findings asked about one image, and what following all advice would free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from inspector.findings.build_tools import build_tool_findings
from inspector.findings.duplicates import duplicate_findings
from inspector.findings.finding import Finding, Severity, Subject, by_bytes, union_bytes
from inspector.findings.globs import matcher
from inspector.findings.hidden import hidden_findings
from inspector.findings.patterns import pattern_findings
from inspector.findings.secrets import secret_findings
from inspector.findings.unstripped import unstripped_findings

Family = Callable[[Subject], Iterator[Finding]]

FAMILIES: tuple[Family, ...] = (
    hidden_findings,
    build_tool_findings,
    pattern_findings,
    duplicate_findings,
    unstripped_findings,
    secret_findings,
)


def find(subject: Subject, ignore: Sequence[str] = ()) -> tuple[Finding, ...]:
    """The findings of all families: errors, then the others, most bytes first.

    `ignore` are globs of paths that no finding speaks of.
    """
    found = (finding for family in FAMILIES for finding in family(subject))
    kept = _without(subject, found, ignore) if ignore else found
    return tuple(sorted(kept, key=_order))


def _order(finding: Finding) -> tuple[bool, int, str, tuple[int, ...]]:
    return finding.severity is not Severity.ERROR, -finding.size_bytes, finding.rule, finding.layers


def reclaimable_bytes(findings: Iterable[Finding]) -> int:
    """Bytes that following all advice would free, none counted twice.

    What is told for information only does not count: trade-offs, and what cannot be avoided.
    """
    return union_bytes(finding.frees for finding in findings if finding.severity is not Severity.INFO)


def _without(subject: Subject, findings: Iterable[Finding], ignore: Sequence[str]) -> Iterator[Finding]:
    """The findings less the files that are to be ignored; those that are left with none are dropped."""
    ignored = matcher(glob.removeprefix("/") for glob in ignore)
    filesystem = subject.filesystem
    for finding in findings:
        kept = {i: size for i, size in finding.frees.items() if not ignored.fullmatch(filesystem.entry(i).path)}
        if len(kept) == len(finding.frees):
            yield finding
        elif kept:
            yield replace(finding, frees=kept, layers=by_bytes(filesystem, kept))
