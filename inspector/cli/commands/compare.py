"""`leaninspect compare IMAGE_A IMAGE_B`."""

from __future__ import annotations

from typing import Any

import click

from inspector.cli import completers, options
from inspector.cli.help import Command
from inspector.cli.options import Job
from inspector.cli.output import asked_reports, report_options
from inspector.reports.formats import COMPARISON_FORMATS

EXAMPLES = (
    ("leaninspect compare app:1 app:2", "two columns on a terminal, the text report elsewhere"),
    ("leaninspect compare app:1 app:2 --fail-on-growth 5%", "for CI: exits with 1 when it grew more"),
    ("leaninspect compare before.json app:2", "with a report that was saved"),
)


@click.command(cls=Command, short_help="what became of one image in another, and what it costs", examples=EXAMPLES)
@click.argument("image_a", shell_complete=completers.image)
@click.argument("image_b", shell_complete=completers.image)
@options.reading
@click.option("--platform-a", metavar="OS/ARCH", help="The same for IMAGE_A alone: compare two platforms of one image.")
@click.option("--platform-b", metavar="OS/ARCH", help="The same for IMAGE_B alone.")
@click.option(
    "--fail-on-growth",
    "limit",
    metavar="SIZE|PERCENT",
    help="Exit with 1 when IMAGE_B is larger than IMAGE_A by more than this, e.g. 10MB or 5%.",
)
@report_options(COMPARISON_FORMATS)
@options.debug
def compare(
    image_a: str, image_b: str, platform_a: str | None, platform_b: str | None, limit: str | None, **given: Any
) -> Job:
    """What became of IMAGE_A in IMAGE_B: layers, files, packages, findings, settings, and what it costs.

    Either may be a report saved with --json (with --files, for its files). Two columns on a terminal, the text report
    elsewhere, or the reports asked for.
    """
    from inspector.cli.growth import parse_limit

    if image_a == image_b == "-":
        raise click.UsageError("only one of the two can come from stdin")
    reports = asked_reports(COMPARISON_FORMATS, given)
    growth = parse_limit(limit) if limit is not None else None

    def job() -> int:
        from inspector.cli.compare import image_or_report, show_pair
        from inspector.cli.images import asked_image

        a, b = (
            image_or_report(asked_image(image, given | ({"platform": platform} if platform else {})))
            for image, platform in ((image_a, platform_a), (image_b, platform_b))
        )
        return show_pair(a, b, reports, growth)

    return job
