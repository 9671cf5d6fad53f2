"""Bytes and times as people read them. Everywhere else bytes are exact integers."""

from __future__ import annotations

import humanize


def human(size: int) -> str:
    """`728.0 MB`, `1.2 kB`, `51 B`: decimal units, one digit behind the point, as docker prints them."""
    text: str = humanize.naturalsize(size, format="%.1f")
    return text.replace(" Bytes", " B").replace(" Byte", " B")
