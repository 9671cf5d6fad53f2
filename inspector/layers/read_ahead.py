"""Two threads for one layer: one makes the chunks, the other uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread

from inspector.errors import Cancelled

DEPTH = 4
"""Chunks that may wait. A few even out the pace of both sides; more would only take memory."""

IDLE_SECONDS = 0.1
"""Between two calls of `idle` while no chunk is made."""


@contextmanager
def made_ahead(chunks: Iterator[bytes], idle: Callable[[], None] | None = None) -> Iterator[Iterator[bytes]]:
    """The same chunks, made by a thread of their own while the block works on those before.

    What `chunks` raises is raised here. When the block is left, the thread has ended and `chunks` is the caller's
    again, unless the person asked to stop, or whoever waits for the chunks has left: then it is abandoned, for it may
    wait for bytes that never come. `idle` is called while no chunk is made; what it raises is raised here.
    """
    made: SimpleQueue[bytes | BaseException | None] = SimpleQueue()
    room = Semaphore(DEPTH)
    left = False

    def make() -> None:
        end = None
        try:
            for chunk in chunks:
                room.acquire()
                if left:
                    return
                made.put(chunk)
        except BaseException as error:
            end = error
        made.put(end)

    def taken() -> Iterator[bytes]:
        while isinstance(chunk := _next(made, idle), bytes):
            room.release()
            yield chunk
        if chunk is not None:
            raise chunk

    maker = Thread(target=make, name="ahead", daemon=True)
    maker.start()
    abandoned = idle is not None
    try:
        yield taken()
    except (Cancelled, KeyboardInterrupt):
        abandoned = True
        raise
    finally:
        left = True
        room.release()
        if not abandoned:
            maker.join()


def _next(
    made: SimpleQueue[bytes | BaseException | None], idle: Callable[[], None] | None
) -> bytes | BaseException | None:
    if idle is None:
        return made.get()
    while True:
        try:
            return made.get(timeout=IDLE_SECONDS)
        except Empty:
            idle()
