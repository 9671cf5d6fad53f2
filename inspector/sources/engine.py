"""Docker Engine and podman: `docker:NAME` and `podman:NAME`, by the docker SDK, which speaks the API of both.

An image is streamed out of the engine as `docker save` does; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from msgspec import Struct
from msgspec.structs import replace
from requests.exceptions import RequestException

from inspector.errors import ImageNotFound, SourceUnavailable
from inspector.image.config import parse_config
from inspector.image.image import NamedImage
from inspector.image.platform import Platform
from inspector.sources.docker_archive import docker_archive_image
from inspector.sources.engine_clients import CONNECT_SECONDS, docker_client, podman_client
from inspector.sources.engine_files import file_of_image
from inspector.sources.engine_stream import patient
from inspector.sources.members import READ_CHUNK
from inspector.sources.protocol import (
    Chunks,
    Expected,
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
from inspector.sources.similar import did_you_mean
from inspector.sources.stream import StreamedImage

MAX_OTHERS = 500
"""Other images that are asked about, the newest first, at a millisecond or two each."""


class Engine(Struct, frozen=True):
    """An engine's names in references and in messages, and what to tell those who cannot reach it."""

    transport: str
    label: str
    command: str
    start_hint: str
    permission_hint: str
    connect: Callable[[], docker.DockerClient]


DOCKER = Engine(
    transport="docker",
    label="Docker Engine",
    command="docker",
    start_hint="start it, or set DOCKER_HOST or `docker context use` to where it runs",
    permission_hint="run as a member of the docker group, with sudo, or use a rootless engine",
    connect=docker_client,
)
PODMAN = Engine(
    transport="podman",
    label="podman",
    command="podman",
    start_hint="start its socket: `systemctl --user start podman.socket`, or set CONTAINER_HOST to where it runs",
    permission_hint="use your own rootless podman, or run with sudo",
    connect=podman_client,
)


class EngineImage:
    """An image (OnePass, ServesFiles) that an engine has: it comes as one stream, as `docker save` writes it."""

    at_once = 1

    def __init__(self, engine: Engine, client: docker.DockerClient, name: str, attributes: dict[str, Any]) -> None:
        self._engine, self._client, self._name, self._attributes = engine, client, name, attributes
        diff_ids = tuple((attributes.get("RootFS") or {}).get("Layers") or ())
        silence = f"{engine.label} writes the image to its disk before it sends the first byte"
        self.expected = Expected(attributes["Id"], diff_ids, attributes.get("Size"), silence)
        self._archive = StreamedImage(self._stream, docker_archive_image, expected=self.expected)

    def image(self, known: Known = nothing_known, poll: Poll = do_not_poll) -> SourceImage:
        """Without a transfer where the config is known: the engine's id is its digest, and it names the layers.

        Not so with Docker's containerd image store, whose ids are those of manifests.
        """
        config = known(self._attributes["Id"])
        if config is None:
            image = replace(self._archive.image(known, poll), transport=self._engine.transport)
        else:
            layers = tuple(map(LayerBlob, parse_config(config).diff_ids))
            image = SourceImage(self._engine.transport, config, None, layers)
        return replace(image, lower_images=tuple(_lower_images(self._client, self._attributes)))

    def blobs(self, wants: Wants, tap: Tap = iter, poll: Poll = do_not_poll) -> Generator[PassingBlob]:
        if not self.expected.diff_ids or any(map(wants, self.expected.diff_ids)):
            yield from self._archive.blobs(wants, tap, poll)

    def name_of(self, index: int) -> str:
        return self._archive.name_of(index)

    def open_layer(self, index: int, poll: Poll = do_not_poll) -> Chunks:
        return self._archive.open_layer(index, poll)

    def live_file(self, path: str, size: int, poll: Poll = do_not_poll) -> bytes | None:
        return file_of_image(self._client, self._attributes["Id"], path, size, poll)

    def close(self) -> None:
        with suppress(RequestException, OSError):
            close_session(self._client.api)

    @contextmanager
    def _stream(self, poll: Poll) -> Iterator[Iterable[bytes]]:
        def save(client: docker.DockerClient) -> Iterable[bytes]:
            chunks: Iterable[bytes] = client.api.get_image(self._attributes["Id"], chunk_size=READ_CHUNK)
            return chunks

        with engine_stream(self._engine, save, poll) as chunks:
            yield chunks


@contextmanager
def engine_stream(
    engine: Engine, begin: Callable[[docker.DockerClient], Iterable[bytes]], poll: Poll
) -> Iterator[Iterable[bytes]]:
    """What `begin` has an engine stream, on a connection of its own that ends with the block.

    Raises SourceUnavailable, while it is read, when the engine refuses or does not answer any more.
    """
    with engine_errors(engine):
        client, other = engine.connect(), engine.connect()
    client.api.timeout = (CONNECT_SECONDS, None)  # type: ignore[assignment]  # as requests takes it

    def chunks() -> Iterator[bytes]:
        with engine_errors(engine):
            yield from begin(client)

    def ask() -> None:
        try:
            other.api.ping()
        except (DockerException, RequestException, OSError) as error:
            raise SourceUnavailable(
                f"{engine.label} does not answer any more: {_first_line(str(error))}", engine.start_hint
            ) from None

    try:
        with closing(patient(chunks(), ask, poll)) as patiently:
            yield patiently
    finally:
        for each in (client, other):
            with suppress(RequestException, OSError):
                close_session(each.api)


def open_docker_image(name: str, options: Options) -> EngineImage:
    """From Docker Engine, where DOCKER_HOST or the current docker context says it is.

    Raises SourceUnavailable when there is no engine, ImageNotFound when it has no such image.
    """
    return _open(DOCKER, name, options.platform)


def open_podman_image(name: str, options: Options) -> EngineImage:
    """From podman's Docker-compatible socket: CONTAINER_HOST, or the rootless or rootful socket.

    Raises SourceUnavailable when there is no socket, ImageNotFound when podman has no such image.
    """
    return _open(PODMAN, name, options.platform)


def _open(engine: Engine, name: str, platform: Platform | None) -> EngineImage:
    with engine_errors(engine):
        client = engine.connect()
    try:
        with engine_errors(engine):
            try:
                attributes = client.api.inspect_image(name)
            except NotFound:
                raise ImageNotFound(f"{engine.label} has no image {name}", _suggestion(engine, client, name)) from None
        require_platform(engine, name, attributes, platform)
    except BaseException:
        close_session(client.api)
        raise
    return EngineImage(engine, client, name, attributes)


def _lower_images(client: docker.DockerClient, attributes: dict[str, Any]) -> Iterator[NamedImage]:
    """The engine's other images whose layers are the lowest ones of this: it may be built upon one of them.

    They are an extra: what the engine does not tell is left out.
    """
    ours = (attributes.get("RootFS") or {}).get("Layers") or []
    with suppress(DockerException, RequestException, OSError):
        for summary in client.api.images()[:MAX_OTHERS]:
            names = tuple(name for name in summary.get("RepoTags") or () if name != "<none>:<none>")
            if not names or summary["Id"] == attributes["Id"]:
                continue
            other = client.api.inspect_image(summary["Id"])
            layers = (other.get("RootFS") or {}).get("Layers") or []
            if layers and ours[: len(layers)] == layers:
                digests = [name.partition("@")[2] for name in summary.get("RepoDigests") or ()]
                history = client.api.history(summary["Id"])
                yield NamedImage(
                    names,
                    next(filter(None, digests), None),
                    tuple(layers),
                    tuple(entry.get("CreatedBy") or "" for entry in reversed(history)),
                    triggers=bool((other.get("Config") or {}).get("OnBuild")),
                )


def _suggestion(engine: Engine, client: docker.DockerClient, name: str) -> str:
    tags = [tag for image in client.api.images() for tag in image.get("RepoTags") or ()]
    return did_you_mean(name, tags) or f"`{engine.command} images` lists what it has"


def require_platform(engine: Engine, name: str, attributes: dict[str, Any], wanted: Platform | None) -> None:
    """Raises ImageNotFound when an image, by its attributes, is for another platform than is wanted."""
    if wanted is None:
        return
    system, architecture = attributes.get("Os"), attributes.get("Architecture")
    if not system or not architecture:
        raise ImageNotFound(
            f"{engine.label} does not say for which platform {name} is", "leave --platform out to take it as it is"
        )
    there = Platform(system, architecture, attributes.get("Variant") or None)
    if not wanted.accepts(there):
        raise ImageNotFound(
            f"{engine.label} has {name} for {there}, not for {wanted}",
            f"{engine.command} pull --platform {wanted} {name}",
        )


@contextmanager
def engine_errors(engine: Engine) -> Iterator[None]:
    """The SDK's and the transport's exceptions as ours, each with what to do about it."""
    try:
        yield
    except APIError as error:
        reason = _first_line(str(error.explanation or error))
        raise SourceUnavailable(f"{engine.label} refused: {reason}", f"`{engine.command} info` may say more") from None
    except (DockerException, RequestException, OSError, ValueError) as error:  # ValueError: a damaged config.json
        raise _unreachable(engine, str(error)) from None


def _unreachable(engine: Engine, reason: str) -> SourceUnavailable:
    if "Permission denied" in reason or "PermissionError" in reason:
        return SourceUnavailable(f"permission denied on the socket of {engine.label}", engine.permission_hint)
    if "Connection refused" in reason or "No such file" in reason or "FileNotFoundError" in reason:
        return SourceUnavailable(f"{engine.label} is not running", engine.start_hint)
    return SourceUnavailable(f"{engine.label} cannot be reached: {_first_line(reason)}", engine.start_hint)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0].rstrip(".") if text.strip() else "no reason given"
