"""Another base image, measured: the application's files put upon it, and what they miss there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from inspector.filesystem.captured import visible_captured
from inspector.findings.finding import Subject
from inspector.findings.remedy import image_name
from inspector.image.run import RunConfiguration
from inspector.inspection import Inspection
from inspector.lean.plan.accounts import accounts
from inspector.lean.plan.copying import carry, folders_of
from inspector.lean.plan.examined import Examined
from inspector.lean.plan.final_stage import FinalStage
from inspector.lean.plan.installing import (
    NOTHING,
    Installation,
    Under,
    folders_of_packages,
    installation,
    linker_bytes,
)
from inspector.lean.plan.model import Answer, Step, Technique
from inspector.lean.plan.overlay import overlaid
from inspector.lean.plan.pruning import pruned
from inspector.lean.plan.runtime import ASKED_FOR, OPENED, Runtime
from inspector.lean.plan.stages import all_settings, own_settings, proposal, with_final_stage
from inspector.packages.evidence import Evidence
from inspector.packages.model import Package
from inspector.packages.paths import Paths
from inspector.packages.removal.needs import SYSTEM, Missing, find_needs
from inspector.packages.removal.programs import Programs, command_words
from inspector.reference import parse_reference
from inspector.sizes import human

SURE, SURE_WITH_PACKAGES, OTHER_RELEASE = 0.9, 0.6, 0.15
"""How sure an answer is: as the candidate stands, with packages added, and what another release takes from it."""

MOST_TOLD = 8
"""What is missing and is told one by one."""


class Measured(Struct, frozen=True):
    """What the application misses upon a candidate.

    `missing` are libraries, versions of their symbols, loaders, interpreters and programs; `unmet` those of them that
    no package of this image's system would bring. `packages` are those that would, and those that were asked for and
    are not there (`asked`). `users` and `paths` are those that are named and not there.
    """

    runtime: Runtime
    missing: tuple[Missing, ...]
    packages: tuple[Package, ...]
    asked: tuple[Package, ...]
    unmet: tuple[Missing, ...]
    users: tuple[str, ...]
    paths: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether nothing is missing that can be seen."""
        return not (self.missing or self.packages or self.users or self.paths)

    @property
    def runs_with_packages(self) -> bool:
        """Whether packages would bring all that is missing."""
        return not (self.unmet or self.users or self.paths)


def another_base(examined: Examined, candidate: Inspection) -> Answer:
    """Whether the application runs upon another base image, and what the image would weigh."""
    name = candidate.image.reference
    inspection, subject = examined.inspection, examined.subject
    if reason := _other_machine(inspection, candidate):
        return _no(name, reason)
    measured = measure(subject, examined.runtime, candidate)
    if not measured.runtime.programs:
        return _no(name, "the program that the image starts is not found")
    if not any(not owner.is_base for owner in inspection.owners) or all(o.from_base is None for o in inspection.owners):
        return _no(name, "it is not known which layers are the base image's, so the application's files cannot be told")
    if not measured.runs_with_packages:
        return _no(name, f"it would not run there: it misses {_told(measured)}")
    added = NOTHING
    if measured.packages:
        if not _same_packages(inspection, candidate):
            return _no(name, f"it would not run there as it is: it misses {_told(measured)}")
        added = installation(subject, measured.packages, _under(candidate))
    return _answer(examined, candidate, measured, added)


def measure(subject: Subject, runtime: Runtime, candidate: Inspection) -> Measured:
    """Put the application's files upon the candidate and search for what they need."""
    files = runtime.application
    run = _run_upon(subject, candidate)
    carried = files.kept.union(files.accounts)
    upon = overlaid(candidate.scans, subject, carried, run)
    here = set(runtime.missing)
    needs = find_needs(upon, _carried_ids(upon, candidate))
    missing = [each for each in (*needs.missing, *_programs_lost(subject, upon)) if each not in here]
    present = _present(candidate)
    by_need = find_needs(subject.evidence, files.kept).packages.values()
    packages, unmet = dict[Package, None](), []
    for each in missing:
        brought = [need.package for need in by_need if need.what == each.what and need.package.name not in present]
        packages |= dict.fromkeys(brought)
        if not brought:
            unmet.append(each)
    asked = [
        package
        for package, reason in runtime.packages.items()
        if reason in (ASKED_FOR, OPENED) and package.name not in present
    ]
    return Measured(
        runtime,
        missing=tuple(missing),
        packages=tuple(dict.fromkeys((*packages, *asked))),
        asked=tuple(asked),
        unmet=tuple(unmet),
        users=_users_lost(runtime, upon),
        paths=_paths_lost(subject, runtime, upon),
    )


def _answer(examined: Examined, candidate: Inspection, measured: Measured, added: Installation) -> Answer:
    inspection, subject, name = examined.inspection, examined.subject, candidate.image.reference
    stage = _stage(inspection, subject, candidate, measured.runtime, added)
    total, predicted = inspection.filesystem.ledger.total_bytes, stage.size_bytes
    proposed = proposal(inspection)
    unpruned = pruned(subject, stage.carried, measured.runtime.application.kept, can_end=False)
    base = _name_in_from(candidate)
    lines = replace(stage, base=base).lines(proposed.stage) if base else None
    reason = "it runs there as it is" if measured.runs else f"it runs there with {_names(added.named)} added"
    if predicted >= total:
        reason += f", and would be {human(predicted - total)} larger"
    sure = SURE if measured.runs else SURE_WITH_PACKAGES
    if inspection.inventory.distribution != candidate.inventory.distribution:
        sure -= OTHER_RELEASE
    return Answer(
        Technique.ANOTHER_BASE,
        applies=predicted < total,
        reason=reason,
        predicted_bytes=predicted,
        parts=stage.parts,
        steps=(Step(stage.told(), total - predicted),),
        assumptions=(*unpruned.assumptions, *measured.runtime.assumptions),
        confidence=round(sure, 2),
        dockerfile=with_final_stage(proposed, lines) if lines else "",
        base=name,
    )


def _stage(
    inspection: Inspection, subject: Subject, candidate: Inspection, runtime: Runtime, added: Installation
) -> FinalStage:
    filesystem, files = subject.filesystem, runtime.application
    there = dict(folders_of(candidate.filesystem))
    there |= {path: None for path in folders_of_packages(added.added) if path not in there}
    can_run = bool(Paths(candidate.filesystem).way("bin/sh"))
    early, late = own_settings(inspection)
    late += [each for each in all_settings(subject.evidence.run, (*early, *late)) if each.verb != "ENV"]
    return FinalStage(
        candidate.image.reference,
        candidate.filesystem.ledger.total_bytes,
        carry(filesystem, files.kept, there, can_run=can_run),
        accounts(filesystem, files.accounts),
        added,
        linker_bytes(subject, files.kept, _sizes(candidate)) if can_run else 0,
        tuple(early),
        tuple(late),
        candidate.image.config.run.settings.get("User", ""),
    )


def _under(candidate: Inspection) -> Under:
    captured = visible_captured(candidate.filesystem, candidate.scans)
    return Under(_present(candidate), _sizes(candidate), folders_of(candidate.filesystem), captured)


def _sizes(candidate: Inspection) -> dict[str, int]:
    """Path → bytes of the files of the final image."""
    return {path: entry.size for path, entry in candidate.filesystem.final()}


def _run_upon(subject: Subject, candidate: Inspection) -> RunConfiguration:
    """The image's configuration with the candidate's environment, but for what the image's own instructions set."""
    ours, theirs = subject.evidence.run, candidate.image.config.run
    said = " ".join(step.text for step in subject.instructions if step.verb == "ENV" and not step.from_base)
    own = [(name, value) for name, value in ours.environment if re.search(rf"(?:^|\s){re.escape(name)}[=\s]", said)]
    return replace(ours, environment=(*theirs.environment, *own))


def _carried_ids(upon: Evidence, candidate: Inspection) -> frozenset[int]:
    return frozenset(range(len(candidate.filesystem), len(upon.filesystem)))


def _programs_lost(subject: Subject, upon: Evidence) -> Iterator[Missing]:
    """Words of the command that name a program here and none there."""
    here = {word for _, word, _ in Programs(subject.evidence.paths, subject.evidence.run).started()}
    there = {word for _, word, _ in Programs(upon.paths, upon.run).started()}
    for source, word in dict.fromkeys(command_words(subject.evidence.run)):
        if word in here and word not in there:
            yield Missing(word, f"the image's {source}")


def _users_lost(runtime: Runtime, upon: Evidence) -> tuple[str, ...]:
    """Names of USER that nobody has there."""
    if not runtime.needs_accounts:
        return ()
    user, _, group = runtime.user.partition(":")
    return tuple(
        name
        for name, path in ((user, "etc/passwd"), (group, "etc/group"))
        if name and not name.isdigit() and not _is_listed(name, upon.captured.get(path, b""))
    )


def _is_listed(name: str, accounts: bytes) -> bool:
    return any(line.partition(b":")[0] == name.encode() for line in accounts.splitlines())


def _paths_lost(subject: Subject, runtime: Runtime, upon: Evidence) -> tuple[str, ...]:
    """Files that the command and variables name, which are here and not there."""
    here, there = subject.evidence.paths, upon.paths
    programs = {program.path for program in runtime.programs if program.elf or program.script}
    return tuple(sorted(p for p in runtime.named - programs if here.way(p) and not there.way(p)))


def _present(candidate: Inspection) -> frozenset[str]:
    return frozenset(e.package.name for e in candidate.inventory.installed if e.package.kind in SYSTEM)


def _same_packages(inspection: Inspection, candidate: Inspection) -> bool:
    """Whether both are the same release of the same distribution, so that packages of one are those of the other."""
    ours, theirs = inspection.inventory.distribution, candidate.inventory.distribution
    return bool(ours.id) and ours == theirs


def _other_machine(inspection: Inspection, candidate: Inspection) -> str:
    ours, theirs = inspection.image.config.platform, candidate.image.config.platform
    if ours and theirs and (ours.os, ours.architecture) != (theirs.os, theirs.architecture):
        return f"it is for another machine: {theirs} instead of {ours}"
    return ""


def _name_in_from(candidate: Inspection) -> str:
    """What FROM calls the candidate, empty for an archive, which has no name there."""
    if candidate.image.source not in ("docker", "podman", "registry", "containerd"):
        return ""
    return image_name(parse_reference(candidate.image.reference).name)


def _told(measured: Measured) -> str:
    said = [f"{each.what} ({each.who} needs it)" for each in measured.missing]
    said += [f"the package {each.name}" for each in measured.asked]
    said += [f"the user {each}" for each in measured.users]
    words = {each.what for each in measured.missing}
    said += [f"/{each}" for each in measured.paths if f"/{each}" not in words]
    rest = len(said) - MOST_TOLD
    return ", ".join(said[:MOST_TOLD]) + (f" and {rest} more" if rest > 0 else "")


def _names(packages: Sequence[Package]) -> str:
    return ", ".join(each.name for each in packages)


def _no(base: str, reason: str) -> Answer:
    return Answer(Technique.ANOTHER_BASE, applies=False, reason=reason, base=base)
