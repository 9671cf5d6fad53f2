"""Follows advice as a person would: pastes a finding's lines, or gives the plan's patch to git."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from inspector.findings.finding import Finding
from inspector.findings.patch import finding_patch
from inspector.inspection import Inspection


def pasted(dockerfile: str, inspection: Inspection, finding: Finding) -> str | None:
    """The Dockerfile with a finding's lines in place of those that it says they replace; None without."""
    patch = finding_patch(finding.remedy, inspection)
    if patch is None or patch.replaces is None:
        return None
    old, (first, last) = dockerfile.splitlines(), (patch.replaces.first, patch.replaces.last)
    region = [line.text for line in patch.lines if line.sign != "+"]
    if region != old[first - 1 : last]:
        raise AssertionError(f"the patch replaces other lines than it says:\n{region}")
    new = [line.text for line in patch.lines if line.sign != "-"]
    return "\n".join([*old[: first - 1], *new, *old[last:]]) + "\n"


def patched(dockerfile: str, diff: str) -> str:
    """The text of `Dockerfile` after `git apply` of a diff. Raises AssertionError with git's words where it refuses."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        file, change = folder / "Dockerfile", folder / "lean.patch"
        file.write_bytes(dockerfile.encode())
        change.write_bytes(diff.encode())
        done = subprocess.run(
            ["git", "apply", str(change)], cwd=folder, env=_NO_REPOSITORY, capture_output=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"git apply: {done.stderr.decode()}{diff}")
        return file.read_bytes().decode()


_NO_REPOSITORY = {"GIT_CEILING_DIRECTORIES": "/", "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/bin:/bin"}
"""No repository around a temporary folder and no setting of the user's changes what git does."""
