"""Files that hold a secret: visible ones, and those that were removed but are still in a layer for anyone to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import VISIBLE
from inspector.findings.finding import Finding, Subject, by_bytes
from inspector.findings.registry import SECRET, Severity, find_rule
from inspector.findings.remedy import Remedy, RemedyKind

_example = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|fixtures?|examples?|samples?|demos?|docs?)/", re.IGNORECASE
).search
"""Folders whose keys are made up."""

MADE_UP = "likely made up"


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
            remedy=_remedy(subject, layers, sum(made_up.values()), doubts=(MADE_UP,)),
            examples=(min(made_up),),
        )


def _finding(subject: Subject, layer: int, entry_id: int, title: str, size: int) -> Finding:
    hider = subject.filesystem.hiders[entry_id]
    if hider != VISIBLE:
        title += f", hidden by layer {hider} but still readable in layer {layer}"
    return Finding(
        rule=SECRET,
        title=title,
        severity=find_rule(SECRET).severity,
        frees={entry_id: size},
        layers=(layer,),
        hidden_in=() if hider == VISIBLE else (hider,),
        remedy=_remedy(subject, (layer,), size),
        examples=(entry_id,),
    )


def _remedy(subject: Subject, layers: tuple[int, ...], size: int, doubts: tuple[str, ...] = ()) -> Remedy:
    rule = find_rule(SECRET)
    kind = RemedyKind.ANOTHER_BASE if subject.is_from_base(layers[0]) else rule.remedy
    return Remedy(kind, subject.indexes_of(*layers), saves_bytes=size, doubts=doubts, advice=rule.advice)
