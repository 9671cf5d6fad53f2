"""Where paths lead in the final image, through all symlinks."""

from __future__ import annotations

from posixpath import dirname, join

from inspector.filesystem.captured import link_stays
from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind
from inspector.packages.claims import MAX_LINKS, Links


class Paths:
    """The files and links of the final image by their paths."""

    def __init__(self, filesystem: Filesystem) -> None:
        self._targets = {stay.path: stay.value for stay in link_stays(filesystem) if stay.left == VISIBLE}
        self._links = Links(self._targets)
        self._files: dict[str, int] = {}
        for layer, entries in enumerate(filesystem.layers):
            start = filesystem.offsets[layer]
            for row, kind in enumerate(entries.kinds):
                if kind <= Kind.HARDLINK and filesystem.leavers[start + row] == VISIBLE:
                    self._files[entries.paths[row]] = filesystem.shares.get(start + row, start + row)

    def file(self, path: str) -> int | None:
        """The entry id of the regular file at a real path; of a hardlink that of the file whose bytes it shares."""
        return self._files.get(path)

    def way(self, path: str) -> tuple[str, ...]:
        """The real paths from `path` (with or without its leading `/`) over symlinks to a file, which is the last.

        Empty where it does not lead to a file.
        """
        passed: list[str] = []
        at = path.strip("/")
        for _ in range(MAX_LINKS):
            at = self._links.real(at)
            passed.append(at)
            target = self._targets.get(at)
            if target is None:
                return tuple(passed) if at in self._files else ()
            at = join("/", dirname(at), target).strip("/")
        return ()
