"""Reports to files and to stdout: what of the table of formats was asked for, and writing all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from inspector.atomic_file import write_atomically
from inspector.cli.console import write_bytes_out
from inspector.cli.options import Decorator, together
from inspector.reports.formats import Format

Value = TypeVar("Value")

HELP = {
    "json": "Write the JSON report to FILE; - is stdout.",
    "markdown": "Write Markdown for a pull request; - is stdout.",
}


FILE = "_file"
"""Ends the parameters of options that name the file of a report: `json_file`."""

STDOUT = ("-", "/dev/stdout")


class Reports(NamedTuple):
    """What was asked for: the text on stdout, and where each other format goes to, by its name.

    `files` puts every entry of every layer into the JSON report.
    """

    text: bool
    targets: Mapping[str, str]
    files: bool

    @property
    def any(self) -> bool:
        return self.text or bool(self.targets)


def report_options(*tables: Iterable[Format[Any]]) -> Decorator:
    """`--text`, and an option for each other format of the tables."""
    formats = {each.option: each for table in tables for each in table if each.name != "text"}
    return together(
        click.option("--text", is_flag=True, help="Print the text report, also on a terminal."),
        *(
            click.option(option, f"{each.name}{FILE}", metavar="FILE", help=HELP.get(each.name))
            for option, each in formats.items()
        ),
    )


def asked_reports(table: Iterable[Format[Any]], given: Mapping[str, Any]) -> Reports:
    """The reports of this table in the options given to the command.

    Raises click's UsageError where two of them would go to stdout, one is not of the table, or there is no JSON report
    for --files.
    """
    targets = {name.removesuffix(FILE): file for name, file in given.items() if name.endswith(FILE) and file}
    options = {each.name: each.option for each in table}
    strange = next((name for name in targets if name not in options), None)
    if strange is not None:
        raise click.UsageError(f"--{strange} is not for this: its reports are {', '.join(options.values())}")
    printed = [options[name] for name, target in targets.items() if target in STDOUT]
    printed += [options["text"]] if given["text"] else []
    if len(printed) > 1:
        raise click.UsageError(f"{' and '.join(printed)} cannot both be written to stdout")
    if given.get("files") and "json" not in targets:
        raise click.UsageError("--files goes with --json FILE")
    return Reports(given["text"], targets, bool(given.get("files")))


def write_reports(table: Iterable[Format[Value]], value: Value, reports: Reports) -> None:
    """Write all files that were asked for. Raises WriteFailed."""
    for each in table:
        if each.name in reports.targets:
            write_report(reports.targets[each.name], each.encode(value))


def write_report(target: str, data: bytes) -> None:
    """Write to a file, replacing it in one step, or to stdout for `-`. Raises WriteFailed when it cannot."""
    if target in STDOUT:
        write_bytes_out(data)
    else:
        write_atomically(Path(target), data)
