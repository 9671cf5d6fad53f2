"""Files that hold a secret: visible ones, and those that were removed but are still in a layer for anyone to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Finding, Severity, Subject, by_bytes

SECRET = "LI9001"

_example = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|fixtures?|examples?|samples?|demos?|docs?)/", re.IGNORECASE
).search
"""Folders whose keys are made up."""

SEE = ("dockle CIS-DI-0010", "trivy secret")


def secret_findings(subject: Subject) -> Iterator[Finding]:
    """One finding per file that says what kind of secret it holds, and one for all that are likely made up."""
    filesystem = subject.filesystem
    made_up: dict[int, int] = {}
    for layer, scan in enumerate(subject.scans):
        for row, kind in scan.facts.secrets.items():
            entry_id, path, size = filesystem.offsets[layer] + row, scan.entries.paths[row], scan.entries.sizes[row]
            if filesystem.fates[entry_id] == Fate.RECOPIED:
                continue  # the later copy tells of it
            if path in subject.owned or _example(path):
                made_up[entry_id] = size
            else:
                yield _finding(subject, layer, entry_id, f"{kind} in /{path}", size)
    if made_up:
        layers = by_bytes(filesystem, made_up)
        yield Finding(
            rule=SECRET,
            title="keys and passwords in packages, tests and examples",
            severity=Severity.INFO,
            frees=made_up,
            layers=layers,
            hidden_in=(),
            fix=f"likely made up; if not, change them: the first is /{filesystem.entry(min(made_up)).path}",
            see=SEE,
        )


def _finding(subject: Subject, layer: int, entry_id: int, title: str, size: int) -> Finding:
    hider = subject.filesystem.hiders[entry_id]
    fix = f"{subject.instruction_of(layer)} brought it"
    if hider != VISIBLE:
        title += f", hidden by layer {hider} but still readable in layer {layer}"
        fix += f", {subject.instruction_of(hider)} hides it from containers, but not from those who pull the image"
    return Finding(
        rule=SECRET,
        title=title,
        severity=Severity.ERROR,
        frees={entry_id: size},
        layers=(layer,),
        hidden_in=() if hider == VISIBLE else (hider,),
        fix=f"{fix}: change the secret, then hand it over with RUN --mount=type=secret or keep it out by .dockerignore",
        see=SEE,
    )
