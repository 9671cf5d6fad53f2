"""The JSON contract, version 1: the types are the contract, and the JSON Schema is made from them.

A published version never changes shape. Sizes are bytes; unknown is null, never 0; layers and instructions are named
by their index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import UNSET, UnsetType

VERSION = 1
URL = "urn:leaninspect:report:1"

Fate = Literal["live", "overwritten", "recopied", "deleted", "deleted_tree"]
FileKind = Literal["file", "hardlink", "symlink", "directory", "char", "block", "fifo"]


@dataclass(frozen=True, slots=True)
class Schema:
    version: int = VERSION
    url: str = URL


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Base:
    name: str | None
    digest: str | None
    evidence: str
    layers: int | None


@dataclass(frozen=True, slots=True)
class Image:
    reference: str
    source: str
    id: str
    digest: str | None
    platform: str | None
    created: str | None
    size_bytes: int
    compressed_bytes: int | None
    layers: int
    base: Base | None


@dataclass(frozen=True, slots=True)
class Ledger:
    total_bytes: int
    live_bytes: int
    overwritten_bytes: int
    recopied_bytes: int
    deleted_bytes: int
    deleted_tree_bytes: int


@dataclass(frozen=True, slots=True)
class Dive:
    """dive's own numbers by dive's formulas, under dive's names.

    `userWastedPercent` is a fraction, and null where dive divides by 0: no bytes above the lowest layer.
    """

    efficiencyScore: float
    inefficientBytes: int
    userWastedPercent: float | None


@dataclass(frozen=True, slots=True)
class Efficiency:
    score: float
    dive: Dive | None


@dataclass(frozen=True, slots=True)
class EntryCounts:
    added: int
    modified: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Hides:
    layer: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Layer:
    index: int
    diff_id: str
    digest: str | None
    size_bytes: int
    compressed_bytes: int | None
    entries: EntryCounts
    live_bytes: int
    hidden_bytes: int
    hides: list[Hides]
    instruction: int | None


@dataclass(frozen=True, slots=True)
class DockerfileLines:
    path: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Instruction:
    index: int
    verb: str | None
    text: str
    created: str | None
    layer: int | None
    size_bytes: int | None
    live_bytes: int | None
    from_base: bool | None
    dockerfile: DockerfileLines | None


@dataclass(frozen=True, slots=True)
class Package:
    purl: str
    name: str
    version: str
    kind: str
    size_bytes: int
    layer: int | None
    automatic: bool | None
    build_tool: bool


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    title: str
    severity: str
    bytes: int
    packages: list[str]
    paths: list[str]
    paths_total: int
    layers: list[int]
    instructions: list[int]
    hidden_in: list[int]
    fix: str


@dataclass(frozen=True, slots=True)
class Plan:
    technique: Literal["remove-build-dependencies", "shared-base", "multi-stage"]
    applies: bool
    reason: str
    predicted_bytes: int | None
    saves_bytes: int | None
    steps: list[str]
    assumptions: list[str]


@dataclass(frozen=True, slots=True)
class File:
    path: str
    kind: FileKind
    size_bytes: int
    mode: int
    uid: int
    gid: int
    layer: int
    fate: Fate
    hidden_by: int | None
    package: str | None


@dataclass(frozen=True, slots=True)
class Report:
    schema: Schema
    tool: Tool
    image: Image
    ledger: Ledger
    efficiency: Efficiency
    layers: list[Layer]
    instructions: list[Instruction]
    packages: list[Package]
    findings: list[Finding]
    reclaimable_bytes: int
    plan: list[Plan]
    files: list[File] | UnsetType = UNSET
