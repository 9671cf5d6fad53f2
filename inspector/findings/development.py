"""Packages that only development needs, by the marks of their own managers: per project and layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from inspector.findings.build_tools import files_of, freed_with_packages, runs_with_users
from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.registry import DEVELOPMENT_ONLY, find_rule
from inspector.findings.remedy import Remedy, RemedyKind, shell_path
from inspector.findings.scripts import end_of
from inspector.packages.manager import Manager
from inspector.packages.managers import MANAGERS
from inspector.packages.model import Installed
from inspector.packages.removal.tools import DEVELOPMENT
from inspector.sizes import counted

PRUNERS = tuple(manager for manager in MANAGERS if manager.prune)
"""The managers that know which packages these are, and remove them."""


class Development(Struct, frozen=True):
    """Packages that only development needs, in one project's folder and by one layer.

    `files` is entry id → bytes that go with them; `folder` has no leading slash.
    """

    manager: Manager
    folder: str
    packages: tuple[Installed, ...]
    files: Mapping[int, int]


def developments(subject: Subject) -> Iterator[Development]:
    """All that a layer brought to a project's folder and that only development needs."""
    for manager in PRUNERS:
        projects: dict[tuple[str, int | None], list[Installed]] = {}
        for each in subject.inventory.installed:
            package = each.package
            if package.kind == manager.kind and package.dev and package in subject.tooling.verdicts:
                folder = package.location.partition(f"{manager.store}/")[0].rstrip("/")
                projects.setdefault((folder, each.layer), []).append(each)
        for (folder, _), marked in projects.items():
            if files := files_of(subject, marked):
                yield Development(manager, folder, tuple(marked), files)


def development_findings(subject: Subject) -> Iterator[Finding]:
    """One finding for each of them."""
    for each in developments(subject):
        yield _finding(subject, each.manager, each.folder, each.packages, dict(each.files))


def _finding(
    subject: Subject, manager: Manager, folder: str, marked: Sequence[Installed], files: dict[int, int]
) -> Finding:
    rule = find_rule(DEVELOPMENT_ONLY)
    remedy, frees = _remedy(subject, manager, folder, marked, files)
    return Finding(
        rule=rule.id,
        title=f"{counted(len(marked), f'{manager.kind} package')}: {DEVELOPMENT}",
        severity=rule.severity,
        frees=frees,
        layers=by_bytes(subject.filesystem, frees),
        hidden_in=(),
        remedy=remedy,
        packages=tuple(sorted({each.package.purl for each in marked})),
    )


def _remedy(
    subject: Subject, manager: Manager, folder: str, marked: Sequence[Installed], files: dict[int, int]
) -> tuple[Remedy, dict[int, int]]:
    """How they are removed from the folder once the program is built; and what that frees."""
    rule, saves_bytes = find_rule(DEVELOPMENT_ONLY), sum(files.values())
    layer = by_bytes(subject.filesystem, files)[0]
    steps, command = subject.indexes_of(layer), f"cd {shell_path(folder)} && {manager.prune}"
    if subject.is_from_base(layer):
        return Remedy(RemedyKind.ANOTHER_BASE, steps, command, advice=rule.advice), files
    if subject.is_copied(layer):
        return Remedy(RemedyKind.COPY_LESS, steps, saves_bytes=saves_bytes), files
    runs, hindrance = runs_with_users(subject, layer, marked, command)
    if not runs or not shell_path(folder):
        return Remedy(RemedyKind.ANOTHER_STAGE, steps, saves_bytes=saves_bytes, advice=hindrance), files
    if end_of(subject.instructions, runs[-1]) == f"/{folder}":
        command = manager.prune
    layers = [step.layer for step in map(subject.instructions.__getitem__, runs) if step.layer is not None]
    frees = freed_with_packages(subject, layers, command, files)
    kind = RemedyKind.END_RUN_WITH if len(runs) == 1 else RemedyKind.JOIN_RUNS
    return Remedy(kind, runs, command, saves_bytes=sum(frees.values()), advice=rule.advice), frees
