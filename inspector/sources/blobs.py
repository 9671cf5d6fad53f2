"""Images whose parts are blobs named by digest: an OCI layout in a folder or archive, or a registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from inspector.errors import BadImage
from inspector.image.config import parse_config
from inspector.image.digest import sha256_digest
from inspector.image.manifest import Descriptor, Index, Manifest, choose_manifest, parse_manifest
from inspector.image.platform import Platform
from inspector.sources.protocol import DeliveredLayer, Delivery

MAX_NESTING = 4
"""Indexes within indexes; real ones have two levels, and a hostile one could name itself."""

CONFIG_TYPES = ("vnd.oci.image.config.v1+json", "vnd.docker.container.image.v1+json")


class Blobs(Protocol):
    """A store of blobs by digest."""

    def document(self, blob: Descriptor) -> bytes:
        """A manifest or config, its digest verified. Raises BadImage, ImageNotFound or SourceUnavailable."""
        ...

    def layers(self, blobs: Sequence[Descriptor], diff_ids: Sequence[str]) -> tuple[DeliveredLayer, ...]:
        """The layers in these blobs, in this order; those whose diff_id the scanner knows are not fetched.

        Each carries its descriptor's digest and size, which the bytes were verified against. Raises BadLayer.
        """
        ...


def image_at(blobs: Blobs, root: Descriptor, platform: Platform | None, transport: str) -> Delivery:
    """The image for a platform under a manifest or index.

    Raises ImageNotFound when no image is for that platform, BadImage when a document is not what it should be.
    """
    blob, manifest = _manifest_at(blobs, root, platform)
    config = blobs.document(manifest.config)
    diff_ids = _diff_ids(manifest, config)
    return Delivery(transport, config, blob.digest, blobs.layers(manifest.layers, diff_ids))


def verify_document(blob: Descriptor, data: bytes) -> bytes:
    """The document itself. Raises BadImage when it is not the one its digest names."""
    if blob.digest.startswith("sha256:") and sha256_digest(data) != blob.digest:
        raise BadImage(f"the blob {blob.digest} holds something else", "its data is damaged; fetch the image again")
    return data


def _manifest_at(blobs: Blobs, root: Descriptor, platform: Platform | None) -> tuple[Descriptor, Manifest]:
    blob = root
    for _ in range(MAX_NESTING):
        document = parse_manifest(blobs.document(blob))
        if isinstance(document, Manifest):
            return blob, document
        blob = _nested(document, platform)
    raise BadImage(f"more than {MAX_NESTING} indexes within each other", "the image is damaged or hostile")


def _nested(index: Index, platform: Platform | None) -> Descriptor:
    return choose_manifest(index.manifests, platform)


def _diff_ids(manifest: Manifest, config: bytes) -> tuple[str, ...]:
    """The config's diff_ids. Raises BadImage for an artifact that is no image: an SBOM, a signature, a chart."""
    media_type = manifest.config.media_type
    if media_type and not media_type.endswith(CONFIG_TYPES):
        raise BadImage("it is an OCI artifact, not an image", f"its config has the type {media_type}")
    return parse_config(config).diff_ids
