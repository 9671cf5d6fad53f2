"""Names of images in registries: `[HOST[:PORT]/]REPOSITORY[:TAG][@DIGEST]`, by the grammar of distribution/reference.

Docker Hub is the host that may be left out, and `library/` there.
"""

from __future__ import annotations

import ipaddress
import re

from msgspec import Struct

from inspector.errors import BadReference

DOCKER_HUB = "docker.io"
DOCKER_HUB_API = "registry-1.docker.io"
"""Where Docker Hub's registry answers; `docker.io` itself is a web site."""

_HUB_ALIASES = (DOCKER_HUB, "index.docker.io", DOCKER_HUB_API)
_HOST = r"(?:\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::[0-9]{1,5})?"
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_NAME = re.compile(
    rf"(?:(?P<host>{_HOST})/)?(?P<repository>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}))?",
    re.ASCII,
)


class RegistryName(Struct, frozen=True):
    """One image in a registry. `host` is what people write (docker.io), with its port if one is given."""

    host: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def api_host(self) -> str:
        """The host to connect to."""
        return DOCKER_HUB_API if self.host == DOCKER_HUB else self.host

    @property
    def version(self) -> str:
        """What the manifest is asked for by: a digest says more than a tag."""
        return self.digest or self.tag or "latest"

    @property
    def full(self) -> str:
        """The name with all that may be left out, as containerd keeps it."""
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.host}/{self.repository}{(tag + digest) or ':latest'}"

    def __str__(self) -> str:
        return f"{self.repository}{'@' if self.digest else ':'}{self.version}"


def parse_name(text: str) -> RegistryName:
    """`alpine` → docker.io/library/alpine:latest. Raises BadReference when it is no name of an image."""
    host, slash, rest = text.partition("/")
    if not slash or not _is_host(host):
        host, rest = DOCKER_HUB, text
    match = _NAME.fullmatch(f"{host}/{rest}")
    if match is None or match["host"] is None:
        raise BadReference(f"{text} is not the name of an image", _hint(text))
    repository = match["repository"]
    if host in _HUB_ALIASES:
        host = DOCKER_HUB
        repository = repository if "/" in repository else f"library/{repository}"
    return RegistryName(host, repository, match["tag"], match["digest"])


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, is this machine: plain HTTP is no risk then."""
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.rpartition(":")[0] or host
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_host(part: str) -> bool:
    """Docker's rule: a first part with a dot, a colon or a capital, or localhost, is a host."""
    return part == "localhost" or "." in part or ":" in part or part != part.lower()


def _hint(text: str) -> str:
    if text != text.lower() and "@" not in text:
        return "repositories are written in lower case"
    return "write [HOST/]REPOSITORY[:TAG] or [HOST/]REPOSITORY@sha256:…"
