"""A RUN that does nothing but set mode or owner of what was copied: COPY can do that by itself.

Told by the layers: what the RUN left of each path that the COPYs brought, and nothing else. What COPY does not make, a
folder that was there before, is changed by a RUN on the folder alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from inspector.attribution.instructions import Instruction
from inspector.findings.finding import Subject
from inspector.findings.joining import COPIES, METADATA, may_touch
from inspector.findings.remedy import shell_path
from inspector.findings.scripts import commands_in
from inspector.layers.entries import Entries, Kind

SETUID = 0o6000
"""Bits of a mode that `chown` takes away."""

FOLDERS = 3
"""Folders that were there before, at most, for the RUN that changes them."""

MOUNTS = frozenset(("dev", "etc", "proc", "sys"))
"""Folders that a builder makes for whatever runs, where the image has none."""

_RECURSIVE = frozenset(("-R", "--recursive", "-v", "-c", "-f"))
_OWNERS = re.compile(r"[a-z_0-9][\w-]*:[a-z_0-9][\w-]*").fullmatch


class CopyMode(Struct, frozen=True):
    """What to write: `option` in the COPYs, `command` in the RUN, which goes where that is empty; `steps` are their
    indexes, the RUN's the last. `layers` are those of the COPYs."""

    steps: tuple[int, ...]
    option: str
    command: str
    layers: tuple[int, ...]


def copy_mode(subject: Subject, run: Instruction) -> CopyMode | None:
    """How the COPYs before a RUN can do what it does; None where that is not certain."""
    spec = _spec(run)
    if spec is None or run.layer is None:
        return None
    entries = subject.filesystem.layers[run.layer]
    changed = {path: row for row, path in enumerate(entries.paths)}
    files = {path for path, row in changed.items() if entries.kinds[row] != Kind.DIRECTORY}
    copies = [step for step in subject.instructions[: run.index] if _brings(subject, step, files)]
    folders_of = _folders(subject, run.layer)
    brought = _brought(subject, copies, folders_of)
    if not copies or not files <= brought.keys() or not _may_precede(subject, copies[0], run, brought):
        return None
    program, words = spec
    if any(_has_flag(step, "--chown" if program == "chown" else "--chmod") for step in copies):
        return None
    left = [_state(entries, changed[path]) if path in changed else state for path, state in brought.items()]
    if program == "chown":
        option = _owner(words if _names_hold(subject, copies[0], run) else "", brought, left)
    else:
        option = _mode(copies, brought, left)
    others = {path: _state(entries, changed[path]) for path in changed if path not in brought and path not in MOUNTS}
    if not option or not others.keys() <= folders_of.keys():
        return None
    folders = [shell_path(path) for path, state in others.items() if folders_of[path][-1][1] != state]
    if len(folders) > FOLDERS or not all(folders):
        return None
    command = " ".join([program, words, *folders]) if folders else ""
    steps = (*(step.index for step in copies), run.index)
    return CopyMode(steps, option, command, tuple(step.layer for step in copies if step.layer is not None))


class _State(Struct, frozen=True):
    kind: int
    mode: int
    owner: tuple[int, int]


def _state(entries: Entries, row: int) -> _State:
    return _State(entries.kinds[row], entries.modes[row] & 0o7777, (entries.uids[row], entries.gids[row]))


def _spec(run: Instruction) -> tuple[str, str] | None:
    """`chown` or `chmod` with what it sets, for a RUN that is this one command; None for every other."""
    commands = commands_in(run)
    if len(commands) != 1 or (run.written and (run.written.flags or run.written.heredocs)):
        return None
    program, *words = commands[0]
    given = [word for word in words if word not in _RECURSIVE]
    if program not in ("chown", "chmod") or len(given) < 2 or any(word.startswith("--") for word in given):
        return None
    plain = re.fullmatch(r"[\w:+=,.-]+", given[0]) and not given[0].startswith("-")
    return (program, given[0]) if plain else None


def _brings(subject: Subject, step: Instruction, files: set[str]) -> bool:
    """Whether it is a COPY of the user's own that brought some of the files."""
    if step.verb != "COPY" or step.layer is None or step.from_base:
        return False
    return not files.isdisjoint(subject.filesystem.layers[step.layer].paths)


def _folders(subject: Subject, layer: int) -> dict[str, list[tuple[int, _State]]]:
    """The folders of the layers below one, each with what these layers say of it."""
    found: dict[str, list[tuple[int, _State]]] = {}
    for lower, entries in enumerate(subject.filesystem.layers[:layer]):
        for row, path in enumerate(entries.paths):
            if entries.kinds[row] == Kind.DIRECTORY:
                found.setdefault(path, []).append((lower, _state(entries, row)))
    return found


def _brought(
    subject: Subject, copies: Sequence[Instruction], folders: Mapping[str, Sequence[tuple[int, _State]]]
) -> dict[str, _State]:
    """What the COPYs made, by path: the last of them counts; not folders that were there before."""
    found: dict[str, _State] = {}
    for layer in (step.layer for step in copies if step.layer is not None):
        entries = subject.filesystem.layers[layer]
        for row, path in enumerate(entries.paths):
            made = entries.kinds[row] != Kind.DIRECTORY or path in found or folders[path][0][0] == layer
            if made and entries.kinds[row] < Kind.WHITEOUT:
                found[path] = _state(entries, row)
    return found


def _may_precede(subject: Subject, first: Instruction, run: Instruction, brought: Mapping[str, _State]) -> bool:
    """Whether nothing between the COPYs and the RUN asks for mode or owner of what was copied."""
    for step in subject.instructions[first.index + 1 : run.index]:
        if step.from_base or step.verb not in METADATA | COPIES | {"RUN"}:
            return False
        if step.verb == "RUN" and may_touch(subject, step, brought.keys()):
            return False
    return True


def _has_flag(step: Instruction, flag: str) -> bool:
    return any(each.startswith(f"{flag}=") for each in (step.written.flags if step.written else step.text.split()))


def _names_hold(subject: Subject, first: Instruction, run: Instruction) -> bool:
    """Whether the users that a RUN names are there when the first COPY is made."""
    between = subject.instructions[first.index : run.index + 1]
    layers = (subject.filesystem.layers[step.layer] for step in between if step.layer is not None)
    return not any({"etc/passwd", "etc/group"} & set(entries.paths) for entries in layers)


def _owner(words: str, brought: Mapping[str, _State], left: Sequence[_State]) -> str:
    """`--chown=…` for the one owner of all, by its names where `words` are both of them."""
    owners = {state.owner for state in left}
    same = all((was.mode, was.kind) == (now.mode, now.kind) for was, now in zip(brought.values(), left, strict=True))
    if len(owners) != 1 or not same or any(state.mode & SETUID for state in left if state.kind != Kind.SYMLINK):
        return ""
    uid, gid = owners.pop()
    return f"--chown={words if _OWNERS(words) else f'{uid}:{gid}'}"


def _mode(copies: Sequence[Instruction], brought: Mapping[str, _State], left: Sequence[_State]) -> str:
    """`--chmod=…` for the one mode of all; only BuildKit has it."""
    modes = {state.mode for state in left if state.kind != Kind.SYMLINK}
    same = all((was.owner, was.kind) == (now.owner, now.kind) for was, now in zip(brought.values(), left, strict=True))
    if len(modes) != 1 or not same or not all(step.buildkit for step in copies):
        return ""
    (mode,) = modes
    made = any(state.kind == Kind.DIRECTORY for state in left)
    return f"--chmod={mode:o}" if mode == 0o755 or not made else ""
