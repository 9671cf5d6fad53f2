"""What the screen says about instructions: their text, where they are written, and whose they are."""

from __future__ import annotations

from textual.content import Content

from inspector.attribution.commands import command_lines
from inspector.inspection import Inspection
from inspector.safe_names import printable
from inspector.sizes import human

MUTED = "$foreground 74%"
"""The style of labels and whatever else matters less."""

Part = str | tuple[str, str]
"""Text, or text and style, as Content.assemble takes it."""

UNKNOWN_INSTRUCTION = "instruction unknown"


def instruction_text(inspection: Inspection, layer: int) -> str:
    """The instruction that made a layer, as its history has it."""
    instruction = inspection.instruction_of(layer)
    return printable(instruction.text) if instruction and instruction.text else UNKNOWN_INSTRUCTION


def brief_instruction(inspection: Inspection, layer: int) -> str:
    """The same for one line: without RUN, which most of them are."""
    return instruction_text(inspection, layer).removeprefix("RUN ")


def origin(inspection: Inspection, layer: int) -> str:
    """`base`, or the lines of the Dockerfile (`:2-5`); empty where neither is known."""
    if inspection.is_from_base(layer):
        return "base"
    instruction = inspection.instruction_of(layer)
    lines = instruction.lines if instruction else None
    if lines is None:
        return ""
    return f":{lines.first}" if lines.first == lines.last else f":{lines.first}-{lines.last}"


def place(inspection: Inspection, layer: int) -> str:
    """Where a layer's bytes came in: `layer 2, Dockerfile:2-5`, or `layer 0, the base image debian:12`."""
    told = origin(inspection, layer)
    if told == "base":
        name = inspection.base.name if inspection.base else None
        return f"layer {layer}, the base image" + (f" {printable(name)}" if name else "")
    instruction = inspection.instruction_of(layer)
    if told and instruction and instruction.lines:
        return f"layer {layer}, {printable(instruction.lines.path)}{told}"
    return f"layer {layer}"


def instruction_details(inspection: Inspection, layer: int) -> Content:
    """The instruction that made a layer, one command on a line, with its neighbours and where it is written."""
    step = inspection.instruction_of(layer)
    if step is None:
        return Content.assemble((f"The instruction of layer {layer} is unknown.", MUTED))
    parts: list[Part] = [(place(inspection, layer).partition(", ")[2] or "Lines unknown", "bold")]
    if inspection.placement is None:
        parts += [("; no Dockerfile is known: give it with --dockerfile FILE", MUTED)]
    parts += ["\n\n"]
    around = inspection.instructions[max(step.index - 2, 0) : step.index + 3]
    for other in around:
        for nth, line in enumerate(command_lines(printable(other.text))):
            mark = "▌ " if other is step and not nth else "  "
            parts += [(mark, "$primary"), (f"{line}\n", "bold" if other is step else MUTED)]
    totals = inspection.totals_of(layer)
    parts += ["\n", f"It made layer {layer}: {human(totals.size_bytes)}"]
    if totals.hidden_bytes:
        parts += [(f", {human(totals.hidden_bytes)} of it hidden by later layers", "$text-error")]
    return Content.assemble(*parts).rstrip()
