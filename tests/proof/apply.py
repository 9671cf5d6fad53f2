"""Follows advice as a person would: pastes a finding's lines, or gives the plan's patch to git."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from inspector.findings.finding import Finding
from inspector.findings.patch import new_text, patch
from inspector.inspection import Inspection


def pasted(dockerfile: str, inspection: Inspection, finding: Finding) -> str | None:
    """The Dockerfile with a finding's lines in place of those from its first instruction to the last; None without."""
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
