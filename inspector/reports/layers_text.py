"""Layers in the text report: a row each, in which the instruction has at least half of the line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from inspector.inspection import Inspection
from inspector.reports.colour import Paint, Tone
from inspector.reports.cutting import cut, wrapped
from inspector.reports.package_text import package_changes
from inspector.reports.shape import Shape
from inspector.safe_names import printable
from inspector.sizes import human

BAR = 20
"""Cells of the longest layer's bar where there is room."""

SHORTEST = 4
"""Cells below which a bar says nothing."""

ROOMY = 100
"""Columns from which the first column has a name."""


class Columns(Struct, frozen=True):
    """Cells of each column, of which the two after `hidden`, and the bar, have none where there is no room for them."""

    index: int
    size: int
    hidden: int
    bar: int
    packages: int
    origin: int

    @property
    def instruction(self) -> int:
        """Where the instruction begins."""
        return 2 + self.index + sum(2 + cells for cells in self.sized if cells) + 2

    @property
    def sized(self) -> tuple[int, ...]:
        return (self.size, self.hidden, self.bar, self.packages, self.origin)


def layer_lines(inspection: Inspection, shape: Shape) -> Iterator[str]:
    """A heading and a row for each layer. What finds no room goes in this order: the bar's length, the packages, the
    bar; the whole report (`--full`) has all of it, and each instruction whole."""
    totals = inspection.filesystem.totals
    if not totals:
        return
    indexes = range(len(totals))
    texts = [instruction_text(inspection, index) for index in indexes]
    origins = [origin_text(inspection, index) for index in indexes]
    changes = [package_changes(inspection.inventory, index) for index in indexes]
    sizes, hidden = ([human(size) for size in column] for column in zip(*_sizes(inspection), strict=True))
    columns = _columns(shape, texts, origins, changes, max(map(len, sizes)), max(map(len, hidden)))
    yield shape.paint(_row(columns, _name(shape), "size", "hidden", "", "packages", "line", "instruction"), Tone.FAINT)
    most = max(each.size_bytes for each in totals)
    for index, total in enumerate(totals):
        row = _painted(columns, index, total.hidden_bytes, sizes[index], hidden[index], shape.paint)
        row += _bar(total.live_bytes, total.hidden_bytes, most, columns.bar, shape.paint) if columns.bar else ""
        row += f"  {changes[index]:<{columns.packages}}" if columns.packages else ""
        row += shape.paint(f"  {origins[index]:<{columns.origin}}", Tone.FAINT) if columns.origin else ""
        room = shape.width - columns.instruction
        first, *more = wrapped(texts[index], shape.width, columns.instruction) if shape.is_full else [texts[index]]
        tone = Tone.FAINT if inspection.is_from_base(index) else None
        told = first if shape.is_full else cut(first, room)
        yield f"{row}  {shape.paint(told, tone) if tone else told}".rstrip()
        yield from more


def instruction_text(inspection: Inspection, layer: int) -> str:
    """The instruction that made a layer, or that it is unknown."""
    instruction = inspection.instruction_of(layer)
    return printable(instruction.text) if instruction and instruction.text else "(instruction unknown)"


def origin_text(inspection: Inspection, layer: int) -> str:
    """`base`, or the lines of the Dockerfile; nothing where neither is known."""
    if inspection.is_from_base(layer):
        return "base"
    step = inspection.instruction_of(layer)
    if step is None or step.lines is None:
        return ""
    first, last = step.lines.first, step.lines.last
    return str(first) if first == last else f"{first}-{last}"


def _sizes(inspection: Inspection) -> list[tuple[int, int]]:
    return [(totals.size_bytes, totals.hidden_bytes) for totals in inspection.filesystem.totals]


def _columns(
    shape: Shape, texts: Sequence[str], origins: Sequence[str], changes: Sequence[str], size: int, hidden: int
) -> Columns:
    """The columns as wide as what is in them, as far as half of the line is left to the instruction."""
    packages = max(map(len, ["packages", *changes])) if any(changes) else 0
    origin = max(map(len, ["line", *origins])) if any(origins) else 0
    index = max(len(_name(shape)), len(str(len(texts) - 1)))
    whole = Columns(index, max(size, len("size")), max(hidden, len("hidden")), BAR, packages, origin)
    wanted = min(shape.width // 2, max(map(len, [*texts, "instruction"])))
    bar = min(BAR, BAR + shape.width - wanted - whole.instruction)
    if shape.is_full or bar >= SHORTEST:
        return _with(whole, bar=bar if bar >= SHORTEST else 0)
    bar = min(BAR, bar + 2 + packages if packages else bar)
    return _with(whole, bar=bar if bar >= SHORTEST else 0, packages=0)


def _with(columns: Columns, *, bar: int, packages: int | None = None) -> Columns:
    kept = columns.packages if packages is None else packages
    return Columns(columns.index, columns.size, columns.hidden, bar, kept, columns.origin)


def _name(shape: Shape) -> str:
    return "layer" if shape.width >= ROOMY else "#"


def _row(columns: Columns, index: str, size: str, hidden: str, bar: str, packages: str, origin: str, text: str) -> str:
    """The heading, over the columns that there are."""
    row = f"  {index:>{columns.index}}  {size:>{columns.size}}  {hidden:>{columns.hidden}}"
    for name, cells in ((bar, columns.bar), (packages, columns.packages), (origin, columns.origin)):
        row += f"  {name:<{cells}}" if cells else ""
    return f"{row}  {text}"


def _painted(columns: Columns, index: int, hidden_bytes: int, size: str, hidden: str, paint: Paint) -> str:
    waste = f"{hidden:>{columns.hidden}}"
    told = paint(waste, Tone.WASTE) if hidden_bytes else waste
    return f"  {index:>{columns.index}}  {size:>{columns.size}}  {told}"


def _bar(live: int, hidden: int, most: int, length: int, paint: Paint) -> str:
    """Length by size, the hidden share shaded; whatever has bytes gets at least one cell."""
    cells = max(1, round(length * (live + hidden) / most)) if live + hidden else 0
    shaded = min(cells, max(1, round(cells * hidden / (live + hidden)))) if hidden else 0
    if live and shaded == cells > 1:
        shaded -= 1
    return f"  {paint('█' * (cells - shaded), Tone.GOOD)}{paint('▓' * shaded, Tone.WASTE)}{'':{length - cells}}"
