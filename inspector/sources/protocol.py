"""The small protocol all sources share, and the values that cross it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from inspector.image.config import ImageConfig
from inspector.image.image import NamedImage
from inspector.image.platform import Platform
from inspector.layers.scan import LayerScan, ScannedBlob


class Progress(Struct, frozen=True):
    """How far reading an image is. Totals are None where the source cannot know them beforehand."""

    bytes_read: int
    bytes_total: int | None
    layers_done: int
    layers_total: int | None


ReadEvent = Progress | ImageConfig | LayerScan
"""How far the reading is; the image's config, as soon as it is known; a layer, as soon as it is there."""

Watch = Callable[[ReadEvent], None]
"""Called while bytes arrive, from any thread; raises Cancelled to stop the work."""


class Scanner(Protocol):
    """What a source hands its layers to. Used from several threads at once."""

    def known(self, diff_id: str) -> LayerScan | None:
        """The scan of a layer seen before, whose bytes then need not be fetched."""
        ...

    def scan(self, chunks: Iterable[bytes]) -> ScannedBlob:
        """Read a layer's blob to its end. Raises BadLayer."""
        ...

    def document(self, digest: str) -> bytes | None:
        """A document kept before, its digest verified; with a config, and all layers known, nothing is fetched."""
        ...

    def keep(self, document: bytes) -> None:
        """Keep a config or manifest for `document`."""
        ...


class DeliveredLayer(Struct, frozen=True):
    """A layer's scan, and the digest and length in bytes of its blob where the source keeps one.

    None where it has none to speak of: `docker save` writes layers anew, uncompressed.
    """

    scan: LayerScan
    digest: str | None
    compressed_bytes: int | None


class Delivery(Struct, frozen=True):
    """All a source has to say about an image: its config blob, its manifest's digest if it has one, and its layers,
    lowest first. `transport` is the source's name in references.

    `provenance` are in-toto statements (JSON) about how the image was built, where BuildKit attached any.
    `annotations` are those of its manifest, and of the index around it. `lower_images` are others in the same place
    whose layers are the lowest ones of this image.
    """

    transport: str
    config: bytes
    manifest_digest: str | None
    layers: tuple[DeliveredLayer, ...]
    provenance: tuple[bytes, ...] = ()
    annotations: Mapping[str, str] = {}
    lower_images: tuple[NamedImage, ...] = ()


class Source(Protocol):
    """An image that was found and can be read once."""

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:
        """Raises BadImage, BadLayer, ImageNotFound or SourceUnavailable."""
        ...

    def close(self) -> None:
        """Let go of files and connections; safe to call at any time."""
        ...


class Options(Struct, frozen=True):
    """What may be asked of every source. `insecure` allows plain HTTP and unknown certificates for registries;
    `hurried`: several places are searched, so one that does not answer is given up soon."""

    platform: Platform | None = None
    insecure: bool = False
    hurried: bool = False


Opener = Callable[[str, Options], Source]
"""Finds an image by the name after the scheme. Raises ImageNotFound or SourceUnavailable."""


def ignore_progress(_: ReadEvent) -> None:
    """The Watch of a caller who does not watch."""
