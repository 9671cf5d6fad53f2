"""pacman's local database: a folder a package with `desc` and `files` (libalpm lib/libalpm/be_local.c)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from inspector.packages.found import Files, Found, system_purl, text
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package, Relation
from inspector.packages.removal.commands import RemovalCommand
from inspector.packages.removal.sweep import pacman_ways

OWN_FILES = ("desc", "files", "mtree", "install", "changelog")

DEPENDENCY = "1"
"""The value of `%REASON%` for a package that another needed."""

_relation = re.compile(r"(?P<name>[^<>=:]+)(?:(?P<operator>[<>=]+)(?P<version>[^:]+))?").match


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:
    """The installed packages. Raises ValueError for those without a name or a version."""
    for path, data in files.items():
        folder, _, name = path.rpartition("/")
        if name == "desc":
            yield Found(memo(_package, data, distribution), partial(_listed, folder, files.get(f"{folder}/files", b"")))


def _package(data: bytes, distribution: Distribution) -> Package:
    values = _sections(data)
    if not values.get("NAME") or not values.get("VERSION"):
        raise ValueError("a package of pacman has no name or no version")
    name, version = values["NAME"][0], values["VERSION"][0]
    architecture = values.get("ARCH", [""])[0]
    return Package(
        kind="alpm",
        name=name,
        version=version,
        architecture=architecture,
        purl=system_purl("alpm", name, version, architecture, distribution),
        paths=(),
        automatic=values.get("REASON") == [DEPENDENCY],
        needs=tuple((relation,) for relation in _relations(values.get("DEPENDS", []))),
        suggests=tuple((relation,) for relation in _relations(values.get("OPTDEPENDS", []))),
        provides=_relations(values.get("PROVIDES", [])),
        section=" ".join(values.get("GROUPS", [])),
        origin=values.get("BASE", [name])[0],
    )


def _sections(data: bytes) -> dict[str, list[str]]:
    """`%NAME%` and the lines below it, up to an empty one."""
    sections: dict[str, list[str]] = {}
    for block in text(data).split("\n\n"):
        head, *lines = block.strip("\n").split("\n")
        sections[head.strip("%")] = lines
    return sections


def _relations(lines: list[str]) -> tuple[Relation, ...]:
    """`glibc>=2.33`, and for optional ones `python: for the scripts`."""
    found = (_relation(line) for line in lines)
    return tuple(Relation(match["name"], match["operator"] or "", match["version"] or "") for match in found if match)


def _listed(folder: str, data: bytes) -> Iterator[str]:
    yield from (line for line in _sections(data).get("FILES", []) if not line.endswith("/"))
    yield from (f"{folder}/{name}" for name in OWN_FILES)


MANAGER = Manager(
    "alpm",
    "pacman",
    read,
    of_system=True,
    removal=RemovalCommand("pacman -Rns --noconfirm", keep="pacman -D --asexplicit"),
    ways=pacman_ways,
)
