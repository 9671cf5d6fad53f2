"""What distribution the image is: os-release(5)."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from inspector.packages.model import Distribution

PLACES = ("etc/os-release", "usr/lib/os-release")
"""The first that exists counts; usually the first is a link to the second."""


def distribution_of(captured: Mapping[str, bytes]) -> Distribution:
    """From the captured files; nothing where none of them says so."""
    for place in PLACES:
        if place in captured:
            fields = dict(_assignments(captured[place].decode("utf-8", "replace")))
            return Distribution(fields.get("ID", ""), fields.get("VERSION_ID", ""))
    return Distribution()


def _assignments(text: str) -> list[tuple[str, str]]:
    """`NAME=value` lines, quoted as for a shell."""
    found = []
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            try:
                found.append((name, "".join(shlex.split(value))))
            except ValueError:
                continue
    return found
