"""What the user typed → where to look and for what."""

from __future__ import annotations

from msgspec import Struct

from inspector.errors import BadReference

TRANSPORTS = (
    "docker",
    "docker-container",
    "podman",
    "containerd",
    "registry",
    "docker-archive",
    "oci-archive",
    "oci-dir",
)
"""Schemes understood before the first colon, as skopeo and DESIGN.md name them."""

ALIASES = {"docker-daemon": "docker", "oci": "oci-dir"}
"""skopeo's names for the same places."""


class Reference(Struct, frozen=True):
    """An image as the user named it: `transport` is None where it must be found out."""

    text: str
    transport: str | None
    name: str


def parse_reference(text: str) -> Reference:
    """`docker:app:1` → Reference(transport="docker", name="app:1"); no scheme → transport None.

    Raises BadReference for an empty name and for `docker://` and other URLs.
    """
    stripped = text.strip()
    if not stripped:
        raise BadReference("no image named", "for example: leaninspect myimage:tag")
    scheme, colon, rest = stripped.partition(":")
    if rest.startswith("//"):
        name = rest.removeprefix("//")
        raise BadReference(
            f"{stripped} is a URL, and leaninspect takes references",
            f"for an image in a registry write registry:{name}, for one in Docker Engine docker:{name}",
        )
    transport = ALIASES.get(scheme, scheme)
    if not colon or transport not in TRANSPORTS:
        return Reference(stripped, None, stripped)
    if not rest:
        raise BadReference(f"{stripped} names no image", f"for example: {scheme}:myimage:tag")
    return Reference(stripped, transport, rest)
