"""The packages of two images: added, removed, of another version, or of other bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from inspector.compare.align import LayerPair
from inspector.compare.side import Cause, Side, SidePackage, Status, Which
from inspector.packages.versions import compare as compare_versions

Key = Callable[[SidePackage], object]

ALIKE: tuple[Key, ...] = (
    lambda package: (package.purl, package.location),
    lambda package: package.purl,
    lambda package: (package.version, package.location),
    lambda package: package.version,
    lambda package: package.location,
    lambda _: None,
)
"""By what packages of one name are paired, the surest first: npm may have ten versions of one, each in its folder."""


class PackageChange(Struct, frozen=True):
    """One package that differs; `a` or `b` is None where it is not installed. `cause` is None where it is unknown."""

    status: Status
    kind: str
    name: str
    a: SidePackage | None
    b: SidePackage | None
    cause: Cause | None

    @property
    def delta_bytes(self) -> int:
        return (self.b.size_bytes if self.b else 0) - (self.a.size_bytes if self.a else 0)


def compare_packages(a: Side, b: Side, rows: Sequence[LayerPair]) -> tuple[PackageChange, ...]:
    """Packages that are not the same to the byte, the biggest change first."""
    shared: dict[Which, set[int]] = {
        "a": {row.a.index for row in rows if row.status is Status.SAME and row.a},
        "b": {row.b.index for row in rows if row.status is Status.SAME and row.b},
    }
    changes = []
    for one, other in _pairs(a.packages, b.packages):
        named = other or one
        assert named is not None, "a pair has a package"
        status = _status(one, other)
        if status is not Status.SAME:
            changes.append(PackageChange(status, named.kind, named.name, one, other, _cause(one, other, a, b, shared)))
    return tuple(sorted(changes, key=lambda each: (-abs(each.delta_bytes), each.kind, each.name)))


def unpackaged_bytes(side: Side) -> int:
    """Live bytes of no package."""
    return side.ledger.live_bytes - sum(package.size_bytes for package in side.packages)


def _pairs(
    a: Sequence[SidePackage], b: Sequence[SidePackage]
) -> Iterator[tuple[SidePackage | None, SidePackage | None]]:
    groups: dict[tuple[str, str], tuple[list[SidePackage], list[SidePackage]]] = {}
    for number, side in enumerate((a, b)):
        for package in side:
            groups.setdefault((package.kind, package.name), ([], []))[number].append(package)
    for ours, theirs in groups.values():
        for key in ALIKE:
            if not ours or not theirs:
                break
            yield from _paired(ours, theirs, key)
        yield from ((package, None) for package in ours)
        yield from ((None, package) for package in theirs)


def _paired(ours: list[SidePackage], theirs: list[SidePackage], key: Key) -> Iterator[tuple[SidePackage, SidePackage]]:
    """Take the packages that have the key in common out of both lists."""
    by_key: dict[object, list[SidePackage]] = {}
    for package in reversed(ours):
        by_key.setdefault(key(package), []).append(package)
    left = []
    for package in theirs:
        partners = by_key.get(key(package))
        if partners:
            yield partners.pop(), package
        else:
            left.append(package)
    theirs[:] = left
    kept = {id(package) for partners in by_key.values() for package in partners}
    ours[:] = [package for package in ours if id(package) in kept]


def _status(a: SidePackage | None, b: SidePackage | None) -> Status:
    if a is None:
        return Status.ADDED
    if b is None:
        return Status.REMOVED
    if a.version != b.version:
        return Status.DOWNGRADED if compare_versions(a.version, b.version) > 0 else Status.UPGRADED
    return Status.SAME if a.size_bytes == b.size_bytes else Status.CHANGED


def _cause(
    one: SidePackage | None, other: SidePackage | None, a: Side, b: Side, shared: dict[Which, set[int]]
) -> Cause | None:
    """The layer that installed it on the side that has it alone, or that removed it on the other."""
    if other is not None and other.layer is not None and other.layer not in shared["b"]:
        return Cause("b", other.layer)
    if one is not None and one.layer is not None and one.layer not in shared["a"]:
        return Cause("a", one.layer)
    named = other or one
    gone = (named.kind, named.name) if named else ("", "")
    if one is None and gone in a.removed_in:
        return Cause("a", a.removed_in[gone])
    if other is None and gone in b.removed_in:
        return Cause("b", b.removed_in[gone])
    return None
