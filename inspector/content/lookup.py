"""What a person means by a path: a file of the image as it stands after a layer, a folder with all in it, a glob."""

from __future__ import annotations

from inspector.content.extraction import Item
from inspector.errors import BadSetting, NoSuchPath
from inspector.filesystem.follow import follow
from inspector.filesystem.path_history import histories
from inspector.filesystem.stack import Filesystem
from inspector.filesystem.tree import FileTree, stacked_tree
from inspector.globs import matcher
from inspector.layers.entries import Kind


def tree_after(filesystem: Filesystem, layer: int | None) -> FileTree:
    """The image as it stands after a layer, None for the last. Raises BadSetting for a layer that it does not have."""
    count = len(filesystem.layers)
    if layer is not None and layer >= count:
        raise BadSetting(
            f"there is no layer {layer}",
            f"the layers of this image are 0 to {count - 1}" if count > 1 else "its only layer is 0",
        )
    return stacked_tree(filesystem, count - 1 if layer is None else layer, marks=False, removed=False)


def subtree(tree: FileTree, node: int) -> list[int]:
    """A node and everything below it, folders before what is in them."""
    found = [node]
    for each in found:
        found += tree.children.get(each, ())
    return found


def items_of(tree: FileTree, node: int) -> list[Item]:
    """A node and everything below it, by paths relative to it."""
    skip = len(tree.path(node)) + 1 if tree.path(node) else 0
    return [Item("" if each == node else tree.path(each)[skip:], tree.entry_ids[each]) for each in subtree(tree, node)]


def paths_like(filesystem: Filesystem, text: str) -> list[str]:
    """The paths that ever were in the image and are meant by `text`, sorted.

    That is the path itself, else the one it leads to through folders that are symlinks (`/bin/sh` in a merged /usr),
    else those that fit it as a glob (inspector/globs.py).
    """
    path = "/".join(part for part in text.split("/") if part not in ("", "."))
    if histories(filesystem, [path]):
        return [path]
    real = _through_links(filesystem, path)
    if histories(filesystem, [real]):
        return [real]
    fits = matcher([path]).fullmatch
    return sorted(
        {
            each
            for entries in filesystem.layers
            for each, kind in zip(entries.paths, entries.kinds, strict=True)
            if kind < Kind.WHITEOUT and fits(each)
        }
    )


def _through_links(filesystem: Filesystem, path: str) -> str:
    """The path by its folder as the final image has it."""
    tree = tree_after(filesystem, None)
    folder, _, name = path.rpartition("/")
    try:
        real = tree.path(follow(filesystem, tree, folder))
    except NoSuchPath:
        return path
    return f"{real}/{name}" if real else name
