"""Connections to engines, found where the docker and podman commands find them."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import requests
from docker.constants import DEFAULT_DOCKER_API_VERSION
from docker.context import ContextAPI
from docker.context.config import get_current_context_name
from docker.utils import kwargs_from_env

from inspector.errors import SourceUnavailable
from inspector.sources.sessions import close_session
from inspector.sources.ssh import BASE_URL, SshAdapter

TIMEOUT = 60
"""Seconds without a byte of an answer; an engine under load may take a while. What is streamed has no such limit."""

CONNECT_SECONDS = 60
"""Until a connection stands."""

ROOTFUL = "/run/podman/podman.sock"
WINDOWS = "npipe:////./pipe/podman-machine-default"


def docker_client() -> docker.DockerClient:
    """Where DOCKER_HOST (with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH), DOCKER_CONTEXT or the current context say.

    Raises SourceUnavailable when that cannot be understood or reached, or what the SDK, requests and sockets raise.
    """
    settings = _docker_settings()
    address = str(settings.get("base_url", ""))
    if address.startswith("ssh://"):
        return _over_ssh(address)
    if "tls" in settings:
        return _prepared(_ignore_environment, **settings)
    return docker.DockerClient(version="auto", timeout=TIMEOUT, **settings)


def podman_client() -> docker.DockerClient:
    """Where CONTAINER_HOST says, else the user's own socket, else root's, by the Docker API that podman speaks too.

    Raises as `docker_client` does.
    """
    address = os.environ.get("CONTAINER_HOST") or next(_podman_addresses())
    if address.startswith("ssh://"):
        raise SourceUnavailable(
            f"podman over SSH cannot be read: CONTAINER_HOST is {address}",
            f"forward its socket: ssh -fNL /tmp/podman.sock:{ROOTFUL} HOST; CONTAINER_HOST=unix:///tmp/podman.sock",
        )
    return docker.DockerClient(base_url=address, version="auto", timeout=TIMEOUT)


def _podman_addresses() -> Iterator[str]:
    """Sockets that exist, and at last the one that should (podman-system-service(1), podman-machine(1))."""
    if sys.platform == "win32":
        yield WINDOWS
        return
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    machine = Path(tempfile.gettempdir(), "podman", "podman-machine-default-api.sock")
    for socket in (Path(runtime, "podman", "podman.sock"), machine):
        if socket.exists():
            yield f"unix://{socket}"
    yield f"unix://{ROOTFUL}"


def _docker_settings() -> dict[str, Any]:
    settings = dict(kwargs_from_env())
    if "base_url" in settings:
        return settings
    name = os.environ.get("DOCKER_CONTEXT") or get_current_context_name()
    try:
        context = ContextAPI.get_context(name)
        found = ContextAPI.kwargs_from_context(name)
    except Exception as error:  # the SDK raises plain Exception and KeyError for a context's damaged files
        raise SourceUnavailable(f"the docker context {name} cannot be read: {error}", "`docker context ls`") from None
    if context is None:
        raise SourceUnavailable(f"there is no docker context {name}", "`docker context ls` lists those there are")
    return found | settings


def _over_ssh(address: str) -> docker.DockerClient:
    """Raises SourceUnavailable with ssh's own words."""
    adapter = SshAdapter(address, TIMEOUT)
    try:
        return _prepared(lambda api: api.mount(BASE_URL, adapter), base_url=BASE_URL)
    except (requests.RequestException, OSError) as error:
        adapter.close()
        reason = adapter.complaint or str(error)
        host = address.removeprefix("ssh://")
        raise SourceUnavailable(
            f"Docker Engine cannot be reached over SSH: {reason}",
            f"`ssh {host} docker version` must work without a question",
        ) from None


def _ignore_environment(api: docker.APIClient) -> None:
    """Or requests would verify an engine by REQUESTS_CA_BUNDLE, and not by the authority that its context names."""
    api.trust_env = False


def _prepared(prepare: Callable[[docker.APIClient], None], **settings: Any) -> docker.DockerClient:
    """A client whose every request goes out prepared: left to itself, the SDK asks for the version before."""
    first = docker.DockerClient(version=DEFAULT_DOCKER_API_VERSION, timeout=TIMEOUT, **settings)
    prepare(first.api)
    try:
        version = first.api.version(api_version=False)["ApiVersion"]
    except BaseException:
        close_session(first.api)
        raise
    client = docker.DockerClient(version=version, timeout=TIMEOUT, **settings)
    prepare(client.api)
    client.api.adapters = first.api.adapters  # its connection goes on, and is closed with this client
    return client
