"""What was meant by the name of an image that is none: a command, a report, a Dockerfile, a file that is not there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from click import Command

from inspector.cli.meant import not_an_image
from inspector.errors import InspectorError
from inspector.reference import parse_reference

BUILD_FILES = ("Dockerfile", "Containerfile")

SUFFIXES = (".json", ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.xz", ".html", ".md", ".sarif", ".txt")
"""What names of files end in, and those of images hardly ever."""


def explained(error: InspectorError, name: str) -> InspectorError:
    """The error about an image of this name, telling what was meant where that is known. Who says where the image is
    (`docker:plna`) means an image."""
    if parse_reference(name).transport is not None or name == "-":
        return error
    from inspector.reports.saved import is_report

    path, kind = Path(name), type(error)
    if is_report(path):
        return kind(
            f"{name} is a JSON report, not an image",
            f"leaninspect compare {quote(name)} IMAGE tells what has changed since it was written",
        )
    if build_file := _build_file(path):
        return kind(
            f"{build_file} is a recipe, not an image",
            f"build it, then: leaninspect IMAGE --dockerfile {quote(str(build_file))}",
        )
    if name.lower().endswith(SUFFIXES) and not path.exists() and not error.message.startswith("no such file"):
        return kind(error.message, f"there is no file {name} in {Path.cwd()}")
    hint = not_an_image(name, _commands())
    return kind(error.message, "; or ".join(filter(None, (hint, error.hint)))) if hint else error


def _build_file(path: Path) -> Path | None:
    """The Dockerfile that a path names, or the folder that it names has."""
    if path.is_file():
        return path if any(name in path.name for name in BUILD_FILES) else None
    return next((path / name for name in BUILD_FILES if (path / name).is_file()), None)


def _commands() -> Mapping[str, Command]:
    from inspector.cli.main import cli  # which imports all commands, and they this

    return cli.commands
