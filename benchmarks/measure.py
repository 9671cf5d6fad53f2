"""One run of a program as the system sees it: wall time and peak memory of the whole process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes per unit of ru_maxrss (getrusage(2))."""


class FailedError(Exception):
    """A program that is measured ended with an error; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall time in seconds from start to end, and the peak resident set in bytes."""

    seconds: float
    peak: int


def run_once(command: Sequence[str], env: Mapping[str, str] | None = None, cwd: str | None = None) -> Cost:
    """Raises FailedError when the program exits with anything but 0."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **(env or {})}, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        raise FailedError(f"{command[0]} ended with {process.returncode}: {complaint.decode(errors='replace')[-500:]}")
    return Cost(seconds, usage.ru_maxrss * RSS_UNIT)


def typical(costs: Sequence[Cost]) -> Cost:
    """The median time, and the highest peak: memory must suffice in every run."""
    return Cost(median(cost.seconds for cost in costs), max(cost.peak for cost in costs))
