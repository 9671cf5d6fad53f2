"""Which RUNs can be made one, at the place of the last of them, without changing what any of them does.

The layers tell what each instruction wrote; the texts tell what may be read or removed. In doubt RUNs stay apart: a
remedy that is not given is better than one that breaks the build.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from inspector.attribution.instructions import Instruction
from inspector.attribution.syntax import words_of
from inspector.filesystem.ledger import Fate
from inspector.findings.finding import Subject
from inspector.findings.scripts import commands_in, script_of, user_of, workdir_of
from inspector.layers.entries import Kind

LISTS = "/var/lib/apt/lists/"
"""What apt needs to install more; a command that removes it must come after the last RUN that installs."""

OTHER_STAGES = "other stages need it: install it in a stage of its own, FROM this one, and let them be FROM that"
"""What to do with what only some of the stages need that are built upon one."""

METADATA = frozenset(("ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "STOPSIGNAL"))
"""What may stand between joined RUNs and changes nothing for them, but for variables that they name."""

COPIES = frozenset(("ADD", "COPY", "WORKDIR"))

ACCOUNTS = frozenset(("addgroup", "adduser", "groupadd", "mkdir", "useradd"))
"""Commands of a RUN that may stay where it is while RUNs around it are joined: they need the base image only."""

INSTALLERS = frozenset(("apk", "apt", "apt-get", "apt-mark", "dnf", "dpkg", "microdnf", "yum", "zypper"))
"""Commands that touch what packages own, and no folder that files are copied to."""

HARMLESS = (
    ACCOUNTS
    | INSTALLERS
    | frozenset(("[", ":", "cat", "chgrp", "chmod", "chown", "cp", "echo", "export", "find", "grep", "install"))
    | frozenset(("ldconfig", "ln", "locale-gen", "ls", "mv", "printf", "rm", "rmdir", "sed", "set", "sleep", "test"))
    | frozenset(("touch", "true", "update-ca-certificates", "usermod"))
)
"""Commands of which it is known that they start no compiler."""

LOCKED = (
    *(["npm", "ci"], ["yarn", "install"], ["pnpm", "install"], ["bundle", "install"]),
    *(["go", "mod", "download"], ["mvn", "dependency:go-offline"]),
)
"""Commands that do what a lock file says, or one that is like it, whatever else is in the folder."""

SCRIPTS = frozenset((".", "bash", "eval", "sh", "source", "xargs"))
"""Commands that start what cannot be seen."""

PROGRAM_FOLDERS = re.compile(r"(?:usr/(?:local/)?)?s?bin|usr/lib/go[^/]*/bin").fullmatch

COMPILED = re.compile(r".*\.(?:o|a|so|pyc)(?:\.[0-9.]+)?|.*/(?:site|dist)-packages/.*").fullmatch


def last_user(subject: Subject, first: int, commands: frozenset[str] | None, *, cleans_lists: bool) -> int:
    """The index of the last own RUN from `first` on that may use tools which offer these commands (None: no tools).

    With `cleans_lists` also the last that needs apt's package lists without getting them again.
    """
    last = first
    for step in subject.instructions[first + 1 :]:
        if step.verb == "RUN" and (
            (commands is not None and _may_use(subject, step, commands)) or (cleans_lists and needs_lists(step))
        ):
            last = step.index
    return last


def needs_lists(step: Instruction) -> bool:
    """Whether a RUN lets apt look up packages in lists that an earlier one downloaded."""
    said = [command for command in commands_in(step) if command[0] in ("apt", "apt-get", "aptitude")]
    words = {word for command in said for word in command}
    return bool(words & {"install", "upgrade", "dist-upgrade", "build-dep", "source"}) and "update" not in words


def commands_of(paths: Iterable[str]) -> frozenset[str]:
    """The names of the programs among these paths."""
    split = (path.rpartition("/") for path in paths)
    return frozenset(name for folder, _, name in split if PROGRAM_FOLDERS(folder))


def join(subject: Subject, first: int, last: int) -> tuple[int, ...]:
    """The indexes of the RUNs from one instruction to another, if they can be made one; else nothing."""
    steps = subject.instructions[first : last + 1]
    if why_apart(subject, first, last) or steps[0].verb != "RUN" or steps[-1].verb != "RUN":
        return ()
    runs: list[Instruction] = []
    for step in steps:
        if step.verb == "RUN":
            runs.append(step)
            continue
        hindered = [run for run in runs if not _may_follow(subject, run, step)]
        if any(not _may_stay(subject, run, runs) for run in hindered):
            return ()
        runs = [run for run in runs if run not in hindered]
    users = {user_of(subject.instructions, run.index) for run in runs}
    if runs[:1] != [steps[0]] or len({_flags(run) for run in runs}) > 1 or len(users) > 1:
        return ()
    return tuple(run.index for run in runs)


def why_apart(subject: Subject, first: int, last: int) -> str:
    """What stands between two instructions so that nothing before it can be done after it, in words; empty where
    nothing does by its kind."""
    steps = subject.instructions[first : last + 1]
    if any(step.from_base for step in steps):
        return "the base image brought some of them"
    verbs = {step.verb or "what is no instruction" for step in steps} - METADATA - COPIES - {"RUN", "USER"}
    if verbs:
        return f"{min(verbs)} stands between them"
    if len({subject.stage_of(step) for step in steps}) > 1:
        return "they are in different stages"
    users = {user_of(subject.instructions, step.index) for step in (steps[0], steps[-1])}
    return "they run as different users" if len(users) > 1 else ""


def another_stage(subject: Subject, first: int, last: int) -> str:
    """What to do where RUNs cannot be one, and why; empty where there is no more to say of it."""
    why = why_apart(subject, first, last)
    return f"build in another stage and copy only the result; these RUNs cannot be one, since {why}" if why else ""


def is_anywhere(step: Instruction) -> bool:
    """Whether a RUN does the same in whatever folder it runs."""
    return all(command[0] in INSTALLERS or not _relative(command) for command in commands_in(step))


def _relative(command: Sequence[str]) -> bool:
    known = command[0] in HARMLESS
    return not known or any(
        not word.startswith(("/", "-")) for word in command[1:] if command[0] not in ("echo", "set")
    )


def _may_use(subject: Subject, step: Instruction, commands: frozenset[str]) -> bool:
    script = script_of(step)
    if any(command[0] not in HARMLESS for command in commands_in(step)):
        return True
    if commands & {posixpath.basename(word.strip("\"'()`$;")) for word in words_of(script)}:
        return True
    if step.layer is None:
        return False
    entries, elves = subject.scans[step.layer].entries, subject.scans[step.layer].facts.elf
    made = {
        path
        for row, path in enumerate(entries.paths)
        if entries.kinds[row] < Kind.WHITEOUT and (row in elves or COMPILED(path)) and path not in subject.owned
    }
    return bool(made) and not made <= _recopied(subject, step.layer)


def _recopied(subject: Subject, layer: int) -> set[str]:
    """Paths of which a layer changes only mode, owner or time."""
    filesystem, found = subject.filesystem, set[str]()
    for lower in filesystem.totals[layer].hides:
        start, paths = filesystem.offsets[lower], filesystem.layers[lower].paths
        found.update(
            path
            for entry_id, path in enumerate(paths, start)
            if filesystem.hiders[entry_id] == layer and filesystem.fates[entry_id] == Fate.RECOPIED
        )
    return found


def _may_follow(subject: Subject, run: Instruction, step: Instruction) -> bool:
    """Whether a RUN does the same, and leaves the same, when the later instruction comes before it."""
    if step.verb in ("ENV", "ARG"):
        names = {word.partition("=")[0] for word in words_of(step.text.partition(" ")[2])}
        shown = script_of(run)
        return not any(re.search(rf"\$\{{?{re.escape(name)}\b", shown) or name.startswith("LD_") for name in names)
    if step.verb not in COPIES:
        return True
    if step.layer is None or run.layer is None:
        return step.empty or run.empty
    if re.search(r"--chown=[^0-9\s]", step.text) and any(each[0] in ACCOUNTS - {"mkdir"} for each in commands_in(run)):
        return False
    if step.verb == "WORKDIR":
        brought = {workdir_of(subject.instructions, step.index + 1).removeprefix("/")}
    else:
        brought = _written(subject, step.layer)
    return not (_collide(subject, run.layer, brought) or may_touch(subject, run, brought))


def _written(subject: Subject, layer: int) -> set[str]:
    entries = subject.filesystem.layers[layer]
    return {path for path, kind in zip(entries.paths, entries.kinds, strict=True) if kind != Kind.DIRECTORY}


def _collide(subject: Subject, layer: int, brought: Collection[str]) -> bool:
    """Whether a layer has anything at, above or below these paths, but plain folders on the way to them."""
    above = {folder for path in brought for folder in _folders(path)}
    entries = subject.filesystem.layers[layer]
    for row, path in enumerate(entries.paths):
        if entries.kinds[row] != Kind.DIRECTORY:
            if path in brought or path in above:
                return True
            link = entries.links.get(row, "") if entries.kinds[row] == Kind.SYMLINK else ""
            if link and posixpath.normpath(posixpath.join("/", posixpath.dirname(path), link)).lstrip("/") in above:
                return path not in subject.owned
        elif (
            (path in above or path in brought)
            and (
                entries.modes[row] & 0o7777,
                entries.uids[row],
                entries.gids[row],
            )
            != (0o755, 0, 0)
            and not _was_there(subject, path, layer)
        ):
            return True
    return False


def _was_there(subject: Subject, path: str, layer: int) -> bool:
    return any(path in entries.paths for entries in subject.filesystem.layers[:layer])


def _folders(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def may_touch(subject: Subject, run: Instruction, brought: Collection[str]) -> bool:
    """Whether a RUN's commands may read, change or remove what is at these paths when it is there."""
    targets = {f"/{each}" for path in brought for each in (path, *_folders(path))}
    folder = workdir_of(subject.instructions, run.index)
    for command in commands_in(run):
        if command[0] in INSTALLERS | {"set", "true", ":"} or command[:2] == ["mkdir", "-p"] or _is_locked(command):
            continue
        if command[0] == "cd":
            folder = posixpath.join(folder, command[-1])
        words = [word for word in command if not word.startswith("-")]
        unknown = "/" in command[0] or command[0] in SCRIPTS or (command[0] not in HARMLESS and folder in targets)
        if unknown or any(set(word) & set("$`") for word in words):
            return True
        for word in words[1:] if command[0] in HARMLESS else words:
            path = posixpath.normpath(posixpath.join(folder, word))
            if path == "/" or any(fnmatchcase(target, path) for target in targets):
                return True
    return False


def _is_locked(command: Sequence[str]) -> bool:
    words = [word for word in command if not word.startswith("-")]
    return any(words[: len(locked)] == locked for locked in LOCKED)


def _may_stay(subject: Subject, run: Instruction, runs: Sequence[Instruction]) -> bool:
    """Whether a RUN does the same when the RUNs before it come later."""
    before = [other for other in runs if other.index < run.index]
    if not before or run.layer is None or not all(each[0] in ACCOUNTS for each in commands_in(run)):
        return False
    own = _written(subject, run.layer)
    return all(other.layer is not None and not own & _written(subject, other.layer) for other in before)


def _flags(run: Instruction) -> tuple[str, ...]:
    if run.written is not None:
        return run.written.flags
    return tuple(word for word in words_of(run.text)[1:2] if word.startswith("--"))
