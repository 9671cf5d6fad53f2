"""Layers that can be read independently, scanned side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from inspector.sources.meter import Meter

Item = TypeVar("Item")
Result = TypeVar("Result")

POLL = 0.1
"""Seconds between two looks at whether the person wants to stop, while no bytes arrive."""


def in_parallel(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    meter: Meter,
    *,
    interrupt: Callable[[], None] = lambda: None,
    at_least: int = 1,
) -> list[Result]:
    """`work` done on each item, one thread per processor but `at_least` so many, results in order.

    On the first error, or when the meter's Watch raises, stops the meter, calls `interrupt`, which must end the
    waits that the meter does not see, waits for the threads, and raises it.
    """
    threads = max(at_least, os.cpu_count() or 1)
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="layer") as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            pending = set(futures)
            while pending:
                done, pending = wait(pending, timeout=POLL, return_when=FIRST_EXCEPTION)
                for future in done:
                    future.result()
                if pending:
                    meter.poll()
        except BaseException:  # Ctrl-C comes here too
            meter.stop()
            interrupt()
            pool.shutdown(cancel_futures=True)
            raise
        return [future.result() for future in futures]


def biggest_first(items: Iterable[Item], size: Callable[[Item], int]) -> Sequence[Item]:
    """The order in which parallel work ends soonest."""
    return sorted(items, key=size, reverse=True)
