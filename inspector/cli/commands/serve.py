"""`leaninspect serve IMAGE`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import options
from inspector.cli.console import FINE
from inspector.cli.options import Job


@click.command()
@click.argument("image")
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
