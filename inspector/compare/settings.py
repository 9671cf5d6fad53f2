"""What two images run, and how: the differences of their configs, one per setting, variable, label, port or volume."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from inspector.compare.side import Side, Status

NAMES = {
    "Entrypoint": "entry point",
    "Cmd": "command",
    "User": "user",
    "WorkingDir": "working directory",
    "StopSignal": "stop signal",
    "Shell": "shell",
    "Healthcheck": "health check",
    "OnBuild": "on build",
}
"""Keys of the config (OCI image-spec config.md, and Docker's own) and what people call them; others keep their name."""

SETS = {"ExposedPorts": "port", "Volumes": "volume"}
"""Keys whose value is an object with members that have no value."""

NOT_SETTINGS = {"Hostname", "Domainname", "Image", "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin",
                "StdinOnce", "ArgsEscaped", "Labels", "Env", *SETS}  # fmt: skip
"""What Docker leaves of the container that made the image, and what is taken apart."""


class SettingChange(Struct, frozen=True):
    """`a` and `b` are the values as text, None where it is not set."""

    name: str
    status: Status
    a: str | None
    b: str | None


def compare_settings(a: Side, b: Side) -> tuple[SettingChange, ...] | None:
    """The settings that differ, by name; None where a side does not tell them."""
    if a.run is None or b.run is None:
        return None
    one, other = ({"platform": side.platform} | dict(_settings(side.run or {})) for side in (a, b))
    changes = []
    for name in dict.fromkeys([*one, *other]):
        before, after = one.get(name), other.get(name)
        if before != after:
            changes.append(SettingChange(name, _status(before, after), before, after))
    return tuple(changes)


def _status(before: str | None, after: str | None) -> Status:
    return Status.ADDED if before is None else Status.REMOVED if after is None else Status.CHANGED


def _settings(run: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, name in NAMES.items():
        if run.get(key):
            yield name, _text(run[key])
    for variable in run.get("Env") or ():
        name, _, value = str(variable).partition("=")
        yield f"env {name}", value
    for label, value in sorted((run.get("Labels") or {}).items()):
        yield f"label {label}", str(value)
    for key, name in SETS.items():
        for member in sorted(run.get(key) or ()):
            yield f"{name} {member}", ""
    for key in sorted(run.keys() - NAMES.keys() - NOT_SETTINGS):
        if run[key]:
            yield key, _text(run[key])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
