"""`docker-container:NAME`: a container of Docker Engine, as its image with its changes as one more layer.

The engine says which paths changed and streams the container's whole filesystem; of that stream what changed makes
the layer, as `docker commit` would, and nothing is stored. What volumes hold belongs to no image and is in no export.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from io import RawIOBase
from typing import Any

import docker
from docker.errors import NotFound
from msgspec import Struct
from msgspec.structs import replace
from requests.exceptions import RequestException

from inspector.errors import BadImage, ImageNotFound
from inspector.sources.engine import DOCKER, EngineImage, engine_errors, engine_stream, require_platform
from inspector.sources.engine_clients import docker_client
from inspector.sources.members import READ_CHUNK
from inspector.sources.protocol import (
    Chunks,
    Known,
    LayerBlob,
    Options,
    PassingBlob,
    Poll,
    SourceImage,
    Tap,
    Wants,
    do_not_poll,
    nothing_known,
)
from inspector.sources.sessions import close_session

TRANSPORT = "docker-container"

CHANGED_LAYER = "changes"
"""In place of a member's name: the layer that is in no archive."""

DELETED = 2
"""`Kind` of a change (Docker Engine API, ContainerChanges): 0 and 1 are modified and added paths."""


class Changes(Struct, frozen=True):
    """Normalised paths. One that is both is a folder that was deleted and made again."""

    there: frozenset[str]
    deleted: frozenset[str]


class Container:
    """A container (OnePass) that an engine has, running or not: its image, and what changed as one more layer."""

    at_once = 1

    def __init__(self, client: docker.DockerClient, image: EngineImage, attributes: dict[str, Any]) -> None:
        self._client, self._image, self._attributes = client, image, attributes
        self.expected = image.expected
        self._changes: Changes | None = None
        self._diff_id: str | None = None

    def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:
        image = self._image.image(known, poll)
        if not self._changed():
            return replace(image, transport=TRANSPORT, config=self._config(image.config, None))
        if self._diff_id is None:
            for _ in self._changed_layer(poll):
                pass
        assert self._diff_id is not None, "the layer was read to its end"
        layers = (*image.layers, LayerBlob(self._diff_id))
        return replace(image, transport=TRANSPORT, config=self._config(image.config, self._diff_id), layers=layers)

    def blobs(self, wants: Wants, tap: Tap = iter, poll: Poll = do_not_poll) -> Generator[PassingBlob]:
        yield from self._image.blobs(wants, tap, poll)
        if self._changed():
            yield PassingBlob(CHANGED_LAYER, iter(tap(self._changed_layer(poll))))

    def name_of(self, index: int) -> str:
        return self._image.name_of(index) if index < len(self.expected.diff_ids) else CHANGED_LAYER

    def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:
        is_own = index >= len(self.expected.diff_ids)
        return self._changed_layer(poll) if is_own else self._image.open_layer(index, poll)

    def close(self) -> None:
        with suppress(RequestException, OSError):
            close_session(self._client.api)

    def _changed(self) -> Changes | None:
        """What changed, None where nothing did."""
        if self._changes is None:
            with engine_errors(DOCKER):
                self._changes = _changes(self._client.api.diff(self._attributes["Id"]) or ())
        return self._changes if self._changes.there or self._changes.deleted else None

    def _changed_layer(self, poll: Poll) -> Chunks:
        """The tar of the changes. Its diff_id is known once it was read to its end."""

        def export(client: docker.DockerClient) -> Iterable[bytes]:
            chunks: Iterable[bytes] = client.api.export(self._attributes["Id"], chunk_size=READ_CHUNK)
            return chunks

        changes, digest = self._changed(), hashlib.sha256()
        assert changes is not None, "there is a layer only if something changed"
        with engine_stream(DOCKER, export, poll) as chunks:
            for chunk in changed_members(chunks, changes):
                digest.update(chunk)
                yield chunk
        self._diff_id = f"sha256:{digest.hexdigest()}"

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
        close_session(client.api)
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
