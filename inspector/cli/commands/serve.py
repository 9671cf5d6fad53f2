"""`leaninspect serve IMAGE`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import options
from inspector.cli.console import FINE
from inspector.cli.help import Command
from inspector.cli.options import Job

EXAMPLES = (
    ("leaninspect serve app:1", "at http://127.0.0.1:8000"),
    ("leaninspect serve demo --port 8080", "the embedded image, at another port"),
)


@click.command(cls=Command, short_help="the UI in a browser on this machine", examples=EXAMPLES)
@options.image
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="On 127.0.0.1.")
@options.reading
@options.recipe
@options.ignore
@options.debug
def serve(image: str, port: int, **given: Any) -> Job:
    """Show IMAGE (or `demo`) in a browser on this machine; needs the extra leaninspect[serve]."""
    options.check_target(given)
    if image == "demo" and any(given.values()):
        raise click.UsageError("the demo takes no options")

    def job() -> int:
        from inspector.tui.serve import inspect_arguments
        from inspector.tui.serve import serve as serve_ui

        serve_ui([image] if image == "demo" else inspect_arguments(image, given), image, port)
        return FINE

    return job
