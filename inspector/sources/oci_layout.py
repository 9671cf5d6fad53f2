"""The OCI image layout (image-spec image-layout.md), in a folder or an archive: `oci-dir:` and `oci-archive:`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from inspector.errors import BadImage, ImageNotFound
from inspector.image.manifest import Descriptor, Index, Manifest, choose_manifest, parse_index, parse_manifest, some
from inspector.image.platform import Platform
from inspector.sources.blobs import image_at
from inspector.sources.members import Located, Members
from inspector.sources.verified import elsewhere, require_promised, verified_document

INDEX = "index.json"
TAG = "org.opencontainers.image.ref.name"
FULL_NAME = "io.containerd.image.name"
"""What containerd and Docker add, since the tag alone does not say of what."""

_ABOUT_ANOTHER = re.compile(r"(^|:)sha256-[0-9a-f]{64}(\.|$)").search
"""Tags that name what belongs to another manifest: cosign's `.sig`, `.att` and `.sbom`, and the referrers tags of
distribution-spec."""


def oci_image(members: Members, tag: str | None, platform: Platform | None, transport: str) -> Located:
    """The image with this tag (or digest) and platform.

    The manifest is taken as it is even when index.json names another digest, as skopeo does: editing a layout by
    hand is common, and config and layers are verified. The image has the digest of what was read.

    Raises ImageNotFound when it is not there or several could be meant, BadImage when index.json is absent or wrong.
    """
    if INDEX not in members:
        raise BadImage(f"{members.place} is no OCI layout: it has no index.json", "make one: skopeo copy … oci:DIR:TAG")
    index = parse_index(members.document(INDEX), INDEX)
    root = _root(members, index, tag, platform)
    image, blobs = image_at(_LayoutBlobs(members), members.document(_place(root)), platform, transport)
    for number, (blob, layer) in enumerate(zip(blobs, image.layers, strict=True)):
        if _place(blob) not in members and (reason := elsewhere(number, blob)):
            raise reason
        require_promised(number, layer, None, members.blob(_place(blob)).size)
    return Located(image, tuple(map(_place, blobs)))


def _root(members: Members, index: Index, tag: str | None, platform: Platform | None) -> Descriptor:
    """The entry of index.json that is meant."""
    entries = [entry for entry in index.manifests if not entry.is_attestation]
    if not entries:
        raise BadImage(f"index.json of {members.place} lists no image", "write the layout again")
    images = [entry for entry in entries if _is_candidate(members, entry)]
    if tag is not None:
        named = [entry for entry in entries if tag in _names(entry) or tag == entry.digest]
        if not named:
            raise ImageNotFound(f"no image {tag} in {members.place}", f"it holds: {_labels(images or entries)}")
        images = named
    if not images:
        raise BadImage(f"{members.place} holds no image, only artifacts", f"it holds: {_labels(entries)}")
    if len(images) == 1:
        return images[0]
    if len({_names(entry) for entry in images}) == 1 and all(entry.platform for entry in images):
        return choose_manifest(images, platform)  # one image, an entry for each platform
    raise ImageNotFound(
        f"{members.place} holds {len(images)} images", f"add one of these after a colon: {_labels(images)}"
    )


def _is_candidate(members: Members, entry: Descriptor) -> bool:
    """Whether an entry is an image and not something about one. Whoever wants the latter must ask for it by name."""
    if any(_ABOUT_ANOTHER(name) for name in _names(entry)):
        return False
    try:
        document = parse_manifest(members.document(_place(entry)))
    except BadImage:
        return True  # asked for, it says what is wrong with it
    return document.is_image if isinstance(document, Manifest) else not document.artifact_type


def _names(entry: Descriptor) -> frozenset[str]:
    """What an entry is called; nothing for the only image in a layout that needs no name."""
    return frozenset(name for key in (TAG, FULL_NAME) if (name := entry.annotations.get(key)))


def _labels(entries: Sequence[Descriptor]) -> str:
    return some(sorted(min(_names(entry), key=len, default=entry.digest) for entry in entries))


class _LayoutBlobs:
    """Blobs by the place that the layout gives them: `blobs/<algorithm>/<hex>`."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def document(self, blob: Descriptor) -> bytes:
        return verified_document(blob, self._members.document(_place(blob)))


def _place(blob: Descriptor) -> str:
    algorithm, _, value = blob.digest.partition(":")
    return f"blobs/{algorithm}/{value}"
