"""Conda packages: `conda-meta/*.json` in each environment (conda/models/records.py, PrefixRecord)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from inspector.packages.found import Files, Found, marked, purl
from inspector.packages.manager import Manager
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Package, Relation
from inspector.packages.removal.commands import RemovalCommand


class _Record(msgspec.Struct, frozen=True):
    name: str
    version: str
    build: str = ""
    subdir: str = ""
    depends: list[str] = []
    files: list[str] = []
    requested_spec: str | None = None
    requested_specs: list[str] = []

    @property
    def requested(self) -> bool:
        return bool(self.requested_specs) or self.requested_spec not in (None, "", "None")


class _Files(msgspec.Struct, frozen=True):
    files: list[str] = []


_record, _files = msgspec.json.Decoder(_Record), msgspec.json.Decoder(_Files)


def read(files: Files, distribution: Distribution, memo: Memo) -> Iterator[Found]:  # noqa: ARG001
    """The packages of all environments; where none of one is marked as asked for, nothing is known of the others.

    Raises ValueError for a record that is none.
    """
    read_ = {path: memo(_package, data, path.rpartition("conda-meta/")[0].rstrip("/")) for path, data in files.items()}
    marking = {package.location for package, requested in read_.values() if requested}
    for path, (package, requested) in read_.items():
        found = Found(package, partial(_listed, files[path], path), record=path)
        yield marked(found, not requested if package.location in marking else None)


def _package(data: bytes, location: str) -> tuple[Package, bool]:
    """The package, and whether it was asked for. Needs by name only: match specifications say more than a version."""
    record = _record.decode(data)
    package = Package(
        kind="conda",
        name=record.name,
        version=record.version,
        architecture=record.subdir,
        purl=purl("conda", record.name, record.version, qualifiers={"build": record.build, "subdir": record.subdir}),
        paths=(),
        automatic=None,
        needs=tuple((Relation(need.partition(" ")[0]),) for need in record.depends),
        location=location,
    )
    return package, record.requested


def _listed(data: bytes, path: str) -> Iterator[str]:
    prefix = path.rpartition("conda-meta/")[0]
    yield from (f"{prefix}{name}" for name in _files.decode(data).files)
    yield path


MANAGER = Manager("conda", "conda", read, removal=RemovalCommand("conda remove -y", cleanup="conda clean -afy"))
