"""Several images read at once, with one progress for all; what is wrong with one stops the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from functools import partial
from threading import Event, Lock
from typing import TypeVar

from inspector.cli.threads import in_thread
from inspector.errors import Cancelled
from inspector.sources.protocol import Progress, ReadEvent, Stage, Watch

Result = TypeVar("Result")

POLL = 0.1
"""Seconds between two looks at whether the person wants to stop: on Windows Ctrl-C does not end a wait."""


def load_together(loads: Sequence[Callable[[Watch], Result]], watch: Watch) -> list[Result]:
    """The results in order. Raises the first error, and does not wait for those that it stops."""
    shared = _Shared(watch, len(loads))
    readings = [
        in_thread(partial(load, partial(shared.tell, number)), f"image {number}") for number, load in enumerate(loads)
    ]
    try:
        left = set(readings)
        while left:
            ended, left = wait(left, POLL, FIRST_COMPLETED)
            for each in ended:
                each.result()
    finally:
        shared.stopped.set()
    return [each.result() for each in readings]


class _Shared:
    """The progress of all as that of one."""

    def __init__(self, watch: Watch, count: int) -> None:
        self._watch, self._lock = watch, Lock()
        self._known: list[Progress | None] = [None] * count
        self.stopped = Event()

    def tell(self, number: int, news: ReadEvent) -> None:
        """Layers are not told, for nobody could say whose they are."""
        if self.stopped.is_set():
            raise Cancelled
        if isinstance(news, Progress):
            with self._lock:
                self._known[number] = news
                self._watch(self._sum())
        elif isinstance(news, Stage):
            self._watch(news)

    def _sum(self) -> Progress:
        known = [progress for progress in self._known if progress is not None]
        bytes_total = [progress.bytes_total for progress in known if progress.bytes_total is not None]
        layers_total = [progress.layers_total for progress in known if progress.layers_total is not None]
        count = len(self._known)
        return Progress(
            sum(progress.bytes_read for progress in known),
            sum(bytes_total) if len(bytes_total) == count else None,
            sum(progress.layers_done for progress in known),
            sum(layers_total) if len(layers_total) == count else None,
        )
