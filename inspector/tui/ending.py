"""The end of the app: it waits for nobody's work longer than a person who pressed q can feel."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

PATIENCE = 0.1
"""Seconds that cancelled work is given to take away what it has written only a part of."""


class Workers(ThreadPoolExecutor):
    """Threads for Textual's workers. When the app ends asyncio would wait for all of them, whatever they wait for."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="worker")
        self._submitted: set[Future[Any]] = set()

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(*args, **kwargs)
        self._submitted.add(future)
        future.add_done_callback(self._submitted.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        super().shutdown(wait=False, cancel_futures=True)
        if wait:
            _moment_for(list(self._submitted))


def _moment_for(futures: list[Future[Any]]) -> None:
    wait(futures, PATIENCE)
