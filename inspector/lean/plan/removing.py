"""remove-build-dependencies: the image as it would be, had each RUN removed what only it needed.

The first technique of “Building lean Docker images” (2018), for all that is safe: build tooling with its closure,
lists, caches, and bytes that a later layer hides. Remedies of single findings are put together: RUNs that two of them
join become one, commands that several want are said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from inspector.attribution.instructions import Instruction
from inspector.findings.finding import AdviceClass, Finding, Subject, union_bytes
from inspector.findings.joining import join
from inspector.findings.lines import is_shown
from inspector.findings.one_run import one_run
from inspector.findings.promise import freed
from inspector.findings.registry import SECRET
from inspector.findings.remedy import RemedyKind
from inspector.inspection import Inspection, subject_of
from inspector.lean.plan.document import Document, replaced
from inspector.lean.plan.model import Answer, Part, Step, Technique
from inspector.packages.managers import REMOVALS
from inspector.packages.removal.needs import ASSUMPTIONS
from inspector.sizes import human

CARRIED_OUT = frozenset((RemedyKind.END_RUN_WITH, RemedyKind.JOIN_RUNS))

LEAST = 1_000_000
"""Bytes that a plan must save to be one: less is within what a rebuild changes by itself."""

TOLD = 2
"""Findings named in the reason."""

NAMES_FIRST, REMOVES, CLEANS = range(3)
"""The order of commands at the end of a RUN: mark what stays, remove packages, then remove files."""


class Group(Struct, frozen=True):
    """RUNs that become one, in place of the last, by their indexes; `findings` ask for it and for `command`."""

    runs: tuple[int, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def command(self) -> str:
        return together(finding.remedy.command for finding in self.findings)


def remove_build_dependencies(inspection: Inspection, document: Document) -> Answer:
    """What following all safe advice together leaves, and the Dockerfile that does it."""
    subject, technique = subject_of(inspection), Technique.REMOVE_BUILD_DEPENDENCIES
    groups, left = _groups(subject, document, inspection.findings)
    total = inspection.filesystem.ledger.total_bytes
    if not groups:
        return Answer(technique, applies=False, reason=_nothing(left))
    new: dict[int, Sequence[str]] = {}
    for group in groups:
        new |= dict.fromkeys(group.runs, ())
        new[group.runs[-1]] = _lines(subject.instructions, document, group) or ()
    frees = _union(_freed(subject, group) for group in groups)
    predicted = total - sum(frees.values())
    if total - predicted < LEAST:
        return Answer(technique, applies=False, reason=f"it would save only {human(total - predicted)}")
    base = sum(t.size_bytes for n, t in enumerate(inspection.filesystem.totals) if inspection.is_from_base(n))
    parts = [Part("the base image", base), Part("your own instructions", predicted - base)] if base else []
    return Answer(
        technique,
        applies=True,
        reason=_reason(groups),
        predicted_bytes=predicted,
        parts=tuple(parts or [Part("the image", predicted)]),
        steps=tuple(_steps(subject, document, groups)),
        assumptions=tuple(_assumptions(groups, left)),
        confidence=0.95 if not document.reconstructed else 0.8,
        dockerfile=replaced(document, new),
        base=inspection.base.name or "" if inspection.base else "",
        remains=frozenset(range(len(subject.filesystem.fates)))
        - {i for i, size in frees.items() if size == subject.filesystem.size(i)},
    )


def together(commands: Iterable[str]) -> str:
    """One command line that does what all of these do: packages of one manager are marked and removed in one go."""
    names: dict[str, list[str]] = {}
    parts: dict[str, int] = {}
    for part in (part for command in commands for part in command.split(" && ") if part):
        rank, head = _kind(part)
        key = head or part
        parts.pop(key, None)
        parts[key] = rank
        if head:
            names.setdefault(head, []).extend(part.removeprefix(head).split())
    ordered = sorted(parts, key=lambda key: parts[key])
    return " && ".join(f"{key} {' '.join(sorted(set(names[key])))}" if key in names else key for key in ordered)


def _kind(part: str) -> tuple[int, str]:
    """When a command is to run, and its beginning where packages' names follow."""
    for removal in REMOVALS.values():
        if removal.keep and part.startswith(f"{removal.keep} "):
            return NAMES_FIRST, removal.keep
        for head in (f"{removal.remove} {removal.strict}", removal.remove):
            if part.startswith(f"{head} ") and not part.removeprefix(head).lstrip().startswith("-"):
                return REMOVES, head
    return CLEANS, ""


def _groups(subject: Subject, document: Document, findings: Iterable[Finding]) -> tuple[list[Group], list[Finding]]:
    """The RUNs to make one, and the safe findings that are left: the largest are heard first."""
    groups: list[Group] = []
    left: list[Finding] = []
    safe = [each for each in findings if each.advice_class is AdviceClass.SAFE and each.rule != SECRET]
    for finding in sorted(safe, key=lambda each: -each.size_bytes):
        more = _with_all(subject, document, groups, finding)
        if more is None:
            left.append(finding)
        else:
            groups = more
    return sorted(groups, key=lambda group: group.runs), left


def _with_all(subject: Subject, document: Document, groups: Sequence[Group], finding: Finding) -> list[Group] | None:
    """The groups with what a finding asks for; None where it asks for something else, or not all can be done."""
    remedy = finding.remedy
    if remedy.kind not in CARRIED_OUT or not remedy.instructions:
        return None
    joins = remedy.kind is RemedyKind.JOIN_RUNS
    wanted = [remedy.instructions] if joins else [(index,) for index in remedy.instructions]
    more: list[Group] | None = list(groups)
    for runs in wanted:
        more = _with(subject, document, more, Group(runs, (finding,))) if more is not None else None
    return more


def _with(subject: Subject, document: Document, groups: Sequence[Group], new: Group) -> list[Group] | None:
    """The groups with another one, which takes those in that share a RUN with it; None where they cannot be one."""
    shared = [group for group in groups if not set(group.runs).isdisjoint(new.runs)]
    if shared:
        indexes = {index for group in (*shared, new) for index in group.runs}
        runs = (*indexes,) if len(indexes) == 1 else join(subject, min(indexes), max(indexes))
        if not indexes <= set(runs):
            return None
        findings = _findings((*shared, new))
        rest = [group for group in groups if group not in shared]
        return _with(subject, document, rest, Group(runs, findings))
    return [*groups, new] if _lines(subject.instructions, document, new) is not None else None


def _lines(instructions: Sequence[Instruction], document: Document, group: Group) -> list[str] | None:
    """The lines of the one RUN; None where they cannot be written for certain."""
    runs = [instructions[index] for index in group.runs]
    whole = instructions[group.runs[0] : group.runs[-1] + 1]
    if any(run.verb != "RUN" or run.from_base for run in runs) or not all(map(is_shown, whole)):
        return None
    return one_run(instructions, runs, group.command) if document.may_be_one(group.runs) else None


def _freed(subject: Subject, group: Group) -> dict[int, int]:
    """Entry id → bytes that are gone when the group's RUNs are one that ends with its command."""
    asked = _union(finding.frees for finding in group.findings)
    wholly = {entry_id for entry_id, size in asked.items() if size == subject.filesystem.size(entry_id)}
    return _union((asked, freed(subject, _layers(subject, group), group.command, wholly)))


def _layers(subject: Subject, group: Group) -> list[int]:
    layers = (subject.instructions[index].layer for index in group.runs)
    return [layer for layer in layers if layer is not None]


def _union(parts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    joined: dict[int, int] = {}
    for part in parts:
        for entry_id, size in part.items():
            joined[entry_id] = max(size, joined.get(entry_id, 0))
    return joined


def _steps(subject: Subject, document: Document, groups: Sequence[Group]) -> Iterator[Step]:
    """For each group what joining saves, and then what its command does."""
    for group in groups:
        saves = sum(_freed(subject, group).values())
        lines = (
            None if document.reconstructed else (document.places[group.runs[0]][0], document.places[group.runs[-1]][1])
        )
        where = f"lines {lines[0]} to {lines[1]}" if lines else f"instructions {group.runs[0]} to {group.runs[-1]}"
        it = f"the RUN of line {lines[0]}" if lines else f"instruction {group.runs[0]}"
        if len(group.runs) > 1:
            joining = sum(freed(subject, _layers(subject, group)).values())
            yield Step(f"make one RUN of the {len(group.runs)} in {where}", joining, lines=lines)
            saves, it = saves - joining, "it"
        if group.command:
            yield Step(f"end {it} with: {group.command}", saves, lines=lines)


def _findings(groups: Iterable[Group]) -> tuple[Finding, ...]:
    """The findings of all these groups, each once."""
    return tuple({id(finding): finding for group in groups for finding in group.findings}.values())


def _reason(groups: Sequence[Group]) -> str:
    """The largest of what goes, in the words of the findings."""
    findings = _findings(groups)
    largest = sorted(findings, key=lambda each: -each.size_bytes)[:TOLD]
    titles = "; ".join(dict.fromkeys(finding.title for finding in largest))
    return f"{titles}{'; and more' if len(findings) > TOLD else ''}"


def _nothing(left: Sequence[Finding]) -> str:
    if not left:
        return "your instructions left no build tooling, lists or caches, and hide nothing that could go"
    size, first = union_bytes(finding.frees for finding in left), left[0].title
    return f"{human(size)} could go ({first}), but no change of RUN lines that is certain to build frees it"


def _assumptions(groups: Sequence[Group], left: Sequence[Finding]) -> Iterator[str]:
    """What was not seen, and what is left though it could go."""
    if any(finding.packages for group in groups for finding in group.findings):
        yield from ASSUMPTIONS
    for finding in left:
        yield f"{human(finding.size_bytes)} stay: {finding.title}"
