"""Who we are to a registry: what `docker login` and `podman login` have left.

Both write the same JSON (docker/cli config file; containers-auth.json(5)): `auths` by host, `credHelpers` by host,
`credsStore` for all others. In podman's, keys may go on with a repository's path, and the longest that fits counts.
"""

from __future__ import annotations

import base64
import binascii
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from inspector.sources.registry.image_name import DOCKER_HUB

HUB_KEY = "https://index.docker.io/v1/"
"""Docker Hub's name in config.json and for credential helpers, since the days of its first API."""

TOKEN_USER = "<token>"
"""The user name by which a credential helper says that its secret is an identity token."""

HELPER_SECONDS = 30
"""A helper may have to ask the network; none may hang us."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name and password, or else an identity token to be exchanged for access tokens (OAuth 2)."""

    username: str = field(repr=False)
    password: str = field(repr=False)
    identity_token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """The Authorization header of RFC 7617."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()


class _Entry(msgspec.Struct):
    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""


class _Config(msgspec.Struct, rename={"creds_store": "credsStore", "cred_helpers": "credHelpers"}):
    auths: dict[str, _Entry | None] = {}
    creds_store: str = ""
    cred_helpers: dict[str, str] = {}


_config = msgspec.json.Decoder(_Config)


def find_credentials(host: str, repository: str) -> Credentials | None:
    """The first that any of the files has for a repository; None: be anonymous.

    Files and helpers that are absent or broken are passed over, as docker and podman do: most images are public.
    """
    for path in credential_files():
        try:
            config = _config.decode(path.read_bytes())
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            continue
        found = _in_config(config, host, repository)
        if found is not None:
            return found
    return None


def credential_files() -> Iterator[Path]:
    """Where to look, in this order: a file named by hand, docker's, podman's."""
    environ = os.environ
    if named := environ.get("REGISTRY_AUTH_FILE"):
        yield Path(named)
    yield Path(environ.get("DOCKER_CONFIG") or Path.home() / ".docker", "config.json")
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime, "containers", "auth.json")
    yield Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config", "containers", "auth.json")


def _in_config(config: _Config, host: str, repository: str) -> Credentials | None:
    server = HUB_KEY if host == DOCKER_HUB else host
    helper = config.cred_helpers.get(host) or config.cred_helpers.get(server) or config.creds_store
    if helper and (found := _from_helper(helper, server)):
        return found
    entries = {_normalised(key): entry for key, entry in config.auths.items() if entry is not None}
    scope = f"{host}/{repository}"
    while scope:
        if scope in entries and (found := _from_entry(entries[scope])):
            return found
        scope = scope.rpartition("/")[0]
    return None


def _normalised(key: str) -> str:
    """A key without its scheme, and for old ones without the API's version; Docker Hub always as `docker.io`."""
    bare = key.removeprefix("https://").removeprefix("http://").rstrip("/")
    for version in ("/v1", "/v2"):
        bare = bare.removesuffix(version)
    host, slash, path = bare.partition("/")
    return (DOCKER_HUB if host in ("index.docker.io", "registry-1.docker.io") else host) + slash + path


def _from_entry(entry: _Entry) -> Credentials | None:
    username, password = entry.username, entry.password
    if entry.auth:
        try:
            username, _, password = base64.b64decode(entry.auth).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
    if entry.identitytoken or username:
        return Credentials(username, password.rstrip("\0"), entry.identitytoken)
    return None


class _Secret(msgspec.Struct, rename={"username": "Username", "secret": "Secret"}):
    username: str = ""
    secret: str = ""


_secret = msgspec.json.Decoder(_Secret)


def _from_helper(name: str, server: str) -> Credentials | None:
    """What `docker-credential-NAME get` answers (docker/docker-credential-helpers)."""
    try:
        answer = subprocess.run(
            [f"docker-credential-{name}", "get"],
            input=server.encode(),
            capture_output=True,
            check=True,
            timeout=HELPER_SECONDS,
        )
        found = _secret.decode(answer.stdout)
    except (OSError, ValueError, subprocess.SubprocessError, msgspec.DecodeError):
        return None
    if not found.secret:
        return None
    if found.username == TOKEN_USER:
        return Credentials("", "", found.secret)
    return Credentials(found.username, found.secret)
