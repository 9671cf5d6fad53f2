"""Applies the patch of a finding to its Dockerfile, as a person would who pastes it."""

from __future__ import annotations

from inspector.findings.finding import Finding
from inspector.findings.patch import new_text, patch
from inspector.inspection import Inspection


def applied(dockerfile: str, inspection: Inspection, finding: Finding) -> str | None:
    """The Dockerfile with the patch in place of the lines from the first instruction to the last; None without one."""
    lines = patch(finding.remedy, inspection.instructions)
    if not lines:
        return None
    first, last = (inspection.instructions[finding.remedy.instructions[end]].lines for end in (0, -1))
    if first is None or last is None:
        return None
    old = dockerfile.splitlines()
    region = [line.text for line in lines if line.sign != "+"]
    if region != old[first.first - 1 : last.last]:
        raise AssertionError(f"the patch replaces other lines than it says:\n{region}")
    return "\n".join([*old[: first.first - 1], new_text(lines), *old[last.last :]]) + "\n"
