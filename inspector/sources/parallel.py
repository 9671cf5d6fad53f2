"""Layers that can be read independently, scanned side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(work: Callable[[Item], Result], items: Iterable[Item], stop: Callable[[], None]) -> list[Result]:
    """`work` done on each item, one thread per processor, results in order.

    On the first error calls `stop`, which must make the other threads end soon, waits for them, and raises it.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="layer") as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:  # Ctrl-C comes here too
            stop()
            pool.shutdown(cancel_futures=True)
            raise
        return [future.result() for future in futures]


def biggest_first(items: Iterable[Item], size: Callable[[Item], int]) -> Sequence[Item]:
    """The order in which parallel work ends soonest."""
    return sorted(items, key=size, reverse=True)
