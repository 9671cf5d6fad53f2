"""The text report: what a person wants first, for a pipe, a log or a terminal without a UI."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.attribution.base import Base, evidence_text
from inspector.filesystem.hidden_files import biggest_hidden
from inspector.filesystem.ledger import Fate
from inspector.image.digest import short
from inspector.inspection import Inspection
from inspector.lean.plan.make import make_plan
from inspector.reports.cutting import cut, cut_front
from inspector.reports.findings_text import secret_lines, waste_lines
from inspector.reports.package_text import package_changes, package_lines
from inspector.reports.plan_text import plan_lines
from inspector.safe_names import printable
from inspector.sizes import counted, human

BAR = 20
"""Cells of the longest layer's bar."""

HIDDEN_FILES = 10
"""Rows of the list; the JSON report has them all."""

HOW = {
    Fate.OVERWRITTEN: "overwritten",
    Fate.RECOPIED: "copied again unchanged",
    Fate.DELETED: "deleted",
    Fate.DELETED_TREE: "deleted with a folder",
}


def text_report(inspection: Inspection, width: int = 120) -> str:
    """The report in lines of at most `width` cells where only an instruction or a path would be longer.

    Lines that a person is to write are whole.
    """
    lines = [*_headline(inspection), "", *_layers(inspection, width)]
    plan, waste = plan_lines(make_plan(inspection), width), waste_lines(inspection, width)
    others = (secret_lines(inspection, width), package_lines(inspection))
    for section in (list(plan), list(waste), *([cut(line, width) for line in told] for told in others)):
        if section:
            lines += ["", *section]
    if inspection.filesystem.ledger.hidden_bytes:
        lines += ["", *_hidden_files(inspection, width)]
    return "\n".join(lines) + "\n"


def _headline(inspection: Inspection) -> Iterator[str]:
    image, ledger = inspection.image, inspection.filesystem.ledger
    yield (
        f"{printable(image.reference)}   {human(ledger.total_bytes)} in {counted(len(image.layers), 'layer')}, "
        f"{human(ledger.live_bytes)} live, {human(ledger.hidden_bytes)} hidden ({ledger.efficiency:.0%} efficient)"
    )
    facts = [
        str(image.config.platform) if image.config.platform else None,
        image.source,
        f"sha256:{short(image.id)}",
    ]
    if image.compressed_bytes is not None:
        facts.append(f"{human(image.compressed_bytes)} compressed")
    yield " · ".join(fact for fact in facts if fact)
    if inspection.base is not None:
        yield _base(inspection, inspection.base)
    for note in inspection.notes:
        yield f"note: {printable(note)}"


def _base(inspection: Inspection, base: Base) -> str:
    """What the image is built upon, and what of it is the user's own."""
    name = printable(base.name or base.digest or "an unnamed image")
    based = f"based on {name} ({evidence_text(base.evidence)})"
    if base.layers is None:
        return based
    sizes = [totals.size_bytes for totals in inspection.filesystem.totals]
    theirs, yours = sizes[: base.layers], sizes[base.layers :]
    return f"{based}: {_layers_of(theirs)} from the base, {_layers_of(yours)} yours"


def _layers_of(sizes: list[int]) -> str:
    return f"{human(sum(sizes))} in {counted(len(sizes), 'layer')}"


def _layers(inspection: Inspection, width: int) -> Iterator[str]:
    most = max((totals.size_bytes for totals in inspection.filesystem.totals), default=0)
    origins = [origin_text(inspection, index) for index in range(len(inspection.scans))]
    room = max(map(len, ["line", *origins])) + 2 if any(origins) else 0
    changes = [package_changes(inspection.inventory, index) for index in range(len(inspection.scans))]
    space = max(map(len, ["packages", *changes])) + 2 if any(changes) else 0
    title = (f"{'packages':<{space}}" if space else "") + (f"{'line':<{room}}" if room else "")
    yield f"  layer {'size':>10} {'hidden':>10}  {'':<{BAR}}  {title}instruction"
    for index, totals in enumerate(inspection.filesystem.totals):
        row = f"  {index:>5} {human(totals.size_bytes):>10} {human(totals.hidden_bytes):>10}  "
        bar = _bar(totals.live_bytes, totals.hidden_bytes, most)
        told = f"{changes[index]:<{space}}{origins[index]:<{room}}{instruction_text(inspection, index)}"
        yield cut(f"{row}{bar:<{BAR}}  {told}", width)


def origin_text(inspection: Inspection, layer: int) -> str:
    """`base`, or the lines of the Dockerfile; nothing where neither is known."""
    if inspection.is_from_base(layer):
        return "base"
    step = inspection.instruction_of(layer)
    if step is None or step.lines is None:
        return ""
    first, last = step.lines.first, step.lines.last
    return str(first) if first == last else f"{first}-{last}"


def _hidden_files(inspection: Inspection, width: int) -> Iterator[str]:
    yield "Biggest hidden files"
    for file in biggest_hidden(inspection.filesystem, HIDDEN_FILES):
        where = f"layer {file.added_by}, {HOW[file.fate]} by layer {file.hidden_by}"
        room = max(width - 16 - len(where), 20)
        yield f"  {human(file.size_bytes):>10}  {cut_front(printable(file.path), room)}  {where}"


def instruction_text(inspection: Inspection, layer: int) -> str:
    """The instruction that made a layer, or that it is unknown."""
    instruction = inspection.instruction_of(layer)
    return printable(instruction.text) if instruction and instruction.text else "(instruction unknown)"


def _bar(live: int, hidden: int, most: int) -> str:
    """Length by size, the hidden share shaded; whatever has bytes gets at least one cell."""
    if not most or not live + hidden:
        return ""
    cells = max(1, round(BAR * (live + hidden) / most))
    shaded = min(cells, max(1, round(cells * hidden / (live + hidden)))) if hidden else 0
    if live and shaded == cells > 1:
        shaded -= 1
    return "█" * (cells - shaded) + "▓" * shaded
