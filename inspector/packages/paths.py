"""Where paths lead in the final image, through all symlinks."""

from __future__ import annotations

from functools import cached_property
from posixpath import dirname, join

from inspector.filesystem.captured import link_stays
from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind
from inspector.packages.claims import MAX_LINKS, Links


class Paths:
    """The files and links of the final image by their paths, gathered when they are asked for first."""

    def __init__(self, filesystem: Filesystem) -> None:
        self._filesystem = filesystem

    @cached_property
    def _targets(self) -> dict[str, str]:
        return {stay.path: stay.value for stay in link_stays(self._filesystem) if stay.left == VISIBLE}

    @cached_property
    def _links(self) -> Links:
        return Links(self._targets)

    @cached_property
    def _files(self) -> dict[str, int]:
        filesystem, files = self._filesystem, dict[str, int]()
        for layer, entries in enumerate(filesystem.layers):
            start = filesystem.offsets[layer]
            for row, kind in enumerate(entries.kinds):
                if kind <= Kind.HARDLINK and filesystem.leavers[start + row] == VISIBLE:
                    files[entries.paths[row]] = filesystem.shares.get(start + row, start + row)
        return files

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
