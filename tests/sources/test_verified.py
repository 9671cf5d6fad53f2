"""Layers that cannot be read are refused before anything is fetched, by the name of what they are."""

from __future__ import annotations

import pytest

from inspector.errors import BadImage
from inspector.image.manifest import Descriptor, Manifest
from inspector.sources.verified import elsewhere, require_tar_layers

DIGEST = "sha256:" + "0" * 64


def layer(media_type: str, *urls: str) -> Descriptor:
    return Descriptor(media_type, DIGEST, 1, None, {}, urls)


def manifest(*layers: Descriptor) -> Manifest:
    return Manifest(layer("application/vnd.oci.image.config.v1+json"), layers, {})


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip",
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.diff.tar.zstd",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ],
)
def test_tars_are_let_pass(media_type: str) -> None:
    require_tar_layers(manifest(layer(media_type)))


@pytest.mark.parametrize(
    ("media_type", "message"),
    [
        (
            "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
            "layer 1 is encrypted (application/vnd.oci.image.layer.v1.tar+gzip+encrypted)",
        ),
        (
            "application/vnd.sylabs.image.layer.v1.squashfs",
            "layer 1 is no tar: its media type is application/vnd.sylabs.image.layer.v1.squashfs",
        ),
        ("application/wasm", "layer 1 is no tar: its media type is application/wasm"),
    ],
)
def test_others_are_refused(media_type: str, message: str) -> None:
    with pytest.raises(BadImage) as caught:
        require_tar_layers(manifest(layer(""), layer(media_type)))
    assert caught.value.message == message


def test_a_layer_that_is_kept_elsewhere_says_where() -> None:
    assert elsewhere(2, layer("")) is None
    found = elsewhere(2, layer("", "https://mcr.example/base"))
    assert found is not None
    assert found.message == "layer 2 is not distributed with the image: it is kept at https://mcr.example/base"
