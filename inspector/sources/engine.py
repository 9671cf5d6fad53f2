"""Docker Engine and podman: `docker:NAME` and `podman:NAME`, by the docker SDK, which speaks the API of both.

An image is streamed out of the engine as `docker save` does and scanned on its way; nothing is stored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from requests.exceptions import RequestException

from inspector.errors import ImageNotFound, SourceUnavailable
from inspector.image.platform import Platform, parse_platform
from inspector.sources.docker_archive import docker_archive_image
from inspector.sources.members import READ_CHUNK, StreamedArchive
from inspector.sources.meter import Meter
from inspector.sources.protocol import Delivery, Options, Scanner, Watch

TIMEOUT = 60
"""Seconds without a byte; an engine under load may take a while before `save` begins."""


@dataclass(frozen=True, slots=True)
class Engine:
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
        layers = (self._attributes.get("RootFS") or {}).get("Layers") or []
        meter = Meter(watch, bytes_total=self._attributes.get("Size"), layers_total=len(layers))
        with _engine_errors(self._engine):
            stream = self._client.api.get_image(self._attributes["Id"], chunk_size=READ_CHUNK)
            archive = StreamedArchive(meter.counted(stream), scanner, meter.layer_done)
            delivery = docker_archive_image(archive, None, None)
            return replace(delivery, transport=self._engine.transport)

    def close(self) -> None:
        with suppress(RequestException, OSError):
            self._client.close()


def open_docker_image(name: str, options: Options) -> EngineImage:
    """From Docker Engine, where DOCKER_HOST or the current docker context says it is.

    Raises SourceUnavailable when there is no engine, ImageNotFound when it has no such image.
    """
    with _engine_errors(DOCKER):
        client = docker.from_env(version="auto", timeout=TIMEOUT)
    return _open(DOCKER, client, name, options.platform)


def open_podman_image(name: str, options: Options) -> EngineImage:
    """From podman's Docker-compatible socket: CONTAINER_HOST, or the rootless or rootful socket.

    Raises SourceUnavailable when there is no socket, ImageNotFound when podman has no such image.
    """
    with _engine_errors(PODMAN):
        client = docker.DockerClient(base_url=_podman_host(), version="auto", timeout=TIMEOUT)
    return _open(PODMAN, client, name, options.platform)


def _open(engine: Engine, client: docker.DockerClient, name: str, platform: Platform | None) -> EngineImage:
    try:
        with _engine_errors(engine):
            try:
                attributes = client.api.inspect_image(name)
            except NotFound:
                raise ImageNotFound(f"{engine.label} has no image {name}", _suggestion(engine, client, name)) from None
        _require_platform(engine, name, attributes, platform)
    except BaseException:
        client.close()
        raise
    return EngineImage(engine, client, name, attributes)


def _podman_host() -> str:
    if host := os.environ.get("CONTAINER_HOST"):
        return host
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid() if hasattr(os, 'getuid') else 0}"
    rootless = Path(runtime, "podman", "podman.sock")
    return f"unix://{rootless}" if rootless.exists() else "unix:///run/podman/podman.sock"


def _suggestion(engine: Engine, client: docker.DockerClient, name: str) -> str:
    tags = [tag for image in client.api.images() for tag in image.get("RepoTags") or ()]
    close = get_close_matches(name, tags, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(close)}?" if close else f"`{engine.command} images` lists what it has"


def _require_platform(engine: Engine, name: str, attributes: dict[str, Any], wanted: Platform | None) -> None:
    parts = [attributes.get(key) for key in ("Os", "Architecture", "Variant")]
    there = parse_platform("/".join(part for part in parts if part))
    if wanted is not None and not wanted.accepts(there):
        raise ImageNotFound(
            f"{engine.label} has {name} for {there}, not for {wanted}",
            f"{engine.command} pull --platform {wanted} {name}",
        )


@contextmanager
def _engine_errors(engine: Engine) -> Iterator[None]:
    """The SDK's and the transport's exceptions as ours, each with what to do about it."""
    try:
        yield
    except APIError as error:
        reason = _first_line(str(error.explanation or error))
        raise SourceUnavailable(f"{engine.label} refused: {reason}", f"`{engine.command} info` may say more") from None
    except (DockerException, RequestException, OSError) as error:
        raise _unreachable(engine, str(error)) from None


def _unreachable(engine: Engine, reason: str) -> SourceUnavailable:
    if "Permission denied" in reason or "PermissionError" in reason:
        return SourceUnavailable(f"permission denied on the socket of {engine.label}", engine.permission_hint)
    if "Connection refused" in reason or "No such file" in reason or "FileNotFoundError" in reason:
        return SourceUnavailable(f"{engine.label} is not running", engine.start_hint)
    return SourceUnavailable(f"{engine.label} cannot be reached: {_first_line(reason)}", engine.start_hint)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0].rstrip(".") if text.strip() else "no reason given"
