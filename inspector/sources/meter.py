"""Counting bytes and layers on their way in, for progress and for stopping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock

from inspector.errors import Cancelled
from inspector.layers.scan import LayerScan
from inspector.sources.protocol import Progress, ReadEvent, Watch, ignore_progress


class Meter:
    """Tells a Watch how far the reading is; shared by the threads that read.

    When the Watch raises in one thread, every other thread stops at its next chunk.
    """

    def __init__(
        self, watch: Watch = ignore_progress, *, bytes_total: int | None = None, layers_total: int | None = None
    ) -> None:
        self._watch = watch
        self._lock = Lock()
        self._stopped = False
        self._progress = Progress(0, bytes_total, 0, layers_total)

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks unchanged, each reported once it is taken. Empty ones are left out."""
        for chunk in chunks:
            if chunk:
                self._report(bytes_read=len(chunk))
                yield chunk

    def layer_done(self, scan: LayerScan) -> None:
        self._report(layers_done=1, news=scan)

    def stop(self) -> None:
        """Make every thread that counts stop at its next chunk."""
        self._stopped = True

    def poll(self) -> None:
        """Ask the Watch while no bytes arrive: it may want to stop. Raises Cancelled."""
        self._report()

    def _report(self, bytes_read: int = 0, layers_done: int = 0, news: ReadEvent | None = None) -> None:
        if self._stopped:
            raise Cancelled
        with self._lock:
            before = self._progress
            self._progress = Progress(
                before.bytes_read + bytes_read,
                before.bytes_total,
                before.layers_done + layers_done,
                before.layers_total,
            )
            try:
                if news is not None:
                    self._watch(news)
                self._watch(self._progress)
            except BaseException:
                self._stopped = True
                raise
