"""A build as a container engine runs it: instructions change a tree of files, and a layer is what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from inspector.demo.archive import EPOCH, Member, Step, directory, tar_layer, whiteout

Tree: TypeAlias = Mapping[str, Member]
"""A whole filesystem: path → what is there. The parents of every path are in it too."""

Change: TypeAlias = Callable[[Tree, int], Tree]
"""What an instruction does to the tree, at a time in Unix seconds."""

STEP_SECONDS = 60
"""How long an instruction takes on the demo's clock: long enough to tell the steps apart by their times."""


class Build(Struct, frozen=True):
    """The filesystem so far, and the steps that led to it."""

    tree: Tree = {}
    steps: tuple[Step, ...] = ()

    def then(self, created_by: str, change: Change | None = None, *, comment: str = "") -> Build:
        """The build after one more instruction; one without a `change` adds no layer."""
        if change is None:
            return Build(self.tree, (*self.steps, Step(created_by, comment=comment)))
        now = EPOCH + STEP_SECONDS * len(self.steps)
        tree = _with_folder_times(self.tree, change(self.tree, now), now)
        layer = tar_layer(difference(self.tree, tree))
        return Build(tree, (*self.steps, Step(created_by, layer, comment)))

    def dockerfile(self, text: str, *changes: Change | None) -> Build:
        """The build after the instructions of a Dockerfile below its FROM, each with what it does."""
        build = self
        for instruction, change in zip(instructions(text)[1:], changes, strict=True):
            build = build.then(buildkit_text(instruction), change, comment="buildkit.dockerfile.v0")
        return build


def instructions(dockerfile: str) -> list[str]:
    """The instructions of a Dockerfile, continued lines joined as its parser joins them: blanks are kept."""
    return [line for line in dockerfile.replace("\\\n", "").splitlines() if line]


def buildkit_text(instruction: str) -> str:
    """What BuildKit writes to the history for an instruction."""
    verb, _, rest = instruction.partition(" ")
    if verb == "RUN":
        return f"RUN /bin/sh -c {rest} # buildkit"
    if verb == "COPY":
        return f"{instruction} # buildkit"
    if verb == "CMD":
        return f"CMD [{' '.join(json.dumps(word) for word in json.loads(rest))}]"
    return instruction


def difference(before: Tree, after: Tree) -> Iterator[Member]:
    """The members of the layer from one tree to the next, as overlay2 keeps them.

    In the order of a sorted walk: each changed path below its parents, each removed path as a whiteout, a
    removed directory as one whiteout for all that was in it.
    """
    changed = {path: member for path, member in after.items() if before.get(path) != member}
    removed = {path: whiteout(path) for path in before if path not in after and _is_top(path, after)}
    folders = {folder: after[folder] for path in (*changed, *removed) for folder in parents(path)}
    members = folders | changed | removed
    for path in sorted(members, key=lambda path: path.split("/")):
        yield members[path]


def written(tree: Tree, members: Iterable[Member]) -> Tree:
    """The tree with `members` put in their places, and the directories they need."""
    changed = dict(tree)
    for member in members:
        for folder in parents(member.path):
            changed.setdefault(folder, directory(folder))
        changed[member.path] = member
    return changed


def removed(tree: Tree, *paths: str) -> Tree:
    """The tree as `rm -rf` leaves it."""
    doomed = tuple(f"{path}/" for path in paths)
    return {path: member for path, member in tree.items() if not f"{path}/".startswith(doomed)}


def owned(tree: Tree, top: str, uid: int, gid: int) -> Tree:
    """The tree as `chown -R` leaves it: only owners change."""
    return {
        path: replace(member, uid=uid, gid=gid) if f"{path}/".startswith(f"{top}/") else member
        for path, member in tree.items()
    }


def parents(path: str) -> Iterator[str]:
    """The directories above `path`, topmost first."""
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)


def parent(path: str) -> str:
    """The directory of `path`; empty for the root."""
    return path.rpartition("/")[0]


def _is_top(path: str, after: Tree) -> bool:
    return parent(path) == "" or parent(path) in after


def _with_folder_times(before: Tree, after: Tree, now: int) -> Tree:
    """A directory's time is when a name last came or went in it."""
    touched = {parent(path) for path in before.keys() ^ after.keys()}
    return {
        path: replace(member, mtime=now) if member.kind == "directory" and path in touched else member
        for path, member in after.items()
    }
