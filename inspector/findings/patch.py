"""Remedies as changes of a Dockerfile: its lines with `+` and `-`, where a remedy says exactly what to write.

Lines are the user's own, to the letter, where the Dockerfile is known; else they are made from the history. What is
added comes from the remedy's command alone, which holds no text of the image.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import ndiff
from itertools import pairwise
from typing import Literal, Protocol

from msgspec import Struct

from inspector.attribution.instructions import Instruction, LineRange
from inspector.attribution.placement import Placement
from inspector.attribution.syntax import BACKSLASH
from inspector.findings.lines import can_be_written, is_shown, lines_of
from inspector.findings.one_run import one_run
from inspector.findings.options import with_option
from inspector.findings.remedy import Remedy, RemedyKind

Sign = Literal["+", "-", " "]

SIGNS: dict[str, Sign] = {"+": "+", "-": "-", " ": " "}
"""What ndiff's lines begin with, but for its hints (`?`)."""

_COPY = re.compile(r"\s*COPY\s+(?!\\)", re.IGNORECASE)


class PatchLine(Struct, frozen=True):
    """One line; one that goes on ends in a backslash."""

    sign: Sign
    text: str


class FindingPatch(Struct, frozen=True):
    """What a finding's remedy writes. `replaces` are the lines of the file that the old ones are, None where they are
    not known; `reconstructed` tells that the old ones were made from the image's history."""

    lines: tuple[PatchLine, ...]
    replaces: LineRange | None
    reconstructed: bool

    @property
    def new_text(self) -> str:
        return new_text(self.lines)


class Patched(Protocol):
    """What patches are for: an inspection, or what findings are made from."""

    @property
    def instructions(self) -> tuple[Instruction, ...]: ...
    @property
    def placement(self) -> Placement | None: ...


def finding_patch(remedy: Remedy, image: Patched) -> FindingPatch | None:
    """What to write in place of which lines; None where only words tell what to do."""
    if image.placement and image.placement.dockerfile.escape != BACKSLASH:
        return None
    lines = patch(remedy, image.instructions)
    if not lines:
        return None
    first, last = (image.instructions[remedy.instructions[end]] for end in (0, -1))
    replaces = LineRange(first.lines.path, first.lines.first, last.lines.last) if first.lines and last.lines else None
    return FindingPatch(lines, replaces, reconstructed=first.written is None)


def patch(remedy: Remedy, instructions: Sequence[Instruction]) -> tuple[PatchLine, ...]:
    """The lines from the first instruction of the remedy to the last, with what is to be written in their place.

    Empty where only words tell what to do, where an instruction cannot be taken apart for certain (exec form, comments
    of a shell), or where other lines stand between them: those of another stage.
    """
    steps = [instructions[index] for index in remedy.instructions]
    if not steps or any(step.from_base for step in steps):
        return ()
    new = rewritten(remedy, instructions, steps)
    region = instructions[steps[0].index : steps[-1].index + 1]
    if not new or not all(map(_may_stand, region)) or not _follow_each_other(region):
        return ()
    old_lines, new_lines = list[str](), list[str]()
    for step in region:
        above = step.written.above if step.written and step is not region[0] else ()
        old_lines += [*above, *lines_of(step)]
        new_lines += [*above, *new.get(step.index, lines_of(step))]
    return tuple(_differences(old_lines, new_lines))


def rewritten(
    remedy: Remedy, instructions: Sequence[Instruction], steps: Sequence[Instruction]
) -> Mapping[int, list[str]]:
    """The new lines of each instruction by its index, none for one that goes; empty where that is not certain."""
    new: dict[int, list[str] | None] = {}
    runs = [step for step in steps if step.verb == "RUN"]
    if remedy.kind is RemedyKind.COPY_MODE and remedy.option:
        new = {step.index: [] if step.verb == "RUN" else _with_flag(step, remedy.option) for step in steps}
        new[steps[-1].index] = [f"RUN {remedy.command}"] if remedy.command else []
    elif len(runs) < len(steps):
        return {}
    elif remedy.kind is RemedyKind.INSTALL_OPTION and remedy.option:
        new = {step.index: with_option(step, remedy.behind, remedy.option) for step in steps}
    elif remedy.kind is RemedyKind.END_RUN_WITH and remedy.command:
        new = {step.index: one_run(instructions, [step], remedy.command) for step in steps}
    elif remedy.kind is RemedyKind.JOIN_RUNS and len(steps) > 1:
        new = {step.index: [] for step in steps}
        new[steps[-1].index] = one_run(instructions, steps, remedy.command)
    return {} if None in new.values() else {index: lines or [] for index, lines in new.items()}


def _with_flag(step: Instruction, flag: str) -> list[str] | None:
    """A COPY's lines with another flag in front; None where they do not begin with COPY and what to copy."""
    first, *more = lines_of(step)
    if not can_be_written(step) or not _COPY.match(first):
        return None
    return [_COPY.sub(lambda match: f"{match[0]}{flag} ", first, count=1), *more]


def _may_stand(step: Instruction) -> bool:
    """Whether an instruction may be among the lines of a patch."""
    return step.verb not in ("FROM", "ONBUILD", None) and is_shown(step)


def _follow_each_other(region: Sequence[Instruction]) -> bool:
    """Whether the lines of these instructions are one piece of the file, where it is known: then of one stage."""
    written = [step.written for step in region if step.written is not None]
    if len(written) not in (0, len(region)):
        return False
    return all(a.last_line + len(b.above) + 1 == b.first_line for a, b in pairwise(written))


def new_text(lines: Iterable[PatchLine]) -> str:
    """What a person writes in place of the old lines."""
    return "\n".join(line.text for line in lines if line.sign != "-")


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterable[PatchLine]:
    for line in ndiff(old, new, linejunk=None, charjunk=None):
        if sign := SIGNS.get(line[0]):
            yield PatchLine(sign, line[2:])
