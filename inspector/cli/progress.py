"""Waiting on the command line: the work has a thread of its own, a line on stderr tells how far it is, and Ctrl-C ends
the wait at once, whatever the work itself waits for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import wait
from functools import partial
from threading import Event, Lock
from typing import TypeVar

from inspector.cli.threads import in_thread
from inspector.errors import Cancelled
from inspector.reports.cutting import cut
from inspector.sources.protocol import ReadEvent, Stage, Watch
from inspector.waiting import FRAME_SECONDS, Waiting

Result = TypeVar("Result")

PATIENCE = 0.15
"""Seconds given to work that is to stop, to take away what it has written only a part of."""

COLUMNS = 80
"""Of a terminal that does not say how wide it is."""

WIPE = "\r\x1b[2K"


def watched(work: Callable[[Watch], Result]) -> Result:
    """What `work` gives. Raises what it raises, and KeyboardInterrupt."""
    line, stopped = ProgressLine(), Event()

    def watch(news: ReadEvent) -> None:
        if stopped.is_set():
            raise Cancelled
        line.take(news)

    working = in_thread(partial(work, watch), "work")
    try:
        while wait([working], FRAME_SECONDS).not_done:
            line.draw()
    except KeyboardInterrupt:
        stopped.set()
        wait([working], PATIENCE)
        raise
    finally:
        line.end()
    return working.result()


class ProgressLine:
    """The line on stderr: only on a terminal, redrawn in place, wiped at the end."""

    def __init__(self) -> None:
        self._waiting, self._lock = Waiting(), Lock()
        self._shown = sys.stderr.isatty()

    def take(self, news: ReadEvent) -> None:
        """A stage without words ends the line: somebody writes to the terminal now."""
        self._waiting.take(news)
        if isinstance(news, Stage) and not news.text:
            self.end()

    def draw(self) -> None:
        with self._lock:
            if self._shown:
                text = f"{self._waiting.spinner} {self._waiting.text}"
                self._write(f"{WIPE}{cut(text, _columns() - 1)}")

    def end(self) -> None:
        with self._lock:
            if self._shown:
                self._write(WIPE)
            self._shown = False

    def _write(self, text: str) -> None:
        encoding = sys.stderr.encoding or "ascii"
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or COLUMNS
    except OSError:
        return COLUMNS
