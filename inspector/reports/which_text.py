"""`leaninspect which`: what the layers did to paths, by which instructions, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inspector.filesystem.path_history import Event, histories, living_links
from inspector.filesystem.stack import Filesystem
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.packages.inventory import owners
from inspector.packages.model import Package
from inspector.packages.why import Reasons
from inspector.reports.layers_text import instruction_text
from inspector.safe_names import printable
from inspector.sizes import counted, human

PATHS = 20
"""Paths that are told; of the rest only how many there are."""


def which_text(inspection: Inspection, paths: Sequence[str], width: int) -> str:
    """A block for each path, a line for each layer that did something to it; empty where none of them ever was."""
    told = histories(inspection.filesystem, paths[:PATHS])
    owned, reasons = owners(inspection.inventory), Reasons(inspection.inventory)
    blocks = [_block(inspection, path, events, owned, reasons) for path, events in told.items()]
    if len(paths) > PATHS:
        blocks.append(iter([f"and {counted(len(paths) - PATHS, 'more path')}"]))
    return "\n".join("".join(f"{_cut(printable(line), width)}\n" for line in block) for block in blocks)


def _block(
    inspection: Inspection, path: str, events: Sequence[Event], owned: dict[int, Package], reasons: Reasons
) -> Iterator[str]:
    yield f"/{path}"
    deeds = [_deed(inspection.filesystem, event) for event in events]
    room = max(map(len, deeds))
    for event, deed in zip(events, deeds, strict=True):
        yield f"  layer {event.layer:>3}  {deed:<{room}}  {_instruction(inspection, event.layer)}"
    last = events[-1].after
    if last in owned:
        yield f"  package    {_package(owned[last], reasons)}"


def _deed(filesystem: Filesystem, event: Event) -> str:
    """`changed, 300 B, hides 1.0 kB of layer 0`."""
    parts = [event.deed.value]
    if event.after is not None:
        parts.append(_what(filesystem, event.after))
    if event.before is not None:
        parts += _hidden(filesystem, event.layer, event.before)
    return ", ".join(parts)


def _what(filesystem: Filesystem, entry_id: int) -> str:
    """An entry in a word or two: the size of a file, the target of a link."""
    entry = filesystem.entry(entry_id)
    if entry.kind == Kind.FILE:
        return human(entry.size)
    if entry.kind == Kind.HARDLINK:
        return f"hardlink to /{entry.link}"
    if entry.kind == Kind.SYMLINK:
        return f"link to {entry.link}"
    return {Kind.DIRECTORY: "folder", Kind.FIFO: "named pipe"}.get(entry.kind, "device")


def _hidden(filesystem: Filesystem, layer: int, entry_id: int) -> Iterator[str]:
    """What became of the bytes of an entry whose path a layer took: hidden by it, or seen elsewhere."""
    file = filesystem.shares.get(entry_id, entry_id)
    size = filesystem.size(file)
    if size and filesystem.hiders[file] == layer:
        yield f"hides {human(size)} of layer {filesystem.locate(file)[0]}"
    elif size:
        for link in living_links(filesystem, file, layer)[:1]:
            yield f"{human(size)} live on at /{link}"


def _instruction(inspection: Inspection, layer: int) -> str:
    """The instruction that made a layer, after its lines in the Dockerfile where they are known."""
    step = inspection.instruction_of(layer)
    lines = f"{step.lines.path}:{step.lines.first} " if step is not None and step.lines is not None else ""
    return f"{lines}{instruction_text(inspection, layer)}"


def _package(package: Package, reasons: Reasons) -> str:
    """`libc6 2.36 (deb) ← gcc ← g++`: the package, and who needs it up to one that was asked for."""
    chain = reasons.why(package)
    needed = "".join(f" ← {each.name}" for each in chain[1:])
    asked = ", asked for by hand" if chain == (package,) else ""
    return f"{package.name} {package.version} ({package.kind}){asked}{needed}"


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
