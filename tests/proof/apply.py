"""Applies the patch of a finding to its Dockerfile, as a person would who pastes it."""

from __future__ import annotations

from inspector.findings.finding import Finding
from inspector.findings.patch import finding_patch
from inspector.inspection import Inspection


def applied(dockerfile: str, inspection: Inspection, finding: Finding) -> str | None:
    """The Dockerfile with the patch in place of the lines that it says it replaces; None without one."""
    patch = finding_patch(finding.remedy, inspection)
    if patch is None or patch.replaces is None:
        return None
    old, (first, last) = dockerfile.splitlines(), (patch.replaces.first, patch.replaces.last)
    region = [line.text for line in patch.lines if line.sign != "+"]
    if region != old[first - 1 : last]:
        raise AssertionError(f"the patch replaces other lines than it says:\n{region}")
    new = [line.text for line in patch.lines if line.sign != "-"]
    return "\n".join([*old[: first - 1], *new, *old[last:]]) + "\n"
