"""Paths followed as a program inside the image would follow them."""

from __future__ import annotations

from inspector.errors import NoSuchPath
from inspector.filesystem.stack import Filesystem
from inspector.filesystem.tree import ROOT, FileTree
from inspector.layers.entries import Kind
from inspector.safe_names import printable

MAX_LINKS = 40
"""Symlinks followed for one path, as in Linux (path_resolution(7)); more is a loop."""


def follow(filesystem: Filesystem, tree: FileTree, path: str, *, last: bool = True) -> int:
    """The node that a path leads to: through symlinks, whose absolute targets begin at the image's root, and `..` up to
    the root and no further.

    `last` tells whether a symlink at the end is followed too, as one before a final slash always is. Raises NoSuchPath.
    """
    node, links = ROOT, 0
    ahead = path.split("/")[::-1]
    while ahead:
        name = ahead.pop()
        if tree.kinds[node] != Kind.DIRECTORY:
            raise NoSuchPath(f"{_shown(path)}: {_shown(tree.path(node))} is no folder", "check the path")
        if name in ("", "."):
            continue
        if name == "..":
            node = tree.parents[node]
            continue
        child = tree.child(node, name)
        if child is None:
            missing = _shown(f"{tree.path(node)}/{name}")
            told = f"{_shown(path)} leads to {missing}, which is not there" if links else f"there is no {_shown(path)}"
            raise NoSuchPath(told, "check the path")
        if tree.kinds[child] == Kind.SYMLINK and (last or ahead):
            links += 1
            if links > MAX_LINKS:
                raise NoSuchPath(f"{_shown(path)} leads round in a circle of links", "check the path")
            target = filesystem.entry(tree.entry_ids[child]).link
            node = ROOT if target.startswith("/") else node
            ahead += target.split("/")[::-1]
        else:
            node = child
    return node


def _shown(path: str) -> str:
    return printable(f"/{path.lstrip('/')}")
