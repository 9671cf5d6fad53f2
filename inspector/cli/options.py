"""The options that several commands share, each defined once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from inspector.cli import completers

Job = Callable[[], int]
"""What a command does, outside click: returns the exit code."""

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def together(*options: Decorator) -> Decorator:
    """Several options as one decorator; --help lists them in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


image = click.argument("image", shell_complete=completers.image)

debug = click.option("--debug", is_flag=True, expose_value=False, help="Show tracebacks.")
"""Read from argv (main.py), because mistakes in the options are met before the options are read."""

platform = click.option("--platform", metavar="OS/ARCH", help="Which image of a multi-platform one, e.g. linux/arm64.")
insecure = click.option("--insecure", is_flag=True, help="Allow plain HTTP and unknown certificates for registries.")
no_cache = click.option("--no-cache", is_flag=True, help="Read every layer again, and remember none.")
reading = together(platform, insecure, no_cache)
"""How an image is found and read."""

dockerfile = click.option(
    "--dockerfile",
    metavar="FILE",
    shell_complete=completers.file,
    help="The Dockerfile it was built from: adds lines to instructions.",
)
target = click.option(
    "--target", metavar="STAGE", help="The stage of the Dockerfile that was built; the last if not given."
)
base = click.option("--base", metavar="IMAGE", shell_complete=completers.image, help="The image it is built upon.")
recipe = together(dockerfile, target, base)
"""What an image was built from."""

ignore = click.option(
    "--ignore", metavar="GLOB", multiple=True, help="Paths no finding speaks of, e.g. 'var/lib/rpm/**'."
)

files = click.option("--files", is_flag=True, help="With --json: every entry of every layer.")

summary = click.option(
    "--summary", is_flag=True, help="Of the text report only its first lines: size, waste, the plan."
)
top = click.option(
    "--top",
    type=click.IntRange(min=0),
    metavar="N",
    help="Of the text report the N largest findings, in place of 10.",
)
full = click.option("--full", is_flag=True, help="The text report with everything in it, and nothing cut.")
shape = together(summary, top, full)
"""How much the text report tells; each of them asks for it."""

layer = click.option(
    "--layer", type=click.IntRange(min=0), metavar="N", help="As it was after layer N, in place of the last one."
)


def check_shape(given: Mapping[str, Any]) -> bool:
    """Whether the text report is asked for. Raises click's UsageError for options that contradict each other."""
    asked = [f"--{name}" for name in ("summary", "top", "full") if given.get(name) not in (None, False)]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} contradict each other")
    return bool(asked)


def check_target(given: Mapping[str, Any]) -> None:
    """Raises click's UsageError for a stage of no Dockerfile."""
    if given["target"] is not None and given["dockerfile"] is None:
        raise click.UsageError("--target goes with --dockerfile FILE")
