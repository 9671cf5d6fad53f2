"""`leaninspect compare`: both images read at once, what became of one in the other, and the gate on growth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from inspector.cli.console import FAILED, FINE, text_width, warn, write_out
from inspector.safe_names import printable

if TYPE_CHECKING:
    from inspector.compare.comparison import Comparison
    from inspector.compare.pair import Pair
    from inspector.compare.side import Side
    from inspector.content.reading import Reopen
    from inspector.inspection import Inspection
    from inspector.sources.protocol import Source, Watch

    Load = Callable[[Watch], Inspection | Side]
    """Reads an image, or a side that no inspection is left of: a saved report."""


class Asked(Struct, frozen=True):
    """An image as the user named it, or the path of a saved report."""

    reference: str
    platform: str | None


class Growth(Struct, frozen=True):
    """How much larger the second image may be: in bytes, or in hundredths of the first one's size."""

    text: str
    size_bytes: int | None
    percent: float | None

    def allowed(self, before: int) -> float:
        return self.size_bytes if self.size_bytes is not None else before * (self.percent or 0) / 100


def parse_limit(text: str) -> Growth:
    """`10MB`, `0` or `5%`. Raises click's UsageError for anything else."""
    from inspector.sizes import parse_size

    try:
        if text.strip().endswith("%"):
            percent = float(text.strip().removesuffix("%"))
            if not 0 <= percent < float("inf"):
                raise ValueError(text)
            return Growth(text, None, percent)
        return Growth(text, parse_size(text), None)
    except ValueError:
        raise click.UsageError(f"--fail-on-growth {text}: neither a size such as 10MB nor a share such as 5%") from None


def compare_images(
    images: tuple[Asked, Asked],
    *,
    insecure: bool,
    no_cache: bool,
    growth: Growth | None,
    text: bool,
    json_file: str | None,
    markdown_file: str | None,
    debug: bool,  # noqa: ARG001 (read from argv by run)
) -> int:
    """The UI when stdin and stdout are a terminal and no report is asked for, else the reports."""
    loads = [_load(image, insecure=insecure, no_cache=no_cache) for image in images]
    return _show(
        loads,
        [_reopen(image, insecure=insecure) for image in images],
        [image.reference for image in images],
        growth,
        text=text,
        json_file=json_file,
        markdown_file=markdown_file,
    )


def compare_demos(
    *,
    text: bool,
    json_file: str | None,
    debug: bool,  # noqa: ARG001 (read from argv by run)
) -> int:
    """The demo images compared."""
    loads = [_demo(which) for which in ("fat", "lean")]
    reopens = [_reopen_demo(which) for which in ("fat", "lean")]
    return _show(loads, reopens, ["demo:fat", "demo:lean"], None, text=text, json_file=json_file, markdown_file=None)


def load_pair(loads: Sequence[Load], watch: Watch) -> Pair:
    """Read both at once and compare them."""
    from inspector.cli.parallel import load_together
    from inspector.compare.pair import compare_pair

    a, b = load_together(loads, watch)
    return compare_pair(a, b)


def _load(image: Asked, *, insecure: bool, no_cache: bool) -> Load:
    def load(watch: Watch) -> Inspection | Side:
        from inspector.cli.settings import read_settings
        from inspector.layers.cache.scans import user_scanner
        from inspector.layers.scanner import AFRESH
        from inspector.line import inspect_image
        from inspector.reports.saved import is_report, read_report, saved_side

        path = Path(image.reference)
        if is_report(path):
            return saved_side(read_report(path), image.reference)
        return inspect_image(
            image.reference,
            platform=image.platform,
            insecure=insecure,
            ignore=read_settings(Path.cwd()).ignore,
            scanner=AFRESH if no_cache else user_scanner(),
            watch=watch,
        )

    return load


def _demo(which: str) -> Load:
    def load(watch: Watch) -> Inspection:
        from inspector.demo.load import inspect_demo

        return inspect_demo(which, watch)

    return load


def _reopen(image: Asked, *, insecure: bool) -> Reopen:
    def reopen() -> Source:
        from inspector.image.platform import parse_platform
        from inspector.reference import parse_reference
        from inspector.sources.protocol import Options
        from inspector.sources.resolve import open_source

        platform = parse_platform(image.platform) if image.platform else None
        return open_source(parse_reference(image.reference), Options(platform, insecure))

    return reopen


def _reopen_demo(which: str) -> Reopen:
    def reopen() -> Source:
        from inspector.demo.load import open_demo

        return open_demo(which)

    return reopen


def _show(
    loads: Sequence[Load],
    reopens: Sequence[Reopen],
    names: Sequence[str],
    growth: Growth | None,
    *,
    text: bool,
    json_file: str | None,
    markdown_file: str | None,
) -> int:
    if json_file == markdown_file == "-":
        raise click.UsageError("--json and --markdown cannot both be written to stdout")
    reports = json_file is not None or markdown_file is not None
    if not (text or reports or growth) and sys.stdin.isatty() and sys.stdout.isatty():
        from inspector.tui.compare.app import run

        return run(lambda watch: load_pair(loads, watch), " → ".join(names), {"a": reopens[0], "b": reopens[1]})

    from inspector.cli.progress import progress_line

    with progress_line() as watch:
        pair = load_pair(loads, watch)
    comparison = pair.comparison
    for inspection in filter(None, (pair.a, pair.b)):
        for note in inspection.notes:
            warn(printable(f"{inspection.image.reference}: {note}"))
    if json_file is not None:
        from inspector.cli.output import write_report
        from inspector.reports.compare_json import encode_comparison

        write_report(json_file, encode_comparison(comparison))
    if markdown_file is not None:
        from inspector.cli.output import write_report
        from inspector.reports.compare_markdown import compare_markdown

        write_report(markdown_file, compare_markdown(comparison).encode())
    if text or not reports:
        from inspector.reports.compare_text import compare_text

        write_out(compare_text(comparison, text_width()))
    return _gate(comparison, names, growth)


def _gate(comparison: Comparison, names: Sequence[str], growth: Growth | None) -> int:
    delta = comparison.delta.size_bytes
    if growth is None or delta <= growth.allowed(comparison.a.size_bytes):
        return FINE
    from inspector.sizes import human

    warn(printable(f"{names[1]} is larger than {names[0]} by {human(delta)}, and may be by {growth.text}"))
    return FAILED
