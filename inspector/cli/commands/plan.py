"""`leaninspect plan IMAGE`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import completers, options
from inspector.cli.console import FAILED, FINE, paint, text_width, warn, write_out
from inspector.cli.help import Command
from inspector.cli.options import Job
from inspector.cli.output import STDOUT, asked_reports, report_options, write_report, write_reports
from inspector.reports.formats import INSPECTION_FORMATS

EXAMPLES = (
    ("leaninspect plan app:1 --dockerfile Dockerfile", "techniques, sizes, steps, the patch"),
    ("leaninspect plan app:1 --dockerfile Dockerfile --patch lean.patch", "and then: git apply lean.patch"),
    ("leaninspect plan app:1 --base debian:12-slim", "would it run there, and how large would it be?"),
)


@click.command(cls=Command, short_help="how lean IMAGE could be, and the patch of the Dockerfile", examples=EXAMPLES)
@options.image
@options.reading
@options.dockerfile
@options.target
@click.option(
    "--base",
    "candidates",
    metavar="CANDIDATE",
    multiple=True,
    shell_complete=completers.image,
    help="An image to measure as another base.",
)
@click.option(
    "--patch",
    metavar="FILE",
    shell_complete=completers.file,
    help="Write the best plan as a unified diff for git apply; - is stdout.",
)
@options.ignore
@report_options(INSPECTION_FORMATS)
@options.debug
def plan(image: str, candidates: tuple[str, ...], patch: str | None, ignore: tuple[str, ...], **given: Any) -> Job:
    """How lean IMAGE could be: each technique with its predicted size, the steps of the best, and the patch.

    --base CANDIDATE measures what the image would be on another base, and what it would lack there. With --patch,
    exits with 1 when there is nothing to change.
    """
    options.check_target(given)
    reports = asked_reports(INSPECTION_FORMATS, given)
    if patch in STDOUT and (reports.text or any(target in STDOUT for target in reports.targets.values())):
        raise click.UsageError("--patch and a report cannot both be written to stdout")

    def job() -> int:
        from inspector.cli.planning import planned, require_patch
        from inspector.reports.reported import Reported

        inspection, made = planned(image, given, candidates, ignore)
        written = None
        if patch is not None and made.lean is not None:
            written = require_patch(inspection, made.lean)
            write_report(patch, written.encode("utf-8", "surrogateescape"))
        write_reports(INSPECTION_FORMATS, Reported(inspection, made), reports)
        if reports.text or not (reports.any or patch):
            from inspector.reports.plan_text import plan_text

            write_out(plan_text(inspection, made, text_width(), paint()))
        if patch is not None and written is None:
            warn("no patch is written: " + next((answer.reason for answer in made.answers), "nothing is to be changed"))
            return FAILED
        return FINE

    return job
