"""`leaninspect build ARGS…`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import completers, options
from inspector.cli.help import Command
from inspector.cli.options import Job
from inspector.cli.output import asked_reports, report_options
from inspector.reports.formats import INSPECTION_FORMATS

EXAMPLES = (
    ("leaninspect build -t app:1 .", "builds, then opens the image with its Dockerfile"),
    ("leaninspect build --target run --build-arg V=2 .", "a stage, and build arguments"),
    ("leaninspect build --podman -t app:1 .", "with podman"),
)


@click.command(
    cls=Command,
    short_help="docker build, then the image with its Dockerfile",
    examples=EXAMPLES,
    # no -h: it may be one letter of the builder's `-tphp`
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument(
    "arguments", metavar="ARGS...", nargs=-1, required=True, type=click.UNPROCESSED, shell_complete=completers.file
)
@click.option("--podman", is_flag=True, help="Build with podman, also where docker is installed.")
@options.ignore
@report_options(INSPECTION_FORMATS)
@options.shape
@options.files
@options.debug
def build(arguments: tuple[str, ...], ignore: tuple[str, ...], podman: bool, **given: Any) -> Job:
    """Build by `docker buildx build`, `docker build` or `podman build` with these ARGS, then inspect the image.

    Its Dockerfile, target and build arguments are known then. All that the builder says goes to stderr; where it
    fails, its exit code is kept.
    """
    reports = asked_reports(INSPECTION_FORMATS, given)

    def job() -> int:
        from pathlib import Path

        from inspector.cli.building import build_and_show
        from inspector.cli.settings import read_settings

        ignored = (*read_settings(Path.cwd()).ignore, *ignore)
        return build_and_show(arguments, reports, ignored, podman=podman)

    return job
