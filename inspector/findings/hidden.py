"""Bytes that a later layer hides: stored and pulled, though nobody can see them. One finding per pair of layers."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.filesystem.ledger import Fate
from inspector.findings.build_tools import tools_title
from inspector.findings.finding import Finding, Severity, Subject
from inspector.findings.globs import matcher
from inspector.findings.rules import PatternTable
from inspector.packages.removal.tools import reason_by_name
from inspector.sizes import human

REMOVED = "LI1001"
OVERWRITTEN = "LI1002"
RECOPIED = "LI1003"
UNAVOIDABLE = "LI1004"

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

MOSTLY = 0.9
"""Share of a finding's bytes that must belong to one rule of patterns.toml to be named after it."""


def hidden_findings(subject: Subject) -> Iterator[Finding]:
    """Per pair of layers that added and hid bytes: removed, overwritten, copied again, unavoidable."""
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
    table = PatternTable()
    for (rule, added_by, hidden_by), files in groups.items():
        yield _finding(subject, table, rule, added_by, hidden_by, files)


def _finding(
    subject: Subject, table: PatternTable, rule: str, added_by: int, hidden_by: int, files: dict[int, int]
) -> Finding:
    added, hider = subject.instruction_of(added_by), subject.instruction_of(hidden_by)
    size = human(sum(files.values()))
    if rule == REMOVED:
        tools = _removed_tools(subject, added_by, hidden_by, files)
        title = tools or f"removed too late{_of_what(subject, table, added_by, files)}"
        fix = f"{hider} hides {size} of {added}, and frees nothing: {_instead(subject, added_by)}"
    elif rule == OVERWRITTEN:
        title = f"overwritten by a later layer{_of_what(subject, table, added_by, files)}"
        fix = (
            f"{hider} replaces {size} of {added}, and the image keeps both: make the change in the instruction that "
            "brings the files"
        )
    elif rule == RECOPIED:
        title = "copied again with the same content"
        fix = (
            f"{hider} changes only mode, owner or time of {size} of {added}, and the image keeps both: "
            + _set_at_once(added)
        )
    else:
        title = "package database rewritten"
        fix = (
            f"{hider} rewrites {size} of {added}: unavoidable while both install packages; one RUN would keep one copy"
        )
    severity = Severity.INFO if rule == UNAVOIDABLE else Severity.WARNING
    return Finding(rule, title, severity, files, (added_by,), (hidden_by,), fix)


def _instead(subject: Subject, added_by: int) -> str:
    """What to do about bytes that are removed after the layer that brought them."""
    if subject.is_from_base(added_by):
        return "they came with the base image, so only another base is without them"
    return "remove it in the RUN that brought it, or build in another stage and copy only the result"


def _set_at_once(added: str) -> str:
    verb = added.strip("`").partition(" ")[0]
    if verb in ("COPY", "ADD"):
        return f"write {verb} --chown=… or {verb} --chmod=…"
    return "do it in that RUN"


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


def _of_what(subject: Subject, table: PatternTable, layer: int, files: dict[int, int]) -> str:
    """`: apt package lists` when nearly all the bytes are of one known kind."""
    sums: dict[str, int] = {}
    start, paths = subject.filesystem.offsets[layer], subject.filesystem.layers[layer].paths
    cores = subject.core_dumps(layer)
    for entry_id, size in files.items():
        row = entry_id - start
        rule = table.rule_for(paths[row], owned=False, core=row in cores)
        if rule is not None:
            sums[rule.title] = sums.get(rule.title, 0) + size
    total = sum(files.values())
    title, most = max(sums.items(), key=lambda item: item[1], default=("", 0))
    return f": {title}" if most >= MOSTLY * total else ""
