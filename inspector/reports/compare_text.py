"""The text report of a comparison: each list with the biggest change first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.compare.comparison import Comparison
from inspector.compare.files import FileChange, FileChanges
from inspector.compare.side import SideFinding, Status, Which
from inspector.reports import compare_words as words
from inspector.reports.colour import Paint, Tone, plain
from inspector.reports.cutting import cut
from inspector.safe_names import printable
from inspector.sizes import counted, human, signed

LAYERS = 20
FILES = 12
PACKAGES = 12
FINDINGS = 8
SETTINGS = 20
"""Rows of each list; the JSON report has them all."""

FILES_ROOM = 18
"""Cells for how many files a layer added, removed, changed and moved."""


_CHANGE = re.compile(r" +([+−])\d[\d.]* \w?B(?= )").match


def compare_text(comparison: Comparison, width: int = 120, paint: Paint = plain) -> str:
    """The report in lines of at most `width` cells."""
    sections = (
        _headline(comparison),
        _layers(comparison),
        _files(comparison.files) if comparison.files else iter(["Files: unknown, the saved report has none (--files)"]),
        _packages(comparison),
        _findings(comparison),
        _settings(comparison),
    )
    blocks = ("\n".join(_painted(cut(printable(line), width), paint) for line in section) for section in sections)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _headline(comparison: Comparison) -> Iterator[str]:
    a, b = words.names(comparison)
    delta = comparison.delta.size_bytes
    before, after = comparison.a.size_bytes, comparison.b.size_bytes
    yield f"{a} {human(before)} → {b} {human(after)}   {signed(delta)}{words.percent(delta, before)}"
    yield f"  {'':<12} {'a':>10} {'b':>10} {'change':>10}"
    for line in words.headlines(comparison):
        one, other = ("unknown" if size is None else human(size) for size in (line.a, line.b))
        change = "" if line.a is None or line.b is None else signed(line.b - line.a)
        yield f"  {line.name:<12} {one:>10} {other:>10} {change:>10}".rstrip()
    yield f"  {words.cost_text(comparison)}"
    if comparison.base is not None:
        yield f"  base: {words.base_text(comparison.base)}"


def _layers(comparison: Comparison) -> Iterator[str]:
    effects = _effects(comparison)
    differ = [row for row in comparison.rows if row.status is not Status.SAME]
    same = len(comparison.rows) - len(differ)
    counts = ", ".join(
        f"{sum(row.status is status for row in differ)} {status}"
        for status in (Status.CHANGED, Status.ADDED, Status.REMOVED)
        if any(row.status is status for row in differ)
    )
    shared = f"{same} the same ({human(comparison.cost.shared_bytes)})" if same else "none the same"
    yield f"Layers, biggest change first: {', '.join(filter(None, (shared, counts)))}"
    if differ:
        yield f"  {'change':>10}  {'a → b':^9}  {'files':<{FILES_ROOM}}  instruction"
    differ.sort(key=lambda row: -abs(row.delta_bytes))
    for row in differ[:LAYERS]:
        sides: list[tuple[Which, int]] = [("a", row.a.index)] if row.a else []
        sides += [("b", row.b.index)] if row.b else []
        statuses = [status for side in sides for status in effects.get(side, ())]
        sign = words.SIGNS[row.status]
        yield (
            f"  {signed(row.delta_bytes):>10}  {words.row_indexes(row)}  "
            f"{words.marks(statuses):<{FILES_ROOM}}  {sign} {words.row_text(row)}"
        )
    yield from _rest([row.delta_bytes for row in differ[LAYERS:]])


def _effects(comparison: Comparison) -> dict[tuple[Which, int], list[Status]]:
    """For each layer of either side what it did to files."""
    effects: dict[tuple[Which, int], list[Status]] = {}
    for change in comparison.files.changes if comparison.files else ():
        effects.setdefault((change.cause.side, change.cause.layer), []).append(change.status)
    return effects


def _files(files: FileChanges) -> Iterator[str]:
    told = words.marks(change.status for change in files.changes) or "no difference"
    metadata = sum(change.metadata_only for change in files.changes)
    only = f" ({metadata} in metadata only)" if metadata else ""
    unknown = f"; of {counted(files.uncertain, 'hardlink')} the content is unknown" if files.uncertain else ""
    order = ", biggest change first" if files.changes else ""
    yield f"Files{order}: {told}{only}{unknown}"
    changes = words.biggest(files.changes)
    for change in changes[:FILES]:
        yield f"  {signed(change.delta_bytes):>10}  {_file(change)}"
    yield from _rest([change.delta_bytes for change in changes[FILES:]])


def _file(change: FileChange) -> str:
    package = f", {change.package}" if change.package else ""
    return f"{words.SIGNS[change.status]} {words.file_text(change)}   {words.cause_text(change.cause)}{package}"


def _packages(comparison: Comparison) -> Iterator[str]:
    changes = comparison.packages
    if not changes:
        return
    yield f"Packages, biggest change first: {words.marks(change.status for change in changes)}"
    for change in changes[:PACKAGES]:
        cause = f"   {words.cause_text(change.cause)}" if change.cause else ""
        sign = words.SIGNS[change.status]
        yield f"  {signed(change.delta_bytes):>10}  {sign} {change.name} {words.version_text(change)}{cause}"
    yield from _rest([change.delta_bytes for change in changes[PACKAGES:]])
    if comparison.delta.unpackaged_bytes:
        yield f"  {signed(comparison.delta.unpackaged_bytes):>10}    files of no package"


def _findings(comparison: Comparison) -> Iterator[str]:
    found = comparison.findings
    if not (found.new or found.fixed or found.kept):
        return
    yield f"Findings: {len(found.new)} new, {len(found.fixed)} fixed, {len(found.kept)} kept"
    for word, findings in (("new", found.new), ("fixed", found.fixed)):
        for finding in findings[:FINDINGS]:
            yield f"  {human(finding.size_bytes):>10}  {word:<5}  {_finding(finding)}"
        if findings[FINDINGS:]:
            rest = sum(finding.size_bytes for finding in findings[FINDINGS:])
            yield f"  {human(rest):>10}  {word:<5}  in {counted(len(findings[FINDINGS:]), 'smaller one')}"
    changed = sorted((each for each in found.kept if each.delta_bytes), key=lambda each: -abs(each.delta_bytes))
    for each in changed[:FINDINGS]:
        yield f"  {signed(each.delta_bytes):>10}  kept   {_finding(each.b)}"


def _finding(finding: SideFinding) -> str:
    return f"{finding.title}   {finding.rule}"


def _settings(comparison: Comparison) -> Iterator[str]:
    if not comparison.settings:
        return
    yield "Configuration"
    for each in comparison.settings[:SETTINGS]:
        values = " → ".join(value for value in (each.a, each.b) if value is not None)
        yield f"  {words.SIGNS[each.status]} {each.name}{': ' if values.strip() else ''}{values}"
    if comparison.settings[SETTINGS:]:
        yield f"  and {len(comparison.settings[SETTINGS:])} more"


def _rest(deltas: list[int]) -> Iterator[str]:
    if deltas:
        yield f"  {signed(sum(deltas)):>10}  in {len(deltas)} more"


def _painted(line: str, paint: Paint) -> str:
    """Headings stand out, and at the head of a row what grew from what shrank."""
    if not line.startswith(" "):
        heading, colon, rest = line.partition(": ")
        return f"{paint(heading, Tone.HEADING)}{colon}{rest}"
    if change := _CHANGE(line):
        return f"{paint(change[0], Tone.WASTE if change[1] == '+' else Tone.GOOD)}{line[change.end() :]}"
    return line
