"""What somebody waits for, in words: for the line on stderr and for the UI."""

from __future__ import annotations

import time
from collections.abc import Callable

from inspector.safe_names import printable
from inspector.sizes import counted, human
from inspector.sources.protocol import Progress, ReadEvent, Stage

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAME_SECONDS = 0.1
"""How long each of its signs is shown."""

RATE_AFTER = 0.5
"""Seconds until a rate means something."""

SILENT_AFTER = 2.0
"""Seconds without a byte from which on that is told."""

Clock = Callable[[], float]


class Waiting:
    """How far a work is, by what its Watch is told, from any thread. `clock` gives seconds."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._started = self._moved = clock()
        self._first: float | None = None
        self._stage = ""
        self.progress: Progress | None = None

    def take(self, news: ReadEvent) -> None:
        """A stage is what is waited for until bytes or layers come in; then those are, until the next stage."""
        if isinstance(news, Stage):
            self._stage = news.text
        elif isinstance(news, Progress):
            before, self.progress = self.progress, news
            if _has_moved(before, news):
                self._moved = self._clock()
                self._first = self._moved if self._first is None else self._first
                self._stage = ""

    @property
    def seconds(self) -> float:
        """Since it began."""
        return self._clock() - self._started

    @property
    def spinner(self) -> str:
        return SPINNER[int(self.seconds / FRAME_SECONDS) % len(SPINNER)]

    @property
    def text(self) -> str:
        """`3 s · 310.0 MB of 684.9 MB · layer 2 of 5 · 600.1 MB/s · 1 s left`, or `3 s` and the stage."""
        return " · ".join(filter(None, (lasting(self.seconds), printable(self._what()))))

    def _what(self) -> str:
        if self._stage or self.progress is None:
            return self._stage
        silent = self._clock() - self._moved
        reading = describe(self.progress, 0.0 if self._first is None else self._clock() - self._first)
        return f"{reading} · nothing for {lasting(silent)}" if silent >= SILENT_AFTER else reading


def describe(progress: Progress, seconds: float) -> str:
    """`310.0 MB of 684.9 MB · layer 2 of 5 · 600.1 MB/s · 1 s left`, so many seconds after the first byte."""
    done, total = progress.bytes_read, progress.bytes_total
    parts = [human(done) + (f" of {human(total)}" if total and total >= done else "")]
    if progress.layers_total:
        parts.append(f"layer {min(progress.layers_done + 1, progress.layers_total)} of {progress.layers_total}")
    elif progress.layers_done:
        parts.append(counted(progress.layers_done, "layer"))
    if seconds >= RATE_AFTER and done:
        rate = done / seconds
        parts.append(f"{human(int(rate))}/s")
        if total and total > done:
            parts.append(f"{lasting(max(1, round((total - done) / rate)))} left")
    return " · ".join(parts)


def lasting(seconds: float) -> str:
    """`7 s`, `2 min 5 s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _has_moved(before: Progress | None, now: Progress) -> bool:
    if before is None:
        return bool(now.bytes_read or now.layers_done)
    return (before.bytes_read, before.layers_done) != (now.bytes_read, now.layers_done)
