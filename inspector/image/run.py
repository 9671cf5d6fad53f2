"""The run configuration: the `config` object of an image config, parsed once into types.

Format: OCI image-spec config.md, and Docker's own keys (Healthcheck, OnBuild, Shell). Anybody may write it, so what is
not of its type is left out and told, and never ends a reading.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

TAKEN_APART = frozenset(("Env", "Labels", "ExposedPorts", "Volumes"))
"""Keys whose members count one by one."""

OF_THE_CONTAINER = frozenset(
    (
        *("Hostname", "Domainname", "Image", "AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin"),
        *("StdinOnce", "ArgsEscaped"),
    )
)
"""What Docker leaves of the container that made the image, and no setting of the image."""


class RunConfiguration(Struct, frozen=True):
    """What an image runs, and with which settings; empty where it says nothing.

    `health` are the words of Healthcheck's Test, `triggers` what ONBUILD tells builds upon the image. `settings` are
    the values of all keys that are not taken apart, as text, by their names in the config. `malformed` says, a sentence
    each, what is not of its type and was left out.
    """

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, str] = {}
    working_folder: str = ""
    shell: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    settings: Mapping[str, str] = {}
    malformed: tuple[str, ...] = ()

    def variable(self, name: str, default: str = "") -> str:
        """The value of an environment variable; of one that is set twice the last."""
        return dict(self.environment).get(name, default)


NO_RUN = RunConfiguration()
"""An image that says nothing of how it runs."""


def parse_run(raw: Mapping[str, Any]) -> RunConfiguration:
    """The `config` object as it stands in the JSON → RunConfiguration."""
    reader = _Reader(raw)
    health = reader.members("Healthcheck")
    return RunConfiguration(
        entrypoint=reader.words("Entrypoint"),
        command=reader.words("Cmd"),
        health=_Reader(health, reader.malformed, "Healthcheck.").words("Test"),
        environment=tuple((name, value) for name, _, value in (pair.partition("=") for pair in reader.words("Env"))),
        labels=reader.texts("Labels"),
        working_folder=reader.text("WorkingDir"),
        shell=reader.words("Shell"),
        ports=tuple(sorted(reader.members("ExposedPorts"))),
        volumes=tuple(sorted(reader.members("Volumes"))),
        triggers=reader.words("OnBuild"),
        settings={
            key: _as_text(value)
            for key, value in raw.items()
            if value and key not in TAKEN_APART and key not in OF_THE_CONTAINER
        },
        malformed=tuple(reader.malformed),
    )


class _Reader:
    """Values of an object by their types; what is of another type is noted, and counts as absent."""

    def __init__(self, raw: Mapping[str, Any], malformed: list[str] | None = None, prefix: str = "") -> None:
        self._raw, self._prefix = raw, prefix
        self.malformed = malformed if malformed is not None else []

    def text(self, key: str) -> str:
        value = self._raw.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        self._note(key, "is no text")
        return ""

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single text, as Docker once took it, is a list of one."""
        value = self._raw.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,) if value else ()
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self._note(key, "is no list of texts")
        return ()

    def members(self, key: str) -> Mapping[str, Any]:
        value = self._raw.get(key)
        if value is None or isinstance(value, dict):
            return value or {}
        self._note(key, "is no object")
        return {}

    def texts(self, key: str) -> dict[str, str]:
        """The members of an object that are texts."""
        found = {}
        for name, value in self.members(key).items():
            if isinstance(value, str):
                found[name] = value
            else:
                self._note(f"{key}.{name}", "is no text")
        return found

    def _note(self, key: str, problem: str) -> None:
        self.malformed.append(f"the image's configuration is malformed: {self._prefix}{key} {problem}")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
