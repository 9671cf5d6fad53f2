"""Waste known by where it lies: caches, documentation, leftovers. What is visible in the final image only; what a later
layer hides is told by hidden.py."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence

from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.joining import LISTS, join, last_user
from inspector.findings.path_rules import PathTable
from inspector.findings.promise import freed, names_paths
from inspector.findings.registry import Rule, find_rule
from inspector.findings.remedy import Remedy, RemedyKind, shell_path

HOME = "{home}"
"""In a rule's command: the folder that all its files are in."""


def pattern_findings(subject: Subject) -> Iterator[Finding]:
    """Per rule that visible files belong to by path: one finding of what the base image brought, one of the rest."""
    filesystem, table = subject.filesystem, PathTable()
    found: dict[tuple[str, bool], dict[int, int]] = {}
    for layer, entries in enumerate(filesystem.layers):
        start, cores, from_base = filesystem.offsets[layer], subject.core_dumps(layer), subject.is_from_base(layer)
        for row in filesystem.file_rows(layer, hidden=False):
            path = entries.paths[row]
            rule = table.rule_for(path, owned=path in subject.owned, core=row in cores)
            if rule is not None and (size := entries.sizes[row]) >= rule.minimum:
                found.setdefault((rule.id, from_base), {})[start + row] = size
    for (rule_id, _), files in found.items():
        yield _finding(subject, table, find_rule(rule_id), files)


def _finding(subject: Subject, table: PathTable, rule: Rule, files: dict[int, int]) -> Finding:
    layers = by_bytes(subject.filesystem, files)
    remedy, frees = _remedy(subject, table, rule, files, layers)
    return Finding(
        rule=rule.id,
        title=rule.name,
        severity=rule.severity,
        frees=frees,
        layers=by_bytes(subject.filesystem, frees),
        hidden_in=(),
        remedy=remedy,
    )


def _remedy(
    subject: Subject, table: PathTable, rule: Rule, files: dict[int, int], layers: Sequence[int]
) -> tuple[Remedy, dict[int, int]]:
    """The advice of the rule where an instruction can follow it, with what it frees.

    A command is for the end of every RUN that brought some of the files; a COPY is told to bring less.
    """
    if subject.is_from_base(layers[0]):
        return Remedy(RemedyKind.ANOTHER_BASE, subject.indexes_of(layers[0]), rule.command, advice=rule.advice), files
    verbs = {layer: subject.verb_of(layer) for layer in layers}
    if not rule.command or all(verb in ("COPY", "ADD") for verb in verbs.values()):
        kind = RemedyKind.COPY_LESS if rule.command else rule.remedy
        advice = "" if rule.command else rule.advice
        return Remedy(kind, subject.indexes_of(layers[0]), saves_bytes=sum(files.values()), advice=advice), files
    runs = [layer for layer, verb in verbs.items() if verb not in ("COPY", "ADD")]
    kind, steps = rule.remedy, subject.indexes_of(*runs)
    if LISTS in rule.command and steps and (joined := _with_users(subject, steps)) != steps:
        kind, steps = (RemedyKind.JOIN_RUNS, joined) if joined else (RemedyKind.ANOTHER_STAGE, steps)
        runs = [layer for step in map(subject.instructions.__getitem__, steps) if (layer := step.layer) is not None]
    command = "" if kind is RemedyKind.ANOTHER_STAGE else _command(subject, rule, files, runs)
    groups = [runs] if kind is RemedyKind.JOIN_RUNS else [[layer] for layer in runs]
    gone = _of_rule(subject, table, rule, runs) if not names_paths(command) else frozenset()
    if not steps:
        return Remedy(kind, (), command, saves_bytes=sum(files.values()), advice=rule.advice), files
    frees = {each: size for group in groups for each, size in freed(subject, group, command, gone).items()}
    if not frees:  # the rule's command is for another folder
        return Remedy(RemedyKind.DELETE_IN_RUN, steps, saves_bytes=sum(files.values()), advice=rule.advice), files
    return Remedy(kind, steps, command, saves_bytes=sum(frees.values()), advice=rule.advice), frees


def _command(subject: Subject, rule: Rule, files: Iterable[int], layers: Collection[int]) -> str:
    """The rule's command, for the folder that holds all that these layers brought."""
    if HOME not in rule.command:
        return rule.command
    found = (subject.filesystem.locate(each) for each in files)
    folders = [
        posixpath.dirname(subject.filesystem.layers[layer].paths[row]) for layer, row in found if layer in layers
    ]
    home = shell_path(posixpath.commonpath(folders).split("/tests")[0])
    return rule.command.replace(HOME, home) if home else ""


def _with_users(subject: Subject, steps: tuple[int, ...]) -> tuple[int, ...]:
    """The RUNs that got package lists, and with them those that need these lists; nothing where they cannot be one."""
    end = last_user(subject, steps[0], None, cleans_lists=True)
    return join(subject, steps[0], max(end, steps[-1])) if end > steps[0] else steps


def _of_rule(subject: Subject, table: PathTable, rule: Rule, layers: Iterable[int]) -> frozenset[int]:
    """The entries of these layers that belong to the rule, hidden ones included."""
    found = set()
    for layer in layers:
        start, cores = subject.filesystem.offsets[layer], subject.core_dumps(layer)
        for row, path in enumerate(subject.filesystem.layers[layer].paths):
            if table.rule_for(path, owned=path in subject.owned, core=row in cores) is rule:
                found.add(start + row)
    return frozenset(found)
