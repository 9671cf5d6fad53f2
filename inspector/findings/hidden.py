"""Bytes that a later layer hides: stored and pulled, though nobody can see them. One finding per pair of layers."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.filesystem.ledger import Fate
from inspector.findings.build_tools import tools_title
from inspector.findings.copy_mode import copy_mode
from inspector.findings.finding import Finding, Subject
from inspector.findings.joining import another_stage, join
from inspector.findings.path_rules import PathTable
from inspector.findings.promise import freed
from inspector.findings.registry import OVERWRITTEN, RECOPIED, REMOVED, UNAVOIDABLE, find_rule
from inspector.findings.remedy import Remedy, RemedyKind
from inspector.globs import matcher
from inspector.packages.removal.tools import reason_by_name

RULE_OF = {
    Fate.DELETED: REMOVED,
    Fate.DELETED_TREE: REMOVED,
    Fate.OVERWRITTEN: OVERWRITTEN,
    Fate.RECOPIED: RECOPIED,
}

DATABASES = matcher(
    (
        "var/lib/dpkg/{status,available,diversions,statoverride,lock*,triggers/*}",
        "var/lib/dpkg/status-old",
        "var/lib/apt/extended_states",
        "var/cache/debconf/*.dat{,-old}",
        "{,usr/}lib/apk/db/*",
        "etc/apk/world",
        "{var/lib,usr/lib/sysimage,usr/share}/rpm/*",
        "var/lib/dnf/**",
        "usr/lib/sysimage/libdnf5/*",
        "var/lib/pacman/local/ALPM_DB_VERSION",
        "etc/ld.so.cache",
        "var/cache/ldconfig/aux-cache",
    )
)
"""What a package manager rewrites whole whenever it runs: two RUNs that install something cannot avoid it."""

JOINING = (RemedyKind.JOIN_RUNS, RemedyKind.CHANGE_AT_SOURCE)
"""Advice that joined RUNs follow, where RUNs brought and hid the files."""

MOSTLY, KINDS = 0.9, 2
"""Share of a finding's bytes that must belong to rules on paths to be named after them, and how many these may be."""


def hidden_findings(subject: Subject) -> Iterator[Finding]:
    """Per pair of layers that added and hid bytes: removed, overwritten, copied again, unavoidable.

    RUNs that are to be one for the bytes of one pair hide nothing of each other: their other pairs are not told again.
    """
    filesystem = subject.filesystem
    groups: dict[tuple[str, int, int], dict[int, int]] = {}
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row in filesystem.file_rows(layer, hidden=True):
            rule = RULE_OF[Fate(filesystem.fates[start + row])]
            if rule != REMOVED and DATABASES.fullmatch(entries.paths[row]):
                rule = UNAVOIDABLE
            hider = filesystem.hiders[start + row]
            groups.setdefault((rule, layer, hider), {})[start + row] = entries.sizes[row]
    table = PathTable()
    told: dict[int, int] = {}
    for (rule, added_by, hidden_by), files in sorted(groups.items(), key=lambda group: -sum(group[1].values())):
        if not files.keys() <= told.keys():
            finding = _finding(subject, table, rule, added_by, hidden_by, files)
            if finding.remedy.kind is RemedyKind.JOIN_RUNS or finding.remedy.option:
                told |= finding.frees
            yield finding


def _finding(
    subject: Subject, table: PathTable, rule_id: str, added_by: int, hidden_by: int, files: dict[int, int]
) -> Finding:
    rule = find_rule(rule_id)
    title = rule.name
    if rule_id in (REMOVED, OVERWRITTEN):
        title += _of_what(subject, table, added_by, files)
    if rule_id == REMOVED:
        title = _removed_tools(subject, added_by, hidden_by, files) or title
    if rule_id == RECOPIED and (copied := _copied(subject, hidden_by)):
        remedy, frees = copied
        return Finding(rule_id, title, rule.severity, frees, (added_by,), (hidden_by,), remedy)
    kind, steps = _kind(subject, rule_id, added_by), subject.indexes_of(added_by, hidden_by)
    runs = join(subject, steps[0], steps[-1]) if kind in JOINING and len(steps) > 1 else ()
    frees, advice = files, rule.advice
    if runs:
        joined = (subject.instructions[index].layer for index in runs)
        kind, steps = RemedyKind.JOIN_RUNS, runs
        frees = freed(subject, [layer for layer in joined if layer is not None])
    elif kind is RemedyKind.JOIN_RUNS:
        kind, advice = RemedyKind.ANOTHER_STAGE, another_stage(subject, steps[0], steps[-1]) if steps else ""
    saves_bytes = 0 if kind in (RemedyKind.NOTHING, RemedyKind.ANOTHER_BASE) else sum(frees.values())
    remedy = Remedy(kind, steps, saves_bytes=saves_bytes, advice=advice)
    return Finding(rule_id, title, rule.severity, frees, (added_by,), (hidden_by,), remedy)


def _kind(subject: Subject, rule_id: str, added_by: int) -> RemedyKind:
    """The rule's own advice, where the instruction that brought the files is one that can follow it."""
    copied = subject.verb_of(added_by) in ("COPY", "ADD")
    if rule_id == UNAVOIDABLE:
        return RemedyKind.NOTHING
    if subject.is_from_base(added_by):
        return RemedyKind.ANOTHER_BASE
    if rule_id == REMOVED and copied:
        return RemedyKind.COPY_LESS
    if rule_id == RECOPIED and copied:
        return RemedyKind.COPY_MODE
    return find_rule(rule_id).remedy


def _copied(subject: Subject, hidden_by: int) -> tuple[Remedy, dict[int, int]] | None:
    """What COPY does in place of the RUN that made a layer, and of others like it, and what that frees; None where it
    is not certain."""
    run = next((step for step in subject.instructions if step.layer == hidden_by and step.verb == "RUN"), None)
    mode = copy_mode(subject, run) if run and not run.from_base else None
    if mode is None:
        return None
    saves_bytes = sum(mode.frees.values())
    remedy = Remedy(RemedyKind.COPY_MODE, mode.steps, mode.command, saves_bytes=saves_bytes, option=mode.option)
    return remedy, mode.frees


def _removed_tools(subject: Subject, added_by: int, hidden_by: int, files: dict[int, int]) -> str:
    """The title where most of the bytes are those of build tools and what came with them; else empty."""
    changes = subject.inventory.changes
    came = {(change.kind, change.name) for change in changes if change.layer == added_by and change.after}
    gone = [
        change
        for change in changes
        if change.layer == hidden_by and not change.after and (change.kind, change.name) in came
    ]
    tools = {change.name for change in gone if reason_by_name(change.kind, change.name)}
    if not tools or sum(change.size_bytes for change in gone) < sum(files.values()) / 2:
        return ""
    words = {word for step in subject.instructions if step.layer == added_by for word in step.text.split()}
    biggest = max((change for change in gone if change.name in tools), key=lambda change: change.size_bytes)
    asked_for = tools & words or {biggest.name}
    return f"removed too late: {tools_title(asked_for, len(gone) - len(asked_for))}"


def _of_what(subject: Subject, table: PathTable, layer: int, files: dict[int, int]) -> str:
    """`: apt package lists` when nearly all the bytes are of one known kind, or of two."""
    sums: dict[str, int] = {}
    start, paths = subject.filesystem.offsets[layer], subject.filesystem.layers[layer].paths
    cores = subject.core_dumps(layer)
    for entry_id, size in files.items():
        row = entry_id - start
        rule = table.rule_for(paths[row], owned=False, core=row in cores)
        if rule is not None:
            sums[rule.name] = sums.get(rule.name, 0) + size
    total, told = sum(files.values()), list[str]()
    for title in sorted(sums, key=lambda title: -sums[title])[:KINDS]:
        told.append(title)
        if sum(sums[each] for each in told) >= MOSTLY * total:
            return f": {', '.join(told)}"
    return ""
