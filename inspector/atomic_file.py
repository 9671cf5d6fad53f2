"""Files written whole or not at all: under another name beside their place, then put there in one step."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from inspector.errors import WriteFailed
from inspector.safe_names import printable


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file, replacing the one that is there. Raises WriteFailed, and then all is as it was.

    A replaced file keeps its permissions, a new one has those of the umask. A symlink stays, and what it leads to is
    replaced. Devices and named pipes are written to as they are.
    """
    try:
        there = _stat(path)
        if there is None or stat.S_ISREG(there.st_mode):
            with replacing(path.resolve(), there and there.st_mode) as file:
                file.write(data)
        else:
            path.write_bytes(data)
    except OSError as error:
        raise write_failed(path, error) from None


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A new file that takes its place at `path` when the block ends; when it fails, of it nothing is left.

    `mode` gives its plain permissions, None leaves them to the umask. What is at `path` goes, be it a link; it must not
    be a folder. Raises OSError.
    """
    unfinished = path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")
    create = partial(os.open, mode=0o666 if mode is None else 0o600)
    try:
        with open(unfinished, "xb", opener=create) as file:
            yield file
        if mode is not None:
            unfinished.chmod(mode & 0o777)
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def write_failed(path: Path, error: OSError) -> WriteFailed:
    """What the system said, told of this path."""
    reason = (error.strerror or str(error)).lower()
    return WriteFailed(f"cannot write {printable(str(path))}: {reason}", "check the folder and its permissions")


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
