"""Multi-stage: the program and what it needs, upon nothing where it needs nothing, else upon the same base image."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from inspector.findings.finding import Subject
from inspector.image.run import RunConfiguration
from inspector.inspection import Inspection
from inspector.lean.plan.accounts import accounts
from inspector.lean.plan.copying import carry
from inspector.lean.plan.examined import Examined
from inspector.lean.plan.final_stage import FinalStage
from inspector.lean.plan.installing import base_of, folders_of_packages, installation, linker_bytes
from inspector.lean.plan.model import Answer, Step, Technique
from inspector.lean.plan.pruning import pruned
from inspector.lean.plan.runtime import Runtime
from inspector.lean.plan.scratch import fits_scratch, on_scratch
from inspector.lean.plan.stages import Proposal, own_settings, proposal, with_final_stage
from inspector.packages.removal.programs import is_command_flag, is_shell
from inspector.sizes import human

LEAST_SHARE, LEAST_BYTES = 0.02, 1_000_000
"""What is less than both is not worth another stage: installing alone rewrites databases and logs of nearly as much."""

NEARLY_ALL = "the running program needs nearly all that is in the image"

SURE = {"scratch": 0.95, "base": 0.9}
LESS = {"shell": 0.1, "packages": 0.05, "reconstructed": 0.1, "missing": 0.3, "base": 0.2}
"""How sure an answer is, and what takes from it."""


def multi_stage(examined: Examined) -> Answer:
    """What a final stage with the running program alone would weigh, and the Dockerfile that has it."""
    inspection, subject = examined.inspection, examined.subject
    run = inspection.image.config.run
    if reason := _purpose_is_unknown(run):
        return _no(reason)
    runtime = examined.runtime
    started = (*run.entrypoint, *run.command)[0]
    if not any(each.word == started for each in runtime.programs):
        return _no(f"the program that the image starts is not found: {started}")
    base_layers = sum(owner.is_base for owner in inspection.owners)
    from_scratch = inspection.placement is not None and inspection.placement.from_scratch
    proposed = proposal(inspection)
    if fits_scratch(subject, runtime):
        stage = on_scratch(inspection, subject, runtime)
    elif from_scratch:
        return _no("it is built upon nothing already, and its program is not static")
    elif not base_layers:
        return _no("it is not known which layers are the base image's, so the application's files cannot be told")
    else:
        found = _on_base(inspection, subject, runtime, proposed, base_layers)
        if isinstance(found, str):
            return _no(found)
        stage = found
    return _answer(inspection, runtime, proposed, stage)


def _is_worth_it(inspection: Inspection, size_bytes: int) -> bool:
    """Whether an image of this size would be worth another stage."""
    total = inspection.filesystem.ledger.total_bytes
    return total - size_bytes >= min(LEAST_BYTES, total * LEAST_SHARE)


def _answer(inspection: Inspection, runtime: Runtime, proposed: Proposal, stage: FinalStage) -> Answer:
    total, predicted = inspection.filesystem.ledger.total_bytes, stage.size_bytes
    if not _is_worth_it(inspection, predicted):
        return _no(NEARLY_ALL)
    lines = stage.lines(proposed.stage)
    pruning = stage.pruning
    ending = [f"RUN {command}" for command in pruning.commands]
    dockerfile = with_final_stage(proposed, lines, ending) if lines else ""
    on_scratch = stage.base == "scratch"
    if on_scratch:
        reason = "what it starts is static: it needs no other file of the system"
    else:
        reason = f"the running program needs {human(predicted)} of {human(total)}"
    if proposed.hindrance:
        reason += f"; no Dockerfile can be proposed: {proposed.hindrance}"
    elif not lines:
        reason += f"; no Dockerfile can be proposed: {stage.hindrance(proposed.stage)}"
    named = (
        ()
        if proposed.opening is None
        else (Step(f"call the stage that builds {proposed.stage}", 0, lines=proposed.opening),)
    )
    return Answer(
        Technique.MULTI_STAGE,
        applies=True,
        reason=reason,
        predicted_bytes=predicted,
        parts=stage.parts,
        steps=(*named, Step(stage.told(), total - predicted - pruning.size_bytes), *_pruning_step(stage, proposed)),
        assumptions=(*pruning.assumptions, *runtime.assumptions),
        confidence=_confidence(inspection, runtime, proposed, stage),
        dockerfile=dockerfile,
        base=stage.base,
        remains=_remains(inspection, runtime, stage),
    )


def _pruning_step(stage: FinalStage, proposed: Proposal) -> Iterator[Step]:
    """What the stage that builds is to end with."""
    if commands := stage.pruning.commands:
        yield Step(f"end the stage {proposed.stage} with: RUN {'; RUN '.join(commands)}", stage.pruning.size_bytes)


def _remains(inspection: Inspection, runtime: Runtime, stage: FinalStage) -> frozenset[int]:
    """The entries of the image whose bytes are in the result: those of the base, of packages, and what is carried."""
    files, added = runtime.application, frozenset(stage.installation.added)
    packages = (each.entries for each in inspection.inventory.installed if each.package in added)
    base = sum(owner.is_base for owner in inspection.owners) if stage.base_bytes else 0
    under = range(sum(len(scan.entries) for scan in inspection.scans[:base]))
    gone = {each for each, size in stage.pruning.frees.items() if size >= inspection.filesystem.size(each)}
    return files.kept.union(files.accounts, under, *packages) - gone


def _confidence(inspection: Inspection, runtime: Runtime, proposed: Proposal, stage: FinalStage) -> float:
    sure = SURE["scratch" if stage.base == "scratch" else "base"]
    sure -= LESS["shell"] * runtime.is_shell
    sure -= LESS["packages"] * bool(stage.installation.added)
    sure -= LESS["reconstructed"] * proposed.reconstructed
    sure -= LESS["missing"] * bool(runtime.missing)
    sure -= LESS["base"] * any(owner.from_base is None for owner in inspection.owners)
    return round(sure, 2)


def _no(reason: str) -> Answer:
    return Answer(Technique.MULTI_STAGE, applies=False, reason=reason)


def _purpose_is_unknown(run: RunConfiguration) -> str:
    """Why nobody can tell what an image is for; empty where it starts a program of its own."""
    words = (*run.entrypoint, *run.command)
    if not words:
        return "the image does not say what it runs"
    if run.triggers:
        return "it is there to be built upon (ONBUILD), and what its triggers need is not seen"
    if is_shell(words[0]) and all(word.startswith("-") and not is_command_flag(word) for word in words[1:]):
        return "it starts a shell, and what is run in that is not seen"
    return ""


def _on_base(
    inspection: Inspection, subject: Subject, runtime: Runtime, proposed: Proposal, base_layers: int
) -> FinalStage | str:
    """The final stage upon the same base, or why there is none."""
    filesystem = subject.filesystem
    base_bytes = sum(scan.size_bytes for scan in inspection.scans[:base_layers])
    if not _is_worth_it(inspection, base_bytes + sum(map(filesystem.size, runtime.application.kept))):
        return NEARLY_ALL
    can_run = _has_shell(subject)
    under = base_of(subject)
    installed = installation(subject, runtime.packages, under)
    if installed.added and not (can_run and installed.is_known):
        return "it needs packages that the base image lacks, and nothing there installs them"
    there: dict[str, tuple[int, int, int] | None] = dict(under.folders)
    there |= {path: None for path in folders_of_packages(installed.added) if path not in there}
    files = runtime.application
    base_entries = sum(map(len, filesystem.layers[:base_layers]))
    carried = carry(filesystem, files.kept, there, base_entries=base_entries, can_run=can_run)
    pruning = pruned(subject, carried, files.kept, can_end=_can_end(inspection))
    before = accounts(filesystem, files.accounts)
    if installed.command and files.sources:
        sources = carry(filesystem, frozenset(files.sources), there, can_run=False)
        before = replace(before, copies=(*before.copies, *sources.copies))
    early, late = own_settings(inspection)
    return FinalStage(
        proposed.base,
        base_bytes,
        pruning.carried,
        before,
        installed,
        linker_bytes(subject, files.kept, under.sizes) if can_run else 0,
        tuple(early),
        tuple(late),
        _base_user(inspection),
        pruning,
    )


def _can_end(inspection: Inspection) -> bool:
    """Whether what is added to the Dockerfile's end is in the stage that builds, and read as any shell does."""
    placement = inspection.placement
    if any(step.verb == "SHELL" for step in inspection.instructions):
        return False
    return placement is None or placement.stages[-1] is placement.dockerfile.stages[-1]


def _base_user(inspection: Inspection) -> str:
    """The USER with which the base image begins, as its history says."""
    said = [step.text for step in inspection.instructions if step.from_base and step.verb == "USER"]
    return said[-1].removeprefix("USER ") if said else ""


def _has_shell(subject: Subject) -> bool:
    """Whether the base has a shell that a RUN could use."""
    paths = subject.evidence.paths
    way = paths.way("bin/sh")
    entry_id = paths.file(way[-1]) if way else None
    return entry_id is not None and subject.is_from_base(subject.filesystem.locate(entry_id)[0])
