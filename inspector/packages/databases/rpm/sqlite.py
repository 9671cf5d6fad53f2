"""rpmdb.sqlite (Fedora 33, RHEL 9 and later; rpm's lib/backend/sqlite.c), and dnf's history, read without a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from inspector.packages.found import UnreadableError

_WRITE_AHEAD = slice(18, 20)
"""The file format's versions for writing and reading: 2 with a write-ahead log, which memory cannot have
(sqlite.org/fileformat2.html, 1.3.3)."""

SMALLEST = 512
"""Bytes of the smallest page."""

STEP, MAX_STEPS, MAX_ROWS = 100_000, 1_000, 1_000_000
"""Instructions of SQLite's machine between two counts, and how many counts. What looks like a table may be an endless
view; real databases need a few million instructions."""


def headers(data: bytes) -> Iterator[bytes]:
    """The packages' header blobs. Raises UnreadableError."""
    for (blob,) in rows(data, "SELECT blob FROM Packages ORDER BY hnum"):
        if not isinstance(blob, bytes):
            raise UnreadableError("rpmdb.sqlite holds a package that is no blob")
        yield blob


def rows(data: bytes, query: str) -> list[tuple[object, ...]]:
    """What a query on a database in memory gives. Raises UnreadableError."""
    if len(data) < SMALLEST:
        raise UnreadableError("an SQLite database ends inside its header")
    plain = bytearray(data)
    plain[_WRITE_AHEAD] = b"\1\1"
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(bytes(plain))
        steps = iter(range(MAX_STEPS))
        connection.set_progress_handler(lambda: next(steps, None) is None, STEP)
        return connection.execute(query).fetchmany(MAX_ROWS)
    except sqlite3.Error as problem:
        raise UnreadableError(f"SQLite says: {problem}") from None
    finally:
        connection.close()
