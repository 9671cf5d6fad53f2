"""One file of two images side by side: what each has there, and where their texts differ, as unified diffs tell it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from msgspec import Struct

from inspector.content.reading import Contents, is_text
from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Entry, Kind
from inspector.sizes import human
from inspector.sources.protocol import Watch, ignore_progress

LIMIT = 1 << 20
"""Bytes of either file that are compared line by line, at most."""

LINES = 20_000
"""Lines of both that differ, at most: difflib takes seconds for more."""

CONTEXT = 3
"""Equal lines around those that differ."""


class Version(Struct, frozen=True):
    """What an image has at a path. `data` is the beginning of a file, `digest` that of all of it; None for all else."""

    entry: Entry
    data: bytes | None
    digest: str | None

    @property
    def complete(self) -> bool:
        return self.data is not None and len(self.data) == self.entry.size


def final_entry(filesystem: Filesystem, path: str) -> int | None:
    """The entry that stands at a path in the final image; None for a folder that is only implied, and for nothing."""
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, there in enumerate(entries.paths):
            if there == path and filesystem.leavers[start + row] == VISIBLE and entries.kinds[row] < Kind.WHITEOUT:
                return start + row
    return None


def read_versions(
    a: tuple[Contents, str], b: tuple[Contents, str], watch: Watch = ignore_progress
) -> tuple[Version | None, Version | None]:
    """What the final images have at a path each, None for nothing. Files of the same content are not read.

    Raises InspectorError where a file cannot be read again. Of files of any size no more than LIMIT bytes are kept.
    """
    one, other = ((contents, final_entry(contents.inspection.filesystem, path)) for contents, path in (a, b))
    versions = [_known(*side) for side in (one, other)]
    if _same_content(*versions):
        return versions[0], versions[1]
    read = [_read(*side, known, watch) for side, known in zip((one, other), versions, strict=True)]
    return read[0], read[1]


def _known(contents: Contents, entry_id: int | None) -> Version | None:
    if entry_id is None:
        return None
    return Version(contents.inspection.filesystem.entry(contents.file_of(entry_id)), None, None)


def _same_content(before: Version | None, after: Version | None) -> bool:
    """Whether both are files with the same bytes."""
    if before is None or after is None:
        return False
    one, other = before.entry, after.entry
    return one.kind == other.kind == Kind.FILE and (one.size, one.content) == (other.size, other.content)


def _read(contents: Contents, entry_id: int | None, known: Version | None, watch: Watch) -> Version | None:
    """The same with a file's data and digest."""
    if entry_id is None or known is None or known.entry.kind != Kind.FILE:
        return known
    kept, digest = bytearray(), hashlib.sha256()

    def keep(_: int, pieces: Iterable[memoryview]) -> None:
        for piece in pieces:
            digest.update(piece)
            kept.extend(piece[: LIMIT - len(kept)])

    contents.stream([entry_id], keep, watch)
    return Version(known.entry, bytes(kept), f"sha256:{digest.hexdigest()}")


def differing_lines(before: Version | None, after: Version | None) -> list[str] | str:
    """The lines of a unified diff without its first two, or in a sentence why there are none."""
    if _same_content(before, after):
        return "The content is the same."
    there = [each for each in (before, after) if each is not None]
    if any(each.data is None for each in there):
        return "Only files are compared line by line."
    if any(not is_text(each.data or b"") for each in there):
        return "Binary: not compared line by line."
    if not all(each.complete for each in there):
        return f"Larger than {human(LIMIT)}: not compared line by line."
    one, other = ([] if each is None else _lines(each) for each in (before, after))
    start, end = _alike(one, other)
    if len(one) + len(other) - 2 * (start + end) > LINES:
        return "Too many lines differ to tell which."
    return list(_diff(one, other, start, end))


def _lines(version: Version) -> list[str]:
    """The lines of a text; what has no end of line after it says so, as diff(1) does."""
    lines = (version.data or b"").decode("utf-8", "backslashreplace").split("\n")
    last = lines.pop()
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _alike(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning, and at the end of the rest."""
    shorter = min(len(one), len(other))
    start = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    left = shorter - start
    end = next((at for at in range(left) if one[-1 - at] != other[-1 - at]), left)
    return start, end


def _diff(one: Sequence[str], other: Sequence[str], start: int, end: int) -> Iterator[str]:
    """What unified_diff makes of the lines between those that are alike, its numbers as in the whole files."""
    before = max(start - CONTEXT, 0)
    after = max(end - CONTEXT, 0)
    old, new = (lines[before : len(lines) - after] for lines in (one, other))
    for line in list(unified_diff(old, new, n=CONTEXT, lineterm=""))[2:]:
        yield from (_moved(line, before) if line.startswith("@@") else line).split("\n")


def _moved(head: str, lines: int) -> str:
    """`@@ -1,3 +1,4 @@` so many lines further down."""
    _, old, new, _ = head.split(" ")
    told = []
    for span in (old, new):
        first, comma, count = span[1:].partition(",")
        told.append(f"{span[0]}{int(first) + lines}{comma}{count}")
    return f"@@ {' '.join(told)} @@"
