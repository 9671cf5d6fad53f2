"""The small protocol all sources share, and the values that cross it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from inspector.image.platform import Platform
from inspector.layers.scan import LayerScan


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading an image is. Totals are None where the source cannot know them beforehand."""

    bytes_read: int
    bytes_total: int | None
    layers_done: int
    layers_total: int | None


Watch = Callable[[Progress], None]
"""Called while bytes arrive, from any thread; raises Cancelled to stop the work."""

ScanLayer = Callable[[Iterable[bytes]], LayerScan]


@dataclass(frozen=True, slots=True)
class Delivery:
    """All a source has to say about an image: its config blob, its manifest's digest if it has one, and its scanned
    layers, lowest first. `transport` is the source's name in references."""

    transport: str
    config: bytes
    manifest_digest: str | None
    scans: tuple[LayerScan, ...]


class Source(Protocol):
    """An image that was found and can be read once."""

    def read(self, scan: ScanLayer, watch: Watch) -> Delivery:
        """Raises BadImage, BadLayer, ImageNotFound or SourceUnavailable."""
        ...

    def close(self) -> None:
        """Let go of files and connections; safe to call at any time."""
        ...


class Opener(Protocol):
    """Finds an image by the name after the scheme. Raises ImageNotFound or SourceUnavailable."""

    def __call__(self, name: str, platform: Platform | None) -> Source: ...


def ignore_progress(_: Progress) -> None:
    """The Watch of a caller who does not watch."""
