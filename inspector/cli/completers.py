"""What completes the words of commands: thin, since it is imported at each start; completion.py does the work."""

from __future__ import annotations

from typing import Any

import click

VARIABLE = "_LEANINSPECT_COMPLETE"
"""By which a shell asks for completions, named as click names it."""


def image(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Names of images."""
    from inspector.cli.completion import images

    return images(incomplete)


def path_in_image(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Names of images with the colon and the slash that a path begins with."""
    from inspector.cli.completion import paths_in_images

    return paths_in_images(incomplete)


def file(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Files of this machine."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def rule(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Ids of rules, each with its name."""
    from click.shell_completion import CompletionItem

    from inspector.findings.registry import rules

    known = ((each.id, each.name) for each in rules().values())
    return [CompletionItem(id_, help=name) for id_, name in known if id_.startswith(incomplete.upper())]


def command(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Commands, each with what it does."""
    root = ctx.find_root()
    return click.Group.shell_complete(root.command, root, incomplete) if isinstance(root.command, click.Group) else []
