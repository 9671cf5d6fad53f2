"""Multi-stage: the program and what it needs, upon nothing where it needs nothing, else upon the same base image."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

from msgspec.structs import replace

from inspector.findings.finding import Subject
from inspector.inspection import Inspection, subject_of
from inspector.lean.plan.application import ACCOUNTS
from inspector.lean.plan.copying import Carried, Copy, There, bytes_of, carry, folders_of
from inspector.lean.plan.final_stage import FinalStage
from inspector.lean.plan.installing import LINKER_CACHES, base_packages, installation, sizes_in_base
from inspector.lean.plan.model import Answer, Step, Technique
from inspector.lean.plan.runtime import Program, Runtime, runtime_of
from inspector.lean.plan.stages import Proposal, all_settings, own_settings, proposal, with_final_stage
from inspector.layers.entries import Kind
from inspector.packages.paths import Paths
from inspector.packages.removal.programs import DEFAULT_PATH
from inspector.sizes import human

LEAST_SHARE, LEAST_BYTES = 0.01, 1_000_000
"""What is less than both is not worth another stage."""

CERTIFICATES = re.compile(r"etc/ssl/certs/ca-certificates\.crt|etc/pki/tls/certs/ca-bundle\.crt|usr/share/zoneinfo/.+").fullmatch
"""What static programs open if it is there: Go's crypto/x509 and time look in these places."""

SHADOW_GROUP = 42
"""Debian's group of the files that only login programs may read."""

SURE = {"scratch": 0.95, "base": 0.9}
LESS = {"shell": 0.1, "packages": 0.05, "reconstructed": 0.1, "missing": 0.3}
"""How sure an answer is, and what takes from it."""


def multi_stage(inspection: Inspection) -> Answer:
    """What a final stage with the running program alone would weigh, and the Dockerfile that has it."""
    subject = subject_of(inspection)
    run = inspection.image.config.run
    if not (run.entrypoint or run.command):
        return _no("the image does not say what it runs")
    runtime = runtime_of(subject)
    if not _main(runtime, (*run.entrypoint, *run.command)[0]):
        return _no(f"the program that the image starts is not found: {(*run.entrypoint, *run.command)[0]}")
    base_layers = sum(owner.is_base for owner in inspection.owners)
    from_scratch = inspection.placement is not None and inspection.placement.from_scratch
    proposed = proposal(inspection)
    if _fits_scratch(subject, runtime):
        stage = _on_scratch(inspection, subject, runtime)
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


def _answer(inspection: Inspection, runtime: Runtime, proposed: Proposal, stage: FinalStage) -> Answer:
    total, predicted = inspection.filesystem.ledger.total_bytes, stage.size_bytes
    saved = total - predicted
    if saved < LEAST_BYTES and saved < total * LEAST_SHARE:
        return _no("the running program needs nearly all that is in the image")
    lines = stage.lines(proposed.stage)
    dockerfile = with_final_stage(proposed, lines) if lines else ""
    on_scratch = stage.base == "scratch"
    if on_scratch:
        reason = "what it starts is static: it needs no other file of the system"
    else:
        reason = f"the running program needs {human(predicted)} of {human(total)}"
    if proposed.hindrance:
        reason += f"; no Dockerfile can be proposed: {proposed.hindrance}"
    elif not lines:
        reason += "; no Dockerfile can be proposed: a path cannot be written in it"
    named = () if proposed.opening is None else (Step(f"call the stage that builds {proposed.stage}", 0, lines=proposed.opening),)
    return Answer(
        Technique.MULTI_STAGE,
        applies=True,
        reason=reason,
        predicted_bytes=predicted,
        parts=stage.parts,
        steps=(*named, Step(stage.told(), saved)),
        assumptions=runtime.assumptions,
        confidence=_confidence(runtime, proposed, stage),
        dockerfile=dockerfile,
        base=stage.base,
    )


def _confidence(runtime: Runtime, proposed: Proposal, stage: FinalStage) -> float:
    sure = SURE["scratch" if stage.base == "scratch" else "base"]
    sure -= LESS["shell"] * runtime.is_shell
    sure -= LESS["packages"] * bool(stage.installation.added)
    sure -= LESS["reconstructed"] * proposed.reconstructed
    sure -= LESS["missing"] * bool(runtime.missing)
    return round(sure, 2)


def _no(reason: str) -> Answer:
    return Answer(Technique.MULTI_STAGE, applies=False, reason=reason)


def _main(runtime: Runtime, word: str) -> Program | None:
    return next((each for each in runtime.programs if each.word == word), None)


def _fits_scratch(subject: Subject, runtime: Runtime) -> bool:
    """Whether the kernel runs all that is started, and the image's own instructions brought it."""
    started = [each for each in runtime.programs if each.elf is not None]
    brought = (subject.filesystem.locate(each.entry_id)[0] for each in started)
    return runtime.is_static and not any(subject.is_from_base(layer) for layer in brought)


def _on_scratch(inspection: Inspection, subject: Subject, runtime: Runtime) -> FinalStage:
    filesystem, run = subject.filesystem, subject.evidence.run
    kept = {entry_id for entry_id in runtime.application.kept if _is_for_scratch(subject, entry_id)}
    kept |= set(_data(subject))
    kept |= {each.entry_id for each in runtime.programs}
    before = _accounts(subject, user=runtime.user) if re.search(r"[^\d:]", runtime.user) else Carried()
    carried = carry(filesystem, kept, folders_of(filesystem, -1), can_run=False)
    aliases = list(_aliases(subject, runtime))
    carried = replace(carried, copies=(*carried.copies, *aliases))
    early, late = own_settings(inspection)
    more = all_settings(run, (*early, *late))
    early += [each for each in more if each.verb == "ENV"]
    late = [each for each in late if each.verb != "SHELL"] + [each for each in more if each.verb != "ENV"]
    return FinalStage("scratch", 0, carried, before, early=tuple(early), late=tuple(late))


def _is_for_scratch(subject: Subject, entry_id: int) -> bool:
    """Whether a file can be of use where there is no system: no script is, and nothing that has to be linked."""
    layer, row = subject.filesystem.locate(entry_id)
    entries, facts = subject.scans[layer].entries, subject.scans[layer].facts
    if entries.kinds[row] == Kind.SYMLINK:
        return False
    elf = facts.elf.get(row)
    if elf is not None and (elf.interpreter or elf.needed or elf.type != "executable"):
        return False
    return not (row in facts.scripts and entries.modes[row] & 0o111)


def _data(subject: Subject) -> Iterator[int]:
    """Certificates and time zones that the image's own instructions installed."""
    for entry_id in subject.filesystem.visible():
        layer, row = subject.filesystem.locate(entry_id)
        if not subject.is_from_base(layer) and CERTIFICATES(subject.filesystem.layers[layer].paths[row]):
            yield entry_id


def _aliases(subject: Subject, runtime: Runtime) -> Iterator[Copy]:
    """Programs at the paths where they will be looked for, where links lead to them now."""
    run = subject.evidence.run
    paths = Paths(subject.filesystem)
    for each in {program.word: program for program in runtime.programs if program.elf is not None}.values():
        if "/" in each.word:
            wanted = normpath(join("/", run.working_folder, each.word)).strip("/")
        else:
            folders = run.variable("PATH", DEFAULT_PATH).split(":")
            found = (join(folder, each.word).strip("/") for folder in folders)
            wanted = next((path for path in found if paths.way(path)), each.path)
        if wanted != each.path:
            size = bytes_of(subject.filesystem, each.entry_id)
            entry = subject.filesystem.entry(each.entry_id)
            yield Copy((each.path,), wanted, entry.uid, entry.gid, 1, size)


def _accounts(subject: Subject, user: str = "") -> Carried:
    """The files that say who exists: those that own instructions changed, all that name people for a `user`."""
    own = None if user else {subject.filesystem.entry(each).path for each in runtime_accounts(subject)}
    copies = []
    for entry_id in subject.filesystem.visible():
        layer, row = subject.filesystem.locate(entry_id)
        entries = subject.filesystem.layers[layer]
        path = entries.paths[row]
        if path in (ACCOUNTS[:2] if own is None else own):
            owner = entries.uids[row], entries.gids[row]
            copies.append(Copy((path,), path, *owner, 1, bytes_of(subject.filesystem, entry_id)))
    return Carried(tuple(sorted(copies, key=lambda copy: copy.target)))


def runtime_accounts(subject: Subject) -> Iterator[int]:
    """Entries of ACCOUNTS that the image's own instructions changed."""
    for entry_id in subject.filesystem.visible():
        layer, row = subject.filesystem.locate(entry_id)
        if subject.filesystem.layers[layer].paths[row] in ACCOUNTS and not subject.is_from_base(layer):
            yield entry_id


def _on_base(
    inspection: Inspection, subject: Subject, runtime: Runtime, proposed: Proposal, base_layers: int
) -> FinalStage | str:
    """The final stage upon the same base, or why there is none."""
    filesystem = subject.filesystem
    top = base_layers - 1
    can_run = _has_shell(subject)
    installed = installation(subject, runtime.packages, base_packages(subject))
    if installed.added and not (can_run and installed.is_known):
        return "it needs packages that the base image lacks, and nothing there installs them"
    there: dict[str, tuple[int, int, int] | None] = dict(folders_of(filesystem, top))
    there |= {path: None for path in _folders_of_packages(installed.added) if path not in there}
    files = runtime.application
    carried = carry(filesystem, files.kept, there, can_run=can_run)
    before = _accounts(subject)
    if installed.command and files.sources:
        sources = carry(filesystem, frozenset(files.sources), there, can_run=False)
        before = replace(before, copies=(*before.copies, *sources.copies))
    early, late = own_settings(inspection)
    return FinalStage(
        proposed.base,
        sum(scan.size_bytes for scan in inspection.scans[:base_layers]),
        carried,
        before,
        installed,
        _linker_bytes(subject, runtime) if can_run else 0,
        tuple(early),
        tuple(late),
    )


def _folders_of_packages(packages: Iterator[object] | tuple[object, ...]) -> Iterator[str]:
    for package in packages:
        for path in package.paths:  # type: ignore[attr-defined]
            at = dirname(path)
            while at:
                yield at
                at = dirname(at)


def _has_shell(subject: Subject) -> bool:
    """Whether the base has a shell that a RUN could use."""
    way = Paths(subject.filesystem).way("bin/sh")
    entry_id = Paths(subject.filesystem).file(way[-1]) if way else None
    return entry_id is not None and subject.is_from_base(subject.filesystem.locate(entry_id)[0])


def _linker_bytes(subject: Subject, runtime: Runtime) -> int:
    """What ldconfig writes, where libraries are to be found that nobody's run path leads to; 0 where it need not run."""
    sizes: Mapping[str, int] = sizes_in_base(subject)
    if LINKER_CACHES[0] not in sizes:
        return 0
    for entry_id in runtime.application.kept:
        layer, row = subject.filesystem.locate(entry_id)
        facts = subject.scans[layer].facts.elf.get(row)
        path = subject.scans[layer].entries.paths[row]
        if facts is not None and facts.type == "shared" and facts.soname and dirname(path).startswith("usr/local/lib"):
            if "python" not in path:
                return sum(sizes.get(each, 0) for each in LINKER_CACHES)
    return 0


_There = There
