"""The OCI image layout (image-spec image-layout.md), in a folder or an archive: `oci-dir:` and `oci-archive:`."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.errors import BadImage, BadLayer, ImageNotFound
from inspector.image.manifest import Descriptor, Index, choose_manifest, parse_manifest
from inspector.image.platform import Platform
from inspector.sources.blobs import image_at, verify_document
from inspector.sources.members import MemberLayer, Members
from inspector.sources.protocol import DeliveredLayer, Delivery

INDEX = "index.json"
TAG = "org.opencontainers.image.ref.name"
FULL_NAME = "io.containerd.image.name"
"""What containerd and Docker add, since the tag alone does not say of what."""


def oci_image(members: Members, tag: str | None, platform: Platform | None, transport: str) -> Delivery:
    """The image with this tag (or digest) and platform, its layers scanned.

    Raises ImageNotFound when it is not there or several could be meant, BadImage when index.json is absent or wrong.
    """
    if INDEX not in members:
        raise BadImage("not an OCI layout: it has no index.json", "write one with `skopeo copy … oci:DIR:TAG`")
    index = parse_manifest(members.document(INDEX))
    if not isinstance(index, Index):
        raise BadImage("index.json of the OCI layout is no index", "it must list manifests")
    return image_at(_LayoutBlobs(members), _root(index, tag, platform), platform, transport)


def _root(index: Index, tag: str | None, platform: Platform | None) -> Descriptor:
    """The entry of index.json that is meant."""
    candidates = [entry for entry in index.manifests if not entry.is_attestation]
    if tag is not None:
        named = [entry for entry in candidates if tag in _names(entry)]
        if not named:
            raise ImageNotFound(f"no image {tag} in the OCI layout", f"it holds: {_labels(candidates)}")
        candidates = named
    if not candidates:
        raise BadImage("index.json of the OCI layout lists no image", "write the layout again")
    if len(candidates) == 1:
        return candidates[0]
    if len({_names(entry) for entry in candidates}) == 1:  # one name, a manifest per platform
        return choose_manifest(candidates, platform)
    raise ImageNotFound(
        f"the OCI layout holds {len(candidates)} images", f"add one of these after a colon: {_labels(candidates)}"
    )


def _names(entry: Descriptor) -> frozenset[str]:
    names = {entry.annotations.get(key) for key in (TAG, FULL_NAME)} - {None}
    return frozenset(name for name in names if name) or frozenset({entry.digest})


def _labels(entries: Sequence[Descriptor]) -> str:
    return ", ".join(sorted({min(_names(entry), key=len) for entry in entries}))


class _LayoutBlobs:
    """Blobs by the place that the layout gives them: `blobs/<algorithm>/<hex>`."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def document(self, blob: Descriptor) -> bytes:
        return verify_document(blob, self._members.document(_place(blob)))

    def layers(self, blobs: Sequence[Descriptor], diff_ids: Sequence[str]) -> tuple[DeliveredLayer, ...]:
        layers = self._members.layers([_place(blob) for blob in blobs], diff_ids)
        return tuple(_verified(blob, layer) for blob, layer in zip(blobs, layers, strict=True))


def _verified(blob: Descriptor, layer: MemberLayer) -> DeliveredLayer:
    """The layer with its descriptor's digest and size; the digest is checked where the bytes were read."""
    wrong = layer.size != blob.size or (
        layer.digest is not None and blob.digest.startswith("sha256:") and layer.digest != blob.digest
    )
    if wrong:
        raise BadLayer(
            f"the blob {blob.digest} of {blob.size} bytes holds something else", "its data is damaged; write it again"
        )
    return DeliveredLayer(layer.scan, blob.digest, blob.size)


def _place(blob: Descriptor) -> str:
    algorithm, _, value = blob.digest.partition(":")
    return f"blobs/{algorithm}/{value}"
