"""The real OCI layouts and archives beside the repository: read, or refused with the reason their names promise."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import BadImage, BadLayer, ImageNotFound
from inspector.inspection import Inspection
from inspector.line import inspect_image

AMD64 = "linux/amd64"


def inspect(path: Path | str, platform: str | None = None) -> Inspection:
    return inspect_image(f"{path}", platform=platform)


def fates(inspection: Inspection) -> tuple[int, int, int, int, int]:
    """Live, overwritten, recopied, deleted, deleted in trees."""
    ledger = inspection.filesystem.ledger
    return (
        ledger.live_bytes,
        ledger.overwritten_bytes,
        ledger.recopied_bytes,
        ledger.deleted_bytes,
        ledger.deleted_tree_bytes,
    )


READ = {
    "alpine-3.20.3-oci": (1, (7792915, 0, 0, 0, 0)),
    "grootfs/4mb-image": (4, (4145152, 0, 0, 0, 0)),
    "grootfs/hardlink": (2, (1162769, 0, 0, 0, 0)),
    "grootfs/opq-whiteouts-busybox": (2, (1093484, 0, 0, 0, 0)),
    "podman/oci-name-only.tar.gz": (1, (0, 0, 0, 0, 0)),
    "podman/oci-non-docker-name.tar.gz": (1, (0, 0, 0, 0, 0)),
    "podman/oci-registry-name.tar.gz": (1, (0, 0, 0, 0, 0)),
    "podman/oci-unnamed.tar.gz": (1, (0, 0, 0, 0, 0)),
    "sylabs/hard-link-1": (1, (3, 0, 0, 0, 0)),
    "sylabs/hard-link-2": (2, (3, 0, 0, 0, 0)),
    "sylabs/hard-link-delete-1": (2, (3, 0, 0, 0, 0)),
    "sylabs/hard-link-delete-2": (2, (3, 0, 0, 0, 0)),
    "sylabs/hard-link-delete-3": (2, (3, 0, 0, 0, 0)),
    "sylabs/hard-link-delete-4": (3, (3, 0, 0, 0, 0)),
    "sylabs/hard-link-delete-xattr": (2, (3, 0, 0, 0, 0)),
    "sylabs/hello-world-docker-v2-manifest": (1, (9136, 0, 0, 0, 0)),
    "sylabs/many-layers": (50, (0, 0, 0, 0, 0)),
    "sylabs/root-dir-entry": (1, (0, 0, 0, 0, 0)),
    "sylabs/whiteout-explicit-dir": (2, (3, 0, 0, 0, 3)),
    "sylabs/whiteout-explicit-file": (2, (3, 0, 0, 3, 0)),
    "sylabs/whiteout-opaque": (2, (3, 0, 0, 0, 3)),
    "sylabs/whiteout-opaque-end": (2, (3, 0, 0, 0, 3)),
    "test-oci-estargz-image.tar": (1, (11189, 0, 0, 0, 0)),
    "test-oci-gzip-image.tar": (1, (11189, 0, 0, 0, 0)),
    "test-oci-uncompressed-image.tar": (1, (11189, 0, 0, 0, 0)),
    "test-oci-zstd-image.tar": (1, (11189, 0, 0, 0, 0)),
    "trivy/test.oci": (1, (13336, 0, 0, 0, 0)),
    "trivy/test_image_tag.oci": (1, (13336, 0, 0, 0, 0)),
}
"""Image → its number of layers, and its bytes by their fates."""

READ_FOR_A_PLATFORM = {
    "apko-base": (1, (10502, 0, 0, 0, 0)),
    "sylabs/hello-world-cosign-manifest": (1, (9136, 0, 0, 0, 0)),
    "sylabs/hello-world-cosign-manifest-list": (1, (13256, 0, 0, 0, 0)),
    "sylabs/hello-world-docker-v2-manifest-list": (1, (13256, 0, 0, 0, 0)),
    "regclient-testrepo:b1": (1, (2, 0, 0, 0, 0)),
    "regclient-testrepo:v1": (2, (4, 0, 0, 0, 0)),
    "regclient-testrepo:v3": (5, (10248, 0, 0, 0, 0)),
}
"""The same, of those that have several: for linux/amd64. What only signs or describes an image is passed over."""

REFUSED: dict[str, tuple[type[Exception], str]] = {
    "grootfs/corrupted": (
        BadLayer,
        "layer 1 is not what the manifest promises: a blob of 172 bytes instead of "
        "sha256:ed2d7b0f6d7786230b71fd60de08a553680a9a96ab216183bcc49c71f06033ab of 124",
    ),
    "sylabs/aufs-docker-v2-manifest": (
        BadImage,
        "the blob sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a holds something else",
    ),
    "sylabs/overlayfs-docker-v2-manifest": (
        BadImage,
        "layer 0 is no tar: its media type is application/vnd.sylabs.image.layer.v1.squashfs",
    ),
    "trivy/test_bad_index_json.oci": (
        BadImage,
        "index.json is not valid: JSON is malformed: invalid character (byte 5)",
    ),
    "trivy/test_index_json_dir.oci/test_bad_index_json.oci": (
        BadImage,
        "index.json is not valid: JSON is malformed: invalid character (byte 5)",
    ),
    "trivy/test_index_json_dir.oci": (BadImage, "not an image: it has no file manifest.json or index.json"),
    "trivy/test_invalid_oci_image.oci": (
        BadImage,
        "the layout has no blobs/sha256/bad744871f99e0ff8e6f253244836ed34c5d805fdb096d3a205ffaf5e9073cab",
    ),
    "trivy/test_no_valid_manifests.oci": (BadImage, "index.json lists no manifests"),
    "regclient-testrepo": (ImageNotFound, "the layout holds 8 images"),
    "regclient-testrepo:v9": (ImageNotFound, "no image v9 in the layout"),
    "regclient-testrepo:a1": (
        BadImage,
        "it is an OCI artifact of the type application/example.sbom, not an image",
    ),
    "regclient-testrepo:a-docker": (
        BadImage,
        "layer 0 is no tar: its media type is application/vnd.example.build-type+json",
    ),
}


@pytest.mark.parametrize("name", READ)
def test_read(images: Path, name: str) -> None:
    layers, expected = READ[name]
    inspection = inspect(images / "oci" / name)
    assert (len(inspection.scans), fates(inspection)) == (layers, expected)


@pytest.mark.parametrize("name", READ_FOR_A_PLATFORM)
def test_read_for_a_platform(images: Path, name: str) -> None:
    layers, expected = READ_FOR_A_PLATFORM[name]
    inspection = inspect(images / "oci" / name, AMD64)
    assert (len(inspection.scans), fates(inspection)) == (layers, expected)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(images: Path, name: str) -> None:
    kind, message = REFUSED[name]
    with pytest.raises(kind) as caught:
        inspect(images / "oci" / name, AMD64)
    error: Any = caught.value
    assert error.message == message


def test_every_image_of_the_folder_is_in_a_table(images: Path) -> None:
    there = {str(path.parent.relative_to(images / "oci")) for path in (images / "oci").rglob("oci-layout")}
    there |= {str(path.relative_to(images / "oci")) for path in (images / "oci").rglob("*.tar*")}
    there = {name for name in there if "busybox-musl" not in name}
    assert there == {name.partition(":")[0] for name in (*READ, *READ_FOR_A_PLATFORM, *REFUSED)}


def test_a_manifest_that_was_edited_by_hand_is_read_as_it_is_and_its_real_digest_told(images: Path) -> None:
    digests = {name: inspect(images / "oci" / "grootfs" / name).image.digest for name in ("4mb-image", "hardlink")}
    assert digests == {
        "4mb-image": "sha256:f9dbcf8f0ef1ed4450030ae7ef474dab3e2c256411d25bdeab5010d008e1f534",
        "hardlink": "sha256:1af665f7ed70bf5846a352eb6b2f22b380d7c0659f9e239027055a5d7458dc82",
    }


def test_blobs_may_be_symbolic_links(images: Path, tmp_path: Path) -> None:
    """The layout of docker-library, whose links are small text files in a checkout without symbolic links."""
    layout = tmp_path / "busybox"
    shutil.copytree(images / "oci" / "busybox-musl", layout, symlinks=True)
    (layout / "blobs" / "sha256").chmod(0o755)
    for blob in (layout / "blobs" / "sha256").iterdir():
        if blob.is_symlink():
            continue
        target = blob.read_text()
        blob.unlink()
        try:
            blob.symlink_to(target)
        except OSError as reason:
            pytest.skip(f"no symbolic links here: {reason}")
    inspection = inspect(layout)
    assert inspection.image.digest == "sha256:a34ce92094b7b100a98fbd21411a92825f6827b1bc5f6918c253516c90556998"
    assert fates(inspection)[0] == 1_532_848
    assert inspect(f"{layout}:busybox:1.38.0-musl").scans == inspection.scans
    archive = tmp_path / "busybox.tar"
    with tarfile.open(archive, "w") as tar:
        for path in sorted(layout.iterdir()):
            tar.add(path, path.name)
    assert inspect(f"oci-archive:{archive}").scans == inspection.scans


def test_ten_names_at_most_are_listed_and_none_that_belongs_to_another_image(images: Path) -> None:
    with pytest.raises(ImageNotFound) as caught:
        inspect(images / "oci" / "regclient-testrepo", AMD64)
    assert caught.value.hint == "add one of these after a colon: a-docker, a-docker-oci, b1, b2, b3, v1, v2, v3"


def test_a_platform_that_is_not_there_is_answered_with_those_that_are(images: Path) -> None:
    with pytest.raises(ImageNotFound) as caught:
        inspect(images / "oci" / "regclient-testrepo:v3", "linux/riscv64")
    assert (caught.value.message, caught.value.hint) == (
        "no image for linux/riscv64 under this name",
        "there is: linux/amd64, linux/arm64, linux/arm/v7, linux/arm/v6",
    )
