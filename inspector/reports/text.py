"""The text report: what a person wants first, for a pipe, a log or a terminal without a UI."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.attribution.base import Base, evidence_text
from inspector.filesystem.hidden_files import StoredPath, worst_paths
from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import Filesystem
from inspector.findings.find import figures
from inspector.findings.registry import SECRET
from inspector.image.digest import short
from inspector.inspection import Inspection
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Plan
from inspector.reports.colour import Tone
from inspector.reports.cutting import cut, cut_front, wrapped
from inspector.reports.findings_text import secret_lines, waste_lines
from inspector.reports.layers_text import layer_lines
from inspector.reports.package_text import package_lines
from inspector.reports.plan_text import plan_sentence
from inspector.reports.shape import Shape
from inspector.safe_names import printable
from inspector.sizes import counted, human, percentage

HIDDEN_FILES, ALL_HIDDEN_FILES = 10, 1000
"""Rows of the list, and of the whole report's; the JSON report has them all."""

BASE = 4
"""Cells before what goes on about the base image."""

LABEL = 9
"""Cells of the words that the head's lines begin with."""

HOW = {
    Fate.OVERWRITTEN: "overwritten",
    Fate.RECOPIED: "copied again unchanged",
    Fate.DELETED: "deleted",
    Fate.DELETED_TREE: "deleted with a folder",
}

USUAL = Shape()


def text_report(inspection: Inspection, shape: Shape = USUAL, plan: Plan | None = None) -> str:
    """The report: the answers, the layers, what is to be decided, and what the image is made of.

    Its lines have at most the shape's width where only an instruction, a package or a path would be longer; lines that
    a person is to write are whole. The plan is made unless it is given.
    """
    lines = list(_head(inspection, shape, plan or make_plan(inspection)))
    if shape.is_summary:
        return "\n".join(lines) + "\n"
    layers, hidden = list(layer_lines(inspection, shape)), list(_hidden_files(inspection, shape))
    packages = [line if shape.is_full else cut(line, shape.width) for line in package_lines(inspection, shape)]
    waste, secrets = list(waste_lines(inspection, shape)), list(secret_lines(inspection, shape))
    is_cut = not shape.is_full and any("…" in line for line in (*layers, *packages, *hidden))
    more = [f"… is what {shape.width} columns have no room for; --full shows all of it"] if is_cut else []
    for section in (layers, waste, secrets, packages, hidden, [shape.paint(line, Tone.FAINT) for line in more]):
        lines += ["", *section] if section else []
    return "\n".join(lines) + "\n"


def _head(inspection: Inspection, shape: Shape, plan: Plan) -> Iterator[str]:
    """How large it is, what of that is waste, and what to do: the first lines, and all of the summary."""
    image, ledger, paint = inspection.image, inspection.filesystem.ledger, shape.paint
    name = printable(image.reference)
    sizes = (
        f"{human(ledger.total_bytes)} in {counted(len(image.layers), 'layer')}, "
        f"{human(ledger.live_bytes)} live, {human(ledger.hidden_bytes)} hidden "
        f"({percentage(ledger.efficiency)} efficient)"
    )
    is_long = len(name) + 3 + len(sizes) > shape.width
    yield f"{paint(name, Tone.HEADING)}{'' if is_long else f'   {sizes}'}"
    if is_long:
        yield sizes
    facts = [
        str(image.config.platform) if image.config.platform else None,
        image.source,
        f"sha256:{short(image.id)}",
    ]
    if image.compressed_bytes is not None:
        facts.append(f"{human(image.compressed_bytes)} compressed")
    yield " · ".join(fact for fact in facts if fact)
    if inspection.base is not None:
        yield from wrapped(_base(inspection, inspection.base), shape.width, BASE)
    yield from _labelled("Waste", _waste(inspection), Tone.WASTE, shape)
    if sentence := plan_sentence(plan):
        yield from _labelled("Plan", sentence, Tone.GOOD, shape)
    if secrets := sum(finding.rule == SECRET for finding in inspection.findings):
        told = f"{counted(secrets, 'file')} look{'s' if secrets == 1 else ''}"
        yield from _labelled("Secrets", f"{told} like a secret that whoever has the image can read", Tone.BAD, shape)
    for note in inspection.notes:
        yield f"note: {printable(note)}"


def _labelled(label: str, text: str, tone: Tone, shape: Shape) -> Iterator[str]:
    first, *more = wrapped(text, shape.width, LABEL)
    yield f"{shape.paint(f'{label:<{LABEL}}', tone)}{first}"
    yield from more


def _waste(inspection: Inspection) -> str:
    """`610.0 MB reclaimable and yours, 11.3 MB by trades, 49.4 MB only on another base`."""
    of = figures(inspection.findings)
    others = ((of.trade_bytes, "by trades"), (of.base_bytes, "only on another base"))
    yours = f"{human(of.safe_bytes)} reclaimable and yours" if of.safe_bytes else "none that is yours"
    return ", ".join([yours, *(f"{human(size)} {how}" for size, how in others if size)])


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


def _hidden_files(inspection: Inspection, shape: Shape) -> Iterator[str]:
    if not inspection.filesystem.ledger.hidden_bytes:
        return
    yield shape.paint("Biggest hidden files", Tone.HEADING)
    for file in worst_paths(inspection.filesystem, shape.limit(HIDDEN_FILES, ALL_HIDDEN_FILES)):
        where = _where(inspection.filesystem, file)
        path, room = printable(file.path), max(shape.width - 16 - len(where), 20)
        told = path if shape.is_full else cut_front(path, room)
        yield f"  {shape.paint(f'{human(file.hidden_bytes):>10}', Tone.WASTE)}  {told}  {where}"


def _where(filesystem: Filesystem, file: StoredPath) -> str:
    """`layer 0, overwritten by layer 1`; of several hidden ones `3 of 4 versions, layers 0 to 4`."""
    first, last = (filesystem.locate(end(file.hidden))[0] for end in (min, max))
    if len(file.hidden) > 1:
        count = f"{len(file.hidden)} of {file.versions}" if file.live else f"{len(file.hidden)}"
        return f"{count} versions, layer" + (f" {first}" if first == last else f"s {first} to {last}")
    (entry_id,) = file.hidden
    fate = Fate(filesystem.fates[entry_id])
    return f"layer {first}, {HOW[fate]} by layer {filesystem.hiders[entry_id]}"
