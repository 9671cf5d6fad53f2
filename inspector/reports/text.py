"""The text report: what a person wants first, for a pipe, a log or a terminal without a UI."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from inspector.attribution.base import Base
from inspector.filesystem.hidden_files import biggest_hidden
from inspector.filesystem.ledger import Fate
from inspector.findings.find import reclaimable_bytes
from inspector.image.digest import short
from inspector.inspection import Inspection
from inspector.reports.package_text import package_changes, package_lines
from inspector.safe_names import printable
from inspector.sizes import human

BAR = 20
"""Cells of the longest layer's bar."""

FINDINGS = 12
HIDDEN_FILES = 10
"""Rows of the lists under the layers; the JSON report has them all."""

INDENT = 14
"""Cells before a finding's advice."""

HOW = {
    Fate.OVERWRITTEN: "overwritten",
    Fate.RECOPIED: "copied again unchanged",
    Fate.DELETED: "deleted",
    Fate.DELETED_TREE: "deleted with a folder",
}


def text_report(inspection: Inspection, width: int = 120) -> str:
    """The report in lines of at most `width` cells where only an instruction or a path would be longer."""
    lines = [*_headline(inspection), "", *_layers(inspection, width)]
    if inspection.findings:
        lines += ["", *_waste(inspection, width)]
    packages = [_cut(line, width) for line in package_lines(inspection)]
    if packages:
        lines += ["", *packages]
    if inspection.filesystem.ledger.hidden_bytes:
        lines += ["", *_hidden_files(inspection, width)]
    return "\n".join(lines) + "\n"


def _headline(inspection: Inspection) -> Iterator[str]:
    image, ledger = inspection.image, inspection.filesystem.ledger
    count = len(image.layers)
    yield (
        f"{printable(image.reference)}   {human(ledger.total_bytes)} in {count} {'layer' if count == 1 else 'layers'}, "
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
    if base.layers is None:
        return f"based on {name} ({base.evidence})"
    sizes = [totals.size_bytes for totals in inspection.filesystem.totals]
    theirs, yours = sizes[: base.layers], sizes[base.layers :]
    return f"based on {name} ({base.evidence}): {_layers_of(theirs)} from the base, {_layers_of(yours)} yours"


def _layers_of(sizes: list[int]) -> str:
    return f"{human(sum(sizes))} in {len(sizes)} {'layer' if len(sizes) == 1 else 'layers'}"


def _layers(inspection: Inspection, width: int) -> Iterator[str]:
    most = max((totals.size_bytes for totals in inspection.filesystem.totals), default=0)
    origins = [_origin(inspection, index) for index in range(len(inspection.scans))]
    room = max(map(len, ["line", *origins])) + 2 if any(origins) else 0
    changes = [package_changes(inspection.inventory, index) for index in range(len(inspection.scans))]
    space = max(map(len, ["packages", *changes])) + 2 if any(changes) else 0
    title = (f"{'packages':<{space}}" if space else "") + (f"{'line':<{room}}" if room else "")
    yield f"  layer {'size':>10} {'hidden':>10}  {'':<{BAR}}  {title}instruction"
    for index, totals in enumerate(inspection.filesystem.totals):
        row = f"  {index:>5} {human(totals.size_bytes):>10} {human(totals.hidden_bytes):>10}  "
        bar = _bar(totals.live_bytes, totals.hidden_bytes, most)
        told = f"{changes[index]:<{space}}{origins[index]:<{room}}{instruction_text(inspection, index)}"
        yield _cut(f"{row}{bar:<{BAR}}  {told}", width)


def _origin(inspection: Inspection, layer: int) -> str:
    """`base`, or the lines of the Dockerfile; nothing where neither is known."""
    if inspection.base is not None and layer < (inspection.base.layers or 0):
        return "base"
    step = inspection.instruction_of(layer)
    if step is None or step.lines is None:
        return ""
    first, last = step.lines.first, step.lines.last
    return str(first) if first == last else f"{first}-{last}"


def _waste(inspection: Inspection, width: int) -> Iterator[str]:
    reclaimable = reclaimable_bytes(inspection.findings)
    yield f"Waste, biggest first: {human(reclaimable)} reclaimable" if reclaimable else "For information"
    for finding in inspection.findings[:FINDINGS]:
        files = f"{len(finding.frees)} {'file' if len(finding.frees) == 1 else 'files'}"
        see = f" ({', '.join(finding.see)})" if finding.see else ""
        yield _cut(f"  {human(finding.size_bytes):>10}  {finding.title}, {files}   {finding.rule}{see}", width)
        for line in textwrap.wrap(printable(finding.fix), max(width - INDENT, 40), break_on_hyphens=False):
            yield f"{'':{INDENT}}{line}"
    rest = inspection.findings[FINDINGS:]
    if rest:
        yield f"  {human(sum(finding.size_bytes for finding in rest)):>10}  in {len(rest)} smaller findings"


def _hidden_files(inspection: Inspection, width: int) -> Iterator[str]:
    yield "Biggest hidden files"
    for file in biggest_hidden(inspection.filesystem, HIDDEN_FILES):
        where = f"layer {file.added_by}, {HOW[file.fate]} by layer {file.hidden_by}"
        room = max(width - 16 - len(where), 20)
        yield f"  {human(file.size_bytes):>10}  {_cut_front(printable(file.path), room)}  {where}"


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


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def _cut_front(path: str, width: int) -> str:
    """A path's end says more than its beginning."""
    return path if len(path) <= width else "…" + path[len(path) - width + 1 :]
