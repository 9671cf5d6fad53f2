"""Debian's order of versions: deb-version(7), the same as `dpkg --compare-versions`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest

_part = re.compile(r"([^0-9]*)([0-9]*)")


def satisfies(version: str, operator: str, wanted: str) -> bool:
    """Whether `version` stands in the relation `operator` (deb-control(5): << <= = >= >>) to `wanted`."""
    order = compare(version, wanted)
    return {
        "<<": order < 0,
        "<": order <= 0,
        "<=": order <= 0,
        "=": order == 0,
        ">=": order >= 0,
        ">": order >= 0,
        ">>": order > 0,
    }.get(operator, True)


@lru_cache(maxsize=8192)
def compare(one: str, other: str) -> int:
    """Below 0 where `one` is the older, above 0 where it is the newer, 0 where both are the same."""
    a, b = _split(one), _split(other)
    return (a[0] > b[0]) - (a[0] < b[0]) or _compare(a[1], b[1]) or _compare(a[2], b[2])


def _split(version: str) -> tuple[tuple[int, str], str, str]:
    """Epoch, upstream version, revision."""
    epoch, colon, rest = version.partition(":")
    if not colon or not (epoch.isascii() and epoch.isdecimal()):
        epoch, rest = "", version
    upstream, dash, revision = rest.rpartition("-")
    return (_number(epoch), upstream, revision) if dash else (_number(epoch), rest, "")


def _compare(one: str, other: str) -> int:
    """Text and numbers in turn; `~` sorts before the end, letters before everything else."""
    for (text, number), (other_text, other_number) in zip_longest(
        _part.findall(one), _part.findall(other), fillvalue=("", "")
    ):
        a, b = _order(text), _order(other_text)
        if a != b:
            return 1 if a > b else -1
        m, n = _number(number), _number(other_number)
        if m != n:
            return 1 if m > n else -1
    return 0


def _number(digits: str) -> tuple[int, str]:
    """What digits are ordered by, as numbers are: int() refuses more than 4,300 of them."""
    significant = digits.lstrip("0")
    return len(significant), significant


def _order(text: str) -> list[int]:
    """The end counts 0, between `~` and letters."""
    return [-1 if c == "~" else ord(c) if c.isalpha() else ord(c) + 256 for c in text] + [0]
