"""Reports to files: whole or not at all."""

from __future__ import annotations

from pathlib import Path

from inspector.atomic_file import write_atomically
from inspector.cli.console import write_bytes_out


def write_report(target: str, data: bytes) -> None:
    """Write to a file, replacing it in one step, or to stdout for `-`. Raises WriteFailed when it cannot."""
    if target == "-":
        write_bytes_out(data)
    else:
        write_atomically(Path(target), data)
