"""Files of one stage in another: the COPY --from instructions that carry them, with owners and modes as they were.

What COPY does, seen with Docker's classic builder and BuildKit: a folder's content is copied with its modes, links and
hardlinks, the folder itself is made with mode 755 unless it is there; files named one by one are copied through
symlinks; owners are kept or not, so those that are not root are always told.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from inspector.filesystem.stack import Filesystem
from inspector.findings.remedy import shell_path
from inspector.layers.entries import Entry, Kind
from inspector.lean.plan.application import SHARED
from inspector.lean.plan.carried_tree import Node, tree_of

PLAIN_MODE = 0o755
"""The mode of folders that COPY makes."""

FEW = 4
"""Files of a folder that is there already, or that all kinds of things lie in, which are named one by one."""


MANY, MOST_TWICE_BYTES = 16, 20_000_000
"""Folders side by side that are rather copied with all that the base has beside them, and what that may weigh at most:
every COPY is a layer, of which an image has a hundred or so."""


class Copy(Struct, frozen=True):
    """One COPY: real paths without the leading slash; a target that ends in a slash is a folder. `folder` tells whether
    the only source is one, whose content is meant."""

    sources: tuple[str, ...]
    target: str
    uid: int
    gid: int
    size_bytes: int
    folder: bool = False

    def line(self, stage: str) -> str:
        """The instruction; empty where a path cannot be written in a Dockerfile."""
        words = [f"/{each}/" if self.folder else f"/{each}" for each in self.sources]
        words = [*map(_escaped, words), _escaped(f"/{self.target}", source=False)]
        if not all(word.isprintable() for word in words):
            return ""
        owner = f" --chown={self.uid}:{self.gid}" if self.uid or self.gid else ""
        text = "[" + ", ".join(f'"{word}"' for word in words) + "]" if any(" " in w for w in words) else " ".join(words)
        return f"COPY --from={stage}{owner} {text}"


class Folder(Struct, frozen=True):
    """A folder to be made before files are copied, for COPY would make it otherwise."""

    path: str
    mode: int
    uid: int
    gid: int


class Carried(Struct, frozen=True):
    """What carries a set of files: `folders` and `links` (path, target) are to be made before, and so are the
    folders of the links that are not there (`parents`)."""

    copies: tuple[Copy, ...] = ()
    folders: tuple[Folder, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    parents: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        return sum(copy.size_bytes for copy in self.copies)

    @property
    def is_shown(self) -> bool:
        """Whether lines of a Dockerfile can name all folders and links."""
        links = [word for link in self.links for word in link]
        return all(word.isprintable() for word in (*(each.path for each in self.folders), *self.parents, *links))

    def preparation(self) -> str:
        """The command of the RUN that makes folders and links, empty where none is needed."""
        folders, made = self.folders, [*(each.path for each in self.folders), *self.parents]
        innermost = [path for path in made if not any(each.startswith(f"{path}/") for each in made)]
        modes = sorted({each.mode for each in folders} - {PLAIN_MODE})
        owners = sorted({(each.uid, each.gid) for each in folders} - {(0, 0)})
        steps = [f"mkdir -p {_words(innermost)}"] if made else []
        steps += (f"chmod {mode:o} {_words(each.path for each in folders if each.mode == mode)}" for mode in modes)
        steps += (
            f"chown {uid}:{gid} {_words(each.path for each in folders if (each.uid, each.gid) == (uid, gid))}"
            for uid, gid in owners
        )
        steps += (f"ln -sfn {shlex.quote(target)} {shell_path(path)}" for path, target in self.links)
        return " && ".join(steps)


There = Mapping[str, tuple[int, int, int] | None]
"""The folders of an image with mode, uid and gid; None for those that are there only because something is in them."""


def carry(
    filesystem: Filesystem, kept: AbstractSet[int], there: There, *, base_entries: int = 0, can_run: bool = True
) -> Carried:
    """The COPYs for these entries of a filesystem into an image that has the folders `there`, and its first
    `base_entries` entries as they are.

    Where nothing can be run (scratch), folders cannot be prepared, and links next to other files are not made.
    """
    root = tree_of(filesystem, kept, base_entries)
    copies: list[Copy] = []
    folders: list[Folder] = []
    links: list[tuple[str, str]] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if node.path and _is_whole(node, there):
            copies.append(_of_folder(filesystem, node))
            folders += _missing_folders(filesystem, root, node, there, copies[-1])
            continue
        if node.entry_id in kept and node.path in there:
            folders += _changed_folder(filesystem, node, there)
        found = list(_of_files(filesystem, node, kept))
        copies += found
        if found:
            folders += _missing_folders(filesystem, root, node, there, found[0])
        if can_run:
            links += _links(filesystem, node, kept)
        pending += [child for child in node.children.values() if child.is_folder]
    unique = dict.fromkeys(sorted(folders, key=lambda folder: folder.path))
    parents = {path.rpartition("/")[0] for path, _ in links}
    return Carried(
        tuple(sorted(copies, key=lambda copy: (copy.target, copy.sources))),
        tuple(unique) if can_run else (),
        tuple(sorted(links)),
        tuple(sorted(parent for parent in parents if parent not in there)),
    )


def folders_of(filesystem: Filesystem, upto: int | None = None) -> There:
    """The folders of the image made of the layers up to this one (None: all; -1: none)."""
    found: dict[str, tuple[int, int, int] | None] = {"": None}
    for entry_id in filesystem.visible(upto):
        layer, row = filesystem.locate(entry_id)
        entries = filesystem.layers[layer]
        at = path = entries.paths[row]
        if entries.kinds[row] == Kind.DIRECTORY:
            found[path] = entries.modes[row] & 0o7777, entries.uids[row], entries.gids[row]
        while (at := at.rpartition("/")[0]) and at not in found:
            found[at] = None
    return found


def bytes_of(filesystem: Filesystem, entry_id: int) -> int:
    """What a file weighs; a hardlink as the file whose bytes it shares."""
    return filesystem.size(filesystem.shares.get(entry_id, entry_id))


def _is_whole(node: Node, there: There) -> bool:
    """Whether a folder can be copied as it is: all of it is kept, with one owner; few files are rather named."""
    if node.kept + node.spare < node.seen or len(node.owners) > 1 or not node.kept:
        return not node.seen and node.path not in there
    folders = sum(child.is_folder for child in node.children.values())
    if node.spare:
        return folders > MANY and node.spare_bytes <= MOST_TWICE_BYTES
    if node.path not in there and node.path not in SHARED:
        return True
    return folders > MANY or (len(node.children) > FEW and not folders)


def _of_folder(filesystem: Filesystem, node: Node) -> Copy:
    shared = {filesystem.shares.get(each, each) for each in node.kept_below()}
    uid, gid = next(iter(node.owners), _owner(filesystem, node))
    size = sum(filesystem.size(each) for each in shared) + node.spare_bytes
    return Copy((node.path,), f"{node.path}/", uid, gid, size, folder=True)


def _of_files(filesystem: Filesystem, node: Node, kept: AbstractSet[int]) -> Iterator[Copy]:
    """The kept files right in a folder, one COPY for each owner."""
    groups: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for entry_id, entry in _right_in(filesystem, node, kept):
        if entry.kind in (Kind.FILE, Kind.HARDLINK):
            files = groups.setdefault((entry.uid, entry.gid), [])
            files.append((entry.path, bytes_of(filesystem, entry_id)))
    target = f"{node.path}/" if node.path else ""
    for (uid, gid), files in sorted(groups.items()):
        yield Copy(tuple(path for path, _ in files), target, uid, gid, sum(size for _, size in files))


def _links(filesystem: Filesystem, node: Node, kept: AbstractSet[int]) -> Iterator[tuple[str, str]]:
    for _, entry in _right_in(filesystem, node, kept):
        if entry.kind == Kind.SYMLINK:
            yield entry.path, entry.link


def _right_in(filesystem: Filesystem, node: Node, kept: AbstractSet[int]) -> Iterator[tuple[int, Entry]]:
    """The kept entries that are children of a folder."""
    for child in node.children.values():
        if child.entry_id is not None and child.entry_id in kept:
            yield child.entry_id, filesystem.entry(child.entry_id)


def _changed_folder(filesystem: Filesystem, node: Node, there: There) -> Iterator[Folder]:
    """A folder that the base has, as the image's own instructions made it."""
    assert node.entry_id is not None, "a kept folder has an entry"
    entry, before = filesystem.entry(node.entry_id), there[node.path]
    now = entry.mode & 0o7777, entry.uid, entry.gid
    if before is not None and now != before and entry.kind == Kind.DIRECTORY:
        yield Folder(node.path, *now)


def _missing_folders(filesystem: Filesystem, root: Node, node: Node, there: There, copy: Copy) -> Iterator[Folder]:
    """A folder that is to be copied to and those above it, as far as COPY would not make them as they are."""
    at = root
    for name in filter(None, node.path.split("/")):
        at = at.children[name]
        if at.path in there or at.entry_id is None:
            continue
        entry = filesystem.entry(at.entry_id)
        is_target = at is node and copy.folder
        made = (PLAIN_MODE, copy.uid, copy.gid) if is_target else (PLAIN_MODE, 0, 0)
        wanted = entry.mode & 0o7777, entry.uid, entry.gid
        if wanted != made or (copy.uid and not is_target):
            yield Folder(at.path, *wanted)


def _owner(filesystem: Filesystem, node: Node) -> tuple[int, int]:
    if node.entry_id is None:
        return 0, 0
    layer, row = filesystem.locate(node.entry_id)
    entries = filesystem.layers[layer]
    return entries.uids[row], entries.gids[row]


def _words(paths: Iterable[str]) -> str:
    return " ".join(map(shell_path, dict.fromkeys(paths)))


def _escaped(path: str, *, source: bool = True) -> str:
    """As a word of COPY: sources are patterns (Go's filepath.Match), and variables are filled in."""
    text = path.replace("\\", "\\\\").replace("$", "\\$").replace('"', '\\"')
    if source:
        text = "".join(f"[{each}]" if each in "*?[" else each for each in text)
    return text
