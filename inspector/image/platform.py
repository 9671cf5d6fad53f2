"""Platforms as Docker writes them: os/architecture[/variant]."""

from __future__ import annotations

import platform as host

from msgspec import Struct

from inspector.errors import BadSetting

# Go's architecture names for what uname calls a machine (docker's own normalisation).
_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armv8l": "arm64",
    "armv7l": "arm",
    "armv6l": "arm",
    "i386": "386",
    "i686": "386",
}


class Platform(Struct, frozen=True):
    """What an image runs on, in Go's names; a variant says which kind of an architecture (`arm/v7`)."""

    os: str
    architecture: str
    variant: str | None = None

    def __str__(self) -> str:
        parts = [self.os, self.architecture]
        return "/".join([*parts, self.variant] if self.variant else parts)

    def accepts(self, other: Platform) -> bool:
        """Whether an image for `other` is what was asked for; an absent variant asks for any."""
        return (self.os, self.architecture) == (other.os, other.architecture) and (
            self.variant is None or other.variant is None or self.variant == other.variant
        )


def parse_platform(text: str) -> Platform:
    """`linux/arm64/v8` → Platform. Raises BadSetting when it is not of that form."""
    parts = text.strip().lower().split("/")
    if len(parts) not in (2, 3) or not all(parts):
        raise BadSetting(
            f"{text!r} is not a platform", "write os/architecture, for example linux/amd64 or linux/arm/v7"
        )
    architecture = _ARCHITECTURES.get(parts[1], parts[1])
    return Platform(parts[0], architecture, parts[2] if len(parts) == 3 else None)


def default_platform() -> Platform:
    """Linux on this machine's architecture: what an engine here would run."""
    machine = host.machine().lower()
    return Platform("linux", _ARCHITECTURES.get(machine, machine))
