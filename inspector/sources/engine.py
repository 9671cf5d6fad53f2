"""Docker Engine and podman: `docker:NAME` and `podman:NAME`, by the docker SDK, which speaks the API of both.

An image is streamed out of the engine as `docker save` does and scanned on its way; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from msgspec import Struct
from msgspec.structs import replace
from requests.exceptions import RequestException

from inspector.errors import ImageNotFound, SourceUnavailable
from inspector.image.config import ImageConfig, parse_config
from inspector.image.image import NamedImage
from inspector.image.platform import Platform, parse_platform
from inspector.sources.docker_archive import docker_archive_image
from inspector.sources.engine_clients import docker_client, podman_client
from inspector.sources.members import READ_CHUNK, StreamedArchive
from inspector.sources.meter import Meter
from inspector.sources.protocol import DeliveredLayer, Delivery, Options, Scanner, Watch

MAX_OTHERS = 500
"""Other images that are asked about, the newest first, at a millisecond or two each."""


class Engine(Struct, frozen=True):
    """An engine's names in references and in messages, and what to tell those who cannot reach it."""

    transport: str
    label: str
    command: str
    start_hint: str
    permission_hint: str


DOCKER = Engine(
    transport="docker",
    label="Docker Engine",
    command="docker",
    start_hint="start it, or set DOCKER_HOST or `docker context use` to where it runs",
    permission_hint="run as a member of the docker group, with sudo, or use a rootless engine",
)
PODMAN = Engine(
    transport="podman",
    label="podman",
    command="podman",
    start_hint="start its socket: `systemctl --user start podman.socket`, or set CONTAINER_HOST to where it runs",
    permission_hint="use your own rootless podman, or run with sudo",
)


class EngineImage:
    """An image an engine has."""

    def __init__(self, engine: Engine, client: docker.DockerClient, name: str, attributes: dict[str, Any]) -> None:
        self._engine, self._client, self._name, self._attributes = engine, client, name, attributes

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:
        delivery = self._remembered(scanner) or self._streamed(scanner, watch)
        return replace(delivery, lower_images=tuple(_lower_images(self._client, self._attributes)))

    def close(self) -> None:
        with suppress(RequestException, OSError):
            self._client.close()

    def _remembered(self, scanner: Scanner) -> Delivery | None:
        """The image without a transfer: the engine's id is the digest of the config, which names the layers.

        None when anything is missing, and for Docker's containerd image store, whose ids are those of manifests.
        """
        config = scanner.document(self._attributes["Id"])
        if config is None:
            return None
        layers = []
        for diff_id in parse_config(config).diff_ids:
            scan = scanner.known(diff_id)
            if scan is None:
                return None
            layers.append(DeliveredLayer(scan, None, None))
        return Delivery(self._engine.transport, config, None, tuple(layers))

    def _streamed(self, scanner: Scanner, watch: Watch) -> Delivery:
        diff_ids = tuple((self._attributes.get("RootFS") or {}).get("Layers") or ())
        meter = Meter(watch, bytes_total=self._attributes.get("Size"), layers_total=len(diff_ids))
        watch(ImageConfig(None, None, diff_ids, (), {}))  # the whole of it comes behind the layers
        with engine_errors(self._engine):
            stream = self._client.api.get_image(self._attributes["Id"], chunk_size=READ_CHUNK)
            archive = StreamedArchive(meter.counted(stream), scanner, meter.layer_done)
            delivery = docker_archive_image(archive, None, None)
            return replace(delivery, transport=self._engine.transport)


def open_docker_image(name: str, options: Options) -> EngineImage:
    """From Docker Engine, where DOCKER_HOST or the current docker context says it is.

    Raises SourceUnavailable when there is no engine, ImageNotFound when it has no such image.
    """
    with engine_errors(DOCKER):
        client = docker_client()
    return _open(DOCKER, client, name, options.platform)


def open_podman_image(name: str, options: Options) -> EngineImage:
    """From podman's Docker-compatible socket: CONTAINER_HOST, or the rootless or rootful socket.

    Raises SourceUnavailable when there is no socket, ImageNotFound when podman has no such image.
    """
    with engine_errors(PODMAN):
        client = podman_client()
    return _open(PODMAN, client, name, options.platform)


def _open(engine: Engine, client: docker.DockerClient, name: str, platform: Platform | None) -> EngineImage:
    try:
        with engine_errors(engine):
            try:
                attributes = client.api.inspect_image(name)
            except NotFound:
                raise ImageNotFound(f"{engine.label} has no image {name}", _suggestion(engine, client, name)) from None
        require_platform(engine, name, attributes, platform)
    except BaseException:
        client.close()
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
    close = get_close_matches(name, tags, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"`{engine.command} images` lists what it has"


def require_platform(engine: Engine, name: str, attributes: dict[str, Any], wanted: Platform | None) -> None:
    """Raises ImageNotFound when an image, by its attributes, is for another platform than is wanted."""
    parts = [attributes.get(key) for key in ("Os", "Architecture", "Variant")]
    there = parse_platform("/".join(part for part in parts if part))
    if wanted is not None and not wanted.accepts(there):
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
