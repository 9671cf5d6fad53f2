"""A comparison together with the inspections it was made of, as far as there are any."""

from __future__ import annotations

from msgspec import Struct

from inspector.compare.comparison import Comparison, compare
from inspector.compare.side import Side, Which, side_of
from inspector.inspection import Inspection


class Pair(Struct, frozen=True):
    """`a` and `b` are None where the side was no inspection: a saved report."""

    comparison: Comparison
    a: Inspection | None
    b: Inspection | None

    def inspection(self, side: Which) -> Inspection | None:
        return self.a if side == "a" else self.b


def compare_pair(a: Inspection | Side, b: Inspection | Side) -> Pair:
    """Compare two images, inspected or known by a saved report."""
    one, other = (side_of(each) if isinstance(each, Inspection) else each for each in (a, b))
    return Pair(compare(one, other), a if isinstance(a, Inspection) else None, b if isinstance(b, Inspection) else None)
