"""`leaninspect inspect IMAGE`, or just `leaninspect IMAGE`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inspector.cli import options
from inspector.cli.help import Command
from inspector.cli.options import Job
from inspector.cli.output import asked_reports, report_options
from inspector.cli.show import show
from inspector.reports.formats import INSPECTION_FORMATS

if TYPE_CHECKING:
    from inspector.inspection import Inspection
    from inspector.sources.protocol import Watch


EXAMPLES = (
    ("leaninspect app:1", "the UI; inspect may be left out"),
    ("leaninspect app:1 --dockerfile Dockerfile", "with the lines that made each layer"),
    ("leaninspect app:1 --text --json report.json", "two reports at once"),
    ("docker save app:1 | leaninspect -", "from a pipe"),
)


@click.command(cls=Command, short_help="open IMAGE in the UI, or write reports about it", examples=EXAMPLES)
@options.image
@options.reading
@options.recipe
@options.ignore
@report_options(INSPECTION_FORMATS)
@options.shape
@options.files
@options.debug
def inspect(image: str, ignore: tuple[str, ...], **given: Any) -> Job:
    """Inspect IMAGE: the UI on a terminal, the text report elsewhere, or the reports asked for."""
    options.check_target(given)
    reports = asked_reports(INSPECTION_FORMATS, given)

    def job() -> int:
        from inspector.cli.images import asked_image, inspect_asked, reopening
        from inspector.cli.settings import read_settings

        asked = asked_image(image, given)

        def load(watch: Watch) -> Inspection:
            return inspect_asked(asked, watch, (*read_settings(Path.cwd()).ignore, *ignore))

        return show(load, image, reopening(asked), reports)

    return job
