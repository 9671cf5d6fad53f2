"""What a result depends on, and nothing that says whose machine it is."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PARTS = ("isal", "xxhash", "msgspec", "backports.zstd", "docker", "textual")


def describe(dive: str | None) -> list[str]:
    """One fact a line."""
    return [
        f"{os.cpu_count()} × {_processor()}, {_memory_gib()} GiB of memory, {platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}, leaninspect {_version('leaninspect')}, "
        + ", ".join(f"{part} {_version(part)}" for part in PARTS),
        _first_line([dive, "--version"]) if dive else "dive is not installed",
    ]


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)) if sys.platform != "win32" else 0


def _version(part: str) -> str:
    try:
        return version(part)
    except PackageNotFoundError:
        from inspector import __version__

        return __version__ if part == "leaninspect" else "absent"


def _first_line(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return next(iter((done.stdout + done.stderr).splitlines()), "unknown")
