"""Packages out of rpm's database, whichever form it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec.structs import replace

from inspector.packages.databases.rpm import bdb, header, ndb, sqlite
from inspector.packages.databases.rpm.header import Values, values_of
from inspector.packages.databases.rpm.reasons import reasons
from inspector.packages.found import Files, Found, marked, nothing, system_purl, text
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Alternatives, Distribution, Package, Relation
from inspector.packages.removal.commands import RemovalCommand
from inspector.packages.removal.sweep import dnf_ways

FOLDERS = ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
FORMS: tuple[tuple[str, Callable[[bytes], Iterator[bytes]]], ...] = (
    ("rpmdb.sqlite", sqlite.headers),
    ("Packages.db", ndb.headers),
    ("Packages", bdb.headers),
)
"""File → what reads it; the newer form first, for an upgraded system may have kept the older."""
MANIFEST = "var/lib/rpmmanifest/container-manifest-2"
"""What Mariner's distroless images have instead of a database."""

KEY = "gpg-pubkey"
"""The name under which rpm keeps keys that it trusts among its packages; they are none."""

GHOST = 1 << 6
"""A file flag: a path that the package claims and does not bring."""
NOT_THERE = frozenset((1, 2))
"""File states: replaced by another package's file, and not installed (as with --nodocs)."""

_nested = re.compile(r"(?:^|\s)\(").search

_OPERATORS = {2: "<", 4: ">", 8: "=", 10: "<=", 12: ">="}
"""RPMSENSE_LESS, GREATER and EQUAL."""


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:
    """The installed packages. Raises ValueError for a database that cannot be read."""
    is_automatic = reasons(files)
    found = [memo(_found, blob, distribution) for blob in _headers(files)]
    found += _listed_in(files.get(MANIFEST, b""), distribution)
    found = [each for each in found if each.package.name != KEY]
    for each in _with_paths_needed(found):
        yield marked(each, is_automatic(each.package.name, each.package.architecture))


def _headers(files: Files) -> Iterator[bytes]:
    for folder in FOLDERS:
        for name, headers in FORMS:
            data = files.get(f"{folder}/{name}")
            if data:
                yield from headers(data)
                return


def _found(blob: bytes, distribution: Distribution) -> Found:
    values = values_of(blob)
    name, version, release = (_string(values, tag) for tag in (header.NAME, header.VERSION, header.RELEASE))
    if not name or not version:
        raise ValueError("an rpm header has no name or no version")
    epoch = str(values[header.EPOCH][0]) if values.get(header.EPOCH) else ""
    package = _package(name, version, release, epoch, _string(values, header.ARCH), distribution)
    origin = _string(values, header.SOURCE_RPM)
    package = replace(
        package,
        needs=_needs(values, header.REQUIRES),
        wants=_needs(values, header.RECOMMENDS),
        suggests=_needs(values, header.SUGGESTS),
        provides=tuple(_relations(values, header.PROVIDES)),
        section=_string(values, header.GROUP),
        origin=origin.rsplit("-", 2)[0] if origin.endswith(".rpm") else name,
    )
    return Found(package, partial(iter, tuple(_listed(values))))


def _package(
    name: str, version: str, release: str, epoch: str, architecture: str, distribution: Distribution
) -> Package:
    """The version is rpm's EVR, `[epoch:]version-release`; a purl has the epoch beside it."""
    full = f"{version}-{release}" if release else version
    return Package(
        kind="rpm",
        name=name,
        version=f"{epoch}:{full}" if epoch else full,
        architecture=architecture,
        purl=system_purl("rpm", name, full, architecture, distribution, epoch),
        paths=(),
        automatic=None,
    )


def _listed_in(manifest: bytes, distribution: Distribution) -> Iterator[Found]:
    """Lines of name, version-release, times of install and build, vendor, epoch, size, architecture, epoch, source."""
    for line in text(manifest).splitlines():
        parts = line.split("\t")
        if len(parts) < 10:
            raise ValueError("a line of container-manifest-2 has fewer than 10 fields")
        version, _, release = parts[1].rpartition("-")
        epoch = parts[8] if parts[8] not in ("0", "(none)") else ""
        yield Found(_package(parts[0], version, release, epoch, parts[7], distribution), nothing)


def _string(values: Values, tag: int) -> str:
    return str(values[tag][0]) if values.get(tag) else ""


def _numbers(values: Values, tag: int) -> tuple[int, ...]:
    numbers = values.get(tag, ())
    if numbers and not isinstance(numbers[0], int):
        raise ValueError(f"an rpm header has text where tag {tag} is a number")
    return numbers


def _relations(values: Values, tags: tuple[int, int, int]) -> Iterator[Relation]:
    names, flags, versions = values.get(tags[0], ()), _numbers(values, tags[1]), values.get(tags[2], ())
    for name, flag, version in zip(names, flags, versions, strict=False):
        yield Relation(str(name), _OPERATORS.get(flag & 14, ""), str(version))


def _needs(values: Values, tags: tuple[int, int, int]) -> tuple[Alternatives, ...]:
    """Each need once. What rpm itself must be able to do (`rpmlib(…)`) is no other package's to satisfy."""
    groups: dict[Alternatives, None] = {}
    for relation in _relations(values, tags):
        if relation.name.startswith("("):
            groups |= dict.fromkeys(_rich(relation.name))
        elif not relation.name.startswith("rpmlib("):
            groups[(relation,)] = None
    return tuple(groups)


def _rich(expression: str) -> Iterator[Alternatives]:
    """A boolean dependency without another in it (rpm's docs/manual/boolean_dependencies.md).

    `(a or b)` is one need with two ways out, `(a and b)` and `(a with b)` are two needs. Conditions (`if`, `unless`)
    and nested expressions are left out: what satisfies them depends on more than one package.
    """
    words = expression[1:-1]
    operators = set(re.findall(r" (or|and|with|if|unless|without|else) ", words))
    if _nested(words) or len(operators) != 1 or not operators <= {"or", "and", "with"}:
        return
    operator = operators.pop()
    members = tuple(_simple(part) for part in words.split(f" {operator} "))
    yield from [members] if operator == "or" else ((member,) for member in members)


def _simple(words: str) -> Relation:
    name, _, rest = words.strip().partition(" ")
    operator, _, version = rest.partition(" ")
    return Relation(name, operator, version)


def _listed(values: Values) -> Iterator[str]:
    """The files that are there: no ghosts, none that were left out or replaced by another package's."""
    flags, states = _numbers(values, header.FILE_FLAGS), _numbers(values, header.FILE_STATES)
    for number, path in enumerate(_paths(values)):
        ghost = number < len(flags) and flags[number] & GHOST
        if not ghost and not (number < len(states) and states[number] in NOT_THERE):
            yield path.strip("/")


def _paths(values: Values) -> Iterable[str]:
    if header.BASE_NAMES not in values:
        return (str(path) for path in values.get(header.OLD_FILE_NAMES, ()))
    folders = [str(folder) for folder in values.get(header.DIR_NAMES, ())]
    indexes, names = _numbers(values, header.DIR_INDEXES), values[header.BASE_NAMES]
    if indexes and max(indexes) >= len(folders):
        raise ValueError("an rpm header has a file in a folder that it does not name")
    return (f"{folders[index]}{name}" for index, name in zip(indexes, names, strict=True))


def _with_paths_needed(found: list[Found]) -> Iterator[Found]:
    """Packages with the files that others need by path among what they provide, as rpm resolves them."""
    needed = {
        relation.name
        for each in found
        for group in each.package.needs
        for relation in group
        if relation.name.startswith("/")
    }
    for each in found:
        missing = needed - {provided.name for provided in each.package.provides}
        extra = tuple(Relation(path) for path in (f"/{listed}" for listed in each.listed()) if path in missing)
        provides = each.package.provides + extra
        yield replace(each, package=replace(each.package, provides=provides)) if extra else each


DNF5_REMOVAL = RemovalCommand("dnf remove -y", keep="dnf mark user -y", cleanup="dnf clean all")
"""What dnf is since Fedora 41; `mark install` is unknown to it (dnf5-mark(8))."""

MANAGER = Manager(
    "rpm",
    "rpm",
    read,
    of_system=True,
    removal=RemovalCommand("dnf remove -y", keep="dnf mark install", cleanup="dnf clean all"),
    ways=dnf_ways,
)
