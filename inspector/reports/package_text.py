"""Packages in the text report: how many of each kind, the biggest and why they are there, and what each layer did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from inspector.inspection import Inspection
from inspector.packages.model import Installed, Inventory
from inspector.packages.why import Reasons
from inspector.reports.colour import Tone
from inspector.reports.shape import Shape
from inspector.safe_names import printable
from inspector.sizes import human

BIGGEST = 10
"""Packages in the list; the JSON report has them all."""


def package_lines(inspection: Inspection, shape: Shape) -> Iterator[str]:
    """The section on packages."""
    inventory = inspection.inventory
    if inventory.installed:
        yield f"{shape.paint('Packages, biggest first', Tone.HEADING)}: {_totals(inventory)}"
        reasons = Reasons(inventory)
        limit = shape.limit(BIGGEST, len(inventory.installed))
        for each in inventory.installed[:limit]:
            yield _line(each, " ← ".join(package.name for package in reasons.why(each.package)[1:]))
        rest = inventory.installed[limit:]
        if rest:
            yield _more(rest)
        yield from _staying_tools(inspection, shape)
    for unread in inventory.unread:
        yield f"note: the {unread.kind} packages after layer {unread.layer} are unknown: {printable(unread.reason)}"


def _staying_tools(inspection: Inspection, shape: Shape) -> Iterator[str]:
    """The build tools that cannot go, each with what needs it; the findings are about those that can."""
    why = inspection.tooling.staying
    tools = [each for each in inspection.inventory.installed if each.package in why]
    if not tools:
        return
    yield ""
    yield shape.paint(f"Build tools that must stay: {human(sum(each.size_bytes for each in tools))}", Tone.HEADING)
    limit = shape.limit(BIGGEST, len(tools))
    for each in tools[:limit]:
        yield f"{_line(each, '')}: {printable(why[each.package])}"
    if rest := tools[limit:]:
        yield _more(rest)


def package_changes(inventory: Inventory, layer: int) -> str:
    """`+45`, `−3`, `~2` (other versions): what a layer did to how many packages; nothing where it did nothing."""
    marks = Counter(
        "+" if change.before is None else "−" if change.after is None else "~"
        for change in inventory.changes
        if change.layer == layer
    )
    return " ".join(f"{mark}{marks[mark]}" for mark in "+~−" if marks[mark])


def _totals(inventory: Inventory) -> str:
    counts, sizes = Counter[str](), Counter[str]()
    for each in inventory.installed:
        counts[each.package.kind] += 1
        sizes[each.package.kind] += each.size_bytes
    return ", ".join(f"{counts[kind]} {kind} {human(size)}" for kind, size in sizes.most_common())


def _more(rest: Sequence[Installed]) -> str:
    return f"  {human(sum(each.size_bytes for each in rest)):>10}  in {len(rest)} more"


def _line(each: Installed, chain: str) -> str:
    package = each.package
    where = "" if each.layer is None else f", layer {each.layer}"
    needed = f"  ← {chain}" if chain else ""
    return f"  {human(each.size_bytes):>10}  {printable(f'{package.name} {package.version}')}{where}{printable(needed)}"
