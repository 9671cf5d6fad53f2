"""A folder of small checked files, capped in size: where the cache keeps what it remembers.

Nothing here ever fails an inspection: what cannot be read is not there, what cannot be written is not kept. Several
processes may use one folder at once, since a file is written under another name and then put in place in one step.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock

from msgspec import Struct
from xxhash import xxh3_128_digest

from inspector.atomic_file import replacing

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b"leaninspect cache 1\n"
CHECKSUM = 16
"""Bytes of the XXH3-128 of what follows: it finds damage, and needs to find no more in a private folder."""

LEVEL = 1
"""Of zstd. 200 k entries: 17.6 MB become 1.9 MB in 14 ms; level 3 saves a tenth more at twice the time."""

PRIVATE = 0o600
"""Readable by its owner alone: what an image holds is nobody else's business."""

NAME = re.compile(r"[a-z0-9]+-[0-9a-f]{64}\.[a-z0-9]+(\.[a-z0-9_]+\.tmp)?")
"""The files that are ours; any other in the folder is left alone."""


class Usage(Struct, frozen=True):
    """What the folder holds, in files and bytes."""

    files: int
    bytes: int


class _File(Struct, frozen=True):
    path: Path
    size: int
    used: int


class Store:
    """Payloads by name, in files of the folder; those used longest ago go when `limit` bytes are exceeded."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self.limit = folder, limit
        self._lock = Lock()
        self._bytes: int | None = None  # in the folder, once it was counted

    def get(self, name: str) -> bytes | None:
        """The payload as it was put, None when there is none or its file is damaged or foreign."""
        path = self.folder / name
        try:
            payload = _opened(path.read_bytes())
        except OSError:
            return None
        if payload is not None:
            with suppress(OSError):
                os.utime(path)
        return payload

    def put(self, name: str, payload: bytes) -> None:
        """Keep the payload under this name, in place of what was there; or do not, where that is impossible."""
        if not NAME.fullmatch(name):
            raise ValueError(f"{name} is no name for a file of the store")
        data = _sealed(payload)
        if len(data) > self.limit:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(self.folder / name, PRIVATE) as file:
                file.write(data)
            self._grown(len(data))

    def usage(self) -> Usage:
        sizes = [file.size for file in self._files()]
        return Usage(len(sizes), sum(sizes))

    def clear(self) -> Usage:
        """Remove all files of the store; returns what they were."""
        removed = [file.size for file in self._files() if _remove(file)]
        self._bytes = None
        return Usage(len(removed), sum(removed))

    def _grown(self, size: int) -> None:
        """Keep the cap. The folder is listed only at first and when the cap is reached, not for every file put."""
        with self._lock:
            self._bytes = self.usage().bytes if self._bytes is None else self._bytes + size
            if self._bytes > self.limit:
                self._bytes = self._shrink()

    def _shrink(self) -> int:
        """Remove the files used longest ago until the rest fits; returns the bytes of the rest."""
        files = sorted(self._files(), key=lambda file: file.used)
        left = sum(file.size for file in files)
        for file in files:
            if left <= self.limit:
                break
            if _remove(file):
                left -= file.size
        return left

    def _files(self) -> Iterator[_File]:
        """The files that are ours, unfinished ones of this and other processes too."""
        with suppress(OSError), os.scandir(self.folder) as listing:
            for entry in listing:
                if NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    with suppress(OSError):  # another process removed it
                        facts = entry.stat(follow_symlinks=False)
                        yield _File(Path(entry.path), facts.st_size, facts.st_mtime_ns)


def _sealed(payload: bytes) -> bytes:
    body = zstd.compress(payload, LEVEL)
    return b"".join((MAGIC, xxh3_128_digest(body), body))


def _opened(data: bytes) -> bytes | None:
    start = len(MAGIC) + CHECKSUM
    body = memoryview(data)[start:]
    if not data.startswith(MAGIC) or data[len(MAGIC) : start] != xxh3_128_digest(body):
        return None
    try:
        return zstd.decompress(body)
    except zstd.ZstdError:
        return None


def _remove(file: _File) -> bool:
    try:
        file.path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
