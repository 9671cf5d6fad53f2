"""What is wasted in each layer, by the layer's own bytes of each finding, and what of it its user can change."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from inspector.findings.find import reclaimable
from inspector.findings.finding import AdviceClass, Finding, bytes_by_layer
from inspector.findings.registry import Severity
from inspector.inspection import Inspection
from inspector.safe_names import printable
from inspector.sizes import human
from inspector.tui.instruction_words import MUTED, Part

NAMED = 3
"""Findings of a layer that are named."""


class LayerWaste(Struct, frozen=True):
    """`reclaimable_bytes` are the layer's own bytes of the image's reclaimable ones, which count no byte twice.

    `findings` are those with bytes in this layer, each with these bytes: what is safe first, then the largest.
    """

    reclaimable_bytes: int = 0
    findings: tuple[tuple[int, Finding], ...] = ()

    @property
    def largest(self) -> Finding | None:
        """The finding that is worth the most here."""
        return self.findings[0][1] if self.findings else None


def waste_by_layer(inspection: Inspection) -> tuple[LayerWaste, ...]:
    """The waste of each layer, lowest first. Findings that are worth no warning are none."""
    filesystem = inspection.filesystem
    frees = bytes_by_layer(filesystem, reclaimable(inspection.findings))
    found: list[list[tuple[int, Finding]]] = [[] for _ in filesystem.layers]
    for finding in inspection.findings:
        if finding.severity is not Severity.INFO:
            for layer, size in bytes_by_layer(filesystem, finding.frees).items():
                found[layer].append((size, finding))
    return tuple(LayerWaste(frees.get(layer, 0), tuple(sorted(there, key=_rank))) for layer, there in enumerate(found))


def _rank(sized: tuple[int, Finding]) -> tuple[bool, int, str]:
    size, finding = sized
    return not _is_safe(finding), -size, finding.rule


def _is_safe(finding: Finding) -> bool:
    return finding.advice_class is AdviceClass.SAFE


def worst_layer(inspection: Inspection, wastes: Sequence[LayerWaste]) -> int:
    """The layer that its user gains most by changing: by what is reclaimable, then by what is hidden, then by size.

    One of the base only where all are.
    """

    def gain(layer: int) -> tuple[bool, int, int, int]:
        totals = inspection.totals_of(layer)
        own = not inspection.is_from_base(layer)
        return own, wastes[layer].reclaimable_bytes, totals.hidden_bytes, totals.size_bytes

    return max(range(len(wastes)), default=0, key=gain)


def waste_text(waste: LayerWaste, fix_key: str = "") -> list[Part]:
    """What is reclaimable of a layer, its largest findings, and the key that leads to the fix of the first."""
    parts: list[Part] = []
    if waste.reclaimable_bytes:
        parts += [(f"{human(waste.reclaimable_bytes)} reclaimable", "bold $text-warning"), " of this layer\n"]
    for size, finding in waste.findings[:NAMED]:
        note = "" if _is_safe(finding) else f" ({finding.advice_class})"
        parts += [(human(size), "bold"), f"{_of_all(size, finding)} {printable(finding.title)}", (f"{note}\n", MUTED)]
    if len(waste.findings) > NAMED:
        parts.append((f"and {len(waste.findings) - NAMED} more\n", MUTED))
    if fix_key and waste.findings:
        told = "the fix" if _is_safe(waste.findings[0][1]) else "more"
        whose = " of the first" if len(waste.findings) > 1 else ""
        parts += [(fix_key, "bold $primary"), f" shows {told}{whose}\n"]
    return [*parts, "\n"] if parts else []


def _of_all(size: int, finding: Finding) -> str:
    """` of 1.5 MB`, where other layers have bytes of the finding too."""
    return f" of {human(finding.size_bytes)}" if human(size) != human(finding.size_bytes) else ""


def brief_waste(waste: LayerWaste, fix_key: str) -> str:
    """The largest finding and its key in one line, empty where there is none."""
    if not waste.findings:
        return ""
    size, finding = waste.findings[0]
    return f"{fix_key}: {'fix ' if _is_safe(finding) else ''}{human(size)} {printable(finding.title)}"
