"""The JSON contract, version 1: the types are the contract, and the JSON Schema is made from them.

A published version never changes shape. Sizes are bytes; unknown is null, never 0; layers and instructions are named
by their index.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from inspector.findings.registry import Severity

VERSION = 1
URL = "urn:leaninspect:report:1"

Fate = Literal["live", "overwritten", "recopied", "deleted", "deleted_tree"]
FileKind = Literal["file", "hardlink", "symlink", "directory", "char", "block", "fifo"]
TechniqueName = Literal["remove-build-dependencies", "shared-base", "multi-stage", "another-base"]
AdviceClass = Literal["safe", "trade", "base", "question"]
RemedyKind = Literal[
    "end-run-with",
    "join-runs",
    "delete-in-run",
    "change-at-source",
    "copy-mode",
    "copy-less",
    "install-option",
    "cache-mount",
    "secret-mount",
    "another-stage",
    "another-base",
    "link",
    "strip",
    "nothing",
]


class Schema(Struct, frozen=True):
    version: int = VERSION
    url: str = URL


class Tool(Struct, frozen=True):
    name: str
    version: str


class Base(Struct, frozen=True):
    name: str | None
    digest: str | None
    evidence: str
    layers: int | None


class Image(Struct, frozen=True):
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


class Ledger(Struct, frozen=True):
    total_bytes: int
    live_bytes: int
    overwritten_bytes: int
    recopied_bytes: int
    deleted_bytes: int
    deleted_tree_bytes: int


class Dive(Struct, frozen=True):
    """dive's own numbers by dive's formulas, under dive's names.

    `userWastedPercent` is a fraction, and null where dive divides by 0: no bytes above the lowest layer.
    """

    efficiencyScore: float
    inefficientBytes: int
    userWastedPercent: float | None


class Efficiency(Struct, frozen=True):
    score: float
    dive: Dive | None


class EntryCounts(Struct, frozen=True):
    added: int
    modified: int
    deleted: int


class Hides(Struct, frozen=True):
    layer: int
    bytes: int


class Layer(Struct, frozen=True):
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


class DockerfileLines(Struct, frozen=True):
    path: str
    first_line: int
    last_line: int


class Instruction(Struct, frozen=True):
    index: int
    verb: str | None
    text: str
    created: str | None
    layer: int | None
    size_bytes: int | None
    live_bytes: int | None
    from_base: bool | None
    dockerfile: DockerfileLines | None


class Package(Struct, frozen=True):
    purl: str
    name: str
    version: str
    kind: str
    size_bytes: int
    layer: int | None
    automatic: bool | None
    build_tool: bool


class Keep(Struct, frozen=True):
    package: str
    reason: str


class PatchLine(Struct, frozen=True):
    """A line of a Dockerfile: to be written, to be removed, or left as it is."""

    sign: Literal["+", "-", " "]
    text: str


class Remedy(Struct, frozen=True):
    """`instructions` are indexes of those to change; `command` is a shell command line, null where none is meant.

    `patch` is what to write, all the lines from the first of these instructions to the last; empty where only words
    tell. `replaces` are the lines of the file that it is for, null where they are not known; `reconstructed` tells that
    its old lines are made from the image's history.
    """

    kind: RemedyKind
    instructions: list[int]
    command: str | None
    keeps: list[Keep]
    saves_bytes: int
    doubts: list[str]
    patch: list[PatchLine] = []
    replaces: DockerfileLines | None = None
    reconstructed: bool = False


class Finding(Struct, frozen=True):
    """`class`: `question` where the remedy has doubts, else `base` where the base image brought it, else `trade` where
    the severity is info (a choice, or unavoidable), else `safe`.
    """

    rule: str
    title: str
    severity: Severity
    class_: AdviceClass = field(name="class")
    bytes: int
    packages: list[str]
    paths: list[str]
    paths_total: int
    layers: list[int]
    instructions: list[int]
    hidden_in: list[int]
    fix: str
    remedy: Remedy | None


class Reclaimable(Struct, frozen=True):
    """What following all advice frees, by its class; each byte counts in the first that has it."""

    safe_bytes: int
    trade_bytes: int
    base_bytes: int


class Part(Struct, frozen=True):
    what: str
    bytes: int


class Step(Struct, frozen=True):
    """`saves_bytes` is what it saves after the steps before it."""

    text: str
    saves_bytes: int
    class_: AdviceClass = field(name="class")


class Plan(Struct, frozen=True):
    """`predicted_bytes` is null where the technique does not apply, or the size is unknown; `parts` are its sum.

    `base` is the image that it is built upon, where the technique names one. `stays` could go as well, but no change of
    lines that is certain to build frees it.
    """

    technique: TechniqueName
    applies: bool
    reason: str
    predicted_bytes: int | None
    saves_bytes: int | None
    parts: list[Part]
    steps: list[Step]
    assumptions: list[str]
    confidence: float
    base: str | None
    stays: list[Part] = []


class Lean(Struct, frozen=True):
    """The best plan. `patch` is a unified diff of the Dockerfile, null where none can be written; `reconstructed` tells
    that no Dockerfile is known and its old lines are made from the history.
    """

    predicted_bytes: int
    saves_bytes: int
    with_trades_bytes: int
    techniques: list[TechniqueName]
    base: str | None
    patch: str | None
    reconstructed: bool


class File(Struct, frozen=True, gc=False):
    """`mtime` is in seconds since 1970; `link` where a link leads, `content` an id of a file's bytes (xxh3-64, in 16
    hexadecimal digits: equal sizes and ids mean equal bytes), each null for all else.
    """

    path: str
    kind: FileKind
    size_bytes: int
    mode: int
    uid: int
    gid: int
    mtime: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    link: str | None
    content: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")] | None
    layer: int
    fate: Fate
    hidden_by: int | None
    package: str | None


class StoredFile(Struct, frozen=True):
    """A path with hidden bytes, over all layers: `versions` is how often a file is stored there, in `layers`."""

    path: str
    versions: int
    hidden_bytes: int
    live_bytes: int
    layers: list[int]


class Note(Struct, frozen=True):
    """What a person must know of how far the report can be believed; `layer` is null where it is about none."""

    layer: int | None
    text: str


class Report(Struct, frozen=True):
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
    notes: list[Note]
    plan: list[Plan]
    reclaimable: Reclaimable | None = None
    lean: Lean | None = None
    worst_files: list[StoredFile] = []
    files: list[File] | UnsetType = UNSET
