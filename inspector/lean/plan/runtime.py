"""What the running program of an image needs: its files, the system's packages, users, and what nobody can see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import join

from msgspec import Struct

from inspector.findings.finding import Subject
from inspector.image.run import RunConfiguration
from inspector.layers.elf.facts import ElfFacts
from inspector.lean.plan.application import Application, LeftOut, Search
from inspector.packages.model import Package
from inspector.packages.paths import Paths
from inspector.packages.removal.graph import Graph
from inspector.packages.removal.needs import ASSUMPTIONS, SYSTEM, Missing, Needs, find_needs
from inspector.packages.removal.programs import Programs, command_words
from inspector.sizes import counted, human

DATA_PACKAGES = ("ca-certificates", "ca-certificates-bundle", "tzdata")
"""Packages whose files programs open and nothing links to."""

OPENED, ASKED_FOR = "programs open its files", "it was asked for, and is no build tooling"
"""Reasons to have a package that nothing needs as far as can be seen."""

NO_FOLDERS_OF_THE_PROGRAM = frozenset(
    ("PATH", "GOPATH", "GOCACHE", "GOROOT", "CARGO_HOME", "RUSTUP_HOME", "HOME", "TMPDIR", "PIP_CACHE_DIR", "PWD")
)
"""Variables that name what a build needs."""

MOST_TOLD = 6
"""What was left out and is told one by one, the biggest first."""


class Program(Struct, frozen=True):
    """What the image starts: `word` of ENTRYPOINT, CMD or HEALTHCHECK (`source`) leads to the file at the real path
    `path`. `elf` are its facts, `script` the first line of a script; a file that is neither is only named."""

    source: str
    word: str
    path: str
    entry_id: int
    elf: ElfFacts | None = None
    script: str = ""

    @property
    def is_static(self) -> bool:
        """Whether the kernel alone runs it."""
        return self.elf is not None and not self.elf.interpreter and not self.elf.needed


class Runtime(Struct, frozen=True):
    """What the image needs to run.

    `programs` are what it starts and names, the first of them what it runs; none where that cannot be found. `packages`
    are the system's packages that are needed, each with the reason, those of the base image among them. `user` is the
    USER of the image, `needs_accounts` whether it has to be found by name. `missing` is what is needed and not in
    this image either. `is_shell` is whether a shell or a script decides what is started.
    """

    programs: tuple[Program, ...]
    application: Application
    packages: Mapping[Package, str]
    missing: tuple[Missing, ...]
    user: str
    needs_accounts: bool
    is_static: bool
    is_shell: bool
    assumptions: tuple[str, ...]
    named: frozenset[str] = frozenset()
    """Real paths that entry point, command, health check and variables name."""

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return self.application.left_out


def runtime_of(subject: Subject) -> Runtime:
    """What the program of an image needs to run, as far as it can be seen from outside."""
    evidence = subject.evidence
    paths = evidence.paths
    programs = tuple(_programs(subject, paths))
    started = [each for each in programs if each.elf is not None or each.script]
    interpreted = not started or any(not each.elf or _runs_others(each) for each in started)
    named = frozenset(_named(evidence.run, paths, programs))
    search = Search(subject, named, interpreted=interpreted)
    files = search.found(frozenset())
    needs = find_needs(evidence, files.kept)
    if not needs.files <= files.kept:
        files = search.found(needs.files)
        needs = find_needs(evidence, files.kept)
    user = evidence.run.settings.get("User", "")
    return Runtime(
        programs=programs,
        application=files,
        packages=_packages(subject, needs),
        missing=needs.missing,
        user=user,
        needs_accounts=re.search(r"[^\d:]", user) is not None,
        is_static=bool(started) and all(each.is_static for each in started),
        is_shell=any(each.script or _runs_others(each) for each in started),
        assumptions=(*_assumptions(subject, files), *_privileged(subject, files)),
        named=named,
    )


def _programs(subject: Subject, paths: Paths) -> Iterator[Program]:
    for source, word, way in Programs(paths, subject.evidence.run).started():
        entry_id = paths.file(way[-1])
        assert entry_id is not None, "a way ends at a file"
        layer, row = subject.filesystem.locate(entry_id)
        facts = subject.scans[layer].facts
        yield Program(source, word, way[-1], entry_id, facts.elf.get(row), facts.scripts.get(row, ""))


_SHELLS_AND_INTERPRETERS = re.compile(
    r"(?:.*/)?(?:(?:ba|da|a|z|k)?sh|busybox|env|python[\d.]*|node|nodejs|perl[\d.]*|ruby[\d.]*|php[\d.]*|java|lua[\d.]*|R"
    r"|Rscript|erl|elixir|dotnet|deno|bun|tini|dumb-init|gosu|su-exec|supervisord|s6-[\w-]+|npm|make)"
).fullmatch


def _runs_others(program: Program) -> bool:
    """Whether a program is there to run what else it is given."""
    return _SHELLS_AND_INTERPRETERS(program.path) is not None


def _named(run: RunConfiguration, paths: Paths, programs: Sequence[Program]) -> Iterator[str]:
    """Real paths that words of the command name, in the working folder too, and variables."""
    yield from (program.path for program in programs)
    words = [word for _, word in command_words(run) if not word.startswith("-") or "=" in word]
    for name, value in run.environment:
        if name not in NO_FOLDERS_OF_THE_PROGRAM:
            words += [word for word in re.split(r"[:;,\s]+", value) if word.startswith("/")]
    for word in words:
        for part in {word, word.rpartition("=")[2]}:
            way = paths.way(join(run.working_folder or "/", part)) if part else ()
            yield from way
            if not way and part.startswith("/"):
                yield part.strip("/")


def _packages(subject: Subject, needs: Needs) -> dict[Package, str]:
    """The system's packages to have: those needed, those asked for that are no build tooling, and what they recommend
    and is there; what is needed of packages by packages is not among them."""
    installed = [each.package for each in subject.inventory.installed if each.package.kind in SYSTEM]
    tools, brought = subject.tooling.verdicts, {each.package: each.layer for each in subject.inventory.installed}
    found = {need.package: f"{need.who} needs {need.what}" for need in needs.packages.values()}
    own = {each for each in installed if (layer := brought[each]) is None or not subject.is_from_base(layer)}
    for package in sorted(own, key=lambda each: each.name):
        if package not in tools and package.name in DATA_PACKAGES:
            found.setdefault(package, OPENED)
        elif package not in tools and package.automatic is not True and not package.virtual:
            found.setdefault(package, ASKED_FOR)
    graph = Graph(installed)
    pending = [package for package in found if package in own]
    while pending:
        user = pending.pop()
        for group in user.wants:
            for other in graph.providers(user, group):
                if other not in found and other not in tools:
                    found[other] = f"{user.name} recommends it"
                    pending.append(other)
    return found


def _assumptions(subject: Subject, files: Application) -> Iterator[str]:
    """What nobody can see, with what was seen of it, and what is left out."""
    loaded, started, *_ = ASSUMPTIONS
    scripts = _shown(_scripts(subject, files))
    yield f"{loaded}: run it once on the new image"
    yield f"{started}{f' (scripts that are carried: {scripts})' if scripts else ''}: run it once on the new image"
    for each in files.left_out[:MOST_TOLD]:
        yield f"left out: {counted(each.files, 'file')} of /{each.path} ({human(each.size_bytes)}, {each.reason})"
    rest = files.left_out[MOST_TOLD:]
    if rest:
        more = counted(sum(each.files for each in rest), "more file")
        yield f"left out: {more} ({human(sum(each.size_bytes for each in rest))})"


def _scripts(subject: Subject, files: Application) -> Iterator[str]:
    """The paths of scripts that can be started and are carried."""
    for scan, start in zip(subject.scans, subject.filesystem.offsets, strict=True):
        for row in sorted(scan.facts.scripts):
            if start + row in files.kept and scan.entries.modes[row] & 0o111:
                yield f"/{scan.entries.paths[row]}"


def _privileged(subject: Subject, files: Application) -> Iterator[str]:
    """Files that run with more rights than who starts them: builders differ in what they keep of that."""
    named = _shown(_with_more_rights(subject, files))
    if named:
        yield f"capabilities and set-user-id bits may be lost by copying: look at {named} in the new image"


def _with_more_rights(subject: Subject, files: Application) -> Iterator[str]:
    """The paths of what is carried, has capabilities or the id of a user who is not root."""
    for entries, start in zip(subject.filesystem.layers, subject.filesystem.offsets, strict=True):
        for row, mode in enumerate(entries.modes):
            has_id = mode & 0o6000 and entries.uids[row]
            if (has_id or "security.capability" in entries.xattrs.get(row, ())) and start + row in files.kept:
                yield f"/{entries.paths[row]}"


def _shown(paths: Iterable[str]) -> str:
    found = list(paths)
    rest = len(found) - MOST_TOLD
    return ", ".join(found[:MOST_TOLD]) + (f" and {rest} more" if rest > 0 else "")
