"""What is selected in a comparison, in full: both sides, what differs, and which instruction caused it."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from inspector.compare.align import LayerPair
from inspector.compare.comparison import Comparison
from inspector.compare.files import FileChange
from inspector.compare.settings import SettingChange
from inspector.compare.side import Cause, Status
from inspector.reports.compare_words import SIGNS, biggest, file_text, marks
from inspector.safe_names import printable
from inspector.sizes import human, signed
from inspector.tui.compare.rows import Cell, ComparedRow, Folder
from inspector.tui.instruction_words import MUTED, Part
from inspector.tui.widgets.cells import cut_front

FILES = 20
"""Files named in the details of a layer; the Files view has them all."""

WORDS = {Status.SAME: "the same in both"}
"""Statuses that say more than one word."""


def totals(comparison: Comparison) -> str:
    """One line: files, packages, waste, what it costs."""
    found = comparison.findings
    files = marks(change.status for change in comparison.files.changes) if comparison.files else "unknown"
    parts = [f"files {files or 'the same'}"]
    if comparison.packages:
        parts.append(f"packages {marks(change.status for change in comparison.packages)}")
    if found.new or found.fixed:
        parts.append(f"waste {len(found.new)} new, {len(found.fixed)} fixed")
    cost = comparison.cost
    parts.append(f"{human(cost.new_bytes if cost.pull_bytes is None else cost.pull_bytes)} to pull")
    return " · ".join(parts)


def selection(comparison: Comparison, row: ComparedRow | None, width: int) -> Content:
    """Two lines: what it is, and why it differs."""
    if row is None:
        return Content()
    name = _name(row)
    shown = cut_front(name, width) if isinstance(row.item, FileChange | Folder) else name
    return Content.assemble(shown, "\n", (_why(comparison, row), MUTED))


def details(comparison: Comparison, row: ComparedRow) -> Content:
    """All about a row."""
    parts: list[Part] = [(_name(row), "bold"), "\n\n"]
    if isinstance(row.item, Folder):
        sizes = " → ".join(human((cell.size_bytes or 0) if cell else 0) for cell in (row.a, row.b))
        parts += [(f"what differs in it has {sizes}, {signed(row.delta_bytes)}\n", ""), (_why(comparison, row), MUTED)]
        return Content.assemble(*parts)
    for label, side, cell in (("a", comparison.a, row.a), ("b", comparison.b, row.b)):
        parts += [(f"{label}  {printable(side.reference)}\n", MUTED), f"   {_cell(cell)}\n"]
    sign = SIGNS[row.status].strip()
    parts += [f"\n{sign} {WORDS.get(row.status, row.status)}".replace("\n ", "\n")]
    if row.delta_bytes:
        parts += [f", {signed(row.delta_bytes)}"]
    parts += ["\n", (_why(comparison, row), MUTED), "\n"]
    if isinstance(row.item, LayerPair):
        parts += _files_of(comparison, row.item)
    return Content.assemble(*parts).rstrip()


def _name(row: ComparedRow) -> str:
    return printable(row.title) or "instruction unknown"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "not there"
    layer = "" if cell.index is None else f"layer {cell.index}, "
    size = "" if cell.size_bytes is None else f"{human(cell.size_bytes)}  "
    return f"{layer}{size}{printable(cell.text)}"


def _why(comparison: Comparison, row: ComparedRow) -> str:
    """What of a file differs, and the instruction that caused it."""
    if isinstance(row.item, LayerPair):
        return _layers(comparison, row.item)
    if isinstance(row.item, SettingChange):
        return " → ".join(printable(value) if value else "nothing" for value in (row.item.a, row.item.b))
    parts = [f"files {row.item.marks}"] if isinstance(row.item, Folder) else []
    item = row.item.own if isinstance(row.item, Folder) else row.item
    if isinstance(item, FileChange):
        if item.aspects:
            parts.append(f"{', '.join(item.aspects)} changed")
        if item.a_path is not None:
            parts.append(f"moved from /{printable(item.a_path)}")
        if item.package is not None:
            parts.append(f"of {printable(item.package)}")
    if row.cause is not None:
        parts.append(_cause(comparison, row.cause))
    return " · ".join(parts)


def _layers(comparison: Comparison, row: LayerPair) -> str:
    """Which layers they are, and how many files differ by them."""
    sides = ((comparison.a, row.a), (comparison.b, row.b))
    parts = [f"layer {layer.index} of {printable(side.reference)}" for side, layer in sides if layer is not None]
    if changes := _changes_of(comparison, row):
        parts.append(f"files {marks(change.status for change in changes)}")
    if row.status is Status.SAME:
        parts.append("the same layer")
    return " · ".join(parts)


def _cause(comparison: Comparison, cause: Cause) -> str:
    side = comparison.a if cause.side == "a" else comparison.b
    text = side.layers[cause.layer].text
    return f"layer {cause.layer} of {printable(side.reference)}" + (f": {printable(text)}" if text else "")


def _changes_of(comparison: Comparison, row: LayerPair) -> list[FileChange]:
    """The files that differ by a layer of the row, the biggest change first."""
    causes = {Cause("a", row.a.index)} if row.a else set()
    causes |= {Cause("b", row.b.index)} if row.b else set()
    return biggest(change for change in comparison.files.changes if change.cause in causes) if comparison.files else []


def _files_of(comparison: Comparison, row: LayerPair) -> Iterator[Part]:
    changes = _changes_of(comparison, row)
    if not changes:
        return
    yield "\nFiles that differ by it\n"
    for change in changes[:FILES]:
        yield f"{signed(change.delta_bytes):>12}  {SIGNS[change.status]} {printable(_file(change))}\n"
    if len(changes) > FILES:
        yield (f"{'':>12}  … and {len(changes) - FILES} more\n", MUTED)


def _file(change: FileChange) -> str:
    """The path as the screen has it, where it came from, and what of it differs."""
    return f"/{change.a_path} → /{change.path}" if change.a_path is not None else f"/{file_text(change)}"
