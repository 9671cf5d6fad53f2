"""The gate on growth: how much larger the second image of a comparison may be."""

from __future__ import annotations

import click
from msgspec import Struct

from inspector.sizes import human, parse_size


class Growth(Struct, frozen=True):
    """How much larger the second image may be: in bytes, or in hundredths of the first one's size."""

    size_bytes: int | None
    percent: float | None

    @property
    def told(self) -> str:
        """`10.0 MB`, `5% more`, `none` for 0."""
        if self.size_bytes is None:
            return f"{self.percent:g}% more" if self.percent else "none"
        return human(self.size_bytes) if self.size_bytes else "none"

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
            return Growth(None, percent)
        return Growth(parse_size(text), None)
    except ValueError:
        raise click.UsageError(f"--fail-on-growth {text}: neither a size such as 10MB nor a share such as 5%") from None
