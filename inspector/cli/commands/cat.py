"""`leaninspect cat IMAGE PATH`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import options
from inspector.cli.help import Command
from inspector.cli.options import Job

EXAMPLES = (
    ("leaninspect cat app:1 /etc/os-release", "as containers see it"),
    ("leaninspect cat app:1 /app/config --layer 3", "as it was after layer 3"),
)


@click.command(cls=Command, short_help="print a file of IMAGE", examples=EXAMPLES)
@options.image
@click.argument("path")
@options.layer
@options.reading
@options.debug
def cat(image: str, path: str, layer: int | None, **given: Any) -> Job:
    """Print the file at PATH in IMAGE, through symlinks as inside the image.

    On a terminal control characters are shown as escapes; a file or a pipe gets the bytes as they are.
    """

    def job() -> int:
        from inspector.cli.images import asked_image
        from inspector.cli.printing import print_file

        return print_file(asked_image(image, given), path, layer)

    return job
