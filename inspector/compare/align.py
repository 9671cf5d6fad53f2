"""Layers aligned by meaning, not by index: shared ones by their diff_id, then instructions by what they say.

A global alignment in order (Needleman and Wunsch, 1970): of all ways to pair the layers without crossing, the one with
the most in common. So one inserted layer is one row, and not a difference in every row after it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from inspector.compare.side import SideLayer, Status

SHARED = 1000.0
"""More than all likeness of texts together: a shared layer is never given up for them."""

ALIKE = 0.5
"""The least share of words that two versions of one instruction have in common."""

BOTTOM = 0.25
"""Two bases stand on the same spot, whatever they are; less than any likeness."""

_WORDS = re.compile(r"[a-z0-9]+").findall
_HASHES = re.compile(r"\b(file|dir|multi|sha256):[0-9a-f]{12,}")
"""The classic builder writes checksums of what it copies, which differ with every change of a file."""


class LayerPair(Struct, frozen=True):
    """A layer of `a` beside one of `b`; one of them is None where the other image has nothing like it."""

    status: Status
    a: SideLayer | None
    b: SideLayer | None

    @property
    def delta_bytes(self) -> int:
        return (self.b.size_bytes if self.b else 0) - (self.a.size_bytes if self.a else 0)


def align(a: Sequence[SideLayer], b: Sequence[SideLayer]) -> tuple[LayerPair, ...]:
    """The layers of both, each in exactly one row and in order. O(n·m) time for n and m layers that differ."""
    shortest = min(len(a), len(b))
    start = next((i for i in range(shortest) if a[i].diff_id != b[i].diff_id), shortest)
    end = next((i for i in range(shortest - start) if a[-1 - i].diff_id != b[-1 - i].diff_id), shortest - start)
    pairs: list[tuple[SideLayer | None, SideLayer | None]] = [
        *zip(a[:start], b[:start], strict=True),
        *_pairs(a[start : len(a) - end], b[start : len(b) - end]),
        *zip(a[len(a) - end :], b[len(b) - end :], strict=True),
    ]
    return tuple(LayerPair(_status(one, other), one, other) for one, other in pairs)


def _status(a: SideLayer | None, b: SideLayer | None) -> Status:
    if a is None:
        return Status.ADDED
    if b is None:
        return Status.REMOVED
    return Status.SAME if a.diff_id == b.diff_id else Status.CHANGED


def _pairs(a: Sequence[SideLayer], b: Sequence[SideLayer]) -> list[tuple[SideLayer | None, SideLayer | None]]:
    likeness = _likeness(a, b)
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]  # of the first i layers of a and the first j of b
    for i in range(1, len(a) + 1):
        above, row, like = best[i - 1], best[i], likeness[i - 1]
        for j in range(1, len(b) + 1):
            together = above[j - 1] + like[j - 1] if like[j - 1] else 0.0
            row[j] = max(together, above[j], row[j - 1])
    pairs: list[tuple[SideLayer | None, SideLayer | None]] = []
    i, j = len(a), len(b)
    while i or j:
        if i and j and likeness[i - 1][j - 1] and best[i][j] == best[i - 1][j - 1] + likeness[i - 1][j - 1]:
            i, j = i - 1, j - 1
            pairs.append((a[i], b[j]))
        elif j and best[i][j] == best[i][j - 1]:
            j -= 1
            pairs.append((None, b[j]))
        else:
            i -= 1
            pairs.append((a[i], None))
    return pairs[::-1]


def _likeness(a: Sequence[SideLayer], b: Sequence[SideLayer]) -> list[list[float]]:
    words = {id(layer): _words(layer) for layer in (*a, *b)}
    return [[_alike(one, words[id(one)], other, words[id(other)]) for other in b] for one in a]


def _words(layer: SideLayer) -> Counter[str]:
    """The words of an instruction without its verb and checksums."""
    text = _HASHES.sub(r"\1:", layer.text)
    verb = layer.step.verb if layer.step else None
    return Counter(_WORDS((text.removeprefix(verb) if verb else text).lower()))


def _alike(a: SideLayer, a_words: Counter[str], b: SideLayer, b_words: Counter[str]) -> float:
    """0 where the two are no pair, else more the more they have in common."""
    text = _texts_alike(a, a_words, b, b_words)
    if a.diff_id == b.diff_id:
        return (SHARED if a.size_bytes else ALIKE) + text  # all layers without a change are the same
    if not a.index and not b.index and a.from_base and b.from_base:
        return max(text, BOTTOM)
    return text


def _texts_alike(a: SideLayer, a_words: Counter[str], b: SideLayer, b_words: Counter[str]) -> float:
    if a.step is None or b.step is None or a.step.verb != b.step.verb:
        return 0.0
    if a_words == b_words:
        return 1.0 if a.text == b.text else 0.99
    if None not in (a.from_base, b.from_base) and a.from_base != b.from_base:
        return 0.0
    together = 2 * (a_words & b_words).total() / (a_words.total() + b_words.total())
    return together if together >= ALIKE else 0.0
