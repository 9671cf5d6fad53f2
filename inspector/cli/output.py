"""Reports to files: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from inspector.cli.console import write_bytes_out
from inspector.errors import SourceUnavailable


def write_report(target: str, data: bytes) -> None:
    """Write to a file, replacing it in one step, or to stdout for `-`. Raises SourceUnavailable when it cannot."""
    if target == "-":
        write_bytes_out(data)
        return
    path = Path(target)
    try:
        if path.exists() and not path.is_file():  # /dev/stdout, a named pipe
            path.write_bytes(data)
        else:
            _replace(path, data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceUnavailable(f"cannot write {target}: {reason}", "check the folder and its permissions") from None


def _replace(path: Path, data: bytes) -> None:
    folder, name = (path.resolve().parent, path.resolve().name)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(folder / name)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
