"""One image shown: in the UI, or by the reports that were asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from inspector.cli.console import FINE, paint, text_width, warn, write_out
from inspector.cli.output import JSON, Reports, write_reports
from inspector.reports.formats import INSPECTION_FORMATS, Format

if TYPE_CHECKING:
    from inspector.content.reading import Reopen
    from inspector.inspection import Inspection
    from inspector.reports.reported import Reported
    from inspector.reports.shape import Shape
    from inspector.sources.protocol import Watch


def show(load: Callable[[Watch], Inspection], title: str, reopen: Reopen | None, reports: Reports) -> int:
    """The UI when stdin and stdout are a terminal and no report is asked for, else the reports."""
    if not reports.any and has_a_screen():
        from inspector.content.reading import Contents
        from inspector.tui.app import run
        from inspector.tui.main import MainScreen
        from inspector.tui.views.registry import tabs_to_come

        return run(load, title, lambda read: MainScreen(read, Contents(read, reopen)), tabs_to_come())

    from inspector.cli.progress import watched

    image = watched(lambda watch: _with_plan(load(watch), watch))
    prints_text = reports.text or not reports.any
    for note in () if prints_text else image.inspection.notes:  # the text report has them
        warn(note)
    write_reports(_with_files() if reports.files else INSPECTION_FORMATS, image, reports)
    if prints_text:
        from inspector.reports.text import text_report

        write_out(text_report(image.inspection, _shape(reports), image.plan))
    return FINE


def _with_plan(inspection: Inspection, watch: Watch) -> Reported:
    from inspector.lean.plan.make import make_plan
    from inspector.reports.reported import Reported
    from inspector.sources.protocol import Stage

    watch(Stage("making the plan"))
    return Reported(inspection, make_plan(inspection))


def _shape(reports: Reports) -> Shape:
    """How much the text report tells, how wide it is, and whether in colour."""
    from inspector.reports.shape import FINDINGS, Shape

    top = FINDINGS if reports.top is None else reports.top
    return Shape(text_width(), top, is_full=reports.full, is_summary=reports.summary, paint=paint())


def has_a_screen() -> bool:
    """Whether there is somebody to show the UI to: on a terminal, or in a browser through textual-serve."""
    return "TEXTUAL_DRIVER" in os.environ or (sys.stdin.isatty() and sys.stdout.isatty())


def _with_files() -> tuple[Format[Reported], ...]:
    """The formats, of which JSON has every entry of every layer."""
    from inspector.reports.json_report import encode, to_report

    def encode_all(image: Reported) -> bytes:
        return encode(to_report(image.inspection, files=True, plan=image.plan))

    return tuple(each._replace(encode=encode_all) if each.option == JSON else each for each in INSPECTION_FORMATS)
