"""BuildKit's provenance attestations: which step of the build made which layer, at which lines, upon which image.

An in-toto statement with a SLSA predicate, v0.2 or v1; what BuildKit adds to SLSA is described in its
docs/attestations/slsa-definitions.md. Layers, steps and lines are there with mode=max only. A statement is an extra:
whatever in it is absent or not as expected says nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from inspector.attribution.instructions import LineRange

FRONTENDS = ("docker/dockerfile", "docker/buildkit-syft-scanner")
"""How the names of images begin that are tools of the build, and nobody's base."""

MAX_DOCKERFILE = 100_000
"""Bytes of a Dockerfile that we are willing to follow; people write a tenth of that."""

_IMAGE = "docker-image://"
_PURL = re.compile(r"pkg:docker/(?P<name>[^@?#]+)(?:@(?P<version>[^?#]+))?").match


class Parent(Struct, frozen=True):
    """An image that was built upon. `layers`: how many of the image's are its, where that is known."""

    name: str
    digest: str | None
    layers: int | None = None


class Provenance(Struct, frozen=True):
    """`steps` lead from the base to the image; `root` is the step that brought the base, and that image.

    `chains` are the layers after a step, by the digests of their blobs; one step can have several compressions.
    `dockerfile` is its name and text, `target` the stage that was asked for, `images` what was pulled for the build.
    """

    dockerfile: tuple[str, str] | None
    target: str | None
    steps: tuple[str, ...]
    root: tuple[str, Parent] | None
    chains: Mapping[str, tuple[tuple[str, ...], ...]]
    lines: Mapping[str, LineRange]
    images: tuple[Parent, ...]


def parse_provenance(statement: bytes) -> Provenance | None:
    """None where it is no such statement."""
    try:
        document = msgspec.json.decode(statement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    predicate = _at(document, "predicate")
    if not isinstance(predicate, dict):
        return None
    old, new = _at(predicate, "metadata"), _at(predicate, "runDetails", "metadata")
    metadata = _at(old, "https://mobyproject.org/buildkit@v1#metadata") or _at(new, "buildkit_metadata")
    definition = _at(predicate, "buildDefinition")
    config = _at(predicate, "buildConfig") or _at(definition, "internalParameters", "buildConfig")
    request = _at(predicate, "invocation", "parameters") or _at(definition, "externalParameters", "request")
    materials = _at(predicate, "materials") or _at(definition, "resolvedDependencies")
    steps, root = _way_up(_all(_at(config, "llbDefinition")))
    infos = _all(_at(metadata, "source", "infos"))
    return Provenance(
        dockerfile=_dockerfile(infos),
        target=_text(_at(request, "args", "target")),
        steps=steps,
        root=root,
        chains=_chains(_at(metadata, "layers")),
        lines=dict(_lines(_at(metadata, "source", "locations"), [_text(_at(info, "filename")) for info in infos])),
        images=tuple(_images(_all(materials))),
    )


def lines_by_layer(provenance: Provenance, digests: Sequence[str | None]) -> dict[int, LineRange]:
    """Layer → lines, for the steps whose layers are the lowest ones of these."""
    found: dict[int, LineRange] = {}
    base = _layers_after(provenance, provenance.root[0], digests) if provenance.root else 0
    for step in provenance.steps:
        count = _layers_after(provenance, step, digests)
        if count is not None and count > (base or 0) and step in provenance.lines:
            found.setdefault(count - 1, provenance.lines[step])
    return found


def parent_image(provenance: Provenance, digests: Sequence[str | None]) -> Parent | None:
    """The base image: where the steps began, or without any steps the one image that was pulled."""
    if provenance.root is not None:
        step, parent = provenance.root
        return Parent(parent.name, parent.digest, _layers_after(provenance, step, digests))
    if not provenance.steps and len(provenance.images) == 1:
        return provenance.images[0]
    return None


def _layers_after(provenance: Provenance, step: str, digests: Sequence[str | None]) -> int | None:
    """How many of the lowest layers are those after a step, None where others are or none is known."""
    fitting = [len(chain) for chain in provenance.chains.get(step, ()) if list(chain) == list(digests[: len(chain)])]
    return min(fitting, default=None)


def _way_up(definition: Sequence[Any]) -> tuple[tuple[str, ...], tuple[str, Parent] | None]:
    """The steps from the base to the image, which is the last of the definition, and the base.

    Nothing where the steps lead in a circle, as a hostile statement may have it.
    """
    by_id = {name: step for step in definition if (name := _text(_at(step, "id")))}
    name = _below(definition[-1]) if definition else None
    way: dict[str, None] = {}
    while name is not None and name in by_id:
        if name in way:
            return (), None
        image = _text(_at(by_id[name], "op", "Op", "source", "identifier"))
        if image is not None:
            parent = _image(image.removeprefix(_IMAGE)) if image.startswith(_IMAGE) else None
            return tuple(reversed(way)), ((name, parent) if parent else None)
        way[name] = None
        name = _below(by_id[name])
    return tuple(reversed(way)), None


def _below(step: Any) -> str | None:
    """The step whose files this one changes: the input of a copy, of a command's root, or the first one."""
    operation = _at(step, "op", "Op")
    number = 0
    for action in _all(_at(operation, "file", "actions"))[:1]:
        number = _number(_at(action, "input"))
    for mount in _all(_at(operation, "exec", "mounts")):
        if _at(mount, "dest") == "/":
            number = _number(_at(mount, "input"))
    inputs = _all(_at(step, "inputs"))
    name = _text(inputs[number]) if 0 <= number < len(inputs) else None
    return name.partition(":")[0] if name else None


def _chains(layers: Any) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Of `stepN:output` → chains of descriptors."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for output, chains in layers.items() if isinstance(layers, dict) else ():
        step = output.partition(":")[0]
        digests = (tuple(_text(_at(layer, "digest")) or "" for layer in _all(chain)) for chain in _all(chains))
        found[step] = (*found.get(step, ()), *(chain for chain in digests if chain))
    return found


def _lines(locations: Any, files: Sequence[str | None]) -> Iterator[tuple[str, LineRange]]:
    """Step → lines, from the first to the last that it has in one file: BuildKit lists each line as a range."""
    for step, located in locations.items() if isinstance(locations, dict) else ():
        for location in _all(_at(located, "locations"))[:1]:
            ranges = _all(_at(location, "ranges"))
            numbers = [_number(_at(part, end, "line")) for part in ranges for end in ("start", "end")]
            index = _number(_at(location, "sourceIndex"))
            path = files[index] if 0 <= index < len(files) else None
            if numbers and min(numbers) > 0:
                yield step, LineRange(path or "Dockerfile", min(numbers), max(numbers))


def _dockerfile(infos: Sequence[Any]) -> tuple[str, str] | None:
    data = _text(_at(infos[0], "data")) if infos else None
    if not data or len(data) > MAX_DOCKERFILE * 4 / 3:
        return None
    try:
        return _text(_at(infos[0], "filename")) or "Dockerfile", base64.b64decode(data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _images(materials: Sequence[Any]) -> Iterator[Parent]:
    """The images among the materials, without the tools of the build."""
    for material in materials:
        purl = _PURL(_text(_at(material, "uri")) or "")
        if purl is None or unquote(purl["name"]).startswith(FRONTENDS):
            continue
        tag = f":{unquote(purl['version'])}" if purl["version"] else ""
        digest = _text(_at(material, "digest", "sha256"))
        yield Parent(unquote(purl["name"]) + tag, f"sha256:{digest}" if digest else None)


def _image(reference: str) -> Parent:
    """`docker.io/library/debian:12@sha256:…`, by the name that people use."""
    name, _, digest = reference.partition("@")
    return Parent(name.removeprefix("docker.io/").removeprefix("library/"), digest or None)


def _at(value: Any, *keys: str) -> Any:
    """What is there in nested objects, None where anything on the way is absent."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
