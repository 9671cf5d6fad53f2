"""`cp`: files and folders of an image written to disk, as `docker cp` does it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct

from inspector.cli.console import FINE, warn, write_out
from inspector.cli.files import Files, read_files
from inspector.cli.images import Asked
from inspector.cli.progress import watched
from inspector.content.extraction import Item, Outcome, extract, in_the_way
from inspector.content.lookup import items_of
from inspector.errors import NoSuchPath, WriteFailed
from inspector.filesystem.tree import ROOT
from inspector.layers.entries import Kind
from inspector.safe_names import printable
from inspector.sizes import counted, human

NAMED = 20
"""Paths named of those that were left out."""

QUESTIONED = 5
"""Paths named of those that are in the way."""


class Destination(Struct, frozen=True):
    """The folder that nothing is written outside of, or the file itself; and what goes there."""

    target: Path
    items: tuple[Item, ...]


def copy_out(asked: Asked, path: str, dest: str, layer: int | None, *, follow_link: bool, force: bool) -> int:
    """Copy what is at a path. Raises NoSuchPath, WriteFailed where something is in the way, and InspectorError."""
    files = read_files(asked, layer)
    node = files.find(path, last=follow_link)
    if files.kind(node) in (Kind.CHAR, Kind.BLOCK, Kind.FIFO):
        raise NoSuchPath(f"/{path} is a device or a named pipe", "files, folders and links can be copied")
    to = _destination(files, node, path, dest)
    there = in_the_way(to.items, to.target)
    if there and not (force or _may_overwrite(there)):
        raise WriteFailed(f"in the way: {_named(there)}", "--force overwrites")
    outcome = watched(lambda watch: extract(files.contents, to.items, to.target, overwrite=bool(there), watch=watch))
    if outcome.left_out and files.kind(node) == Kind.SYMLINK:
        raise WriteFailed(f"/{path} is a link that leads outside", "--follow-link copies what it leads to")
    _tell(outcome, dest)
    return FINE


def _destination(files: Files, node: int, path: str, dest: str) -> Destination:
    """Into DEST under its own name where DEST is a folder, unless what is in the folder was asked for; else as DEST."""
    items, target = items_of(files.tree, node), Path(dest)
    if dest.endswith("/") and not target.is_dir() and files.kind(node) != Kind.DIRECTORY:
        raise WriteFailed(f"there is no folder {dest}", "make it, or leave the slash away")
    if not target.is_dir() or node == ROOT or path.endswith("/."):
        return Destination(target, tuple(items))
    asked = path.rstrip("/").rpartition("/")[2]
    name = files.tree.names[node] if asked in (".", "..") else asked
    return Destination(target, tuple(Item(f"{name}/{item.path}".rstrip("/"), item.entry_id) for item in items))


def _may_overwrite(there: Sequence[Path]) -> bool:
    """Ask, where there is somebody to answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(f"Overwrite {_named(there)}?", err=True)


def _named(paths: Sequence[Path]) -> str:
    named = ", ".join(printable(str(path)) for path in paths[:QUESTIONED])
    return named + (f" and {len(paths) - QUESTIONED} more" if len(paths) > QUESTIONED else "")


def _tell(outcome: Outcome, dest: str) -> None:
    """What was written, and what was not."""
    for left in outcome.left_out[:NAMED]:
        warn(f"left out: {left}")
    if outcome.left_out:
        warn(f"left out {len(outcome.left_out)}: links that lead outside, devices, and what would replace a folder")
    write_out(f"wrote {counted(outcome.files, 'file')}, {human(outcome.size_bytes)}, to {printable(dest)}\n")
