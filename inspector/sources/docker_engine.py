"""Docker Engine: `docker:NAME`, by the docker SDK, which knows DOCKER_HOST, contexts, TLS and SSH hosts.

An image is streamed out of the engine as `docker save` does and scanned on its way; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import docker
from docker.errors import APIError, DockerException, NotFound
from requests.exceptions import RequestException

from inspector.errors import ImageNotFound, InspectorError, SourceUnavailable
from inspector.image.platform import Platform, parse_platform
from inspector.sources.docker_archive import image_in
from inspector.sources.members import READ_CHUNK, StreamedArchive
from inspector.sources.meter import Meter
from inspector.sources.protocol import Delivery, ScanLayer, Watch

TRANSPORT = "docker"
TIMEOUT = 60
"""Seconds without a byte; an engine under load may take a while before `save` begins."""


class EngineImage:
    """An image the engine has."""

    def __init__(self, client: docker.DockerClient, name: str, attributes: dict[str, Any]) -> None:
        self._client, self._name, self._attributes = client, name, attributes

    def read(self, scan: ScanLayer, watch: Watch) -> Delivery:
        layers = (self._attributes.get("RootFS") or {}).get("Layers") or []
        meter = Meter(watch, bytes_total=self._attributes.get("Size"), layers_total=len(layers))
        with _engine_errors(self._name):
            stream = self._client.api.get_image(self._attributes["Id"], chunk_size=READ_CHUNK)
            archive = StreamedArchive(meter.counted(stream), scan, meter.layer_done)
            return image_in(archive, None, None, TRANSPORT)

    def close(self) -> None:
        with suppress(RequestException, OSError):
            self._client.close()


def open_engine_image(name: str, platform: Platform | None) -> EngineImage:
    """Raises SourceUnavailable when there is no engine, ImageNotFound when it has no such image."""
    with _engine_errors(name):
        client = docker.from_env(version="auto", timeout=TIMEOUT)
    try:
        with _engine_errors(name):
            attributes = client.api.inspect_image(name)
        _require_platform(name, attributes, platform)
    except BaseException:
        client.close()
        raise
    return EngineImage(client, name, attributes)


def _require_platform(name: str, attributes: dict[str, Any], wanted: Platform | None) -> None:
    parts = [attributes.get(key) for key in ("Os", "Architecture", "Variant")]
    there = parse_platform("/".join(part for part in parts if part))
    if wanted is not None and not wanted.accepts(there):
        raise ImageNotFound(
            f"Docker Engine has {name} for {there}, not for {wanted}",
            f"docker pull --platform {wanted} {name}",
        )


@contextmanager
def _engine_errors(name: str) -> Iterator[None]:
    """The SDK's and the transport's exceptions as ours, each with what to do about it."""
    try:
        yield
    except InspectorError:
        raise
    except NotFound:
        raise ImageNotFound(f"Docker Engine has no image {name}", "`docker images` lists what it has") from None
    except APIError as error:
        raise SourceUnavailable(f"Docker Engine refused: {_explanation(error)}") from None
    except (DockerException, RequestException, OSError) as error:
        raise _unreachable(error) from None


def _unreachable(error: Exception) -> SourceUnavailable:
    text = str(error)
    if "Permission denied" in text or "PermissionError" in text:
        return SourceUnavailable(
            "permission denied on the socket of Docker Engine",
            "run as a member of the docker group, with sudo, or use a rootless engine",
        )
    if "Connection refused" in text or "No such file" in text or "FileNotFoundError" in text:
        return SourceUnavailable("Docker Engine is not running", "start it, or set DOCKER_HOST to where it runs")
    return SourceUnavailable(
        f"Docker Engine cannot be reached: {_first_line(text)}", "check DOCKER_HOST and `docker context ls`"
    )


def _explanation(error: APIError) -> str:
    return _first_line(str(error.explanation or error)).rstrip(".")


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "no reason given"
