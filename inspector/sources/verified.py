"""Blobs that must be what their descriptors say: size and digest (OCI image-spec descriptor.md, Verification)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.errors import BadImage, BadLayer
from inspector.image.digest import algorithm_of, digest_of
from inspector.image.manifest import Descriptor, Manifest
from inspector.layers.scan import LayerScan, ScannedBlob
from inspector.sources.protocol import DeliveredLayer, Scanner

if TYPE_CHECKING:
    from hashlib import _Hash

DAMAGED = "its data is damaged; fetch or save the image again"


def verified_document(blob: Descriptor, data: bytes) -> bytes:
    """The document itself. Raises BadImage when it is not the one its digest names."""
    if digest_of(data, algorithm_of(blob.digest)) != blob.digest:
        raise BadImage(f"the blob {blob.digest} holds something else", DAMAGED)
    return data


def scan_blob(scanner: Scanner, algorithm: str, chunks: Iterable[bytes]) -> ScannedBlob:
    """The scan of a blob, its digest by this algorithm; a scan has sha256 at no further cost. Raises BadLayer."""
    if algorithm == "sha256":
        return scanner.scan(chunks)
    hasher = hashlib.new(algorithm)
    scanned = scanner.scan(_hashed(hasher, chunks))
    return replace(scanned, digest=f"{algorithm}:{hasher.hexdigest()}")


def verified_layer(index: int, blob: Descriptor, scan: LayerScan, digest: str | None, size: int) -> DeliveredLayer:
    """The layer with its descriptor's digest and size. Raises BadLayer when those of the bytes are others.

    `digest` is None where the scan was known and the bytes were not read.
    """
    if digest not in (None, blob.digest) or size != blob.size:
        raise BadLayer(
            f"layer {index} is not what the manifest promises: {digest or 'a blob'} of {size} bytes "
            f"instead of {blob.digest} of {blob.size}",
            DAMAGED,
        )
    return DeliveredLayer(scan, blob.digest, blob.size)


def require_tar_layers(manifest: Manifest) -> None:
    """Raises BadImage, naming the media type, for a layer that is no tar or is encrypted.

    Compression is found by content and an absent media type is let pass; but what says it is something else is.
    """
    for index, layer in enumerate(manifest.layers):
        kind = layer.media_type
        if kind.endswith("+encrypted"):
            raise BadImage(f"layer {index} is encrypted ({kind})", "decrypt it, for example with `skopeo copy`")
        if kind and "tar" not in kind.replace("+", ".").split("."):
            raise BadImage(
                f"layer {index} is no tar: its media type is {kind}", "only layers that are tars can be read"
            )


def elsewhere(index: int, blob: Descriptor) -> BadImage | None:
    """Why a layer is not where the image is: it may not be distributed, and has an address of its own instead."""
    if not blob.urls:
        return None
    return BadImage(
        f"layer {index} is not distributed with the image: it is kept at {blob.urls[0]}",
        "such base layers, as Windows has them, are fetched by engines only",
    )


def _hashed(hasher: _Hash, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk
