"""Node packages: `node_modules` folders as npm, yarn and pnpm lay them out.

What a package is and needs, its own package.json says; npm 7 and later also leave a list of a whole folder with marks
for development in `node_modules/.package-lock.json` (docs.npmjs.com, package-lock.json, “Hidden lockfiles”).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from inspector.packages.found import Files, Found, purl
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package, Relation

PNPM = "node_modules/.pnpm/"
"""Where pnpm keeps the packages themselves; what each finds beside it are links."""

HIDDEN_LOCK = "node_modules/.package-lock.json"
_of_package = re.compile(r"(?P<folder>(?:.+/)?node_modules/(?:@[^/]+/)?[^/@.][^/]*)/package\.json").fullmatch
_is_name = re.compile(r"(?:@[^/@\s]+/)?[^/@\s]+").fullmatch


class _Manifest(msgspec.Struct, frozen=True):
    """What we read of a package.json. All of it is written by hand, so anything may be of any type."""

    name: Any = None
    version: Any = None
    dependencies: Any = None
    optional: Any = msgspec.field(name="optionalDependencies", default=None)
    peer: Any = msgspec.field(name="peerDependencies", default=None)
    dev: Any = msgspec.field(name="devDependencies", default=None)

    def names(self, *fields: str) -> list[str]:
        values = (getattr(self, field) for field in fields)
        return [name for value in values if isinstance(value, dict) for name in value]


_decoder = msgspec.json.Decoder(_Manifest)


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:  # noqa: ARG001
    """The packages of all `node_modules`; a package.json that is no JSON, or has no name or version, is none.

    Asked for by hand is what the package.json beside the top `node_modules` names; of `npm install --global`, which
    leaves none in `lib`, what lies at the top.
    """
    packages = {}
    for path, data in files.items():
        match = _of_package(path)
        package = memo(_package, data, match["folder"]) if match else None
        if package is not None:
            packages[package.location] = package
    tops: dict[str, list[str]] = {}
    for location in packages:
        tops.setdefault(location.partition("node_modules/")[0], []).append(location)
    for top, locations in tops.items():
        root = _manifest(files.get(f"{top}package.json", b""))
        dev = _dev(packages, files, top, root)
        for location in locations:
            automatic = _is_automatic(location, top, root)
            package = replace(packages[location], automatic=automatic, dev=location in dev)
            yield Found(package, folders=(location,), record=f"{location}/package.json")


def _package(data: bytes, location: str) -> Package | None:
    manifest = _manifest(data)
    if manifest is None or not isinstance(manifest.name, str) or not isinstance(manifest.version, str):
        return None
    if not _is_name(manifest.name) or not manifest.version:
        return None
    scope, _, name = manifest.name.rpartition("/")
    return Package(
        kind="npm",
        name=manifest.name,
        version=manifest.version,
        architecture="",
        purl=purl("npm", name, manifest.version, namespace=scope),
        paths=(),
        automatic=None,
        needs=tuple((Relation(need),) for need in manifest.names("dependencies")),
        wants=tuple((Relation(need),) for need in manifest.names("optional", "peer")),
        location=location,
    )


def _manifest(data: bytes) -> _Manifest | None:
    try:
        return _decoder.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _is_automatic(location: str, top: str, root: _Manifest | None) -> bool | None:
    """Whether a package came for another one's sake; of a name's copies the one at the top is the one asked for."""
    name = location.removeprefix(f"{top}node_modules/")
    if name.startswith(".pnpm/"):
        name = name.rpartition("node_modules/")[2]
    if "node_modules/" in name:
        return True
    if root is None:
        return False if top.endswith("lib/") else None
    return name not in root.names("dependencies", "optional", "peer", "dev")


def _dev(packages: Mapping[str, Package], files: Files, top: str, root: _Manifest | None) -> frozenset[str]:
    """The locations that only development needs: npm's own marks, or what `dependencies` do not lead to.

    Of pnpm's folders neither is known.
    """
    lock = files.get(f"{top}{HIDDEN_LOCK}")
    marks = _lock_marks(lock) if lock else None
    if marks is not None:
        return frozenset(f"{top}{location}" for location in marks)
    if root is None or not root.names("dev") or any(PNPM in location for location in packages):
        return frozenset()
    needed: set[str] = set()
    pending = list(_resolved(packages, top, root.names("dependencies", "optional", "peer")))
    while pending:
        location = pending.pop()
        if location not in needed:
            needed.add(location)
            package = packages[location]
            names = [relation.name for group in package.needs + package.wants for relation in group]
            pending += _resolved(packages, f"{location}/", names)
    from_top = f"{top}node_modules/"
    return frozenset(location for location in packages if location.startswith(from_top) and location not in needed)


def _lock_marks(lock: bytes) -> list[str] | None:
    try:
        entries = msgspec.json.decode(lock)["packages"]
        return [location for location, entry in entries.items() if entry.get("dev") is True]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        return None


def _resolved(packages: Mapping[str, Package], folder: str, names: Iterable[str]) -> Iterator[str]:
    """Where node finds the names from a folder: in the nearest `node_modules` above (nodejs.org/api/modules.html)."""
    for name in names:
        at = folder
        while True:
            location = f"{at}node_modules/{name}"
            if location in packages:
                yield location
                break
            if not at:
                break
            above = at.rstrip("/").rpartition("/")[0]
            at = f"{above}/" if above else ""


MANAGER = Manager("npm", "npm", read, runtimes=("node", "nodejs"), prune="npm prune --omit=dev", store="node_modules")
