"""Alpine's package manager: what is installed follows from `etc/apk/world`, and the database says so.

The format is apk-tools 2's: https://wiki.alpinelinux.org/wiki/Apk_spec
"""

from __future__ import annotations

import base64
import hashlib
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from inspector.demo.archive import EPOCH, Member
from inspector.demo.build import Tree, parent, parents, written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

WORLD = "etc/apk/world"
"""The names asked for by hand, one a line."""

INSTALLED = "lib/apk/db/installed"
"""One stanza for each installed package, with its files."""

DEFAULT_MODES = {"directory": 0o755, "symlink": 0o777}
"""Permissions of members that name none; files are 644."""


class Package(Struct, frozen=True):
    """A package of the distribution. `depends` and `provides` are separated by blanks, as in the database."""

    name: str
    version: str
    description: str
    license: str = ""
    depends: str = ""
    provides: str = ""
    origin: str = ""
    files: tuple[Member, ...] = ()
    architecture: str = "x86_64"

    @property
    def size(self) -> int:
        """Installed bytes: of the files, hardlinks not counted again."""
        return sum(len(member.content) for member in self.files)

    @property
    def folders(self) -> set[str]:
        """The directories the package brings or needs."""
        above = set(chain.from_iterable(parents(member.path) for member in self.files))
        return above | {member.path for member in self.files if member.kind == "directory"}


def virtual(name: str, depends: str) -> Package:
    """The package of `apk add --virtual NAME …`: nothing but dependencies, to be removed by one name."""
    return Package(name, "0", "virtual meta package", depends=depends, architecture="noarch")


def with_world(tree: Tree, world: Iterable[str], catalogue: Sequence[Package], now: int) -> Tree:
    """The tree with exactly what `world` needs installed, as `apk add` and `apk del` leave it at time `now`.

    The database is always written anew, even where that changes nothing but its time.
    """
    world = sorted(set(world))
    before = installed_names(tree)
    wanted = solve(world, catalogue)
    leaving = [package for package in catalogue if package.name in before and package not in wanted]
    arriving = [package for package in wanted if package.name not in before]
    tree = _without_files(tree, leaving, wanted)
    tree = written(tree, (member for package in arriving for member in package.files))
    return written(
        tree,
        (
            Member(WORLD, "".join(f"{name}\n" for name in world).encode(), mtime=now),
            Member(INSTALLED, "".join(f"{stanza(package)}\n" for package in wanted).encode(), mtime=now),
        ),
    )


def world_of(tree: Tree) -> list[str]:
    """The names in `etc/apk/world`."""
    return tree[WORLD].content.decode().split() if WORLD in tree else []


def installed_names(tree: Tree) -> set[str]:
    """The names in the database."""
    lines = tree[INSTALLED].content.decode().splitlines() if INSTALLED in tree else []
    return {line.removeprefix("P:") for line in lines if line.startswith("P:")}


def solve(world: Iterable[str], catalogue: Sequence[Package]) -> list[Package]:
    """The packages that `world` needs, in the catalogue's order.

    Raises KeyError for a name that no package has or provides.
    """
    providers = {provided.partition("=")[0]: package for package in catalogue for provided in package.provides.split()}
    providers |= {package.name: package for package in catalogue}
    wanted: set[str] = set()
    waiting = list(world)
    while waiting:
        package = providers[waiting.pop()]
        if package.name not in wanted:
            wanted.add(package.name)
            waiting += package.depends.split()
    return [package for package in catalogue if package.name in wanted]


def stanza(package: Package) -> str:
    """The package's lines in the database: what it is, then its directories with their files."""
    about = {
        "C": _checksum(f"{package.name}-{package.version}".encode()),
        "P": package.name,
        "V": package.version,
        "A": package.architecture,
        "S": str(package.size * 2 // 5),  # the .apk file: compressed to two fifths
        "I": str(package.size),
        "T": package.description,
        "U": "http://alpinelinux.org" if package.files else "",
        "L": package.license,
        "o": package.origin or (package.name if package.files else ""),
        "t": str(EPOCH),
        "D": package.depends,
        "p": package.provides,
    }
    lines = chain((f"{key}:{value}" for key, value in about.items() if value), _file_lines(package))
    return "".join(f"{line}\n" for line in lines)


def _file_lines(package: Package) -> Iterator[str]:
    contents = {member.path: member.content for member in package.files}
    modes = {member.path: _mode(member) for member in package.files if member.kind == "directory"}
    for folder in sorted(package.folders):
        yield f"F:{folder}"
        if modes.get(folder, 0o755) != 0o755:
            yield f"M:0:0:{modes[folder]:o}"
        for member in package.files:
            if parent(member.path) != folder or member.kind == "directory":
                continue
            yield f"R:{member.path.rpartition('/')[2]}"
            if _mode(member) != 0o644:
                yield f"a:0:0:{_mode(member):o}"
            if member.kind == "symlink":
                yield f"Z:{_checksum(member.link.encode())}"
            else:
                yield f"Z:{_checksum(contents[member.link or member.path])}"


def _without_files(tree: Tree, leaving: Collection[Package], staying: Collection[Package]) -> Tree:
    """Files of the packages go, then directories that nobody owns any more, if they are empty."""
    doomed = {member.path for package in leaving for member in package.files if member.kind != "directory"}
    tree = {path: member for path, member in tree.items() if path not in doomed}
    unowned = {folder for package in leaving for folder in package.folders}
    unowned.difference_update(*(package.folders for package in staying))
    kept = (path for path in tree if path not in unowned)
    occupied = set(chain.from_iterable(parents(path) for path in kept))
    return {path: member for path, member in tree.items() if path not in unowned or path in occupied}


def _mode(member: Member) -> int:
    return member.mode if member.mode is not None else DEFAULT_MODES.get(member.kind, 0o644)


def _checksum(data: bytes) -> str:
    """apk's form of a SHA-1: `Q1` and base64."""
    return f"Q1{base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"
