"""The gate on growth: how much larger the second image of a comparison may be."""

from __future__ import annotations

import click
from msgspec import Struct

from inspector.sizes import parse_size


class Growth(Struct, frozen=True):
    """How much larger the second image may be: in bytes, or in hundredths of the first one's size."""

    text: str
    size_bytes: int | None
    percent: float | None

    def allows(self, delta: int, before: int) -> bool:
        """Whether an image of `before` bytes may grow by `delta`."""
        allowed = self.size_bytes if self.size_bytes is not None else before * (self.percent or 0) / 100
        return delta <= allowed


def parse_limit(text: str) -> Growth:
    """`10MB`, `0` or `5%`. Raises click's UsageError for anything else."""
    try:
        if text.strip().endswith("%"):
            percent = float(text.strip().removesuffix("%"))
            if not 0 <= percent < float("inf"):
                raise ValueError(text)
            return Growth(text, None, percent)
        return Growth(text, parse_size(text), None)
    except ValueError:
        raise click.UsageError(f"--fail-on-growth {text}: neither a size such as 10MB nor a share such as 5%") from None
