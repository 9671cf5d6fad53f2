"""The evidence: all that packages and findings are judged by, in one value."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from inspector.filesystem.captured import visible_captured
from inspector.filesystem.stack import Filesystem
from inspector.image.run import NO_RUN, RunConfiguration
from inspector.layers.scan import LayerScan
from inspector.packages.inventory import take_inventory
from inspector.packages.model import Inventory
from inspector.packages.paths import Paths


class Evidence(Struct, frozen=True):
    """The layers as they were scanned and as they stack up, the packages, the visible captured files by path, where
    paths lead, and what the image runs."""

    filesystem: Filesystem
    scans: tuple[LayerScan, ...]
    inventory: Inventory
    captured: Mapping[str, bytes]
    paths: Paths
    run: RunConfiguration = NO_RUN


def gather(filesystem: Filesystem, scans: tuple[LayerScan, ...], run: RunConfiguration = NO_RUN) -> Evidence:
    """Read the package databases of an image whose layers were scanned and stacked."""
    inventory, captured = take_inventory(filesystem, scans), visible_captured(filesystem, scans)
    return Evidence(filesystem, scans, inventory, captured, Paths(filesystem), run)
