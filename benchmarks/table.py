"""Results as a table, for the terminal and for the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.measure import Cost, typical

BEFORE = "before"
PROGRAMS = ("leaninspect", BEFORE, "dive", "floor")
"""What may be measured: this version, another one of ours, and what they are compared with."""


@dataclass(slots=True)
class Row:
    """What was measured of one input: program → its runs. `skipped` says why there are none."""

    name: str
    target: str
    runs: dict[str, list[Cost]] = field(default_factory=dict)
    note: str = ""
    skipped: str = ""

    def cost(self, program: str) -> Cost | None:
        """The median time and highest peak of a program."""
        return typical(self.runs[program]) if self.runs.get(program) else None

    @property
    def ratio(self) -> str:
        """`0.98 × the time before`, `95 × as fast as dive`, `1.13 × the floor`."""
        ours, before, dive, floor = map(self.cost, PROGRAMS)
        parts = []
        if ours and before:
            parts.append(f"{ours.seconds / before.seconds:.2f} × the time before")
        if ours and dive:
            parts.append(f"{dive.seconds / ours.seconds:.1f} × as fast as dive")
        if ours and floor:
            parts.append(f"{ours.seconds / floor.seconds:.2f} × the floor")
        return ", ".join([*parts, *([self.note] if self.note else [])])


def markdown(rows: Sequence[Row], machine: Iterable[str], runs: int) -> str:
    """The whole document."""
    lines = [
        "# Benchmarks",
        "",
        f"Whole processes: wall time (median of {runs} runs, dive's long ones fewer) and highest peak memory, taken",
        "alternately by `make bench`. The floor only reads, inflates and SHA-256es the same blobs on the same threads.",
        "Each run of leaninspect starts with an empty cache, and fills it, unless the row says otherwise.",
        "",
        *(f"- {fact}" for fact in machine),
        "",
        *table(rows),
    ]
    return "\n".join(lines) + "\n"


def table(rows: Sequence[Row]) -> list[str]:
    """A Markdown table, its columns aligned so that it reads well in a terminal too."""
    programs = [program for program in PROGRAMS if program != BEFORE or any(BEFORE in row.runs for row in rows)]
    head = ("input", *programs, "result", "target")
    cells = [head, *(_cells(row, programs) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def _cells(row: Row, programs: Sequence[str]) -> tuple[str, ...]:
    if row.skipped:
        return row.name, "skipped", *[""] * (len(programs) - 1), row.skipped, row.target
    return row.name, *(_cost(row.cost(program)) for program in programs), row.ratio, row.target


def _cost(cost: Cost | None) -> str:
    return f"{cost.seconds:.2f} s, {cost.peak / 1e6:.0f} MB" if cost else ""
