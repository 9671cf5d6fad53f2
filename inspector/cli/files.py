"""The files of an image for `cat` and `cp`, as they stand after a layer."""

from __future__ import annotations

from msgspec import Struct

from inspector.cli.images import Asked, inspect_asked, reopening
from inspector.cli.progress import watched
from inspector.content.lookup import tree_after
from inspector.content.reading import Contents
from inspector.errors import NoSuchPath
from inspector.filesystem.follow import follow
from inspector.filesystem.path_history import histories
from inspector.filesystem.tree import FileTree
from inspector.layers.entries import Kind


class Files(Struct, frozen=True):
    """`tree` has the files, `contents` what is in them."""

    contents: Contents
    tree: FileTree

    def find(self, path: str, *, last: bool) -> int:
        """The node at a path (follow.py). Raises NoSuchPath, which names the last layer that had the path."""
        filesystem = self.contents.inspection.filesystem
        try:
            return follow(filesystem, self.tree, path, last=last)
        except NoSuchPath as error:
            events = histories(filesystem, [path.strip("/")]).get(path.strip("/"), ())
            brought = next((event.layer for event in reversed(events) if event.after is not None), None)
            raise NoSuchPath(error.message, error.hint if brought is None else f"--layer {brought} has it") from None

    def kind(self, node: int) -> Kind:
        """What is at a node; of a hardlink what it links to."""
        if self.tree.kinds[node] == Kind.DIRECTORY:
            return Kind.DIRECTORY
        return self.contents.inspection.filesystem.entry(self.contents.file_of(self.tree.entry_ids[node])).kind


def read_files(asked: Asked, layer: int | None) -> Files:
    """Read the image, telling the progress. Raises InspectorError."""
    inspection = watched(lambda watch: inspect_asked(asked, watch))
    return Files(Contents(inspection, reopening(asked)), tree_after(inspection.filesystem, layer))
