"""The JSON contract of a comparison, version 1: the types are the contract, and the JSON Schema is made from them.

A published version never changes shape. Sizes are bytes, differences are `b` minus `a`; unknown is null, and so is the
size of what is not there; layers are named by their index in the image that `side` or the key says.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from inspector.findings.registry import Severity
from inspector.reports.contract import FileKind, Image, Ledger, Tool

VERSION = 1
URL = "urn:leaninspect:compare:1"

Side = Literal["a", "b"]


class Schema(Struct, frozen=True):
    version: int = VERSION
    url: str = URL


class ComparedImage(Image, Struct, frozen=True):
    ledger: Ledger
    reclaimable_bytes: int


class Delta(Struct, frozen=True):
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


class Cost(Struct, frozen=True):
    """Sizes of the layers of b that a does not have, of those that both have, and of all of both, each once."""

    new_bytes: int
    shared_bytes: int
    storage_bytes: int


class Base(Struct, frozen=True):
    """`changed`: another version of the image of that name; `replaced`: another image."""

    status: Literal["same", "changed", "replaced"]
    a: str
    b: str


class Layer(Struct, frozen=True):
    status: Literal["same", "changed", "added", "removed"]
    a: int | None
    b: int | None
    a_bytes: int | None
    b_bytes: int | None
    delta_bytes: int
    a_instruction: str | None
    b_instruction: str | None


class File(Struct, frozen=True):
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


class Files(Struct, frozen=True):
    """The counts are those of the list; `uncertain` counts hardlinks, whose content a saved report lacks."""

    added: int
    removed: int
    changed: int
    moved: int
    uncertain: int
    list: tuple[File, ...]


class Package(Struct, frozen=True):
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


class Finding(Struct, frozen=True):
    rule: str
    title: str
    severity: Severity
    a_bytes: int | None
    b_bytes: int | None
    delta_bytes: int


class Findings(Struct, frozen=True):
    new: list[Finding]
    fixed: list[Finding]
    kept: list[Finding]


class Setting(Struct, frozen=True):
    name: str
    status: Literal["added", "removed", "changed"]
    a: str | None
    b: str | None


class Comparison(Struct, frozen=True):
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
