"""Trying again: how often, and how long to wait before."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from inspector.errors import InspectorError, SourceUnavailable

TRIES = 6
"""Failures in a row after which a request is given up."""

FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
"""Seconds; each wait is twice the one before, less a random part, so that many clients do not come back at once."""

TOTAL_WAIT = 60.0
"""Seconds that all waits for one request may take together, those that the server asks for included."""

Pause = Callable[[float], None]
"""Waits so many seconds; raises Cancelled when the person wants to stop."""


class TryLater(SourceUnavailable):
    """A refusal that may pass; `seconds` is what the server asks to wait, None when it does not say."""

    def __init__(self, failure: SourceUnavailable, seconds: float | None) -> None:
        super().__init__(failure.message, failure.hint)
        self.seconds = seconds


class Retries:
    """The failures of one request, or of one blob's download, so far."""

    def __init__(self, pause: Pause) -> None:
        self._pause = pause
        self._failures = 0
        self._left = TOTAL_WAIT

    def failed(self, error: InspectorError) -> None:
        """Wait before the next try, as long as the server asks for if it does. Raises `error` when it was the last."""
        self._failures += 1
        wait = error.seconds if isinstance(error, TryLater) else None
        if wait is None:
            longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._failures - 1))
            wait = longest * random.uniform(0.5, 1)  # noqa: S311 (nobody is kept from guessing it)
        elif wait > self._left:
            raise SourceUnavailable(f"{error.message}, and asks to wait {round(wait)} s", error.hint)
        if self._failures >= TRIES or wait > self._left:
            raise error
        self._left -= wait
        self._pause(wait)

    def progressed(self) -> None:
        """Data came: what failed before is forgotten."""
        self._failures = 0


def retry_after(header: str | None) -> float | None:
    """Seconds that a `Retry-After` asks for, as a number or a date (RFC 9110 §10.2.3); None when it says nothing."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
