"""The progress line on stderr: only on a terminal, redrawn in place, wiped at the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from inspector.sizes import counted, human
from inspector.sources.protocol import Progress, ReadEvent, Watch, ignore_progress

INTERVAL = 0.1
"""Seconds between two drawings; more would flicker."""


@contextmanager
def progress_line() -> Iterator[Watch]:
    """A Watch that draws, for as long as the block lasts."""
    if not sys.stderr.isatty():
        yield ignore_progress
        return
    started = time.monotonic()
    last = 0.0

    def draw(news: ReadEvent) -> None:
        nonlocal last
        now = time.monotonic()
        if isinstance(news, Progress) and now - last >= INTERVAL:
            last = now
            sys.stderr.write(f"\r\x1b[2K{describe(news, now - started)}")
            sys.stderr.flush()

    try:
        yield draw
    finally:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()


def describe(progress: Progress, seconds: float) -> str:
    """`reading layer 2 of 5 · 310.0 MB of 684.9 MB · 600.1 MB/s`."""
    parts = []
    if progress.layers_total is not None:
        current = min(progress.layers_done + 1, progress.layers_total)
        parts.append(f"reading layer {current} of {progress.layers_total}")
    else:
        parts.append(f"reading · {counted(progress.layers_done, 'layer')}")
    total = progress.bytes_total
    parts.append(human(progress.bytes_read) + (f" of {human(total)}" if total and total >= progress.bytes_read else ""))
    if seconds > 0.5:
        parts.append(f"{human(int(progress.bytes_read / seconds))}/s")
    return " · ".join(parts)
