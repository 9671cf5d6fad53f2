"""apk's database, Alpine's and Wolfi's: https://wiki.alpinelinux.org/wiki/Apk_spec, apk-tools 2 src/database.c."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from inspector.packages.found import Files, Found, marked, system_purl, text
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package, Relation
from inspector.packages.removal.commands import RemovalCommand
from inspector.packages.removal.sweep import apk_ways

DATABASES = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
WORLD = "etc/apk/world"

VIRTUAL = "virtual meta package"
"""The description that `apk add --virtual` gives."""

_relation = re.compile(r"(?P<name>[^@<>=~]+)(?:@[^<>=~]+)?(?:(?P<operator>[<>=~]+)(?P<version>.+))?").fullmatch


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:
    """The installed packages. Raises ValueError for stanzas without a name or a version."""
    world = None
    if WORLD in files:
        world = {relation.name for relation in _relations(text(files[WORLD]))}
    for database in DATABASES:
        for stanza in files.get(database, b"").split(b"\n\n"):
            if stanza.strip():
                package = memo(_package, stanza.strip(b"\n"), distribution)
                yield marked(Found(package, partial(_listed, stanza)), _is_automatic(package, world))


def _is_automatic(package: Package, world: set[str] | None) -> bool | None:
    """What `world` names by name, or by something it provides, was asked for by hand."""
    if world is None:
        return None
    return package.name not in world and not any(provided.name in world for provided in package.provides)


def _package(stanza: bytes, distribution: Distribution) -> Package:
    fields: dict[str, str] = {}
    for line in text(stanza).split("\n"):
        if line.startswith("F:"):  # files follow, in lines whose letters mean something else
            break
        fields[line[:1]] = line[2:]
    try:
        name, version = fields["P"], fields["V"]
    except KeyError as missing:
        raise ValueError(f"a stanza of apk's database has no field {missing}") from None
    architecture = fields.get("A", "")
    return Package(
        kind="apk",
        name=name,
        version=version,
        architecture=architecture,
        purl=system_purl("apk", name, version, architecture, distribution),
        paths=(),
        automatic=None,
        needs=tuple((relation,) for relation in _relations(fields.get("D", ""))),
        provides=_relations(fields.get("p", "")),
        install_if=_relations(fields.get("i", "")),
        origin=fields.get("o", name),
        virtual=fields.get("T") == VIRTUAL or name.startswith("."),
    )


def _relations(field: str) -> tuple[Relation, ...]:
    """Names, `so:`, `cmd:` and `pc:` capabilities with or without versions; conflicts (`!name`) are no needs.

    apko writes lists as Go prints them, in brackets.
    """
    found = (_relation(word) for word in field.strip("[]").split() if not word.startswith("!"))
    return tuple(Relation(match["name"], match["operator"] or "", match["version"] or "") for match in found if match)


def _listed(stanza: bytes) -> Iterator[str]:
    """`F:` names a folder, each `R:` after it a file in it."""
    folder = ""
    for line in text(stanza).split("\n"):
        if line.startswith("F:"):
            folder = line[2:]
        elif line.startswith("R:"):
            yield f"{folder}/{line[2:]}" if folder else line[2:]


MANAGER = Manager(
    "apk",
    "apk",
    read,
    of_system=True,
    removal=RemovalCommand("apk del --no-network", keep="apk add --no-network"),
    ways=apk_ways,
)
