"""Files that hold a secret: visible ones, and those that were removed but are still in a layer for anyone to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Finding, Severity, Subject

SECRET = "LI9001"

_example = re.compile(r"(?:^|/)(?:tests?|testing|testdata|fixtures?|examples?|samples?|demos?|docs?)/", re.IGNORECASE).search
"""Folders whose keys are made up."""

SEE = ("dockle CIS-DI-0010", "trivy secret")


def secret_findings(subject: Subject) -> Iterator[Finding]:
    """One finding per file; what kind of secret, never the secret itself."""
    filesystem = subject.filesystem
    for layer, scan in enumerate(subject.scans):
        for row, kind in scan.facts.secrets.items():
            entry_id = filesystem.offsets[layer] + row
            path = scan.entries.paths[row]
            if filesystem.fates[entry_id] == Fate.RECOPIED:
                continue  # the later copy tells of it
            harmless = path in subject.owned or _example(path) is not None
            hider = filesystem.hiders[entry_id]
            yield Finding(
                rule=SECRET,
                title=f"{kind} in /{path}" + ("" if hider == VISIBLE else f", deleted by layer {hider} and still readable"),
                severity=Severity.INFO if harmless else Severity.ERROR,
                frees={entry_id: scan.entries.sizes[row]},
                layers=(layer,),
                hidden_in=() if hider == VISIBLE else (hider,),
                fix=_fix(subject, layer, hider),
                see=SEE,
            )


def _fix(subject: Subject, layer: int, hider: int) -> str:
    brought = f"{subject.instruction_of(layer)} brought it"
    if hider != VISIBLE:
        brought += f", {subject.instruction_of(hider)} hides it, and whoever pulls the image can read it in layer {layer}"
    return f"{brought}: change the secret, and hand it over with RUN --mount=type=secret, or leave it out by .dockerignore"
