"""What the arguments of `docker build`, `docker buildx build` or `podman build` say about the image.

They are read as the builders read them (Go's pflag): `--name value`, `--name=value`, `-n value`, `-nvalue`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

_SWITCHES = (
    "all-platforms check compat-volumes compress debug disable-compression disable-content-trust force-rm http-proxy "
    "identity-label inherit-annotations inherit-labels layers load no-cache no-hostname no-hosts omit-history pull "
    "pull-always pull-never push quiet rewrite-timestamp rm skip-unused-stages squash squash-all stdin stream "
    "tls-verify"
)
SWITCHES = frozenset(_SWITCHES.split())
"""Options that take no value, or one after `=` only. All others have the next word."""

SHORT_SWITCHES = "qD"
SHORT = {"f": "file", "t": "tag", "o": "output"}

BUILD_FILES = {"docker": ("Dockerfile",), "podman": ("Containerfile", "Dockerfile")}
"""By the place where it is built: the file of the context that is the recipe."""


class Given(Struct, frozen=True):
    """`options` are name → values in their order; `context` is None where none is given."""

    options: Mapping[str, tuple[str, ...]]
    context: str | None

    def last(self, name: str) -> str | None:
        """The value of an option, of which the last one counts."""
        return self.options.get(name, (None,))[-1]


def parse_arguments(arguments: Sequence[str]) -> Given:
    """The options and the context; what a newer builder may know is taken for an option with a value."""
    options: dict[str, tuple[str, ...]] = {}
    words: list[str] = []
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            words += left
            break
        if word.startswith("--"):
            name, assigned, value = word.removeprefix("--").partition("=")
            if not assigned and name not in SWITCHES:
                value = left.pop(0) if left else ""
            options[name] = (*options.get(name, ()), value)
        elif word.startswith("-") and word != "-":
            letters = word[1:].lstrip(SHORT_SWITCHES)
            if letters:
                name = SHORT.get(letters[0], letters[0])
                value = letters[1:].removeprefix("=") or (left.pop(0) if left else "")
                options[name] = (*options.get(name, ()), value)
        else:
            words.append(word)
    return Given(options, words[-1] if words else None)


def build_file(given: Given, transport: str) -> Path | None:
    """The Dockerfile, None where it is on no disk of this machine: in a repository, or on stdin."""
    context, named = given.context, given.last("file")
    if context is None or not Path(context).is_dir() or named == "-":
        return None
    if named is None:
        return next((path for name in BUILD_FILES[transport] if (path := Path(context, name)).is_file()), None)
    return next((path for path in (Path(named), Path(context, named)) if path.is_file()), None)


def build_values(given: Given) -> dict[str, str]:
    """The build arguments; one without a value has that of the environment, or is not given."""
    pairs = (text.partition("=") for text in given.options.get("build-arg", ()))
    values = {name: value if assigned else os.environ.get(name) for name, assigned, value in pairs}
    return {name: value for name, value in values.items() if value is not None}
