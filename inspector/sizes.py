"""Bytes, counts and times as people read and write them. Everywhere else bytes are exact integers."""

from __future__ import annotations

import re
from decimal import Decimal

import humanize

UNITS = {"": 1, "b": 1} | {
    f"{prefix}{suffix}": base**power
    for power, prefix in enumerate("kmgt", start=1)
    for suffix, base in (("", 1000), ("b", 1000), ("ib", 1024))
}
"""Lower-case unit → bytes: decimal as docker counts, binary where the unit has an i."""

NEARLY_ALL = 0.995
"""The share from which on it would be rounded to all of it."""

_size = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)").fullmatch


def human(size: int) -> str:
    """`728.0 MB`, `1.2 kB`, `51 B`: decimal units, one digit behind the point, as docker prints them."""
    text: str = humanize.naturalsize(size, format="%.1f")
    return text.replace(" Bytes", " B").replace(" Byte", " B")


def signed(delta: int) -> str:
    """A difference: `+88.0 MB`, `−51 B`, `0 B`."""
    sign = "+" if delta > 0 else "−" if delta < 0 else ""
    return sign + human(abs(delta))


def counted(count: int, thing: str) -> str:
    """`1 file`, `2 files`, `12 345 files`: how many of what is named in the singular."""
    return f"{count:,}".replace(",", " ") + f" {thing}{'' if count == 1 else 's'}"


def percentage(share: float) -> str:
    """`36%`, and `99.7%` of what is nearly all: never `100%` while something is missing."""
    return f"{min(share, 0.999):.1%}" if NEARLY_ALL <= share < 1 else f"{share:.0%}"


def parse_size(text: str) -> int:
    """`500MB`, `2 GiB`, `1.5g` or `0` in bytes. Raises ValueError for anything else."""
    match = _size(text.strip().lower())
    if match is None or match[2] not in UNITS:
        raise ValueError(f"{text!r} is no size")
    return int(Decimal(match[1]) * UNITS[match[2]])
