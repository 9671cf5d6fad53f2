"""What an engine streams, waited for as long as the engine lives: `save` of a large image begins after minutes.

The engine writes the image to its own disk before it sends the first byte, and is silent meanwhile. Connecting has a
time limit; waiting has none, but the engine is asked by `/_ping`, on a connection beside, whether it is still there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable

from inspector.layers.read_ahead import made_ahead
from inspector.sources.protocol import Poll

PING_SECONDS = 5.0
"""Between two questions whether the engine lives, while it sends nothing."""


def patient(chunks: Iterable[bytes], ask: Callable[[], None], poll: Poll) -> Generator[bytes]:
    """The chunks, however long they take. Raises what `ask` raises when it is asked whether to wait on, and as `poll`.

    `chunks` are taken in a thread of their own; one that is left waiting ends with the connection.
    """
    asked = time.monotonic()

    def wait() -> None:
        nonlocal asked
        poll()
        if time.monotonic() - asked >= PING_SECONDS:
            ask()
            asked = time.monotonic()

    with made_ahead(iter(chunks), idle=wait) as taken:
        for chunk in taken:
            asked = time.monotonic()
            yield chunk
