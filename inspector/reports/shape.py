"""How much of an image the text report tells."""

from __future__ import annotations

from msgspec import Struct

from inspector.reports.colour import Paint, plain

FINDINGS = 10
"""Findings that are told if nothing else is asked for: what one reads before doing something about it."""


class Shape(Struct, frozen=True):
    """`width` in columns; of the findings the `top` largest. `is_full` tells all, and cuts nothing; `is_summary` no
    more than the head."""

    width: int = 120
    top: int = FINDINGS
    is_full: bool = False
    is_summary: bool = False
    paint: Paint = plain

    def limit(self, usual: int, available: int) -> int:
        """How many rows of a list are told: the usual number, or all."""
        return available if self.is_full else usual
