"""What a comparison says, in the words and signs that its reports share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from inspector.compare.align import LayerPair
from inspector.compare.comparison import BaseChange, Comparison
from inspector.compare.files import FileChange
from inspector.compare.packages import PackageChange
from inspector.compare.side import Cause, Side, Status
from inspector.sizes import human

SIGNS = {
    Status.SAME: " ",
    Status.ADDED: "+",
    Status.REMOVED: "−",
    Status.CHANGED: "~",
    Status.MOVED: "→",
    Status.UPGRADED: "↑",
    Status.DOWNGRADED: "↓",
    Status.REPLACED: "~",
}


MANY_TIMES = 10
"""From how many times as much on growth is told as a factor."""

ALL_BUT, MOST = 0.99, 0.999
"""From which share that is gone on the tenths of a hundredth are told, and the most while something is left."""


class Headline(Struct, frozen=True):
    """One headline number of both images; None where it is unknown."""

    name: str
    a: int | None
    b: int | None


def headlines(comparison: Comparison) -> list[Headline]:
    """Sizes of both, those left out that neither knows."""
    a, b = comparison.a, comparison.b
    lines = [
        Headline("size", a.size_bytes, b.size_bytes),
        Headline("live", a.ledger.live_bytes, b.ledger.live_bytes),
        Headline("hidden", a.ledger.hidden_bytes, b.ledger.hidden_bytes),
        Headline("reclaimable", a.reclaimable_bytes, b.reclaimable_bytes),
        Headline("compressed", a.compressed_bytes, b.compressed_bytes),
    ]
    return [line for line in lines if (line.a, line.b) != (None, None)]


def names(comparison: Comparison) -> tuple[str, str]:
    """What both are called; with their platforms where they have one name."""
    a, b = comparison.a, comparison.b
    if a.reference != b.reference:
        return a.reference, b.reference
    return _with(a, a.platform), _with(b, b.platform)


def percent(delta: int, before: int) -> str:
    """` (+12%)`, ` (−99.7%)` where less than a hundredth is left, ` (× 328)` for what is many times as much.

    Nothing where there was nothing before, or next to nothing has changed.
    """
    if not before:
        return ""
    if delta >= (MANY_TIMES - 1) * before:
        return f" (× {(before + delta) / before:.0f})"
    share = delta / before
    tenths = -1 < share < -ALL_BUT or abs(share) < 1 - ALL_BUT
    told = f"{max(share, -MOST) if tenths else share:+.{int(tenths)}%}".replace("-", "−")
    return "" if told.strip("+−") == "0.0%" else f" ({told})"


def marks(statuses: Iterable[Status]) -> str:
    """`+412 −3 ~2`: how many of each, none of SAME. A Counter of them is as good."""
    counts = Counter(statuses)
    return " ".join(
        f"{SIGNS[status]}{counts[status]}" for status in Status if status is not Status.SAME and counts[status]
    )


def base_text(base: BaseChange) -> str:
    if base.status is Status.SAME:
        return f"the same, {base.b}"
    if base.a == base.b:
        return f"{base.b}, another build of it"
    return f"{base.a} → {base.b}" + (", another image" if base.status is Status.REPLACED else "")


def cost_text(comparison: Comparison) -> str:
    """What `b` costs those who have `a`."""
    cost = comparison.cost
    pull = f"{human(cost.new_bytes)} (uncompressed)" if cost.pull_bytes is None else human(cost.pull_bytes)
    return (
        f"{pull} to pull for those who have {names(comparison)[0]} · {human(cost.shared_bytes)} shared · "
        f"{human(cost.storage_bytes)} to keep both"
    )


def row_text(row: LayerPair) -> str:
    """The instruction of a row: that of `b` where it has one."""
    layer = row.b or row.a
    return (layer.text if layer else "") or "(instruction unknown)"


def row_indexes(row: LayerPair) -> str:
    """`3 → 4`, with a dash where there is none."""
    before, after = ("–" if layer is None else str(layer.index) for layer in (row.a, row.b))
    return f"{before:>3} → {after:<3}"


def cause_text(cause: Cause | None) -> str:
    return "" if cause is None else f"layer {cause.layer} of {cause.side}"


def file_text(change: FileChange) -> str:
    """The path, where it came from, and what of it differs."""
    if change.a_path is not None:
        return f"{change.a_path} → {change.path}"
    told = [aspect for aspect in change.aspects if aspect != "content"]
    return f"{change.path} ({', '.join(change.aspects)})" if told else change.path


def version_text(change: PackageChange) -> str:
    before, after = (package.version if package else None for package in (change.a, change.b))
    return f"{before} → {after}" if before and after and before != after else str(after or before or "")


def biggest(changes: Iterable[FileChange]) -> list[FileChange]:
    """The biggest change first; folders, which have no bytes, last."""
    return sorted(
        changes, key=lambda each: (-abs(each.delta_bytes), -max(each.a_bytes or 0, each.b_bytes or 0), each.path)
    )


def _with(side: Side, platform: str | None) -> str:
    return f"{side.reference} ({platform})" if platform else side.reference
