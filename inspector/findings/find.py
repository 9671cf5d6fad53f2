"""All families of findings asked about one image, and what following all advice would free."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from inspector.findings.build_tools import build_tool_findings
from inspector.findings.development import development_findings
from inspector.findings.duplicates import duplicate_findings
from inspector.findings.finding import AdviceClass, Finding, Subject, by_bytes, union, union_bytes
from inspector.findings.hidden import hidden_findings
from inspector.findings.patterns import pattern_findings
from inspector.findings.registry import Severity
from inspector.findings.remedy import RemedyKind
from inspector.findings.secrets import secret_findings
from inspector.findings.unstripped import unstripped_findings
from inspector.globs import matcher

Family = Callable[[Subject], Iterator[Finding]]

TOLD_ALWAYS: tuple[Family, ...] = (
    hidden_findings,
    build_tool_findings,
    development_findings,
    secret_findings,
)
TOLD_ONCE: tuple[Family, ...] = (pattern_findings, duplicate_findings, unstripped_findings)
"""Families that are silent about files of which others have said all; the more a family knows, the earlier it comes."""

RANKS = (Severity.INFO, Severity.WARNING, Severity.ERROR)


def find(subject: Subject, ignore: Sequence[str] = ()) -> tuple[Finding, ...]:
    """The findings of all families: errors, then the others, most bytes first.

    `ignore` are globs of paths that no finding speaks of.
    """

    def told(families: Iterable[Family]) -> Iterator[Finding]:
        found = (finding for family in families for finding in family(subject))
        return _without(subject, found, ignore) if ignore else found

    always = list(told(TOLD_ALWAYS))
    return tuple(sorted([*always, *_untold(told(TOLD_ONCE), always)], key=_order))


def _untold(findings: Iterable[Finding], before: Iterable[Finding]) -> Iterator[Finding]:
    """The findings less those of which every file is in one that came before and is as severe.

    A cache that is full of copies of itself, or headers that a toolchain brought, are one mistake and not two.
    """
    told: dict[int, tuple[int, int]] = {}  # entry id → severity, bytes

    def remember(finding: Finding) -> None:
        rank = RANKS.index(finding.severity)
        for entry_id, size in finding.frees.items():
            told[entry_id] = max(told.get(entry_id, (-1, 0)), (rank, size))

    def is_told(finding: Finding) -> bool:
        rank = RANKS.index(finding.severity)
        said = ((*told.get(entry_id, (-1, 0)), size) for entry_id, size in finding.frees.items())
        return all(severity >= rank and told_size >= size for severity, told_size, size in said)

    for finding in before:
        remember(finding)
    for finding in findings:
        if not is_told(finding):
            remember(finding)
            yield finding


def _order(finding: Finding) -> tuple[bool, int, str, tuple[int, ...]]:
    return finding.severity is not Severity.ERROR, -finding.size_bytes, finding.rule, finding.layers


def by_size(findings: Iterable[Finding]) -> list[Finding]:
    """The findings for a list that says “biggest first”: errors are wherever their bytes put them."""
    return sorted(findings, key=lambda finding: (-finding.size_bytes, finding.rule, finding.layers))


class Figures(Struct, frozen=True):
    """Bytes that following advice frees, by what it asks of a person; each byte is in the first that has it.

    `safe_bytes` are yours and nothing that runs can notice, `trade_bytes` are choices, `base_bytes` only another base
    image is without. Questions, and what cannot be avoided, are in none.
    """

    safe_bytes: int
    trade_bytes: int
    base_bytes: int


def figures(findings: Iterable[Finding]) -> Figures:
    """What following all advice of each class would free."""
    frees: dict[AdviceClass, list[Mapping[int, int]]] = {each: [] for each in AdviceClass}
    for finding in findings:
        if finding.remedy.kind is not RemedyKind.NOTHING:
            frees[finding.advice_class].append(finding.frees)
    safe = frees[AdviceClass.SAFE]
    trade = [*safe, *frees[AdviceClass.TRADE]]
    base = [*trade, *frees[AdviceClass.BASE]]
    sums = [union_bytes(parts) for parts in (safe, trade, base)]
    return Figures(sums[0], sums[1] - sums[0], sums[2] - sums[1])


def reclaimable(findings: Iterable[Finding]) -> dict[int, int]:
    """Entry id → the bytes of it that are reclaimable: those of `safe_bytes` (Figures)."""
    safe = (each for each in findings if each.advice_class is AdviceClass.SAFE)
    return union(each.frees for each in safe if each.remedy.kind is not RemedyKind.NOTHING)


def reclaimable_bytes(findings: Iterable[Finding]) -> int:
    """Bytes that following all advice would free that is safe and the image's own (Figures)."""
    return figures(findings).safe_bytes


def _without(subject: Subject, findings: Iterable[Finding], ignore: Sequence[str]) -> Iterator[Finding]:
    """The findings less the files that are to be ignored; those that are left with none are dropped."""
    ignored = matcher(glob.removeprefix("/") for glob in ignore)
    filesystem = subject.filesystem
    for finding in findings:
        kept = {i: size for i, size in finding.frees.items() if not ignored.fullmatch(filesystem.entry(i).path)}
        if len(kept) == len(finding.frees):
            yield finding
        elif kept:
            remedy = finding.remedy
            if remedy.saves_bytes:
                remedy = replace(remedy, saves_bytes=sum(kept.values()))
            examples = tuple(i for i in finding.examples if not ignored.fullmatch(filesystem.entry(i).path))
            layers = by_bytes(filesystem, kept)
            yield replace(finding, frees=kept, layers=layers, remedy=remedy, examples=examples)
