"""A comparison as the comment of a pull request: a line, a table, and the rest in parts to be opened."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.compare.comparison import Comparison
from inspector.compare.side import Status
from inspector.reports import compare_words as words
from inspector.reports.markdown import code, details, escape
from inspector.sizes import human, signed

ROWS = 15
"""Rows of each table: a comment is read at a glance, and GitHub takes 65,536 characters at most."""


def compare_markdown(comparison: Comparison) -> str:
    """Markdown as GitHub and GitLab show it; names from the images cannot break out of it."""
    parts = [
        _headline(comparison),
        details(f"Layers: {_layer_counts(comparison)}", _layers(comparison)),
        details(f"Files: {_file_counts(comparison)}", _files(comparison)),
        details(f"Packages: {words.marks(each.status for each in comparison.packages)}", _packages(comparison)),
        details(f"Findings: {_finding_counts(comparison)}", _findings(comparison)),
        details("Configuration", _settings(comparison)),
    ]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _headline(comparison: Comparison) -> Iterator[str]:
    a, b = words.names(comparison)
    delta = comparison.delta.size_bytes
    yield f"### {code(b)} against {code(a)}: {signed(delta)}{words.percent(delta, comparison.a.size_bytes)}"
    yield ""
    yield "| | before | after | change |"
    yield "|:--|--:|--:|--:|"
    for line in words.headlines(comparison):
        before, after = ("unknown" if size is None else human(size) for size in (line.a, line.b))
        change = "" if line.a is None or line.b is None else signed(line.b - line.a)
        yield f"| {line.name} | {before} | {after} | {change} |"
    cost = comparison.cost
    pull = f"{human(cost.new_bytes)} (uncompressed)" if cost.pull_bytes is None else human(cost.pull_bytes)
    yield f"| to pull | | | {pull} |"
    if comparison.base is not None and comparison.base.status is not Status.SAME:
        yield ""
        yield f"Base image: {escape(words.base_text(comparison.base))}"


def _layer_counts(comparison: Comparison) -> str:
    statuses = [row.status for row in comparison.rows]
    told = [f"{statuses.count(status)} {status}" for status in Status if status in statuses]
    return ", ".join(told)


def _layers(comparison: Comparison) -> Iterator[str]:
    rows = [row for row in comparison.rows if row.status is not Status.SAME]
    rows.sort(key=lambda row: -abs(row.delta_bytes))
    if rows:
        yield "| change | | instruction |"
        yield "|--:|:-:|:--|"
    for row in rows[:ROWS]:
        yield f"| {signed(row.delta_bytes)} | {words.SIGNS[row.status]} | {code(words.row_text(row))} |"
    yield from _more(len(rows))


def _file_counts(comparison: Comparison) -> str:
    return words.marks(change.status for change in comparison.files.changes) if comparison.files else "unknown"


def _files(comparison: Comparison) -> Iterator[str]:
    changes = words.biggest(comparison.files.changes) if comparison.files else []
    if changes:
        yield "| change | | path | layer |"
        yield "|--:|:-:|:--|:--|"
    for change in changes[:ROWS]:
        sign, path, cause = words.SIGNS[change.status], words.file_text(change), words.cause_text(change.cause)
        yield f"| {signed(change.delta_bytes)} | {sign} | {code(path)} | {cause} |"
    yield from _more(len(changes))


def _packages(comparison: Comparison) -> Iterator[str]:
    changes = comparison.packages
    if changes:
        yield "| change | | package | version |"
        yield "|--:|:-:|:--|:--|"
    for change in changes[:ROWS]:
        sign, version = words.SIGNS[change.status], escape(words.version_text(change))
        yield f"| {signed(change.delta_bytes)} | {sign} | {code(change.name)} | {version} |"
    yield from _more(len(changes))


def _finding_counts(comparison: Comparison) -> str:
    found = comparison.findings
    return f"{len(found.new)} new, {len(found.fixed)} fixed, {len(found.kept)} kept"


def _findings(comparison: Comparison) -> Iterator[str]:
    found = comparison.findings
    rows = [("new", each) for each in found.new] + [("fixed", each) for each in found.fixed]
    if rows:
        yield "| | size | finding | rule |"
        yield "|:--|--:|:--|:--|"
    for word, finding in rows[:ROWS]:
        title, rule = escape(finding.title), escape(finding.rule)
        yield f"| {word} | {human(finding.size_bytes)} | {title} | {rule} |"
    yield from _more(len(rows))


def _settings(comparison: Comparison) -> Iterator[str]:
    settings = comparison.settings or ()
    if settings:
        yield "| | setting | before | after |"
        yield "|:-:|:--|:--|:--|"
    for each in settings[:ROWS]:
        before, after = (code(value) if value else "" for value in (each.a, each.b))
        yield f"| {words.SIGNS[each.status]} | {escape(each.name)} | {before} | {after} |"
    yield from _more(len(settings))


def _more(rows: int) -> Iterator[str]:
    if rows > ROWS:
        yield ""
        yield f"… and {rows - ROWS} more"
