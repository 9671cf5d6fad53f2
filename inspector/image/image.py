"""An image: where it came from, its config, and its ordered layers. Layer 0 is the lowest."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from inspector.image.config import ImageConfig


class ImageLayer(Struct, frozen=True):
    """A layer as the image names it. `digest` and `compressed_bytes` are those of the compressed blob, if known."""

    index: int
    diff_id: str
    digest: str | None
    compressed_bytes: int | None


class Image(Struct, frozen=True):
    """`reference` is what the user typed, `source` the transport that answered, `id` the config's digest.

    `digest` is the manifest's, None where the source has none; `annotations` are the manifest's too.
    """

    reference: str
    source: str
    id: str
    digest: str | None
    config: ImageConfig
    layers: tuple[ImageLayer, ...]
    annotations: Mapping[str, str] = {}

    @property
    def compressed_bytes(self) -> int | None:
        """Sum of the compressed blobs, None unless all are known."""
        sizes = [layer.compressed_bytes for layer in self.layers]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None


class NamedImage(Struct, frozen=True):
    """Another image, which this one may be built upon. `created_by` is its history, the oldest entry first.

    `triggers` is whether it tells builds upon it what to run (ONBUILD).
    """

    names: tuple[str, ...]
    digest: str | None
    diff_ids: tuple[str, ...]
    created_by: tuple[str, ...]
    triggers: bool = False
