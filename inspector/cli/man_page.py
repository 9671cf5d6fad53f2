"""The manual page, of the same texts as --help; `python -m inspector.cli.man_page` writes it.

The wheel puts it where `man leaninspect` finds it (share/man/man1). Its language is that of man(7).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from inspector.cli.help import Command, ImageFirst, grouped_options, summary
from inspector.cli.main import cli

SHIPPED = Path(__file__).with_name("leaninspect.1")

EXIT_STATUS = (
    ("0", "All is well."),
    ("1", "A gate failed (--fail-on-growth), nothing fits (which), or there is no patch to write (plan --patch)."),
    ("2", "The input or the environment is wrong: one line says what, another what to do. --debug shows more."),
    ("130", "Interrupted."),
    ("other", "What the builder ended with, where a build fails (build)."),
)

ENVIRONMENT = (
    ("DOCKER_HOST, DOCKER_CONTEXT, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH", "Where Docker Engine is, as for docker."),
    ("DOCKER_CONFIG", "The folder of docker's settings and plugins, in place of ~/.docker."),
    ("DOCKER_BUILDKIT", "If it is 0, Docker builds by its classic builder (build)."),
    ("CONTAINER_HOST", "Where podman's socket is."),
    ("CONTAINERD_NAMESPACE", "The namespace of containerd to look into."),
    ("LEANINSPECT_CACHE_DIR", "The folder of the cache, in place of the system's folder for caches."),
    ("LEANINSPECT_CACHE_MAX", "The largest size of the cache, such as 500MB or 2GiB (1GiB if unset); 0 turns it off."),
    ("NO_COLOR", "If it is not empty, the text report has no colour on a terminal either."),
    ("COLUMNS", "Columns of the text report, in place of the terminal's."),
)

FILES = ((".leaninspect.toml", "In the current folder: paths that no finding speaks of ([ignore] paths = [GLOB, …])."),)


def render() -> str:
    """The page as man(7)."""
    assert isinstance(cli, ImageFirst), "main.py makes it one"
    root = click.Context(cli, info_name="leaninspect")
    lines = [
        '.TH LEANINSPECT 1 "" "leaninspect" "User Commands"',
        ".SH NAME",
        rf"leaninspect \- {_text(_uncapitalised(summary(cli)))}",
        ".SH SYNOPSIS",
        r"\fBleaninspect\fR [\fIOPTIONS\fR] \fIIMAGE\fR",
        ".br",
        r"\fBleaninspect\fR \fICOMMAND\fR [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        *_paragraphs(cli.help or ""),
        *_list("EXAMPLES", cli.examples),
        *_list("IMAGES", cli.forms),
        ".SH COMMANDS",
    ]
    for commands in cli.groups.values():
        for command in commands:
            lines += _command(command, click.Context(command, root, info_name=command.name))
    lines += [*_list("EXIT STATUS", EXIT_STATUS), *_list("ENVIRONMENT", ENVIRONMENT), *_list("FILES", FILES)]
    return "\n".join(lines) + "\n"


def _command(command: click.Command, ctx: click.Context) -> Iterator[str]:
    """A command with its options and examples; one of several words has a part for each of them."""
    yield f".SS {_text(' '.join([ctx.command_path, *command.collect_usage_pieces(ctx)]))}"
    yield from _paragraphs(command.help or "")
    for heading, options in grouped_options(command, ctx):
        told = [option for option in options if not option[0].endswith("--help")]
        if told:
            yield from (".PP", rf"\fI{_text(heading)}\fR", *_items(told))
    if isinstance(command, Command) and command.examples:
        yield from (".PP", r"\fIExamples\fR", *_items(command.examples))
    if isinstance(command, click.Group):
        for name, part in command.commands.items():
            yield from _command(part, click.Context(part, ctx, info_name=name))


def _list(heading: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f".SH {heading}"
    yield from _items(rows)


def _items(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in rows:
        yield from (".TP", rf"\fB{_text(term)}\fR", _text(meaning))


def _paragraphs(text: str) -> Iterator[str]:
    """click's: parted by empty lines, and those that begin with a backspace are to stay as they are written."""
    for number, paragraph in enumerate(inspect.cleandoc(text).split("\n\n")):
        first, _, rest = paragraph.partition("\n")
        if number:
            yield ".PP"
        if first.strip() == "\b":
            yield from (".nf", *map(_text, rest.splitlines()), ".fi")
        else:
            yield _text(" ".join(paragraph.split()))


def _text(text: str) -> str:
    """Text in which nothing is a request or an escape, and hyphens can be copied."""
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


if __name__ == "__main__":
    SHIPPED.write_text(render(), encoding="utf-8")
