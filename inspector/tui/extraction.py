"""Files and folders of an image written to disk."""

from __future__ import annotations

from pathlib import Path

from textual.widget import Widget

from inspector.content.extraction import Item, Outcome, extract, in_the_way
from inspector.content.lookup import items_of, subtree
from inspector.content.reading import Contents
from inspector.filesystem.tree import FileTree
from inspector.layers.entries import Kind
from inspector.safe_names import printable
from inspector.sizes import counted, human
from inspector.sources.protocol import Watch
from inspector.tui.saving import NAMED, save


def extract_to_disk(widget: Widget, contents: Contents, tree: FileTree, node: int) -> None:
    """Write a node and everything below it to where the person says, as the layers that the tree shows have it.

    A file goes into a folder that is there already, under its own name; a folder is merged into it.
    """
    items = items_of(tree, node)
    name = printable(tree.names[node] or "rootfs")
    count = sum(tree.kinds[each] != Kind.DIRECTORY for each in subtree(tree, node))
    what = f"{counted(count, 'file')} of {name}" if tree.kinds[node] == Kind.DIRECTORY else name

    def placed(target: Path) -> list[Item]:
        into = tree.kinds[node] != Kind.DIRECTORY and target.is_dir()
        return [Item(tree.names[node], tree.entry_ids[node])] if into else items

    def write(target: Path, overwrite: bool, watch: Watch) -> str:
        return _told(extract(contents, placed(target), target, overwrite=overwrite, watch=watch), target)

    save(widget, f"Extract {what} to", f"./{name}", lambda target: in_the_way(placed(target), target), write)


def _told(outcome: Outcome, target: Path) -> str:
    told = f"Wrote {counted(outcome.files, 'file')}, {human(outcome.size_bytes)}, to {target}."
    if outcome.left_out:
        named = ", ".join(outcome.left_out[:NAMED])
        told += f" Left out {len(outcome.left_out)} that lead outside, are devices, or were in the way: {named}."
    return told
