"""A final stage upon nothing, for programs that the kernel alone runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join, normpath

from msgspec.structs import replace

from inspector.findings.finding import Subject
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.lean.plan.accounts import all_accounts
from inspector.lean.plan.copying import Carried, Copy, bytes_of, carry, folders_of
from inspector.lean.plan.final_stage import FinalStage
from inspector.lean.plan.runtime import Runtime
from inspector.lean.plan.stages import all_settings, own_settings
from inspector.packages.removal.programs import DEFAULT_PATH

CERTIFICATES = re.compile(
    r"etc/ssl/certs/ca-certificates\.crt|etc/pki/tls/certs/ca-bundle\.crt|usr/share/zoneinfo/.+"
).fullmatch
"""What static programs open if it is there: Go's crypto/x509 and time look in these places."""


def fits_scratch(subject: Subject, runtime: Runtime) -> bool:
    """Whether the kernel runs all that is started, and the image's own instructions brought it."""
    started = [each for each in runtime.programs if each.elf is not None]
    brought = (subject.filesystem.locate(each.entry_id)[0] for each in started)
    return runtime.is_static and not any(subject.is_from_base(layer) for layer in brought)


def on_scratch(inspection: Inspection, subject: Subject, runtime: Runtime) -> FinalStage:
    """The final stage upon nothing: what is started, the application's files that are no programs of a system, who
    USER is, certificates and time zones."""
    filesystem, run = subject.filesystem, subject.evidence.run
    kept = {entry_id for entry_id in runtime.application.kept if _is_for_scratch(subject, entry_id)}
    kept |= set(_data(subject))
    kept |= {each.entry_id for each in runtime.programs}
    before = all_accounts(filesystem) if runtime.needs_accounts else Carried()
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
    paths = subject.evidence.paths
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
            yield Copy((each.path,), wanted, entry.uid, entry.gid, size)
