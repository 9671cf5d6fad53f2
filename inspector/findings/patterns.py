"""Waste known by where it lies: caches, documentation, leftovers. What is visible in the final image only; what a later
layer hides is told by hidden.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto

from msgspec import Struct

from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.joining import LISTS, OTHER_STAGES, another_stage, join, last_user
from inspector.findings.options import lacks_option, with_option
from inspector.findings.path_rules import PathTable
from inspector.findings.promise import freed, names_paths, removed_by, shrunk_later
from inspector.findings.registry import Rule, find_rule
from inspector.findings.remedy import Remedy, RemedyKind, shell_path
from inspector.findings.unused import runs_until_unused
from inspector.globs import matcher

HOME = "{home}"
"""In a rule's command: the folders of the image that it is about (`Rule.homes`)."""


class Source(Enum):
    """What brought a file; each can follow other advice."""

    BASE = auto()
    COPY = auto()
    RUN = auto()
    """Or an instruction that is not known."""


class Group(Struct, frozen=True):
    """Files of one finding. `layer` is None where one command is right for whatever layers brought them."""

    rule: str
    source: Source
    layer: int | None


def pattern_findings(subject: Subject) -> Iterator[Finding]:
    """Per rule that visible files belong to by path: a finding of what the base image brought, one of what was copied,
    one of what RUNs wrote, or one for each RUN where the command names folders that must be there."""
    filesystem, table = subject.filesystem, PathTable()
    found: dict[Group, dict[int, int]] = {}
    for layer, entries in enumerate(filesystem.layers):
        start, cores, source = filesystem.offsets[layer], subject.core_dumps(layer), _source(subject, layer)
        for row in filesystem.file_rows(layer, hidden=False):
            path = entries.paths[row]
            rule = table.rule_for(path, owned=path in subject.owned, core=row in cores)
            if rule is not None and (size := entries.sizes[row]) >= rule.minimum:
                alone = source is Source.RUN and HOME in rule.command and not rule.users
                group = Group(rule.id, source, layer if alone else None)
                found.setdefault(group, {})[start + row] = size
    for group, files in found.items():
        yield _finding(subject, table, group, files)


def _source(subject: Subject, layer: int) -> Source:
    if subject.is_from_base(layer):
        return Source.BASE
    return Source.COPY if subject.is_copied(layer) else Source.RUN


def _finding(subject: Subject, table: PathTable, group: Group, files: dict[int, int]) -> Finding:
    rule, frees = find_rule(group.rule), files
    layers = by_bytes(subject.filesystem, files)
    steps = subject.indexes_of(*layers)
    if group.source is Source.BASE:
        remedy = Remedy(RemedyKind.ANOTHER_BASE, steps[:1], _command(subject, rule, files), advice=rule.advice)
    elif group.source is Source.COPY:
        advice = rule.advice if rule.remedy is RemedyKind.COPY_LESS else ""
        remedy = Remedy(RemedyKind.COPY_LESS, steps, saves_bytes=sum(files.values()), advice=advice)
    else:
        remedy, frees = _of_runs(subject, table, rule, files, layers)
    return Finding(
        rule=rule.id,
        title=rule.name,
        severity=rule.severity,
        frees=frees,
        layers=by_bytes(subject.filesystem, frees),
        hidden_in=(),
        remedy=remedy,
    )


def _of_runs(
    subject: Subject, table: PathTable, rule: Rule, files: dict[int, int], layers: Sequence[int]
) -> tuple[Remedy, dict[int, int]]:
    """The advice for RUNs with what it frees; a command is for the end of each that brought some of the files."""
    total, steps, runs = sum(files.values()), subject.indexes_of(*layers), list(layers)
    if rule.option and (known := _with_option(subject, table, rule, layers)):
        return known
    if rule.users and (known := _after_last_use(subject, rule, files, steps)):
        return known
    if not rule.command or rule.users:
        return Remedy(rule.remedy, subject.indexes_of(layers[0]), saves_bytes=total, advice=rule.advice), files
    kind, command, advice = rule.remedy, _command(subject, rule, files), rule.advice
    if LISTS in command and subject.is_used_elsewhere(steps):
        return Remedy(RemedyKind.ANOTHER_STAGE, steps, saves_bytes=total, advice=OTHER_STAGES), files
    if LISTS in command and steps and (joined := _with_users(subject, steps)) != steps:
        kind, steps = (RemedyKind.JOIN_RUNS, joined) if joined else (RemedyKind.ANOTHER_STAGE, steps)
        runs = [layer for step in map(subject.instructions.__getitem__, steps) if (layer := step.layer) is not None]
    if kind is RemedyKind.ANOTHER_STAGE:
        command, advice = "", another_stage(subject, steps[0], steps[-1])
    if not steps and command:
        return Remedy(kind, (), command, saves_bytes=total, advice=rule.advice), files
    groups = [runs] if kind is RemedyKind.JOIN_RUNS else [[layer] for layer in runs]
    gone = _of_rule(subject, table, rule, runs) if not names_paths(command) else frozenset()
    frees = {each: size for group in groups for each, size in freed(subject, group, command, gone).items()}
    if LISTS in command:
        frees = shrunk_later(subject, frees) | frees
    if not frees or not (command or kind is RemedyKind.ANOTHER_STAGE):  # no command can be told, or it is for others
        return Remedy(RemedyKind.DELETE_IN_RUN, steps, saves_bytes=total, advice=rule.advice), files
    return Remedy(kind, steps, command, saves_bytes=sum(frees.values()), advice=advice), frees


def _with_option(
    subject: Subject, table: PathTable, rule: Rule, layers: Sequence[int]
) -> tuple[Remedy, dict[int, int]] | None:
    """The rule's option for all RUNs that brought some of the files, and for later ones that would need what is gone;
    None where it is not certain that these RUNs' commands brought them."""
    brought = subject.indexes_of(*layers)
    later = subject.instructions[brought[0] + 1 :] if brought else ()
    steps = sorted({*brought, *(step.index for step in later if lacks_option(step, rule.behind, rule.option))})
    changed = [with_option(subject.instructions[index], rule.behind, rule.option) for index in steps]
    if not steps or None in changed:
        return None
    gone = _of_rule(subject, table, rule, layers)
    frees = {each: size for layer in layers for each, size in freed(subject, [layer], "", gone).items()}
    saves_bytes = sum(frees.values())
    return Remedy(
        rule.remedy, tuple(steps), saves_bytes=saves_bytes, advice=rule.advice, option=rule.option, behind=rule.behind
    ), frees


def _after_last_use(
    subject: Subject, rule: Rule, files: dict[int, int], steps: tuple[int, ...]
) -> tuple[Remedy, dict[int, int]] | None:
    """The rule's command at the end of the last RUN that may use the files; None where others may need them."""
    command = _command(subject, rule, files)
    runs = runs_until_unused(subject, steps, rule.users, removed_by(command)) if command else ()
    if not runs:
        return None
    layers = [layer for step in map(subject.instructions.__getitem__, runs) if (layer := step.layer) is not None]
    kind = RemedyKind.END_RUN_WITH if len(runs) == 1 else RemedyKind.JOIN_RUNS
    frees = freed(subject, layers, command)
    return Remedy(kind, runs, command, saves_bytes=sum(frees.values()), advice=f"or {rule.advice}"), frees


def _command(subject: Subject, rule: Rule, files: Iterable[int]) -> str:
    """The rule's command, for the folders that these files are in; empty where no command line can name them."""
    if HOME not in rule.command:
        return rule.command
    homes = matcher(rule.homes)
    found = set[str]()
    for each in files:
        folders = subject.filesystem.entry(each).path.split("/")[:-1]
        above = ("/".join(folders[:depth]) for depth in range(1, len(folders) + 1))
        found.update([next(filter(homes.fullmatch, above), "/".join(folders))])
    words = [shell_path(home) for home in sorted(found)]
    return rule.command.replace(HOME, " ".join(words)) if all(words) else ""


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
