"""`leaninspect demo [fat|lean|compare]`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from inspector.cli import options
from inspector.cli.help import Command
from inspector.cli.options import Job
from inspector.cli.output import asked_reports, report_options
from inspector.reports.formats import COMPARISON_FORMATS, INSPECTION_FORMATS

EXAMPLES = (
    ("leaninspect demo", "the fat image"),
    ("leaninspect demo lean --text", "the text report of the lean one"),
    ("leaninspect demo compare", "what the lean build saves"),
)


@click.command(cls=Command, short_help="an embedded image: no engine, no network", examples=EXAMPLES)
@click.argument("which", type=click.Choice(["fat", "lean", "compare"]), default="fat")
@report_options(INSPECTION_FORMATS, COMPARISON_FORMATS)
@options.shape
@options.files
@options.debug
def demo(which: str, **given: Any) -> Job:
    """An embedded image, no engine needed: a Node application with its build tools left in (fat) or not (lean).

    `compare` shows what the lean build saves.
    """
    if which == "compare" and given["files"]:
        raise click.UsageError("--files is not for a comparison: its JSON report has the files that differ")
    if which == "compare" and options.check_shape(given):
        raise click.UsageError("--summary, --top and --full are about one image")
    reports = asked_reports(COMPARISON_FORMATS if which == "compare" else INSPECTION_FORMATS, given)

    def one() -> int:
        from inspector.cli.show import show
        from inspector.demo.load import inspect_demo, open_demo

        return show(partial(inspect_demo, which), f"demo:{which}", partial(open_demo, which), reports)

    def both() -> int:
        from inspector.cli.compare import Loadable, show_pair
        from inspector.demo.load import inspect_demo, open_demo

        fat, lean = (
            Loadable(f"demo:{each}", partial(inspect_demo, each), partial(open_demo, each)) for each in ("fat", "lean")
        )
        return show_pair(fat, lean, reports)

    return both if which == "compare" else one
