"""`leaninspect completion bash|zsh|fish`."""

from __future__ import annotations

import click

from inspector.cli import options
from inspector.cli.console import FINE, write_out
from inspector.cli.help import Command
from inspector.cli.options import Job

EXAMPLES = (
    ('eval "$(leaninspect completion bash)"', "in ~/.bashrc"),
    ('eval "$(leaninspect completion zsh)"', "in ~/.zshrc, after compinit"),
    ("leaninspect completion fish | source", "in ~/.config/fish/config.fish"),
)


@click.command(cls=Command, short_help="what completes commands and names of images in a shell", examples=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@options.debug
@click.pass_context
def completion(ctx: click.Context, shell: str) -> Job:
    """Print the lines by which SHELL completes commands, options, rules, files and names of images.

    Names are those of the images that Docker Engine and podman have, and of those looked at before, in registries too.
    """
    cli = ctx.find_root().command

    def job() -> int:
        from inspector.cli.completion import script

        write_out(script(cli, shell))
        return FINE

    return job
