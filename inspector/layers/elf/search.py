"""Looks for a mark in a file while its pieces pass, and keeps what lies around it."""

from __future__ import annotations

from collections import deque

MAX_FOUND = 4
"""Places kept, the last ones: a mark may be in a file by chance, or because its program looks for it in others."""


class Search:
    """The search for `mark` between the offsets `low` and `high`.

    `found` are the places: offset and the bytes there, `before` many in front of the mark and `after` many from its
    start on, or fewer at the borders.
    """

    def __init__(self, mark: bytes, low: int, high: int, *, before: int = 0, after: int) -> None:
        self.found: deque[tuple[int, bytearray]] = deque(maxlen=MAX_FOUND)
        self._mark, self._low, self._high = mark, low, high
        self._before, self._size = before, before + after
        self._passed = b""

    def add(self, piece: bytes | memoryview, start: int) -> None:
        """The next piece, which begins at offset `start`."""
        for place, kept in self.found:
            if place + len(kept) == start and len(kept) < self._size:
                kept += piece[: self._size - len(kept)]
        first = max(self._low - start, 0)
        last = min(self._high - start, len(piece))
        if first >= last:
            return
        text = b"".join((self._passed, piece[first:last]))  # one copy
        origin = start + first - len(self._passed)
        at = text.find(self._mark, max(len(self._passed) - len(self._mark) + 1, 0))
        while at >= 0:
            low = max(at - self._before, 0)
            self.found.append((origin + low, bytearray(text[low : low + self._size])))
            at = text.find(self._mark, at + len(self._mark))
        self._passed = text[-(self._before + len(self._mark) - 1) :]
