"""What Docker itself says about an image: `docker history`, `docker export`, a plain reading of `docker save`.

The readers are pure functions of what Docker wrote, by the standard library's tarfile and json only, so that they
share no code with what they judge. Three habits of Docker are modelled here rather than looked away from:

- a container is not its image: Docker puts its own files over it (ENGINE_PATHS);
- `docker history` counts symlinks' targets as bytes of a layer, or not, by how the layer came (`symlinks_counted`);
- a hardlink in an export has no size, the content that it shares has (`read_tree`).
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from .engine import Engine

PERMISSIONS = 0o7777
"""The part of a tar header's mode that is one: Docker repeats the file's type in the bits above."""

XATTR = "SCHILY.xattr."
"""The prefix of PAX records that hold extended attributes."""

KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.LNKTYPE: "hardlink",
    tarfile.SYMTYPE: "symlink",
    tarfile.DIRTYPE: "directory",
    tarfile.CHRTYPE: "char",
    tarfile.BLKTYPE: "block",
    tarfile.FIFOTYPE: "fifo",
}


@dataclass(frozen=True, slots=True)
class Node:
    """What is at one path of a file system.

    `size` counts bytes of content; `link` is a symlink's target, `device` (major, minor) of a device node.
    A hardlink is no kind of its own: which of several names came first depends on who walked, and how.
    """

    kind: str
    size: int
    mode: int
    uid: int
    gid: int
    link: str = ""
    device: tuple[int, int] | None = None
    xattrs: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """A file system: `nodes` by path without a leading slash, and the groups of paths that are one inode."""

    nodes: dict[str, Node]
    links: frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of `docker history`."""

    created_by: str
    size_bytes: int
    comment: str

    @property
    def symlinks_counted(self) -> bool:
        """Whether `size_bytes` has the lengths of symlink targets in it.

        A layer that was unpacked from a tar (import, load, pull, classic builder) is measured by walking its
        directory and adding up what lstat(2) says of all but directories (moby `pkg/directory`, Size). One that
        BuildKit made is measured by the sizes in its tar headers (moby `layer/migration.go`, packSizeCounter).
        """
        return not self.comment.startswith("buildkit")


@dataclass(frozen=True, slots=True)
class SavedLayer:
    """One layer in a `docker save`: the sizes in regular files' headers, and the lengths of symlinks' targets."""

    file_bytes: int
    symlink_bytes: int


@dataclass(frozen=True, slots=True)
class SavedImage:
    """A `docker save`: its layers, the lowest first, and for each entry of the history whether it has one."""

    layers: tuple[SavedLayer, ...]
    history_has_layer: tuple[bool, ...]


def history(engine: Engine, tag: str) -> list[HistoryRow]:
    """The lines of `docker history`, the oldest first."""
    return parse_history(engine.docker("history", "--no-trunc", "--human=false", "--format", "{{json .}}", tag))


def parse_history(output: str) -> list[HistoryRow]:
    """The lines of `docker history --no-trunc --human=false --format '{{json .}}'`, the oldest first.

    JSON, since an instruction may hold any character; with `--human=false` sizes are exact integers.
    """
    rows = [json.loads(line) for line in output.splitlines()]
    return [HistoryRow(row["CreatedBy"], int(row["Size"]), row["Comment"]) for row in reversed(rows)]


def export_tree(engine: Engine, tag: str) -> Tree:
    """The file system of a container of `tag` that was never started, as `docker export` streams it."""
    with engine.container(tag) as container:
        command = [engine.client, "export", container]
        with subprocess.Popen(command, env=engine.env, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
                tree = read_tree(tar)
            process.stdout.read()  # the padding after the end marker, lest docker meet a closed pipe
        assert process.returncode == 0
    return tree


def read_tree(tar: tarfile.TarFile) -> Tree:
    """The file system in a tar that has each path once, as exports do."""
    nodes: dict[str, Node] = {}
    first_names: dict[str, str] = {}
    for member in tar:
        path = member.name.removeprefix("./").rstrip("/")
        node = _node(member)
        if node.kind == "hardlink":
            first = member.linkname
            first_names[path] = first
            node = nodes[first]
        nodes[path] = node
    groups: dict[str, set[str]] = {}
    for path, first in first_names.items():
        groups.setdefault(first, {first}).add(path)
    return Tree(nodes, frozenset(frozenset(group) for group in groups.values()))


def _node(member: tarfile.TarInfo) -> Node:
    kind = KINDS[member.type]
    return Node(
        kind=kind,
        size=member.size if kind == "file" else 0,
        mode=member.mode & PERMISSIONS,
        uid=member.uid,
        gid=member.gid,
        link=member.linkname if kind == "symlink" else "",
        device=(member.devmajor, member.devminor) if kind in ("char", "block") else None,
        xattrs=tuple(
            sorted(
                (key.removeprefix(XATTR), value.encode(errors="surrogateescape"))
                for key, value in member.pax_headers.items()
                if key.startswith(XATTR)
            )
        ),
    )


_OWN_FILE = Node("file", 0, 0o755, 0, 0)
_OWN_DIRECTORY = Node("directory", 0, 0o755, 0, 0)

ENGINE_PATHS = {
    "dev/pts": _OWN_DIRECTORY,
    "dev/shm": _OWN_DIRECTORY,
    "proc": _OWN_DIRECTORY,
    "sys": _OWN_DIRECTORY,
    ".dockerenv": _OWN_FILE,
    "etc/resolv.conf": _OWN_FILE,
    "etc/hosts": _OWN_FILE,
    "etc/hostname": _OWN_FILE,
    "dev/console": _OWN_FILE,
    "etc/mtab": Node("symlink", 0, 0o777, 0, 0, "/proc/mounts"),
}
"""Everything that Docker puts over an image to make a container (moby `daemon/initlayer/setup_unix.go`).

A container made from an otherwise empty image shows exactly these and their parents `dev` and `etc`.
"""


def as_container(image: Mapping[str, Node]) -> dict[str, Node]:
    """The tree of a container made from an image with this tree: nothing else differs between the two.

    As Docker does it: of each of its paths and each parent, whatever is not a directory is unlinked; then what
    is missing is made. So an image's `etc/hosts` gives way to an empty one, and a directory at that path stays.
    """
    tree = dict(image)
    for path, own in ENGINE_PATHS.items():
        parent = path.rpartition("/")[0]
        for step in filter(None, (parent, path)):
            if step in tree and tree[step].kind != "directory":
                del tree[step]
        if parent:
            tree.setdefault(parent, _OWN_DIRECTORY)
        tree.setdefault(path, own)
    return tree


def content_bytes(tree: Tree) -> int:
    """The bytes of a file system's content, each content once however many names it has.

    For a container this is its image's (all that Docker adds is empty) less what ENGINE_PATHS took away.
    """
    linked = {path for group in tree.links for path in group}
    alone = sum(node.size for path, node in tree.nodes.items() if path not in linked)
    return alone + sum(tree.nodes[next(iter(group))].size for group in tree.links)


def read_saved(path: Path) -> SavedImage:
    """Read a `docker save` of one image by its manifest.json, whichever layout it has."""
    with tarfile.open(path) as archive:

        def document(name: str) -> Any:
            member = archive.extractfile(name)
            assert member is not None
            return json.load(member)

        (image,) = document("manifest.json")
        config = document(image["Config"])
        layers = []
        for name in image["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(name)) as layer:
                layers.append(read_layer(layer))
    return SavedImage(tuple(layers), tuple(not entry.get("empty_layer", False) for entry in config["history"]))


def read_layer(layer: Iterable[tarfile.TarInfo]) -> SavedLayer:
    """Add up a layer's headers."""
    files = symlinks = 0
    for member in layer:
        if member.isreg():
            files += member.size
        elif member.issym():
            symlinks += len(member.linkname.encode(errors="surrogateescape"))
    return SavedLayer(files, symlinks)
