"""One of the two images of a comparison, as far as it is known: an inspection knows all, a saved report less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction
from inspector.filesystem.ledger import Ledger
from inspector.filesystem.stack import Filesystem
from inspector.findings.find import reclaimable_bytes
from inspector.findings.registry import Severity
from inspector.image.run import RunConfiguration
from inspector.inspection import Inspection
from inspector.packages.inventory import owners

Which = Literal["a", "b"]


class Status(StrEnum):
    """What became of something of `a` in `b`. Files may be MOVED, packages UPGRADED or DOWNGRADED, bases REPLACED."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    REPLACED = "replaced"


class Cause(Struct, frozen=True):
    """The layer that made the difference, of the one image or of the other."""

    side: Which
    layer: int


class SideLayer(Struct, frozen=True):
    """A layer, with the instruction that made it where that is known."""

    index: int
    diff_id: str
    size_bytes: int
    live_bytes: int
    compressed_bytes: int | None
    step: Instruction | None
    from_base: bool | None

    @property
    def text(self) -> str:
        """The instruction, empty where it is unknown."""
        return self.step.text if self.step else ""


class SidePackage(Struct, frozen=True):
    """An installed package; `layer` installed this version of it."""

    kind: str
    name: str
    version: str
    purl: str
    location: str
    size_bytes: int
    layer: int | None


class SideFinding(Struct, frozen=True):
    """A finding without its files; `layers` brought what it is about, `hidden_in` hide it."""

    rule: str
    title: str
    severity: Severity
    size_bytes: int
    layers: tuple[int, ...]
    hidden_in: tuple[int, ...]
    packages: tuple[str, ...]


class Side(Struct, frozen=True):
    """An image to be compared. `source` is the transport, or `report` for what was read from a saved report.

    `filesystem` and `run` are None where they are unknown. `exact` is False where the
    filesystem lacks what hardlinks lead to, devices and extended attributes. `owners` maps entry ids to packages,
    `removed_in` packages that are gone, by kind and name, to the layer that removed them.
    """

    reference: str
    source: str
    id: str
    digest: str | None
    platform: str | None
    created: str | None
    base: Base | None
    layers: tuple[SideLayer, ...]
    ledger: Ledger
    reclaimable_bytes: int
    packages: tuple[SidePackage, ...]
    findings: tuple[SideFinding, ...]
    filesystem: Filesystem | None = None
    exact: bool = True
    run: RunConfiguration | None = None
    owners: Mapping[int, str] = {}
    removed_in: Mapping[tuple[str, str], int] = {}

    @property
    def size_bytes(self) -> int:
        return self.ledger.total_bytes

    @property
    def compressed_bytes(self) -> int | None:
        """Sum of the compressed blobs, None unless all are known."""
        return total(layer.compressed_bytes for layer in self.layers)


def total(sizes: Iterable[int | None]) -> int | None:
    """The sum, None when any is unknown."""
    known = 0
    for size in sizes:
        if size is None:
            return None
        known += size
    return known


def side_of(inspection: Inspection) -> Side:
    """An inspected image as a side of a comparison."""
    image, inventory = inspection.image, inspection.inventory
    return Side(
        reference=image.reference,
        source=image.source,
        id=image.id,
        digest=image.digest,
        platform=str(image.config.platform) if image.config.platform else None,
        created=image.config.created,
        base=inspection.base,
        layers=tuple(_layer(inspection, index) for index in range(len(image.layers))),
        ledger=inspection.filesystem.ledger,
        reclaimable_bytes=reclaimable_bytes(inspection.findings),
        packages=tuple(
            SidePackage(
                each.package.kind,
                each.package.name,
                each.package.version,
                each.package.purl,
                each.package.location,
                each.size_bytes,
                each.layer,
            )
            for each in inventory.installed
        ),
        findings=tuple(
            SideFinding(
                each.rule,
                each.title,
                each.severity,
                each.size_bytes,
                each.layers,
                each.hidden_in,
                each.packages,
            )
            for each in inspection.findings
        ),
        filesystem=inspection.filesystem,
        run=image.config.run,
        owners={entry: package.name for entry, package in owners(inventory).items()},
        removed_in={(each.kind, each.name): each.layer for each in inventory.changes if each.after is None},
    )


def base_layers(base: Base | None) -> int | None:
    """How many of the lowest layers are the base's, None where that is unknown."""
    return base.layers if base else None


def _layer(inspection: Inspection, index: int) -> SideLayer:
    layer, totals, step = inspection.image.layers[index], inspection.totals_of(index), inspection.instruction_of(index)
    return SideLayer(
        index,
        layer.diff_id,
        totals.size_bytes,
        totals.live_bytes,
        layer.compressed_bytes,
        step,
        inspection.owners[index].from_base,
    )
