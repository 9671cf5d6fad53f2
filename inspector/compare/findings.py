"""The findings of two images: new, fixed, or still there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from inspector.compare.align import LayerPair
from inspector.compare.side import Side, SideFinding, Which

Key = Callable[[SideFinding, Which], object]


class Kept(Struct, frozen=True):
    """A finding that both images have."""

    a: SideFinding
    b: SideFinding

    @property
    def delta_bytes(self) -> int:
        return self.b.size_bytes - self.a.size_bytes


class FindingChanges(Struct, frozen=True):
    """Each with the most bytes first."""

    new: tuple[SideFinding, ...]
    fixed: tuple[SideFinding, ...]
    kept: tuple[Kept, ...]


def compare_findings(a: Side, b: Side, rows: Sequence[LayerPair]) -> FindingChanges:
    """Findings of one rule are the same by the rows of their layers, else by what they say, else by their packages."""
    row_of: dict[tuple[Which, int], int] = {}
    for number, row in enumerate(rows):
        if row.a is not None:
            row_of["a", row.a.index] = number
        if row.b is not None:
            row_of["b", row.b.index] = number

    def places(finding: SideFinding, side: Which) -> object:
        layers, hiders = (
            frozenset(row_of.get((side, layer)) for layer in group) for group in (finding.layers, finding.hidden_in)
        )
        return finding.rule, layers, hiders

    keys: tuple[Key, ...] = (
        lambda finding, side: (places(finding, side), finding.title),
        places,
        lambda finding, _: (finding.rule, finding.title),
        lambda finding, _: (finding.rule, finding.packages),
    )
    fixed, new, kept = list(a.findings), list(b.findings), list[Kept]()
    for key in keys:
        fixed, new = _paired(fixed, new, key, kept)
    kept.sort(key=lambda each: (-each.b.size_bytes, each.b.rule))
    return FindingChanges(tuple(new), tuple(fixed), tuple(kept))


def _paired(
    fixed: Sequence[SideFinding], new: Sequence[SideFinding], key: Key, kept: list[Kept]
) -> tuple[list[SideFinding], list[SideFinding]]:
    """Put those that have the key in common into `kept`; returns what is left of both."""
    by_key: dict[object, list[SideFinding]] = {}
    for finding in reversed(fixed):
        by_key.setdefault(key(finding, "a"), []).append(finding)
    left = []
    for finding in new:
        partners = by_key.get(key(finding, "b"))
        if partners:
            kept.append(Kept(partners.pop(), finding))
        else:
            left.append(finding)
    unpaired = {id(finding) for partners in by_key.values() for finding in partners}
    return [finding for finding in fixed if id(finding) in unpaired], left
