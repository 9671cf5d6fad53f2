"""Images whose parts are blobs named by digest: an OCI layout in a folder or archive, or a registry."""

from __future__ import annotations

from typing import Protocol

from inspector.errors import BadImage, BadLayer, ImageNotFound, SourceUnavailable
from inspector.image.config import parse_config
from inspector.image.digest import sha256_digest
from inspector.image.manifest import Descriptor, Index, Manifest, choose_manifest, parse_manifest
from inspector.image.platform import Platform
from inspector.sources.protocol import SourceImage
from inspector.sources.verified import layer_blobs

MAX_NESTING = 4
"""Indexes within indexes; real ones have two levels, and a hostile one could name itself."""

PROVENANCE = "https://slsa.dev/provenance/"
"""How the predicate type of a SLSA provenance begins; its version follows."""

MAX_PROVENANCE = 4 << 20
"""Bytes of a provenance we are willing to fetch; mode=max has some 100 kB."""


class Blobs(Protocol):
    """A store of blobs by digest."""

    def document(self, blob: Descriptor) -> bytes:
        """A manifest or config, its digest verified. Raises BadImage, ImageNotFound or SourceUnavailable."""
        ...


def image_at(
    blobs: Blobs, root: bytes, platform: Platform | None, transport: str
) -> tuple[SourceImage, tuple[Descriptor, ...]]:
    """The image for a platform under a manifest or index, which is given as it stands; with its layers' descriptors.

    Raises ImageNotFound when no image is for that platform, BadImage when a document is not what it should be.
    """
    digest, manifest, index = _manifest_at(blobs, root, platform)
    if not manifest.is_image:
        kind = manifest.artifact_type or manifest.config.media_type
        raise BadImage(f"it is an OCI artifact of the type {kind}, not an image", "name an image")
    config = blobs.document(manifest.config)
    layers = layer_blobs(manifest, parse_config(config))
    annotations = {**(index.annotations if index else {}), **manifest.annotations}
    provenance = provenance_of(blobs, index, digest)
    return SourceImage(transport, config, digest, layers, provenance, annotations), manifest.layers


def provenance_of(blobs: Blobs, index: Index | None, digest: str) -> tuple[bytes, ...]:
    """The in-toto statements of SLSA provenance that BuildKit put into the index for the image with this digest.

    They are extra: one that cannot be had, as after copying a single platform, is left out.
    """
    statements = []
    for attestation in index.manifests if index else ():
        if not attestation.attests(digest):
            continue
        try:
            manifest = parse_manifest(blobs.document(attestation))
            layers = manifest.layers if isinstance(manifest, Manifest) else ()
            statements += [
                blobs.document(layer)
                for layer in layers
                if layer.annotations.get("in-toto.io/predicate-type", "").startswith(PROVENANCE)
                and layer.size <= MAX_PROVENANCE
            ]
        except (BadImage, BadLayer, ImageNotFound, SourceUnavailable):
            continue
    return tuple(statements)


def _manifest_at(blobs: Blobs, data: bytes, platform: Platform | None) -> tuple[str, Manifest, Index | None]:
    """The chosen manifest's digest, the manifest, and the index that it was chosen from."""
    digest, index = sha256_digest(data), None
    for _ in range(MAX_NESTING):
        document = parse_manifest(data)
        if isinstance(document, Manifest):
            return digest, document, index
        index = document
        chosen = choose_manifest(index.manifests, platform)
        digest, data = chosen.digest, blobs.document(chosen)
    raise BadImage(f"more than {MAX_NESTING} indexes within each other", "the image is damaged or hostile")
