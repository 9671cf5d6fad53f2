"""RUNs that do nothing but set mode or owner of what was copied: COPY can do that by itself.

Told by the layers: what the RUNs left of each path that the COPYs brought, and nothing else. What COPY does not make, a
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
    """What to write: `option` in the COPYs, `command` in the last RUN, which goes where that is empty, as all others
    do; `steps` are the indexes of COPYs and RUNs. `frees` is entry id → bytes that are then stored no more."""

    steps: tuple[int, ...]
    option: str
    command: str
    frees: dict[int, int]


def copy_mode(subject: Subject, run: Instruction) -> CopyMode | None:
    """How the COPYs before a RUN can do what it does, and what other RUNs do to the same files; None where that is not
    certain."""
    together = [step for step in subject.instructions if _sets(step) and _alike(subject, step, run)]
    found = _in_place_of(subject, together) if len(together) > 1 else None
    return found or (_in_place_of(subject, [run]) if _sets(run) else None)


def _sets(step: Instruction) -> bool:
    return step.verb == "RUN" and step.layer is not None and not step.from_base and bool(_specs(step))


def _alike(subject: Subject, step: Instruction, run: Instruction) -> bool:
    """Whether two RUNs leave some of the same files."""
    return step is run or not _files(subject, step).isdisjoint(_files(subject, run))


def _files(subject: Subject, step: Instruction) -> set[str]:
    assert step.layer is not None, "_sets asks for it"
    entries = subject.filesystem.layers[step.layer]
    return {path for path, kind in zip(entries.paths, entries.kinds, strict=True) if kind != Kind.DIRECTORY}


def _in_place_of(subject: Subject, runs: Sequence[Instruction]) -> CopyMode | None:
    """How the COPYs before these RUNs can do what they do together."""
    specs = dict(spec for run in runs for spec in _specs(run))
    several = len(specs) < sum(len(_specs(run)) for run in runs)
    layers = [run.layer for run in runs if run.layer is not None]
    changed: dict[str, _State] = {}
    for entries in (subject.filesystem.layers[layer] for layer in layers):
        changed |= {path: _state(entries, row) for row, path in enumerate(entries.paths)}
    files = {path for path, state in changed.items() if state.kind != Kind.DIRECTORY}
    copies = [step for step in subject.instructions[: runs[0].index] if _brings(subject, step, files)]
    folders_of = _folders(subject, layers[0])
    brought = _brought(subject, copies, folders_of)
    if not copies or not files <= brought.keys() or not _may_precede(subject, copies[0], runs, brought):
        return None
    if any(_has_flag(step, f"--{program}") for step in copies for program in specs):
        return None
    left = [changed.get(path, state) for path, state in brought.items()]
    names = specs.get("chown", "") if _names_hold(subject, copies[0], runs[-1]) else ""
    options = {
        "chown": _owner(names, brought, left, modes_too="chmod" in specs),
        "chmod": _mode(copies, brought, left, owners_too="chown" in specs),
    }
    others = {path: state for path, state in changed.items() if path not in brought and path not in MOUNTS}
    if not all(options[program] for program in specs) or not others.keys() <= folders_of.keys():
        return None
    before = {path: folders_of[path][-1][1] for path in others}
    if any(_differs(each, before[path], others[path]) for path in others for each in options.keys() - specs.keys()):
        return None
    commands = [
        _on_folders(program, words, [path for path in others if _differs(program, before[path], others[path])])
        for program, words in specs.items()
    ]
    if None in commands or (several and any(commands)):
        return None
    return CopyMode(
        (*(step.index for step in copies), *(run.index for run in runs)),
        " ".join(options[program] for program in sorted(specs, reverse=True)),
        " && ".join(filter(None, commands)),
        _hidden(subject, [*(step.layer for step in copies if step.layer is not None), *layers], layers),
    )


def _on_folders(program: str, words: str, folders: Sequence[str]) -> str | None:
    """The command for folders that were there before, empty for none; None where no line can name them."""
    paths = [shell_path(folder) for folder in folders]
    if len(paths) > FOLDERS or not all(paths):
        return None
    return " ".join([program, words, *paths]) if paths else ""


def _hidden(subject: Subject, layers: Sequence[int], hiders: Sequence[int]) -> dict[int, int]:
    """Entry id → bytes of what these layers have and the hiders replace."""
    filesystem = subject.filesystem
    return {
        filesystem.offsets[layer] + row: filesystem.layers[layer].sizes[row]
        for layer in layers
        for row in filesystem.file_rows(layer, hidden=True)
        if filesystem.hiders[filesystem.offsets[layer] + row] in hiders
    }


class _State(Struct, frozen=True):
    kind: int
    mode: int
    owner: tuple[int, int]


def _state(entries: Entries, row: int) -> _State:
    return _State(entries.kinds[row], entries.modes[row] & 0o7777, (entries.uids[row], entries.gids[row]))


def _differs(program: str, before: _State, after: _State) -> bool:
    """Whether a folder's owner (`chown`) or mode (`chmod`) is another."""
    return before.owner != after.owner if program == "chown" else before.mode != after.mode


def _specs(run: Instruction) -> list[tuple[str, str]]:
    """`chown` and `chmod` with what they set, for a RUN of nothing else; nothing for every other."""
    if run.written and (run.written.flags or run.written.heredocs):
        return []
    found = [_spec(command) for command in commands_in(run)]
    return [spec for spec in found if spec] if all(found) else []


def _spec(command: Sequence[str]) -> tuple[str, str] | None:
    program, *words = command
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


def _may_precede(
    subject: Subject, first: Instruction, runs: Sequence[Instruction], brought: Mapping[str, _State]
) -> bool:
    """Whether nothing between the COPYs and the RUNs asks for mode or owner of what was copied."""
    for step in subject.instructions[first.index + 1 : runs[-1].index]:
        if step.from_base or step.verb not in METADATA | COPIES | {"RUN"}:
            return False
        if step.index > runs[0].index and _brings(subject, step, set(brought)):
            return False
        if step.verb == "RUN" and step not in runs and may_touch(subject, step, brought.keys()):
            return False
    return True


def _has_flag(step: Instruction, flag: str) -> bool:
    return any(each.startswith(f"{flag}=") for each in (step.written.flags if step.written else step.text.split()))


def _names_hold(subject: Subject, first: Instruction, run: Instruction) -> bool:
    """Whether the users that a RUN names are there when the first COPY is made."""
    between = subject.instructions[first.index : run.index + 1]
    layers = (subject.filesystem.layers[step.layer] for step in between if step.layer is not None)
    return not any({"etc/passwd", "etc/group"} & set(entries.paths) for entries in layers)


def _owner(words: str, brought: Mapping[str, _State], left: Sequence[_State], *, modes_too: bool) -> str:
    """`--chown=…` for the one owner of all, by its names where `words` are both of them; modes only change where
    another option sets them (`modes_too`)."""
    owners = {state.owner for state in left}
    pairs = list(zip(brought.values(), left, strict=True))
    same = all(was.kind == now.kind and (modes_too or was.mode == now.mode) for was, now in pairs)
    if len(owners) != 1 or not same or any(state.mode & SETUID for state in left if state.kind != Kind.SYMLINK):
        return ""
    uid, gid = owners.pop()
    return f"--chown={words if _OWNERS(words) else f'{uid}:{gid}'}"


def _mode(
    copies: Sequence[Instruction], brought: Mapping[str, _State], left: Sequence[_State], *, owners_too: bool
) -> str:
    """`--chmod=…` for the one mode of all; only BuildKit has it. Owners only change where another option sets them."""
    modes = {state.mode for state in left if state.kind != Kind.SYMLINK}
    pairs = list(zip(brought.values(), left, strict=True))
    same = all(was.kind == now.kind and (owners_too or was.owner == now.owner) for was, now in pairs)
    if len(modes) != 1 or not same or not all(step.buildkit for step in copies):
        return ""
    (mode,) = modes
    made = any(state.kind == Kind.DIRECTORY for state in left)
    return f"--chmod={mode:o}" if mode == 0o755 or not made else ""
