"""Findings and what they are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field

from inspector.attribution.base import Base
from inspector.attribution.dockerfile import Stage
from inspector.attribution.instructions import Instruction
from inspector.attribution.owners import LayerOwner
from inspector.attribution.placement import Placement
from inspector.filesystem.stack import Filesystem
from inspector.findings.registry import Severity, find_rule
from inspector.findings.remedy import Remedy, RemedyKind
from inspector.layers.scan import LayerScan
from inspector.packages.evidence import Evidence
from inspector.packages.model import Inventory
from inspector.packages.removal.tooling import Tooling


class AdviceClass(StrEnum):
    """What following the advice asks of a person."""

    SAFE = "safe"
    """Nothing that runs can notice."""
    TRADE = "trade"
    """A choice, or unavoidable."""
    BASE = "base"
    """Only another base image is without it."""
    QUESTION = "question"
    """It hangs on what cannot be seen from outside."""


class Finding(Struct, frozen=True):
    """Something that should not be in the image.

    `frees` maps entry ids to the bytes that would be gone if the advice were followed, at most the entry's size.
    `layers` brought them and `hidden_in` hide them, both with the most bytes first. `packages` are purls, `examples`
    entries that show best what is meant, where a rule has such.
    """

    rule: str
    title: str
    severity: Severity
    frees: Mapping[int, int]
    layers: tuple[int, ...]
    hidden_in: tuple[int, ...]
    remedy: Remedy
    packages: tuple[str, ...] = ()
    examples: tuple[int, ...] = ()

    @property
    def size_bytes(self) -> int:
        """What following this advice alone would free."""
        return sum(self.frees.values())

    @property
    def advice_class(self) -> AdviceClass:
        """By the doubts, then by who brought it, then by the rule, which says what is a choice."""
        if self.remedy.doubts:
            return AdviceClass.QUESTION
        if self.remedy.kind is RemedyKind.ANOTHER_BASE:
            return AdviceClass.BASE
        is_choice = self.severity is Severity.INFO or find_rule(self.rule).trade
        return AdviceClass.TRADE if is_choice else AdviceClass.SAFE


class Subject(Struct, frozen=True):
    """The image as the families of findings see it."""

    evidence: Evidence
    instructions: tuple[Instruction, ...]
    owners: tuple[LayerOwner, ...]
    owned: frozenset[str]
    """Paths that some package owns."""
    tooling: Tooling = field(default_factory=Tooling)
    base: Base | None = None
    placement: Placement | None = None

    @property
    def filesystem(self) -> Filesystem:
        return self.evidence.filesystem

    @property
    def scans(self) -> tuple[LayerScan, ...]:
        return self.evidence.scans

    @property
    def inventory(self) -> Inventory:
        return self.evidence.inventory

    def is_from_base(self, layer: int) -> bool:
        """Whether a layer is known to have come with the base image, where no change of the Dockerfile reaches it."""
        return self.owners[layer].is_base

    def core_dumps(self, layer: int) -> frozenset[int]:
        """The rows of a layer's core dumps."""
        return frozenset(row for row, facts in self.scans[layer].facts.elf.items() if facts.type == "core")

    def verb_of(self, layer: int) -> str | None:
        """What kind of instruction made a layer, None where that is unknown."""
        return next((step.verb for step in self.instructions if step.layer == layer), None)

    def is_copied(self, layer: int) -> bool:
        """Whether a COPY or ADD made a layer, at whose end nothing can be run."""
        return self.verb_of(layer) in ("COPY", "ADD")

    def stage_of(self, step: Instruction) -> Stage | None:
        """The stage of the Dockerfile that an instruction is in, None where none is known."""
        return self.placement.stage_of(step.index) if self.placement else None

    def is_used_elsewhere(self, indexes: Iterable[int]) -> bool:
        """Whether another stage is built upon one with these instructions, or takes files from it: it may need what
        this image does not."""
        stages = (self.stage_of(self.instructions[index]) for index in indexes)
        return any(self.placement is not None and self.placement.is_used_elsewhere(stage) for stage in stages if stage)

    def indexes_of(self, *layers: int) -> tuple[int, ...]:
        """The indexes of the instructions that made these layers, of those that are known."""
        return tuple(step.index for step in self.instructions if step.layer in layers)


def bytes_by_layer(filesystem: Filesystem, frees: Mapping[int, int]) -> dict[int, int]:
    """Layer → the bytes of these entries that it stores; the layer with the most comes first."""
    sums: dict[int, int] = {}
    for entry_id, size in frees.items():
        layer, _ = filesystem.locate(entry_id)
        sums[layer] = sums.get(layer, 0) + size
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def by_bytes(filesystem: Filesystem, frees: Mapping[int, int]) -> tuple[int, ...]:
    """The layers of these entries, the one with the most bytes first."""
    return tuple(bytes_by_layer(filesystem, frees))


def union(parts: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """Entry id → bytes freed by all of these together; what several free counts once."""
    together: dict[int, int] = {}
    for part in parts:
        for entry_id, size in part.items():
            if size > together.get(entry_id, 0):
                together[entry_id] = size
    return together


def union_bytes(parts: Iterable[Mapping[int, int]]) -> int:
    """The bytes of the union."""
    return sum(union(parts).values())
