"""The entries of a layer, held as columns: a million of them cost about 150 bytes each instead of a kilobyte."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import NamedTuple

from msgspec import Struct


class Kind(IntEnum):
    """What an entry is. WHITEOUT and OPAQUE are the markers of OCI image-spec layer.md, never files."""

    FILE = 0
    HARDLINK = 1
    SYMLINK = 2
    DIRECTORY = 3
    CHAR = 4
    BLOCK = 5
    FIFO = 6
    WHITEOUT = 7
    OPAQUE = 8


class Entry(NamedTuple):
    """One entry, as a value.

    `path` is normalised (no leading `/` or `./`; the root is the empty string); for a WHITEOUT it is the path it
    deletes, for an OPAQUE marker the folder whose lower content it hides. `size` is in bytes, 0 for all but files.
    `content` identifies a file's bytes (xxh3-64): equal sizes and ids mean equal content. `link` is a symlink's
    target as written, or a hardlink's target as a normalised path. `device` is (major, minor).
    """

    path: str
    kind: Kind
    size: int
    mode: int
    uid: int
    gid: int
    mtime: int
    content: int
    link: str
    device: tuple[int, int] | None
    xattrs: Mapping[str, bytes]


NO_XATTRS: Mapping[str, bytes] = {}


class Entries(Struct, frozen=True):
    """Columns of equal length, in the order of the tar; `links`, `devices` and `xattrs` are sparse, by row.

    Treat as read-only: the columns are mutable types only because they are filled row by row.
    """

    paths: list[str]
    kinds: bytearray
    sizes: array[int]
    modes: array[int]
    uids: array[int]
    gids: array[int]
    mtimes: array[int]
    contents: array[int]
    links: dict[int, str]
    devices: dict[int, tuple[int, int]]
    xattrs: dict[int, dict[str, bytes]]

    @staticmethod
    def empty() -> Entries:
        return Entries(
            paths=[],
            kinds=bytearray(),
            sizes=array("q"),
            modes=array("H"),
            uids=array("q"),
            gids=array("q"),
            mtimes=array("q"),
            contents=array("Q"),
            links={},
            devices={},
            xattrs={},
        )

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, row: int) -> Entry:
        return Entry(
            self.paths[row],
            Kind(self.kinds[row]),
            self.sizes[row],
            self.modes[row],
            self.uids[row],
            self.gids[row],
            self.mtimes[row],
            self.contents[row],
            self.links.get(row, ""),
            self.devices.get(row),
            self.xattrs.get(row, NO_XATTRS),
        )

    def __iter__(self) -> Iterator[Entry]:
        return (self[row] for row in range(len(self.paths)))

    def same_content(self, row: int, other: Entries, other_row: int) -> bool:
        """Whether two rows are regular files with the same bytes."""
        return (
            self.kinds[row] == other.kinds[other_row] == Kind.FILE
            and self.sizes[row] == other.sizes[other_row]
            and self.contents[row] == other.contents[other_row]
        )
