"""Blobs that must be what their descriptors say: size and digest (OCI image-spec descriptor.md, Verification)."""

from __future__ import annotations

from inspector.errors import BadImage, BadLayer
from inspector.image.config import ImageConfig
from inspector.image.digest import algorithm_of, digest_of
from inspector.image.manifest import Descriptor, Manifest
from inspector.sizes import counted
from inspector.sources.protocol import LayerBlob

DAMAGED = "its data is damaged; fetch or save the image again"


def verified_document(blob: Descriptor, data: bytes) -> bytes:
    """The document itself. Raises BadImage when it is not the one its digest names."""
    if digest_of(data, algorithm_of(blob.digest)) != blob.digest:
        raise BadImage(f"the blob {blob.digest} holds something else", DAMAGED)
    return data


def promised_diff_ids(config: ImageConfig, layers: int) -> tuple[str, ...]:
    """The config's diff_ids, one for each layer (OCI image-spec config.md, `rootfs.diff_ids`). Raises BadImage."""
    if len(config.diff_ids) != layers:
        raise BadImage(f"the config names {counted(len(config.diff_ids), 'layer')} and the manifest {layers}")
    return config.diff_ids


def layer_blobs(manifest: Manifest, config: ImageConfig) -> tuple[LayerBlob, ...]:
    """The layers of a manifest. Raises BadImage for one that is no tar, and where the config has others."""
    require_tar_layers(manifest)
    return tuple(
        LayerBlob(diff_id, blob.digest, blob.size, media_type=blob.media_type, annotations=blob.annotations)
        for diff_id, blob in zip(promised_diff_ids(config, len(manifest.layers)), manifest.layers, strict=True)
    )


def require_promised(index: int, blob: LayerBlob, digest: str | None, size: int) -> None:
    """Raises BadLayer when a layer's bytes have another digest or size than its descriptor says.

    `digest` is None where the bytes were not read.
    """
    if blob.digest is not None and (digest not in (None, blob.digest) or size != blob.size):
        raise BadLayer(
            f"layer {index} is not what the manifest promises: {digest or 'a blob'} of {size} bytes "
            f"instead of {blob.digest} of {blob.size}",
            DAMAGED,
        )


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
