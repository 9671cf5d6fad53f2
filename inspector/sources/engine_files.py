"""One file of an engine's image, without the transfer of its layers.

Engines give files of containers only: so a container of exactly that image is made, never started, and removed again
with the volumes that came with it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import docker
from docker.errors import DockerException
from requests.exceptions import RequestException

from inspector.errors import BadLayer
from inspector.layers.entries import Kind
from inspector.layers.feed import Feed
from inspector.layers.tar import tar_members
from inspector.sources.protocol import Poll

LABEL = "leaninspect.reads-a-file"
"""By which containers are known that were left by a process that was killed."""

LEFT_AFTER = 120
"""Seconds after which such a container is nobody's any more: reading one small file takes less than one."""


def file_of_image(client: docker.DockerClient, image: str, path: str, size: int, poll: Poll) -> bytes | None:
    """The file of `size` bytes at a path of an image, as its containers have it.

    None where the engine has another there or refuses: whoever asks reads the layer then. Raises what `poll` raises.
    """
    try:
        with _container(client.api, image) as container:
            poll()
            chunks, facts = client.api.get_archive(container, f"/{path}")
            if not isinstance(facts, dict) or facts.get("size") != size:
                return None
            feed = Feed(chunks)
            for member in tar_members(feed):
                if member.kind is Kind.FILE and member.stored == size:
                    return feed.take(size)
    except (DockerException, RequestException, OSError, BadLayer):
        pass
    return None


@contextmanager
def _container(api: docker.APIClient, image: str) -> Iterator[str]:
    """A container of an image, never started, and gone after the block."""
    _remove_left(api)
    settings = api.create_host_config(network_mode="none")
    made = api.create_container(image, ["true"], labels={LABEL: "1"}, host_config=settings)
    try:
        yield made["Id"]
    finally:
        _remove(api, made["Id"])


def _remove_left(api: docker.APIClient) -> None:
    """Remove what processes left that were killed while they read a file."""
    for each in api.containers(all=True, filters={"label": LABEL}):
        if time.time() - _seconds(each.get("Created")) > LEFT_AFTER:
            _remove(api, each["Id"])


def _remove(api: docker.APIClient, container: str) -> None:
    with suppress(DockerException, RequestException, OSError):
        api.remove_container(container, v=True, force=True)


def _seconds(created: object) -> float:
    """Since the epoch: Docker writes a number, podman has written a time too."""
    if isinstance(created, int | float):
        return float(created)
    with suppress(ValueError):
        return datetime.fromisoformat(str(created)).timestamp()
    return time.time()
