"""Commands whose help has groups and examples, and who say what was meant by words they have no place for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from inspector.cli import completers
from inspector.cli.meant import WORDS, too_many

Example = tuple[str, str]
"""A command line, and what it does."""

OPTION_GROUPS: Mapping[str, tuple[str, ...]] = {
    "Where the image is": ("--platform", "--platform-a", "--platform-b", "--insecure", "--no-cache"),
    "What it was built from": ("--dockerfile", "--target", "--base"),
    "Reports": ("--text", "--summary", "--top", "--full", "--json", "--markdown", "--files", "--ignore"),
    "General": ("--debug", "--version", "--help"),
}
"""Heading of --help → its options, by their long names. One that is in none stands before them, under “Options”."""

WIDTH = 100
"""Columns of --help on a wide terminal: longer lines are hard to read."""

TERM = 40
"""Columns of an example or of a form of reference, before what it means."""


class Command(click.Command):
    """A command with examples: lines to be typed, each with what it does."""

    def __init__(self, *arguments: Any, examples: Sequence[Example] = (), **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.examples = tuple(examples)
        self.allow_extra_args = True  # to say what was meant by them

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            extra = super().parse_args(ctx, args)
        except click.BadOptionUsage as error:  # which click raises without the command
            error.ctx = error.ctx or ctx
            raise
        if extra and not ctx.resilient_parsing:
            raise too_many(ctx, extra)
        return extra

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(formatter, self.examples)
        for heading, options in grouped_options(self, ctx):
            with formatter.section(heading):
                formatter.write_dl(options)


def grouped_options(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Heading → (how an option is written, what it means), for the headings that have some."""
    left = {param.opts[-1]: param for param in command.get_params(ctx) if isinstance(param, click.Option)}
    groups = {heading: [left.pop(name) for name in names if name in left] for heading, names in OPTION_GROUPS.items()}
    for heading, params in {"Options": list(left.values()), **groups}.items():
        records = [record for param in params if (record := param.get_help_record(ctx)) is not None]
        if records:
            yield heading, records


def summary(command: click.Command) -> str:
    """What a command does in one sentence: the first of its help, whole."""
    text = command.short_help or " ".join((command.help or "").partition("\n\n")[0].split())
    return text.partition(". ")[0].removesuffix(".")


def write_examples(formatter: click.HelpFormatter, examples: Sequence[Example]) -> None:
    """The section of the examples, where there are some."""
    if examples:
        with formatter.section("Examples"):
            formatter.write_dl(examples, col_max=TERM)


class ImageFirst(click.Group):
    """`leaninspect IMAGE …` is `leaninspect inspect IMAGE …`: whatever is not a command names an image.

    `groups` are the commands in the order and under the headings of --help, `forms` how an image is named.
    """

    def __init__(
        self,
        *arguments: Any,
        groups: Mapping[str, Sequence[click.Command]],
        forms: Sequence[tuple[str, str]],
        examples: Sequence[Example],
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        self.groups, self.forms, self.examples = groups, tuple(forms), tuple(examples)
        for commands in groups.values():
            for command in commands:
                self.add_command(command)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[WORDS] = tuple(args)
        first = next((arg for arg in args if arg == "-" or not arg.startswith("-")), None)
        if first is not None and first not in self.commands:
            args = ["inspect", *args]
        return super().parse_args(ctx, args if args or ctx.resilient_parsing else ["--help"])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        told = super().shell_complete(ctx, incomplete)
        return told if incomplete.startswith("-") else [*told, *completers.image(ctx, self.params[0], incomplete)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(formatter, self.examples)
        for heading, commands in self.groups.items():
            with formatter.section(heading):
                formatter.write_dl([(str(command.name), summary(command)) for command in commands])
        with formatter.section("An IMAGE is one of"):
            formatter.write_dl(self.forms)
        for heading, options in grouped_options(self, ctx):
            with formatter.section(heading):
                formatter.write_dl(options)
