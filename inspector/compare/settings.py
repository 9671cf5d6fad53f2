"""What two images run, and how: the differences of their configs, one per setting, variable, label, port or volume."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from inspector.compare.side import Side, Status
from inspector.image.run import NO_RUN, RunConfiguration

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
"""Keys of the config and what people call them; others keep their name."""


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
    one, other = ({"platform": side.platform} | dict(_settings(side.run or NO_RUN)) for side in (a, b))
    changes = []
    for name in dict.fromkeys([*one, *other]):
        before, after = one.get(name), other.get(name)
        if before != after:
            changes.append(SettingChange(name, _status(before, after), before, after))
    return tuple(changes)


def _status(before: str | None, after: str | None) -> Status:
    return Status.ADDED if before is None else Status.REMOVED if after is None else Status.CHANGED


def _settings(run: RunConfiguration) -> Iterator[tuple[str, str]]:
    for key, name in NAMES.items():
        if key in run.settings:
            yield name, run.settings[key]
    yield from ((f"env {name}", value) for name, value in run.environment)
    yield from ((f"label {name}", value) for name, value in sorted(run.labels.items()))
    yield from ((f"port {port}", "") for port in run.ports)
    yield from ((f"volume {volume}", "") for volume in run.volumes)
    yield from ((key, run.settings[key]) for key in sorted(run.settings.keys() - NAMES.keys()))
