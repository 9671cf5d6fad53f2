"""One image as Markdown: a line, its figures, its layers to be opened, and its findings with what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.attribution.base import evidence_text
from inspector.findings.find import figures, reclaimable
from inspector.findings.finding import Finding, bytes_by_layer
from inspector.findings.patch import finding_patch
from inspector.findings.words import fix_text, patch_place
from inspector.inspection import Inspection
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Plan
from inspector.reports.layers_text import origin_text
from inspector.reports.markdown import block, code, details, escape, prose
from inspector.sizes import counted, human, percentage

FINDINGS = 15
"""Findings that are told in full; the JSON report has them all."""

ROOM = 60_000
"""Characters after which no finding is told in full any more: GitHub takes 65,536 at most."""


def inspect_markdown(inspection: Inspection, plan: Plan | None = None) -> str:
    """Markdown as GitHub and GitLab show it; names from the image cannot break out of it."""
    count = len(inspection.image.layers)
    parts = [
        list(_headline(inspection, plan or make_plan(inspection))),
        list(details(f"Layers: {count}", _layers(inspection))),
    ]
    text = "\n\n".join("\n".join(part) for part in parts if part)
    told = 0
    for finding in inspection.findings[:FINDINGS]:
        more = "\n".join(_finding(inspection, finding))
        if len(text) + len(more) > ROOM:
            break
        text, told = f"{text}\n\n{more}", told + 1
    if rest := len(inspection.findings) - told:
        text += f"\n\n… and {counted(rest, 'more finding')}"
    return f"{text}\n"


def _headline(inspection: Inspection, plan: Plan) -> Iterator[str]:
    image, ledger = inspection.image, inspection.filesystem.ledger
    frees, lean = figures(inspection.findings), plan.lean
    yield f"### {code(image.reference)}: {human(ledger.total_bytes)}, {human(frees.safe_bytes)} reclaimable"
    yield ""
    yield "| | |"
    yield "|:--|--:|"
    yield f"| size | {human(ledger.total_bytes)} |"
    if image.compressed_bytes is not None:
        yield f"| compressed | {human(image.compressed_bytes)} |"
    yield f"| live | {human(ledger.live_bytes)} |"
    yield f"| hidden by later layers | {human(ledger.hidden_bytes)} |"
    yield f"| efficiency | {percentage(ledger.efficiency)} |"
    yield f"| reclaimable, nothing can notice | {human(frees.safe_bytes)} |"
    yield f"| more by trades | {human(frees.trade_bytes)} |"
    yield f"| more on another base only | {human(frees.base_bytes)} |"
    if lean is not None:
        yield f"| as the plan makes it | {human(lean.predicted_bytes)} |"
    if inspection.base is not None:
        yield ""
        name = inspection.base.name or inspection.base.digest
        yield f"Base image: {code(name) if name else 'unnamed'} ({escape(evidence_text(inspection.base.evidence))})"
    for note in inspection.notes:
        yield ""
        yield f"> {escape(note)}"


def _layers(inspection: Inspection) -> Iterator[str]:
    """Each layer with what of it later ones hide, and what of it safe advice frees."""
    frees = bytes_by_layer(inspection.filesystem, reclaimable(inspection.findings))
    yield "| layer | size | hidden | reclaimable | line | instruction |"
    yield "|--:|--:|--:|--:|:--|:--|"
    for index, totals in enumerate(inspection.filesystem.totals):
        sizes = " | ".join(human(size) for size in (totals.size_bytes, totals.hidden_bytes, frees.get(index, 0)))
        step = inspection.instruction_of(index)
        text = code(step.text) if step and step.text else "unknown"
        yield f"| {index} | {sizes} | {origin_text(inspection, index)} | {text} |"


def _finding(inspection: Inspection, finding: Finding) -> Iterator[str]:
    yield f"#### {human(finding.size_bytes)}: {escape(finding.title)} ({finding.rule}, {finding.advice_class})"
    yield ""
    yield prose(fix_text(finding, inspection))
    patch = finding_patch(finding.remedy, inspection)
    if patch is not None:
        yield ""
        yield f"Write instead ({escape(patch_place(patch))}):"
        yield ""
        yield from block((f"{line.sign}{line.text}" for line in patch.lines), "diff")
