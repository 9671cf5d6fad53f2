"""The JSON contract of a comparison, version 1: the types are the contract, and the JSON Schema is made from them.

A published version never changes shape. Sizes are bytes, differences are `b` minus `a`; unknown is null, and so is the
size of what is not there; layers are named by their index in the image that `side` or the key says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from inspector.reports.contract import FileKind, Image, Ledger, Tool

VERSION = 1
URL = "urn:leaninspect:compare:1"

Side = Literal["a", "b"]


@dataclass(frozen=True, slots=True)
class Schema:
    version: int = VERSION
    url: str = URL


@dataclass(frozen=True, slots=True)
class ComparedImage(Image):
    ledger: Ledger
    reclaimable_bytes: int


@dataclass(frozen=True, slots=True)
class Delta:
    """`pull_bytes` are the compressed bytes of b's layers that a does not have; `unpackaged_bytes` live bytes of no
    package: with the packages' differences they add up to `live_bytes`, as the files' do, and the layers' to
    `size_bytes`.
    """

    size_bytes: int
    compressed_bytes: int | None
    live_bytes: int
    hidden_bytes: int
    reclaimable_bytes: int
    unpackaged_bytes: int
    pull_bytes: int | None


@dataclass(frozen=True, slots=True)
class Cost:
    """Sizes of the layers of b that a does not have, of those that both have, and of all of both, each once."""

    new_bytes: int
    shared_bytes: int
    storage_bytes: int


@dataclass(frozen=True, slots=True)
class Base:
    """`changed`: another version of the image of that name; `replaced`: another image."""

    status: Literal["same", "changed", "replaced"]
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Layer:
    status: Literal["same", "changed", "added", "removed"]
    a: int | None
    b: int | None
    a_bytes: int | None
    b_bytes: int | None
    delta_bytes: int
    a_instruction: str | None
    b_instruction: str | None


@dataclass(frozen=True, slots=True)
class File:
    """`layer` of the image `side` made the difference. `differs` says what of a changed file differs; of a moved one
    `a_path` is where it was."""

    path: str
    status: Literal["added", "removed", "changed", "moved"]
    kind: FileKind
    a_bytes: int | None
    b_bytes: int | None
    side: Side
    layer: int
    package: str | None
    differs: list[str]
    a_path: str | None


@dataclass(frozen=True, slots=True)
class Files:
    """The counts are those of the list; `uncertain` counts files of equal size whose content a saved report lacks."""

    added: int
    removed: int
    changed: int
    moved: int
    uncertain: int
    list: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """`changed`: the same version with other bytes."""

    name: str
    kind: str
    status: Literal["added", "removed", "upgraded", "downgraded", "changed"]
    a_version: str | None
    b_version: str | None
    a_bytes: int | None
    b_bytes: int | None
    delta_bytes: int
    side: Side | None
    layer: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    title: str
    severity: str
    a_bytes: int | None
    b_bytes: int | None
    delta_bytes: int


@dataclass(frozen=True, slots=True)
class Findings:
    new: list[Finding]
    fixed: list[Finding]
    kept: list[Finding]


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    status: Literal["added", "removed", "changed"]
    a: str | None
    b: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    schema: Schema
    tool: Tool
    a: ComparedImage
    b: ComparedImage
    delta: Delta
    cost: Cost
    base: Base | None
    layers: list[Layer]
    files: Files | None
    packages: list[Package]
    findings: Findings
    config: list[Setting] | None
