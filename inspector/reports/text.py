"""The text report: what a person wants first, for a pipe, a log or a terminal without a UI."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from inspector.filesystem.hidden_files import biggest_hidden
from inspector.filesystem.ledger import Fate
from inspector.findings.find import reclaimable_bytes
from inspector.image.digest import short
from inspector.inspection import Inspection
from inspector.names import printable
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


def _layers(inspection: Inspection, width: int) -> Iterator[str]:
    most = max((totals.size_bytes for totals in inspection.filesystem.totals), default=0)
    yield f"  layer {'size':>10} {'hidden':>10}  {'':<{BAR}}  instruction"
    for index, totals in enumerate(inspection.filesystem.totals):
        row = f"  {index:>5} {human(totals.size_bytes):>10} {human(totals.hidden_bytes):>10}  "
        bar = _bar(totals.live_bytes, totals.hidden_bytes, most)
        yield _cut(f"{row}{bar:<{BAR}}  {instruction_text(inspection, index)}", width)


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


def saving(fat: Inspection, lean: Inspection) -> str:
    """One line: what the second image saves against the first."""
    before, after = fat.filesystem.ledger.total_bytes, lean.filesystem.ledger.total_bytes
    share = f" ({(before - after) / before:.0%} smaller)" if before else ""
    return f"{fat.image.reference} {human(before)} → {lean.image.reference} {human(after)}{share}\n"


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
