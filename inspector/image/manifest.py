"""Descriptors, manifests and indexes: OCI image-spec v1.1 and Docker's schema 2, which share one shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from inspector.errors import BadImage, ImageNotFound
from inspector.image.document import decode
from inspector.image.platform import Platform, default_platform

ATTESTATION = "attestation-manifest"
"""Value of `vnd.docker.reference.type` on BuildKit's attestations, which sit in the index beside the images."""

SHOWN = 10
"""Names listed at most in a message; more would hide what it says."""

_CONFIG_TYPES = ("vnd.oci.image.config.v1+json", "vnd.docker.container.image.v1+json")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}").fullmatch


class Descriptor(Struct, frozen=True):
    """A blob by digest and size in bytes (OCI image-spec descriptor.md); `urls` are other places that have it."""

    media_type: str
    digest: str
    size: int
    platform: Platform | None
    annotations: Mapping[str, str]
    urls: tuple[str, ...] = ()

    @property
    def is_attestation(self) -> bool:
        return self.annotations.get("vnd.docker.reference.type") == ATTESTATION

    def attests(self, digest: str) -> bool:
        """Whether this is BuildKit's attestation of the image with this manifest digest."""
        return self.is_attestation and self.annotations.get("vnd.docker.reference.digest") == digest


class Manifest(Struct, frozen=True):
    """One image, or an artifact in the same form: its config and its layers, lowest first."""

    config: Descriptor
    layers: tuple[Descriptor, ...]
    annotations: Mapping[str, str]
    artifact_type: str = ""

    @property
    def is_image(self) -> bool:
        """False for artifacts: SBOMs, signatures, charts (image-spec manifest.md, guidelines for artifact usage).

        They have an artifactType, or a config that is no image config. An absent media type was allowed once.
        """
        types = [kind for kind in (self.artifact_type, self.config.media_type) if kind]
        return all(kind.endswith(_CONFIG_TYPES) for kind in types)


class Index(Struct, frozen=True):
    """Several images (or further indexes, or attestations) under one name."""

    manifests: tuple[Descriptor, ...]
    annotations: Mapping[str, str]
    artifact_type: str = ""


class _Platform(msgspec.Struct):
    os: str | None = None
    architecture: str | None = None
    variant: str | None = None


class _Descriptor(msgspec.Struct, rename={"media_type": "mediaType"}):
    digest: str
    size: int
    media_type: str | None = None
    platform: _Platform | None = None
    annotations: dict[str, str] | None = None
    urls: list[str] | None = None


class _Document(
    msgspec.Struct,
    rename={"media_type": "mediaType", "schema_version": "schemaVersion", "artifact_type": "artifactType"},
):
    schema_version: int | None = None
    media_type: str | None = None
    artifact_type: str | None = None
    config: _Descriptor | None = None
    layers: list[_Descriptor] | None = None
    manifests: list[_Descriptor] | None = None
    annotations: dict[str, str] | None = None


_decoder = msgspec.json.Decoder(_Document)


def parse_manifest(data: bytes) -> Manifest | Index:
    """Bytes of a manifest or index, told apart by what they hold (media types may be absent in OCI).

    Raises BadImage, naming the path inside the JSON that is wrong, and for Docker's schema 1.
    """
    raw = decode(data, _decoder, "the manifest")
    if raw.schema_version == 1:
        raise BadImage("the manifest has Docker's schema 1, which was retired in 2019", "push the image again")
    annotations, artifact_type = raw.annotations or {}, raw.artifact_type or ""
    if raw.manifests is not None:
        return Index(tuple(map(_descriptor, raw.manifests)), annotations, artifact_type)
    if raw.config is None or raw.layers is None:
        raise BadImage("the manifest has neither config and layers nor manifests", "it names no image")
    return Manifest(_descriptor(raw.config), tuple(map(_descriptor, raw.layers)), annotations, artifact_type)


def parse_index(data: bytes, what: str) -> Index:
    """Bytes of `what`, which must be an index. Raises BadImage, naming it."""
    raw = decode(data, _decoder, what)
    if raw.manifests is None:
        raise BadImage(f"{what} lists no manifests", "it must be an OCI image index")
    return Index(tuple(map(_descriptor, raw.manifests)), raw.annotations or {}, raw.artifact_type or "")


def choose_manifest(manifests: Sequence[Descriptor], wanted: Platform | None) -> Descriptor:
    """The image for a platform (by default Linux on this machine's architecture); attestations are left out.

    An image whose descriptor names no platform is taken when it is the only one. Raises ImageNotFound, naming the
    platforms there are, when none fits.
    """
    images = [manifest for manifest in manifests if not manifest.is_attestation and not _is_unknown(manifest.platform)]
    if len(images) == 1 and (wanted is None or images[0].platform is None):
        return images[0]
    platform = wanted or default_platform()
    for image in images:
        if image.platform is not None and platform.accepts(image.platform):
            return image
    there = [str(image.platform) for image in images if image.platform]
    raise ImageNotFound(
        f"no image for {platform} under this name",
        f"there is: {some(there)}" if there else "no platform is named for any image there",
    )


def some(names: Sequence[str]) -> str:
    """Names for a message, in order and each once; the first SHOWN of them."""
    unique = list(dict.fromkeys(names))
    more = f" … and {len(unique) - SHOWN} more" if len(unique) > SHOWN else ""
    return ", ".join(unique[:SHOWN]) + more


def _is_unknown(platform: Platform | None) -> bool:
    return platform is not None and platform.os == "unknown"


def _descriptor(raw: _Descriptor) -> Descriptor:
    if not _DIGEST(raw.digest) or raw.size < 0:
        raise BadImage(f"the manifest names {raw.digest!r} of {raw.size} bytes, which is no descriptor")
    platform = raw.platform
    known = platform is not None and platform.os and platform.architecture
    return Descriptor(
        raw.media_type or "",
        raw.digest,
        raw.size,
        Platform(platform.os or "", platform.architecture or "", platform.variant or None)
        if platform is not None and known
        else None,
        raw.annotations or {},
        tuple(raw.urls or ()),
    )
