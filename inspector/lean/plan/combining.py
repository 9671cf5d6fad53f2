"""Safe remedies put together: RUNs that several of them join become one, commands that several want are said once,
options and flags are written into the lines that are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from inspector.attribution.instructions import Instruction
from inspector.findings.finding import Finding, Subject, union
from inspector.findings.joining import join
from inspector.findings.lines import is_shown, lines_of
from inspector.findings.one_run import one_run
from inspector.findings.patch import rewritten
from inspector.findings.promise import freed
from inspector.findings.remedy import RemedyKind
from inspector.lean.plan.document import Document
from inspector.packages.managers import MANAGERS, REMOVAL_COMMANDS

OF_LINES = frozenset((RemedyKind.COPY_MODE, RemedyKind.INSTALL_OPTION))
"""Remedies that write something into lines which stay."""

OF_RUNS = frozenset((RemedyKind.END_RUN_WITH, RemedyKind.JOIN_RUNS))
"""Remedies that make one RUN of several, or end it with a command."""

NAMES_FIRST, USES, REMOVES, CLEANS = range(4)
"""The order of commands at the end of a RUN: mark what stays, let tools clean up after themselves (`npm prune`), remove
packages, then remove files."""

CLEANERS = frozenset(("find", "rm")) | {
    manager.removal.remove.split()[0] for manager in MANAGERS if manager.removal and manager.of_system
}
"""Programs that are still there when the tools are gone."""


class Group(Struct, frozen=True):
    """RUNs that become one, in place of the last, by their indexes; `findings` ask for it and for `command`."""

    runs: tuple[int, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def command(self) -> str:
        return together(finding.remedy.command for finding in self.findings)


class Rewriting(Struct, frozen=True):
    """The lines of single instructions, by index, that a finding's remedy writes; none for an instruction that goes."""

    finding: Finding
    lines: Mapping[int, Sequence[str]]


class Changes(Struct, frozen=True):
    """What is to be changed together. `instructions` are the image's, with what was rewritten written into them."""

    instructions: tuple[Instruction, ...]
    groups: tuple[Group, ...] = ()
    rewritings: tuple[Rewriting, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that are followed, each once."""
        of_groups = {id(finding): finding for group in self.groups for finding in group.findings}
        return (*of_groups.values(), *(each.finding for each in self.rewritings))

    @property
    def dropped(self) -> frozenset[int]:
        return frozenset(index for each in self.rewritings for index, lines in each.lines.items() if not lines)


def combined(subject: Subject, document: Document, findings: Iterable[Finding]) -> tuple[Changes, list[Finding]]:
    """The changes that follow as many of the findings as can be followed together, and the findings that are left.

    The largest are heard first.
    """
    changes, left = Changes(subject.instructions), list[Finding]()
    for finding in sorted(findings, key=lambda each: -each.size_bytes):
        more = _with(subject, document, changes, finding)
        if more is None:
            left.append(finding)
        else:
            changes = more
    groups = tuple(sorted(changes.groups, key=lambda group: group.runs))
    return replace(changes, groups=groups), left


def new_lines(document: Document, changes: Changes) -> dict[int, Sequence[str]]:
    """The lines to write in place of each instruction that changes, by its index."""
    new: dict[int, Sequence[str]] = {}
    for each in changes.rewritings:
        new |= {index: lines_of(changes.instructions[index]) if lines else () for index, lines in each.lines.items()}
    for group in changes.groups:
        new |= dict.fromkeys(group.runs, ())
        new[group.runs[-1]] = _lines(document, changes.instructions, group) or ()
    return new


def freed_by(subject: Subject, group: Group) -> dict[int, int]:
    """Entry id → bytes that are gone when the group's RUNs are one that ends with its command."""
    asked = union(finding.frees for finding in group.findings)
    wholly = {entry_id for entry_id, size in asked.items() if size == subject.filesystem.size(entry_id)}
    return union((asked, freed(subject, layers_of(subject, group), group.command, wholly)))


def layers_of(subject: Subject, group: Group) -> list[int]:
    """The layers that the group's RUNs made."""
    layers = (subject.instructions[index].layer for index in group.runs)
    return [layer for layer in layers if layer is not None]


def together(commands: Iterable[str]) -> str:
    """One command line that does what all of these do: packages of one manager are marked and removed in one go."""
    names: dict[str, list[str]] = {}
    ranks: dict[str, int] = {}
    for part in (part for command in commands for part in _parts(command)):
        rank, head = _kind(part)
        key = head or part
        ranks.pop(key, None)
        ranks[key] = rank
        if head:
            names.setdefault(head, []).extend(part.removeprefix(head).split())
    ordered = sorted(ranks, key=lambda key: ranks[key])
    return " && ".join(f"{key} {' '.join(sorted(set(names[key])))}" if key in names else key for key in ordered)


def _parts(command: str) -> Iterator[str]:
    """The commands one by one; one that needs a folder goes with the `cd` before it."""
    before = ""
    for part in command.split(" && ") if command else ():
        if part.startswith("cd "):
            before = f"{part} && "
        else:
            yield f"{before}{part}"


def _kind(part: str) -> tuple[int, str]:
    """When a command is to run, and its beginning where packages' names follow."""
    for removal in REMOVAL_COMMANDS:
        if removal.keep and part.startswith(f"{removal.keep} "):
            return NAMES_FIRST, removal.keep
        for head in (f"{removal.remove} {removal.strict}", removal.remove):
            if part.startswith(f"{head} ") and not part.removeprefix(head).lstrip().startswith("-"):
                return REMOVES, head
    return CLEANS if part.split(maxsplit=1)[0] in CLEANERS else USES, ""


def _with(subject: Subject, document: Document, changes: Changes, finding: Finding) -> Changes | None:
    """The changes with what a finding asks for; None where it asks for something else, or not all can be done."""
    remedy = finding.remedy
    if not remedy.instructions or any(index not in document.places for index in remedy.instructions):
        return None
    if remedy.kind in OF_LINES:
        return _with_rewriting(document, changes, finding)
    if remedy.kind not in OF_RUNS:
        return None
    joins = remedy.kind is RemedyKind.JOIN_RUNS
    wanted = [remedy.instructions] if joins else [(index,) for index in remedy.instructions]
    more: Changes | None = changes
    for runs in wanted:
        more = _with_group(subject, document, more, Group(runs, (finding,))) if more is not None else None
    return more


def _with_rewriting(document: Document, changes: Changes, finding: Finding) -> Changes | None:
    """None where a line that is to go is needed by others, or what is left can no longer be joined."""
    steps = [changes.instructions[index] for index in finding.remedy.instructions]
    lines = rewritten(finding.remedy, changes.instructions, steps)
    grouped = {index for group in changes.groups for index in group.runs}
    gone = {index for index, new in lines.items() if not new}
    touched = {index for each in changes.rewritings for index in each.lines}
    if not lines or gone & (grouped | touched) or changes.dropped & lines.keys():
        return None
    instructions = tuple(
        _rewritten_step(step, lines[step.index]) if lines.get(step.index) else step for step in changes.instructions
    )
    fit = all(_lines(document, instructions, group) is not None for group in changes.groups)
    return Changes(instructions, changes.groups, (*changes.rewritings, Rewriting(finding, lines))) if fit else None


def _rewritten_step(step: Instruction, lines: Sequence[str]) -> Instruction:
    """The instruction as it is with other lines."""
    text = " ".join(line.rstrip().removesuffix("\\").strip() for line in lines)
    if step.written is None:
        return replace(step, text=text)
    verb_and_flags = " ".join([step.written.verb, *step.written.flags, ""])
    plain = text[len(verb_and_flags) :] if step.verb == "RUN" else step.written.text
    return replace(step, written=replace(step.written, source=tuple(lines), text=plain))


def _with_group(subject: Subject, document: Document, changes: Changes, new: Group) -> Changes | None:
    """The changes with another group, which takes those in that share a RUN with it; None where they cannot be one."""
    if changes.dropped.intersection(new.runs):
        return None
    shared = [group for group in changes.groups if not set(group.runs).isdisjoint(new.runs)]
    rest = tuple(group for group in changes.groups if group not in shared)
    if shared:
        indexes = {index for group in (*shared, new) for index in group.runs}
        runs = (*indexes,) if len(indexes) == 1 else join(subject, min(indexes), max(indexes))
        if not indexes <= set(runs):
            return None
        findings = tuple(_distinct(each for group in (*shared, new) for each in group.findings))
        return _with_group(subject, document, replace(changes, groups=rest), Group(runs, findings))
    fits = _lines(document, changes.instructions, new) is not None
    return replace(changes, groups=(*rest, new)) if fits else None


def _distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    yield from {id(finding): finding for finding in findings}.values()


def _lines(document: Document, instructions: Sequence[Instruction], group: Group) -> list[str] | None:
    """The lines of the one RUN; None where they cannot be written for certain."""
    runs = [instructions[index] for index in group.runs]
    whole = instructions[group.runs[0] : group.runs[-1] + 1]
    if any(run.verb != "RUN" or run.from_base for run in runs) or not all(map(is_shown, whole)):
        return None
    return one_run(instructions, runs, group.command) if document.may_be_one(group.runs) else None
