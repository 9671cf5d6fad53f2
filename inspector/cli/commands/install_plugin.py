"""`leaninspect install-plugin`."""

from __future__ import annotations

import click

from inspector.cli import options
from inspector.cli.console import FINE, write_out
from inspector.cli.help import Command
from inspector.cli.options import Job


@click.command("install-plugin", cls=Command, short_help="make `docker leaninspect IMAGE` a command of Docker")
@options.debug
def install_plugin() -> Job:
    """Install leaninspect as a plugin of the docker command: `docker leaninspect` takes what leaninspect does.

    It goes into the folder cli-plugins of DOCKER_CONFIG, or of ~/.docker; delete it there to take it away.
    """

    def job() -> int:
        from inspector.cli.docker_plugin import install

        write_out(f"{install()}: docker leaninspect IMAGE\n")
        return FINE

    return job
