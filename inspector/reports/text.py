"""The text report: what a person wants first, for a pipe, a log or a terminal without a UI."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.filesystem.causes import Cause, biggest_hidden, causes
from inspector.filesystem.ledger import Fate
from inspector.image.digest import short
from inspector.inspection import Inspection
from inspector.names import printable
from inspector.sizes import human

BAR = 20
"""Cells of the longest layer's bar."""

CAUSES = 8
HIDDEN_FILES = 10
"""Rows of the lists under the layers; the JSON report has them all."""

HOW = {
    Fate.OVERWRITTEN: "overwritten",
    Fate.RECOPIED: "copied again unchanged",
    Fate.DELETED: "deleted",
    Fate.DELETED_TREE: "deleted with a folder",
}


def text_report(inspection: Inspection, width: int = 120) -> str:
    """The report in lines of at most `width` cells where only an instruction or a path would be longer."""
    lines = [*_headline(inspection), "", *_layers(inspection, width)]
    if inspection.filesystem.ledger.hidden_bytes:
        lines += ["", *_causes(inspection, width), "", *_hidden_files(inspection, width)]
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


def _causes(inspection: Inspection, width: int) -> Iterator[str]:
    found = causes(inspection.filesystem)
    yield "Hidden bytes, biggest first: stored and pulled, but nobody can see them"
    for cause in found[:CAUSES]:
        added, hidden = (
            f"layer {index}: {instruction_text(inspection, index)}" for index in (cause.added_by, cause.hidden_by)
        )
        yield _cut(f"  {human(cause.size_bytes):>10}  added by   {added}", width)
        yield _cut(f"{'':14}hidden by  {hidden}", width)
        yield f"{'':14}{', '.join(_fates(cause))}"
    if len(found) > CAUSES:
        rest = sum(cause.size_bytes for cause in found[CAUSES:])
        yield f"  {human(rest):>10}  between {len(found) - CAUSES} more pairs of layers"


def _fates(cause: Cause) -> Iterator[str]:
    """`150.0 MB in 2623 files deleted with their folder`, biggest first."""
    for fate, (size, files) in sorted(cause.by_fate.items(), key=lambda item: -item[1][0]):
        yield f"{human(size)} in {files} {'file' if files == 1 else 'files'} {HOW[fate]}"


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
