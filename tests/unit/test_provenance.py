"""BuildKit's provenance: exact lines of layers, and the base image, in both versions of SLSA and both modes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from builders import file, scan_of
from msgspec.structs import replace

from inspector.attribution.instructions import LineRange
from inspector.attribution.origins import NO_RECIPE, ImageContext, trace
from inspector.attribution.provenance import Parent, lines_by_layer, parent_image, parse_provenance
from inspector.demo.archive import sha256, tar_layer
from inspector.image.config import parse_config
from inspector.line import inspect_image

VERSIONS = pytest.mark.parametrize("version", ["v0.2", "v1"])

DOCKERFILE = """FROM golang:1.22 AS build
RUN make

FROM alpine:3.20
ENV A=1
RUN apk add \\
  curl
COPY --from=build /app /app
"""

BASE_DIGEST = "sha256:" + "ba" * 32
LAYERS = ["sha256:" + letter * 64 for letter in "abc"]
"""Of the base, of RUN, of COPY."""


def source(step: str, identifier: str) -> dict[str, Any]:
    return {"id": step, "op": {"Op": {"source": {"identifier": identifier}}, "constraints": {}}}


def execute(step: str, *inputs: str, root: int = 0) -> dict[str, Any]:
    mounts = [{"input": root, "dest": "/", "output": 0}, {"input": -1, "dest": "/cache", "output": -1}]
    return {"id": step, "op": {"Op": {"exec": {"meta": {"args": []}, "mounts": mounts}}}, "inputs": list(inputs)}


def copy(step: str, *inputs: str, into: int = 0) -> dict[str, Any]:
    actions = [{"input": into, "secondaryInput": 1, "output": 0, "Action": {"copy": {"src": "/app", "dest": "/app"}}}]
    return {"id": step, "op": {"Op": {"file": {"actions": actions}}}, "inputs": list(inputs)}


STEPS = [
    source("step0", f"docker-image://docker.io/library/alpine:3.20@{BASE_DIGEST}"),
    source("step1", "docker-image://docker.io/library/golang:1.22@sha256:" + "0" * 64),
    execute("step2", "step1:0"),
    execute("step3", "step0:0"),
    copy("step4", "step3:0", "step2:0"),
    {"id": "step5", "op": {"Op": None}, "inputs": ["step4:0"]},
]

LINES = {"step0": [4], "step1": [1], "step2": [2], "step3": [6, 7], "step4": [8]}


def chain(*digests: str) -> list[dict[str, Any]]:
    media_type = "application/vnd.oci.image.layer.v1.tar+gzip"
    return [{"mediaType": media_type, "digest": digest, "size": 1} for digest in digests]


def statement(version: str = "v0.2", **changes: Any) -> bytes:
    """What BuildKit attaches with mode=max; `changes` replace parts of it, and a part that is None is left out."""
    parts: dict[str, Any] = {
        "steps": STEPS,
        "locations": {
            step: {"locations": [{"ranges": [{"start": {"line": line}, "end": {"line": line}} for line in lines]}]}
            for step, lines in LINES.items()
        },
        "infos": [
            {"filename": "Dockerfile", "language": "Dockerfile", "data": base64.b64encode(DOCKERFILE.encode()).decode()}
        ],
        "layers": {
            # twice: one chain for each compression that was made
            "step0:0": [chain(LAYERS[0]), chain(LAYERS[0])],
            "step1:0": [chain("sha256:" + "f" * 64)],
            "step3:0": [chain(*LAYERS[:2])],
            "step4:0": [chain("sha256:" + "e" * 64), chain(*LAYERS)],
        },
        "args": {},
        "materials": [
            {"uri": "pkg:docker/docker/dockerfile@1", "digest": {"sha256": "1" * 64}},
            {"uri": "pkg:docker/golang@1.22?platform=linux%2Famd64", "digest": {"sha256": "0" * 64}},
            {"uri": "pkg:docker/alpine@3.20?platform=linux%2Famd64", "digest": {"sha256": "ba" * 32}},
        ],
    } | changes
    metadata = {"source": {"locations": parts["locations"], "infos": parts["infos"]}, "layers": parts["layers"]}
    config = {"llbDefinition": parts["steps"], "digestMapping": {}}
    request = {"frontend": "dockerfile.v0", "args": parts["args"]}
    predicate: dict[str, Any]
    if version == "v0.2":
        predicate = {
            "buildType": "https://mobyproject.org/buildkit@v1",
            "materials": parts["materials"],
            "invocation": {"configSource": {"entryPoint": "Dockerfile"}, "parameters": request},
            "buildConfig": config,
            "metadata": {"reproducible": False, "https://mobyproject.org/buildkit@v1#metadata": metadata},
        }
    else:
        predicate = {
            "buildDefinition": {
                "buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
                "externalParameters": {"configSource": {"path": "Dockerfile"}, "request": request},
                "internalParameters": {"buildConfig": config},
                "resolvedDependencies": parts["materials"],
            },
            "runDetails": {"metadata": {"invocationId": "x", "buildkit_metadata": metadata}},
        }
    kind = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": f"https://slsa.dev/provenance/{version}"}
    return json.dumps(kind | {"subject": [], "predicate": predicate}).encode()


MINIMAL = {"steps": None, "locations": None, "infos": None, "layers": None}
"""What mode=min leaves out."""


@VERSIONS
def test_layers_have_the_lines_of_the_step_that_left_them(version: str) -> None:
    provenance = parse_provenance(statement(version))
    assert provenance is not None
    assert provenance.steps == ("step3", "step4")
    assert lines_by_layer(provenance, LAYERS) == {1: LineRange("Dockerfile", 6, 7), 2: LineRange("Dockerfile", 8, 8)}


@VERSIONS
def test_the_base_is_where_the_steps_began(version: str) -> None:
    provenance = parse_provenance(statement(version))
    assert provenance is not None
    assert parent_image(provenance, LAYERS) == Parent("alpine:3.20", BASE_DIGEST, 1)


@VERSIONS
def test_mode_min_names_the_base_where_only_one_image_was_pulled(version: str) -> None:
    materials = [
        {"uri": "pkg:docker/docker/dockerfile@1", "digest": {"sha256": "1" * 64}},
        {
            "uri": "pkg:docker/gcr.io/distroless/static?digest=sha256:2&platform=linux%2Famd64",
            "digest": {"sha256": "22"},
        },
        {"uri": "https://github.com/some/repository.git#main", "digest": {"sha1": "33"}},
    ]
    provenance = parse_provenance(statement(version, **MINIMAL, materials=materials))
    assert provenance is not None
    assert lines_by_layer(provenance, LAYERS) == {}
    assert parent_image(provenance, LAYERS) == Parent("gcr.io/distroless/static", "sha256:22", None)


def test_mode_min_with_several_images_names_none() -> None:
    provenance = parse_provenance(statement(**MINIMAL))
    assert provenance is not None
    assert parent_image(provenance, LAYERS) is None


def test_layers_pushed_with_another_compression_are_not_known() -> None:
    provenance = parse_provenance(statement())
    assert provenance is not None
    others = ["sha256:" + digit * 64 for digit in "123"]
    assert lines_by_layer(provenance, others) == {}
    assert parent_image(provenance, others) == Parent("alpine:3.20", BASE_DIGEST, None)


def test_scratch_is_no_base() -> None:
    steps = [
        source("step0", "local://context"),
        copy("step1", "step0:0", into=-1),
        {"id": "step2", "inputs": ["step1:0"]},
    ]
    provenance = parse_provenance(statement(steps=steps, materials=[], layers={"step1:0": [chain(LAYERS[0])]}))
    assert provenance is not None
    assert parent_image(provenance, LAYERS[:1]) is None
    assert provenance.steps == ("step1",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"predicate": 1}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_statement_says_nothing(data: bytes) -> None:
    assert parse_provenance(data) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"steps": [{"id": "step0", "inputs": ["step0:0"]}]},
        {"steps": [1, {"id": []}], "layers": [], "locations": 5, "infos": {}, "materials": "x"},
        {
            "steps": [{"id": "s", "op": {"Op": {"file": {"actions": [{"input": "x"}]}}}, "inputs": [3]}],
            "layers": {"s:0": 4},
        },
        {"infos": [{"data": "no base64!"}], "steps": [], "layers": {"step0:0": [None, [None]]}, "materials": [None]},
    ],
)
def test_what_makes_no_sense_in_a_statement_says_nothing(changes: dict[str, Any]) -> None:
    provenance = parse_provenance(statement(**changes))
    assert provenance is not None
    assert lines_by_layer(provenance, LAYERS) == {}


CONFIG = parse_config(
    json.dumps(
        {
            "rootfs": {"diff_ids": ["a", "b", "c"]},
            "history": [
                {"created_by": "ADD alpine.tar.gz / # buildkit"},
                {"created_by": 'CMD ["/bin/sh"]', "empty_layer": True},
                {"created_by": "ENV A=1", "empty_layer": True},
                {"created_by": "RUN /bin/sh -c apk add   curl # buildkit"},
                {"created_by": "COPY /app /app # buildkit"},
            ],
        }
    ).encode()
)


def test_the_dockerfile_in_it_tells_the_lines_of_the_rest() -> None:
    origins = trace(CONFIG, NO_RECIPE, ImageContext(tuple(LAYERS), provenance=(statement(),)))
    assert [step.lines and (step.lines.first, step.lines.last) for step in origins.instructions] == [
        None,
        None,
        (5, 5),
        (6, 7),
        (8, 8),
    ]
    assert [step.from_base for step in origins.instructions] == [True, True, False, False, False]
    base = origins.base
    assert base is not None
    assert (base.name, base.digest, base.evidence, base.layers) == ("alpine:3.20", BASE_DIGEST, "provenance", 1)


def test_where_the_dockerfile_in_it_cannot_be_followed_layers_still_have_lines() -> None:
    config = replace(
        CONFIG, history=(*CONFIG.history[:3], replace(CONFIG.history[3], created_by="odd"), CONFIG.history[4])
    )
    origins = trace(config, NO_RECIPE, ImageContext(tuple(LAYERS), provenance=(statement(),)))
    assert [step.lines and step.lines.first for step in origins.instructions] == [None, None, None, 6, 8]
    assert [step.from_base for step in origins.instructions] == [True, None, None, False, False]
    assert origins.notes == ()


def layout(folder: Path, members: list[bytes], config: dict[str, Any]) -> None:
    """An OCI layout of one image with its provenance, as BuildKit exports it (BuildKit's attestation-storage.md)."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def blob(data: bytes, kind: str, **more: Any) -> dict[str, Any]:
        (blobs / sha256(data).removeprefix("sha256:")).write_bytes(data)
        return {"mediaType": f"application/{kind}", "digest": sha256(data), "size": len(data), **more}

    def manifest(config: bytes, layers: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        kind = "vnd.oci.image.config.v1+json"
        data = json.dumps({"schemaVersion": 2, "config": blob(config, kind), "layers": layers}).encode()
        return blob(data, "vnd.oci.image.manifest.v1+json", **more)

    layers = [blob(data, "vnd.oci.image.layer.v1.tar") for data in members]
    image = manifest(json.dumps(config).encode(), layers, platform={"os": "linux", "architecture": "amd64"})
    digests = [layer["digest"] for layer in layers]
    chains = {f"step{step}:0": [chain(*digests[:count])] for step, count in ((0, 1), (3, 2), (4, 3))}
    said = blob(
        statement(layers=chains),
        "vnd.in-toto+json",
        annotations={"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"},
    )
    attestation = manifest(
        b"{}",
        [said],
        platform={"os": "unknown", "architecture": "unknown"},
        annotations={
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": image["digest"],
        },
    )
    index = json.dumps({"schemaVersion": 2, "manifests": [image, attestation]}).encode()
    root = blob(index, "vnd.oci.image.index.v1+json")
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [root]}))


def test_an_oci_layout_with_provenance_needs_no_dockerfile(tmp_path: Path) -> None:
    members = [tar_layer([file(name, 10)]) for name in ("base", "curl", "app")]
    config = {
        "os": "linux",
        "architecture": "amd64",
        "rootfs": {"type": "layers", "diff_ids": [scan_of(layer).diff_id for layer in members]},
        "history": [{"created_by": entry.created_by, "empty_layer": entry.empty_layer} for entry in CONFIG.history],
    }
    layout(tmp_path, members, config)
    inspection = inspect_image(f"oci-dir:{tmp_path}")
    steps = [inspection.instruction_of(layer) for layer in range(3)]
    assert [step and step.lines for step in steps] == [
        None,
        LineRange("Dockerfile", 6, 7),
        LineRange("Dockerfile", 8, 8),
    ]
    assert inspection.base is not None
    assert (inspection.base.name, inspection.base.layers, inspection.base.evidence) == ("alpine:3.20", 1, "provenance")
