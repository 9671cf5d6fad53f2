"""Reports to files and to stdout: what of the table of formats was asked for, and writing all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from inspector.atomic_file import write_atomically
from inspector.cli import completers
from inspector.cli.console import write_bytes_out
from inspector.cli.options import Decorator, check_shape, together
from inspector.reports.formats import Format

Subject = TypeVar("Subject")

TEXT, JSON = "--text", "--json"

HELP = {
    JSON: "Write the JSON report to FILE; - is stdout.",
    "--markdown": "Write Markdown for a pull request; - is stdout.",
}

STDOUT = ("-", "/dev/stdout")
"""Names of stdout. As a file, what a shell led it to would be replaced under the other outputs."""


class Reports(NamedTuple):
    """What was asked for: the text on stdout, and where each other format goes to, by its option.

    `files` puts every entry of every layer into the JSON report. Of the text `summary`, `top` and `full` say how much
    (options.py).
    """

    text: bool
    targets: Mapping[str, str]
    files: bool
    summary: bool = False
    top: int | None = None
    full: bool = False

    @property
    def any(self) -> bool:
        return self.text or bool(self.targets)


def report_options(*tables: Iterable[Format[Any]]) -> Decorator:
    """`--text`, and an option for each other format of the tables."""
    asked = dict.fromkeys(each.option for table in tables for each in table if each.option != TEXT)
    return together(
        click.option(TEXT, is_flag=True, help="Print the text report, also on a terminal."),
        *(
            click.option(option, _parameter(option), metavar="FILE", shell_complete=completers.file, help=HELP[option])
            for option in asked
        ),
    )


def asked_reports(table: Iterable[Format[Any]], given: Mapping[str, Any]) -> Reports:
    """The reports of this table that a command's options ask for.

    Raises click's UsageError where two of them would go to stdout, or there is no JSON report for --files.
    """
    options = [each.option for each in table if each.option != TEXT]
    targets = {option: given[_parameter(option)] for option in options if given[_parameter(option)] is not None}
    text = check_shape(given) or given["text"]
    printed = [option for option, target in targets.items() if target in STDOUT] + [TEXT] * text
    if len(printed) > 1:
        raise click.UsageError(f"{' and '.join(printed)} cannot both be written to stdout")
    if given.get("files") and JSON not in targets:
        raise click.UsageError("--files goes with --json FILE")
    shape = {name: given[name] for name in ("summary", "top", "full") if name in given}
    return Reports(text, targets, given.get("files", False), **shape)


def write_reports(table: Iterable[Format[Subject]], subject: Subject, reports: Reports) -> None:
    """Write all files that were asked for. Raises WriteFailed."""
    for each in table:
        if each.option in reports.targets:
            write_report(reports.targets[each.option], each.encode(subject))


def _parameter(option: str) -> str:
    """The parameter of a command that has the file: `json_file`."""
    return f"{option.removeprefix('--')}_file"


def write_report(target: str, data: bytes) -> None:
    """Write to a file, replacing it in one step, or to stdout for `-`. Raises WriteFailed when it cannot."""
    if target in STDOUT:
        write_bytes_out(data)
    else:
        write_atomically(Path(target), data)
