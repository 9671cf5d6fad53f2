"""Two images compared: both read at once, shown in the UI or by the reports that were asked for, and the gate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from inspector.cli.console import FAILED, FINE, paint, text_width, warn, write_out
from inspector.cli.growth import Growth
from inspector.cli.images import Asked, inspect_asked, reopening
from inspector.cli.output import Reports, write_reports
from inspector.cli.parallel import load_together
from inspector.cli.progress import watched
from inspector.cli.settings import read_settings
from inspector.cli.show import has_a_screen
from inspector.compare.comparison import Comparison
from inspector.compare.pair import Pair, compare_pair
from inspector.compare.side import Side, Which
from inspector.content.reading import Reopen
from inspector.inspection import Inspection
from inspector.reports.formats import COMPARISON_FORMATS
from inspector.reports.saved import is_report, read_report, saved_side
from inspector.sizes import human
from inspector.sources.protocol import Watch

Load = Callable[[Watch], Inspection | Side]
"""Reads an image, or a side that no inspection is left of: a saved report."""


class Loadable(Struct, frozen=True):
    """One of the two, by the name that the user gave it; `reopen` is for a look into its files."""

    name: str
    load: Load
    reopen: Reopen | None


def image_or_report(asked: Asked) -> Loadable:
    """What the user named: an image, or the path of a saved report."""

    def load(watch: Watch) -> Inspection | Side:
        path = Path(asked.image)
        if is_report(path):
            return saved_side(read_report(path), asked.image)
        return inspect_asked(asked, watch, read_settings(Path.cwd()).ignore)

    return Loadable(asked.image, load, reopening(asked))


def show_pair(a: Loadable, b: Loadable, reports: Reports, growth: Growth | None = None) -> int:
    """The UI when stdin and stdout are a terminal and neither a report nor the gate is asked for, else the reports."""

    def load(watch: Watch) -> Pair:
        return compare_pair(*load_together([a.load, b.load], watch))

    if not (reports.any or growth) and has_a_screen():
        from inspector.tui.app import run
        from inspector.tui.compare.screen import CompareScreen, tabs_to_come

        sides: dict[Which, Loadable] = {"a": a, "b": b}
        reopens = {side: each.reopen for side, each in sides.items() if each.reopen is not None}
        return run(load, f"{a.name} → {b.name}", lambda pair: CompareScreen(pair, reopens), tabs_to_come())

    pair = watched(load)
    for inspection in filter(None, (pair.a, pair.b)):
        for note in inspection.notes:
            warn(f"{inspection.image.reference}: {note}")
    write_reports(COMPARISON_FORMATS, pair.comparison, reports)
    if reports.text or not reports.targets:
        from inspector.reports.compare_text import compare_text

        write_out(compare_text(pair.comparison, text_width(), paint()))
    return _gate(pair.comparison, a.name, b.name, growth)


def _gate(comparison: Comparison, a: str, b: str, growth: Growth | None) -> int:
    delta = comparison.delta.size_bytes
    if growth is None or growth.allows(delta, comparison.a.size_bytes):
        return FINE
    warn(f"{b} is {human(delta)} larger than {a}; --fail-on-growth allows {growth.told}")
    return FAILED
