"""Where a text is found in rows that are drawn one at a time; upper and lower case are the same."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from inspector.tui.widgets.text_lines import Piece

Span = tuple[int, int]
"""Start and end in the text of a row."""


class Found(Struct, frozen=True):
    """`rows` are those in which something found begins, in order and each once; `count` is how often it is there.

    `spans` are what is to be marked, by row: what is found may go on in the next one.
    """

    rows: Sequence[int] = ()
    count: int = 0
    spans: dict[int, list[Span]] = {}

    def next(self, row: int, step: int) -> int:
        """The row with the next (1) or previous (-1) one after a row, round and round; the same row where none is."""
        if not self.rows:
            return row
        place = bisect_right(self.rows, row) if step > 0 else bisect_left(self.rows, row) - 1
        return self.rows[place % len(self.rows)]

    def first(self, row: int) -> int:
        """The first from this row on."""
        return self.next(row - 1, 1)


NOTHING = Found()


def find_text(rows: Sequence[tuple[int | None, Sequence[Piece]]], wanted: str) -> Found:
    """In the rows of a text: those without a number go on the line above."""
    if not wanted:
        return NOTHING
    search = re.compile(re.escape(wanted), re.IGNORECASE)
    rows_found: list[int] = []
    texts = ["".join(text for _, text in pieces) for _, pieces in rows]
    spans: dict[int, list[Span]] = {}
    first = 0
    while first < len(rows):
        last = first + 1
        while last < len(rows) and rows[last][0] is None:
            last += 1
        starts = [0]
        for text in texts[first:last]:
            starts.append(starts[-1] + len(text))
        for match in search.finditer("".join(texts[first:last])):
            row = bisect_right(starts, match.start()) - 1
            rows_found.append(first + row)
            while row < last - first and starts[row] < match.end():
                span = max(match.start(), starts[row]) - starts[row], min(match.end(), starts[row + 1]) - starts[row]
                spans.setdefault(first + row, []).append(span)
                row += 1
        first = last
    return Found(tuple(dict.fromkeys(rows_found)), len(rows_found), spans)


def find_bytes(data: bytes, wanted: str, width: int) -> Found:
    """In rows of `width` bytes."""
    if not wanted:
        return NOTHING
    spans: dict[int, list[Span]] = {}
    rows: list[int] = []
    for match in re.finditer(re.escape(wanted.encode()), data, re.IGNORECASE):
        rows.append(match.start() // width)
        for row in range(match.start() // width, -(-match.end() // width)):
            start = row * width
            spans.setdefault(row, []).append((max(match.start() - start, 0), min(match.end() - start, width)))
    return Found(tuple(dict.fromkeys(rows)), len(rows), spans)


def split(pieces: Sequence[Piece], spans: Sequence[Span]) -> list[tuple[str, str, bool]]:
    """Pieces cut where the spans begin and end: component class, text, and whether it was found."""
    parts: list[tuple[str, str, bool]] = []
    at = 0
    edges = [edge for span in spans for edge in span]
    for look, text in pieces:
        cuts = sorted({0, len(text), *(edge - at for edge in edges if 0 < edge - at < len(text))})
        for start, end in pairwise(cuts):
            inside = any(first <= at + start < last for first, last in spans)
            parts.append((look, text[start:end], inside))
        at += len(text)
    return parts
