"""One image that does all that layers can do, and the places that the conformance tests keep it in."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

from inspector.demo.archive import (
    Member,
    Step,
    directory,
    hardlink,
    image_archive,
    image_config,
    opaque,
    symlink,
    tar_layer,
    whiteout,
)

TAG = "leaninspect/sample:1"
CREATED = "2020-02-02T02:02:02Z"

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
PROVENANCE = b'{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://slsa.dev/provenance/v1"}'

VERSION = "etc/version"
"""A path that all three layers have, with another content of the same size each."""

LONG = "n" * 90 + "/" + "m" * 90


def steps() -> list[Step]:
    """A base, then additions and every way of hiding them; an instruction without a layer between."""
    base = [
        directory("etc"),
        Member("etc/os-release", b"ID=sample\n"),
        Member(VERSION, b"one"),
        directory("data"),
        Member("data/big", b"b" * 70_000, uid=1000),
        Member("data/kept", b"k" * 3_000),
        hardlink("data/kept-too", "data/kept"),
        symlink("data/link", "../etc/os-release"),
        directory("tree"),
        directory("tree/deep"),
        Member("tree/deep/file", b"t" * 5_000),
        Member("tree/file", b"u" * 600),
        directory("opaque"),
        Member("opaque/old", b"o" * 40),
    ]
    added = [
        Member(VERSION, b"two"),
        directory("usr"),
        Member("usr/tool", bytes(range(256)) * 4_000, mode=0o755),
        Member("usr/capable", b"c" * 10, headers={"SCHILY.xattr.user.note": "über"}),
        directory("n" * 90),
        Member(LONG, b"long"),
    ]
    changed = [
        Member(VERSION, b"six"),
        Member("data/big", b"b" * 70_000, uid=0),  # only its owner
        Member("data/kept", b"other"),
        whiteout("tree"),
        whiteout("usr/tool"),
        directory("opaque"),
        Member("opaque/new", b"n" * 4),
        opaque("opaque"),
    ]
    return [
        Step("/bin/sh -c #(nop) ADD file:0123456789abcdef in / ", tar_layer(base)),
        Step('/bin/sh -c #(nop)  CMD ["/bin/sh"]'),
        Step("RUN /bin/sh -c make all # buildkit", tar_layer(added), "buildkit.dockerfile.v0"),
        Step("RUN /bin/sh -c clean # buildkit", tar_layer(changed), "buildkit.dockerfile.v0"),
    ]


def sample_archive() -> bytes:
    """The image as `docker save` writes it."""
    return image_archive(TAG, steps(), created=CREATED, run={"Cmd": ["/bin/sh"]})


def oci_layout(folder: Path, *, algorithm: str = "sha256") -> Path:
    """The image as a layout with an index of two platforms and BuildKit's attestation of the first; gzip layers.

    `algorithm` is that of the layers' digests.
    """

    def put(data: bytes, media_type: str, algorithm: str = "sha256", **more: object) -> dict[str, object]:
        digest = hashlib.new(algorithm, data).hexdigest()
        path = folder / "blobs" / algorithm / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return {"mediaType": media_type, "digest": f"{algorithm}:{digest}", "size": len(data), **more}

    def manifest(config: bytes, layers: list[dict[str, object]], **more: object) -> dict[str, object]:
        document = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": put(config, "application/vnd.oci.image.config.v1+json"),
            "layers": layers,
        }
        return put(json.dumps(document).encode(), OCI_MANIFEST, **more)

    config = image_config(steps(), created=CREATED, run={"Cmd": ["/bin/sh"]})
    layers = [
        put(gzip.compress(step.layer, mtime=0), OCI_LAYER, algorithm) for step in steps() if step.layer is not None
    ]
    ours = manifest(config, layers, platform={"os": "linux", "architecture": "amd64"})
    other_layer = tar_layer([Member("other", b"other")])
    other_config = json.loads(image_config([Step("COPY other / # buildkit", other_layer)], created=CREATED))
    other_config["architecture"] = "s390x"
    other = manifest(
        json.dumps(other_config).encode(),
        [put(other_layer, "application/vnd.oci.image.layer.v1.tar")],
        platform={"os": "linux", "architecture": "s390x"},
    )
    statement = put(
        PROVENANCE,
        "application/vnd.in-toto+json",
        annotations={"in-toto.io/predicate-type": "https://slsa.dev/provenance/v1"},
    )
    sbom = put(
        b"{}",
        "application/vnd.in-toto+json",
        annotations={"in-toto.io/predicate-type": "https://spdx.dev/Document"},
    )
    attestation_config = image_config([], created=CREATED)
    attestation = manifest(
        attestation_config,
        [statement, sbom],
        platform={"os": "unknown", "architecture": "unknown"},
        annotations={
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": ours["digest"],
        },
    )
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [other, ours, attestation]}
    root = put(json.dumps(index).encode(), OCI_INDEX, annotations={"org.opencontainers.image.ref.name": "multi"})
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [root]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return folder
