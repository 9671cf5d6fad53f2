"""`leaninspect which IMAGE PATH|GLOB`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import options
from inspector.cli.console import FAILED, FINE, text_width, warn, write_out
from inspector.cli.help import Command
from inspector.cli.options import Job

EXAMPLES = (
    ("leaninspect which app:1 /etc/passwd", "the history of a file"),
    ("leaninspect which app:1 'usr/lib/**/*.so'", "that of many"),
)


@click.command(cls=Command, short_help="the layers that brought, changed and hid a path", examples=EXAMPLES)
@options.image
@click.argument("path", metavar="PATH|GLOB")
@options.reading
@options.recipe
@options.debug
def which(image: str, path: str, **given: Any) -> Job:
    """Which layers and instructions of IMAGE brought, changed and hid PATH, and which package owns it and why.

    In a GLOB `*` and `?` stay within a name, `**/` stands for any folders: '**/*.pyc'. Exits with 1 when nothing fits.
    """
    options.check_target(given)

    def job() -> int:
        from inspector.cli.images import asked_image, inspect_asked
        from inspector.cli.progress import watched
        from inspector.content.lookup import paths_like
        from inspector.reports.which_text import which_text

        inspection = watched(lambda watch: inspect_asked(asked_image(image, given), watch))
        for note in inspection.notes:
            warn(note)
        text = which_text(inspection, paths_like(inspection.filesystem, path), text_width())
        write_out(text)
        return FINE if text else FAILED

    return job
