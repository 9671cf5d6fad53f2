"""Packages that only development needs, in a folder that a final stage takes over: the stage that builds can remove
them in the end, where its layers weigh nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from inspector.findings.development import Development, developments
from inspector.findings.finding import Subject
from inspector.findings.remedy import shell_path
from inspector.findings.scripts import user_of, workdir_of
from inspector.lean.plan.copying import Carried, Copy
from inspector.packages.paths import Paths
from inspector.packages.removal.programs import Programs, command_words
from inspector.sizes import counted, human

STARTERS = frozenset(("composer", "npm", "npx", "pnpm", "yarn"))
"""Commands that start what a project's file names: it may be one of these packages."""


class Pruning(Struct, frozen=True):
    """`carried` is what is left to copy when the `commands` end the stage that builds, by which `frees` (entry id →
    bytes) go; `assumptions` tell of packages of which that is not certain."""

    carried: Carried = Carried()
    commands: tuple[str, ...] = ()
    frees: dict[int, int] = {}
    assumptions: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        return sum(self.frees.values())


def pruned(subject: Subject, carried: Carried, kept: AbstractSet[int], *, can_end: bool) -> Pruning:
    """What is carried without what only development needs.

    `kept` are the entries that are carried; `can_end` tells whether a RUN can be put at the end of the stage that
    builds.
    """
    found, ended_in = Pruning(carried), workdir_of(subject.instructions, len(subject.instructions))
    for each in developments(subject):
        frees = {entry_id: size for entry_id, size in each.files.items() if entry_id in kept}
        if not frees:
            continue
        copy = _copy_of_all(found.carried, each)
        if can_end and copy and shell_path(each.folder) and _is_certain(subject, each):
            found = _without(found, each, copy, frees, ended_in)
        else:
            found = replace(found, assumptions=(*found.assumptions, _told(each, sum(frees.values()))))
    return found


def _copy_of_all(carried: Carried, each: Development) -> Copy | None:
    """The COPY of a whole folder that has all the project's packages; None where they are copied in parts."""
    store = posixpath.join(each.folder, each.manager.store)
    around = [copy for copy in carried.copies if copy.folder and f"{store}/".startswith(f"{copy.sources[0]}/")]
    return around[0] if around else None


def _is_certain(subject: Subject, each: Development) -> bool:
    """Whether the manager can remove them in the end, and nothing that the image starts is among them."""
    run, paths = subject.evidence.run, subject.evidence.paths
    if any(posixpath.basename(word) in STARTERS for _, word in command_words(run)):
        return False
    programs = Programs(paths, run)
    started = {paths.file(path) for *_, way in programs.started() for path in way}
    prunes = programs.way(each.manager.prune.split()[0]) and _has_project(paths, each.folder)
    as_root = user_of(subject.instructions, len(subject.instructions)) == "root"
    return bool(prunes) and as_root and started.isdisjoint(each.files)


def _has_project(paths: Paths, folder: str) -> bool:
    """Whether the file that says which packages are for development is there."""
    names = ("package.json", "composer.json")
    return any(paths.file(posixpath.join(folder, name)) is not None for name in names)


def _without(found: Pruning, each: Development, copy: Copy, frees: dict[int, int], ended_in: str) -> Pruning:
    """The same without these packages; `ended_in` is the folder that the stage that builds ends in."""
    smaller = replace(copy, size_bytes=copy.size_bytes - sum(frees.values()))
    copies = tuple(smaller if other is copy else other for other in found.carried.copies)
    command = each.manager.prune
    if ended_in != f"/{each.folder}":
        command = f"cd {shell_path(each.folder)} && {command}"
    commands = tuple(dict.fromkeys((*found.commands, command)))
    # parts of one database, which several layers changed, add up
    together = {entry: found.frees.get(entry, 0) + frees.get(entry, 0) for entry in (*found.frees, *frees)}
    return replace(found, carried=replace(found.carried, copies=copies), commands=commands, frees=together)


def _told(each: Development, size_bytes: int) -> str:
    packages = counted(len(each.packages), f"{each.manager.kind} package")
    return (
        f"{human(size_bytes)} of what only development needs ({packages}) is carried with /{each.folder}: "
        f"run {each.manager.prune} there once the program is built"
    )
