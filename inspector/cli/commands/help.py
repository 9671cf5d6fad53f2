"""`leaninspect help [COMMAND]`."""

from __future__ import annotations

import click

from inspector.cli import completers
from inspector.cli.console import FINE, write_out
from inspector.cli.help import Command
from inspector.cli.meant import Answer, Misunderstood, command_meant
from inspector.cli.options import Job


@click.command("help", cls=Command, short_help="this help, or that of a command")
@click.argument("command", required=False, shell_complete=completers.command)
@click.pass_context
def help_(ctx: click.Context, command: str | None) -> Job:
    """Show what there is, or what COMMAND does and takes."""
    root = ctx.find_root()
    text = root.get_help() if command is None else _help_of(root, command)

    def job() -> int:
        write_out(f"{text}\n")
        return FINE

    return job


def _help_of(root: click.Context, name: str) -> str:
    """Raises click's UsageError for a command that there is not."""
    assert isinstance(root.command, click.Group), "the commands are a group"
    commands = root.command.commands
    if name not in commands:
        meant = command_meant(name, commands)
        hint = f"did you mean: leaninspect help {meant}" if meant else f"the commands are {', '.join(commands)}"
        raise Misunderstood(Answer(f"there is no command {name}", hint), root)
    return commands[name].get_help(click.Context(commands[name], root, info_name=name))
