"""`docker-container:NAME`: a container of Docker Engine, as its image with its changes as one more layer.

The engine says which paths changed and streams the container's whole filesystem; of that stream what changed makes
the layer, as `docker commit` would, and nothing is stored. What volumes hold belongs to no image and is in no export.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import RawIOBase
from typing import Any

import docker
from docker.errors import NotFound
from msgspec import Struct
from msgspec.structs import replace
from requests.exceptions import RequestException

from inspector.errors import BadImage, ImageNotFound
from inspector.sources.engine import DOCKER, EngineImage, engine_errors, require_platform
from inspector.sources.engine_clients import docker_client
from inspector.sources.members import READ_CHUNK
from inspector.sources.meter import Meter
from inspector.sources.protocol import DeliveredLayer, Delivery, Options, Scanner, Watch

TRANSPORT = "docker-container"

DELETED = 2
"""`Kind` of a change (Docker Engine API, ContainerChanges): 0 and 1 are modified and added paths."""


class Changes(Struct, frozen=True):
    """Normalised paths. One that is both is a folder that was deleted and made again."""

    there: frozenset[str]
    deleted: frozenset[str]


class Container:
    """A container an engine has, running or not."""

    def __init__(self, client: docker.DockerClient, image: EngineImage, attributes: dict[str, Any]) -> None:
        self._client, self._image, self._attributes = client, image, attributes

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:
        delivery = self._image.read(scanner, watch)
        with engine_errors(DOCKER):
            changes = _changes(self._client.api.diff(self._attributes["Id"]) or ())
            if not (changes.there or changes.deleted):
                return replace(delivery, transport=TRANSPORT, config=self._config(delivery.config, None))
            meter = Meter(watch, layers_total=len(delivery.layers) + 1)
            for layer in delivery.layers:
                meter.layer_done(layer.scan)
            stream = meter.counted(self._client.api.export(self._attributes["Id"], chunk_size=READ_CHUNK))
            scan = scanner.scan(changed_members(stream, changes)).scan
            meter.layer_done(scan)
        layer = DeliveredLayer(scan, None, None)
        config = self._config(delivery.config, scan.diff_id)
        return replace(delivery, transport=TRANSPORT, config=config, layers=(*delivery.layers, layer))

    def close(self) -> None:
        with suppress(RequestException, OSError):
            self._client.close()

    def _config(self, image_config: bytes, diff_id: str | None) -> bytes:
        """The image's config with what the container runs, and its layer if it has one."""
        config = json.loads(image_config)
        config["config"] = self._attributes.get("Config") or {}
        if diff_id is not None:
            created = self._attributes.get("Created")
            name = str(self._attributes.get("Name", "")).removeprefix("/")
            config["rootfs"]["diff_ids"].append(diff_id)
            config["history"] = [
                *(config.get("history") or ()),
                {"created": created, "created_by": f"changes in container {name}"},
            ]
        return json.dumps(config).encode()


def open_container(name: str, options: Options) -> Container:
    """From Docker Engine, where DOCKER_HOST or the current docker context says it is.

    Raises SourceUnavailable when there is no engine, ImageNotFound when it has no such container.
    """
    with engine_errors(DOCKER):
        client = docker_client()
    try:
        with engine_errors(DOCKER):
            try:
                attributes = client.api.inspect_container(name)
            except NotFound:
                raise ImageNotFound(
                    f"{DOCKER.label} has no container {name}", "`docker ps --all` lists what it has"
                ) from None
            image = client.api.inspect_image(attributes["Image"])
        require_platform(DOCKER, name, image, options.platform)
    except BaseException:
        client.close()
        raise
    return Container(client, EngineImage(DOCKER, client, name, image), attributes)


def changed_members(export: Iterable[bytes], changes: Changes) -> Iterator[bytes]:
    """The tar of a layer: of a container's exported tar what changed, and whiteouts for what was deleted.

    Raises BadImage when the export is no tar.
    """
    for path in sorted(changes.deleted):
        folder, _, name = path.rpartition("/")
        yield tarfile.TarInfo(f"{folder}/.wh.{name}" if folder else f".wh.{name}").tobuf()
    wanted = changes.there | changes.deleted
    try:
        with tarfile.open(fileobj=_Stream(export), mode="r|", bufsize=READ_CHUNK) as tar:
            for member in tar:
                if _as_told(member.name.removeprefix("./").strip("/")) in wanted:
                    yield from _member(tar, member)
    except tarfile.TarError as error:
        raise BadImage(f"the engine's export cannot be read: {error}", "try again") from None
    yield bytes(2 * tarfile.BLOCKSIZE)


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    """A member as it stands. A hardlink may be to a path that is no change: then it is to that of the image."""
    yield member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    file = tar.extractfile(member) if member.isreg() and member.size else None
    if file is not None:
        while chunk := file.read(READ_CHUNK):
            yield chunk
        yield bytes(-member.size % tarfile.BLOCKSIZE)


def _as_told(path: str) -> str:
    """A path as the engine's JSON has it, where each byte that is not UTF-8 is U+FFFD (Go, encoding/json)."""
    return "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in path)


def _changes(told: Iterable[dict[str, Any]]) -> Changes:
    there, deleted = set[str](), set[str]()
    for change in told:
        (deleted if change.get("Kind") == DELETED else there).add(str(change.get("Path", "")).strip("/"))
    return Changes(frozenset(there - {""}), frozenset(deleted - {""}))


class _Stream(RawIOBase):
    """Chunks as the file that tarfile reads."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._rest = iter(chunks), memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:  # tarfile's stream mode asks for no more than its buffer
        if not self._rest:
            self._rest = memoryview(next(self._chunks, b""))
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)
