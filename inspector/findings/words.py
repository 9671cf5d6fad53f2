"""Remedies in sentences: the one place where advice is put into words, for reports and the UI alike.

They quote instructions and name paths of the image: whoever shows them makes them safe first (safe_names.py).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Protocol

from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction
from inspector.filesystem.stack import Filesystem
from inspector.findings.finding import Finding
from inspector.findings.joining import LISTS
from inspector.findings.patch import FindingPatch
from inspector.findings.registry import (
    BROUGHT,
    DUPLICATE,
    IN_BASE,
    OVERWRITTEN,
    RECOPIED,
    REMOVED,
    SECRET,
    UNAVOIDABLE,
    UNPACKAGED,
    UNSTRIPPED,
)
from inspector.findings.remedy import Remedy, RemedyKind
from inspector.sizes import human

QUOTE = 100
"""Characters of an instruction that are enough to recognise it."""

NAMED = 4
"""Packages to keep that are named with their reasons; the remedy has them all."""

HIDDEN = {
    REMOVED: "{hider} hides {size} of {source}, and frees nothing",
    OVERWRITTEN: "{hider} replaces {size} of {source}, and the image keeps both",
    RECOPIED: "{hider} changes only mode, owner or time of {size} of {source}, and the image keeps both",
    UNAVOIDABLE: "{hider} rewrites {size} of {source}",
}
"""What happened, by rule."""

ACTIONS = {
    RemedyKind.COPY_LESS: "keep it out by .dockerignore, or build in another stage and copy only the result",
    RemedyKind.CHANGE_AT_SOURCE: "make the change in the instruction that brings the files",
    RemedyKind.COPY_MODE: "write {verb} --chown=… or {verb} --chmod=…",
    RemedyKind.ANOTHER_BASE: "they came with the base image, so only another base is without them",
    RemedyKind.DELETE_IN_RUN: "remove it at the end of that RUN",
    RemedyKind.ANOTHER_STAGE: "build in another stage and copy only the result",
}
"""What to do where neither a table nor the image says more."""


class Described(Protocol):
    """What the words are about: an inspection, or what findings are made from."""

    @property
    def filesystem(self) -> Filesystem: ...
    @property
    def instructions(self) -> tuple[Instruction, ...]: ...
    @property
    def base(self) -> Base | None: ...


def fix_text(finding: Finding, image: Described) -> str:
    """What happened and what to write instead, in a few sentences."""
    cause, action = _cause(finding, image), _action(finding, image)
    first = f"{cause}: {action}" if cause else action
    if most := _most(finding, image.filesystem):
        first += f"; {most}"
    return ". ".join([first, *(f"{said[0].upper()}{said[1:]}" for said in _conditions(finding, image.filesystem))])


def patch_place(patch: FindingPatch) -> str:
    """Which lines a patch replaces: `Dockerfile:2-6`, or that nobody wrote them."""
    if patch.reconstructed or patch.replaces is None:
        return "reconstructed from the image's history"
    first, last = patch.replaces.first, patch.replaces.last
    return f"{patch.replaces.path}:{first}" + (f"-{last}" if last > first else "")


def _cause(finding: Finding, image: Described) -> str:
    """Who brought it, and who hid it; empty where the action says so itself."""
    source = _quoted(image.instructions, finding.layers[0])
    foreign = finding.remedy.kind is RemedyKind.ANOTHER_BASE
    if finding.rule in HIDDEN:
        hider, size = _quoted(image.instructions, finding.hidden_in[0]), human(_hidden_bytes(finding, image.filesystem))
        return HIDDEN[finding.rule].format(hider=hider, size=size, source=source)
    if finding.rule == IN_BASE:
        name = f" {image.base.name}" if image.base and image.base.name else ""
        return f"the base image{name} brought them, so that removing them frees nothing"
    if finding.rule == SECRET and finding.remedy.doubts:
        return ""
    if finding.rule == SECRET:
        brought = f"{'the base image' if foreign else source} brought it"
        if not finding.hidden_in:
            return brought
        hider = _quoted(image.instructions, finding.hidden_in[0])
        return f"{brought}, {hider} hides it from containers, but not from those who pull the image"
    if foreign:
        return "it came with the base image, and removing it here frees nothing; where that is built"
    if finding.remedy.command or finding.rule == DUPLICATE:
        return ""
    return f"{source} brought it" if finding.rule in (BROUGHT, UNPACKAGED) else f"in {source}"


def _hidden_bytes(finding: Finding, filesystem: Filesystem) -> int:
    """What the one layer hides of the other: RUNs that become one free what is hidden between them, too."""
    source, hider = finding.layers[0], finding.hidden_in[0]
    start = filesystem.offsets[source]
    rows = range(start, start + len(filesystem.layers[source].sizes))
    return sum(size for each, size in finding.frees.items() if each in rows and filesystem.hiders[each] == hider)


def _action(finding: Finding, image: Described) -> str:
    """What to do."""
    remedy = finding.remedy
    if remedy.kind is RemedyKind.JOIN_RUNS:
        return _joining(remedy, image.instructions)
    if remedy.kind is RemedyKind.COPY_MODE and remedy.option:
        several = sum(image.instructions[index].verb == "RUN" for index in remedy.instructions) > 1
        gone = f"keep only RUN {remedy.command}" if remedy.command else f"drop the RUN{'s' if several else ''}"
        return f"write COPY {remedy.option}, and {gone}"
    if remedy.command:
        foreign = remedy.kind is RemedyKind.ANOTHER_BASE
        where = "the RUN" if foreign else _ended(finding, image.instructions)
        return ", ".join(filter(None, (f"end {where} with: && {remedy.command}", remedy.advice)))
    if remedy.base:
        return f"write FROM {remedy.base}"
    if finding.rule == SECRET and remedy.doubts:
        return f"{', '.join(remedy.doubts)}; if not, {remedy.advice}"
    step = next((step for step in image.instructions if step.layer == finding.layers[0]), None)
    if remedy.kind is RemedyKind.COPY_LESS and not remedy.advice and _is_from_stage(step):
        return "copy only what the program needs of it"
    return remedy.advice or ACTIONS[remedy.kind].format(verb=(step and step.verb) or "COPY")


def _is_from_stage(step: Instruction | None) -> bool:
    """Whether a COPY takes its files from a stage or an image, where .dockerignore says nothing."""
    flags = step.written.flags if step and step.written else ()
    return any(flag.startswith("--from=") for flag in flags)


def _ended(finding: Finding, instructions: Sequence[Instruction]) -> str:
    """Each of the RUNs that the command is to end."""
    if not finding.remedy.instructions:
        return _quoted(instructions, finding.layers[0])
    first, *others = (f"`{_short(instructions[index])}`" for index in finding.remedy.instructions)
    if not others:
        return first
    return f"{first} and {others[0] if len(others) == 1 else f'{len(others)} more RUNs'}"


def _joining(remedy: Remedy, instructions: Sequence[Instruction]) -> str:
    """Which RUNs are to be one, and how it ends."""
    first, last = (instructions[remedy.instructions[end]] for end in (0, -1))
    between = len(remedy.instructions) - 2
    others = f", {between} RUNs between" if between > 1 else ", the RUN between" if between else ""
    runs = f"`{_short(first)}`{others} and `{_short(last)}`"
    ending = f" and end it with: && {remedy.command}" if remedy.command else ""
    return f"make one RUN, in place of the last, of {runs}{ending}"


def _most(finding: Finding, filesystem: Filesystem) -> str:
    """The worst of many, where a rule is about many."""
    told = finding.rule in (UNSTRIPPED, DUPLICATE) or (finding.rule == SECRET and finding.remedy.doubts)
    if not told or not finding.examples:
        return ""
    paths = [f"/{filesystem.entry(entry_id).path}" for entry_id in finding.examples[:2]]
    if finding.rule == SECRET:
        return f"the first is {paths[0]}"
    if finding.rule == UNSTRIPPED:
        return f"the most: {human(finding.frees[finding.examples[0]])} of {paths[0]}"
    size = filesystem.entry(finding.examples[0]).size
    return f"the most: {human(size)} at {len(finding.examples)} paths, {' and '.join(paths)}"


def _conditions(finding: Finding, filesystem: Filesystem) -> Iterator[str]:
    """What must be known before the advice is followed, and to believe its bytes."""
    remedy = finding.remedy
    if finding.rule in HIDDEN and (others := finding.size_bytes - _hidden_bytes(finding, filesystem)):
        what = "what else is brought again" if remedy.option else "what else these RUNs hide of each other"
        yield f"{what} goes with it: {human(others)}"
    if remedy.stricter is not None:
        strict = remedy.stricter
        more = human(remedy.saves_bytes + strict.more_bytes)
        yield f"that frees {human(remedy.saves_bytes)}; {more} with: && {strict.command}"
    if remedy.keeps:
        yield "; ".join(f"keep {keep.package}, since {keep.reason}" for keep in remedy.keeps[:NAMED])
    if remedy.doubts and finding.rule != SECRET:
        yield f"keep them if they are used at run time: {', '.join(remedy.doubts)}"
    if LISTS in remedy.command and finding.rule == BROUGHT:
        yield "package lists go with them, and their bytes are counted"


def _quoted(instructions: Sequence[Instruction], layer: int) -> str:
    """The instruction that made a layer, quoted; long ones end in an ellipsis."""
    step = next((step for step in instructions if step.layer == layer and step.text), None)
    return f"`{_short(step)}`" if step else f"the instruction of layer {layer}"


def _short(step: Instruction) -> str:
    return textwrap.shorten(step.text, QUOTE, placeholder=" …")
