"""An inspection as a report of the JSON contract."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from inspector import __version__
from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction, LineRange
from inspector.filesystem.dive import dive_numbers
from inspector.filesystem.hidden_files import StoredPath, worst_paths
from inspector.filesystem.ledger import Fate
from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.findings.find import figures, reclaimable_bytes
from inspector.findings.finding import Finding
from inspector.findings.patch import FindingPatch, finding_patch
from inspector.findings.remedy import Remedy
from inspector.findings.words import fix_text
from inspector.inspection import Inspection
from inspector.layers.entries import Kind
from inspector.lean.plan.make import make_plan
from inspector.lean.plan.model import Plan
from inspector.packages.inventory import owners
from inspector.packages.model import Installed, Package
from inspector.reports import contract
from inspector.reports.plan_json import to_answer, to_lean
from inspector.safe_names import utf8

FATES = tuple(cast("contract.Fate", fate.name.lower()) for fate in Fate)
PATHS = 20
"""Files named per finding; with --files every file has its own entry."""

WORST = 100
"""Paths with hidden bytes that are named, those with the most."""

KINDS = tuple(cast("contract.FileKind", kind.name.lower()) for kind in Kind)


def to_report(inspection: Inspection, *, files: bool = False, plan: Plan | None = None) -> contract.Report:
    """The report; with `files`, every entry of every layer in it. The plan is made unless it is given."""
    ledger, told = inspection.filesystem.ledger, plan or make_plan(inspection)
    return contract.Report(
        schema=contract.Schema(),
        tool=contract.Tool("leaninspect", __version__),
        image=_image(inspection),
        ledger=contract.Ledger(
            total_bytes=ledger.total_bytes,
            live_bytes=ledger.live_bytes,
            overwritten_bytes=ledger.overwritten_bytes,
            recopied_bytes=ledger.recopied_bytes,
            deleted_bytes=ledger.deleted_bytes,
            deleted_tree_bytes=ledger.deleted_tree_bytes,
        ),
        efficiency=contract.Efficiency(score=ledger.efficiency, dive=_dive(inspection.filesystem)),
        layers=[_layer(inspection, index) for index in range(len(inspection.scans))],
        instructions=[_instruction(inspection, step) for step in inspection.instructions],
        packages=[_package(inspection, each) for each in inspection.inventory.installed],
        findings=[_finding(inspection, finding) for finding in inspection.findings],
        reclaimable_bytes=reclaimable_bytes(inspection.findings),
        notes=list(_notes(inspection)),
        plan=[to_answer(answer, told.size_bytes) for answer in told.answers],
        reclaimable=_reclaimable(inspection),
        lean=to_lean(told.lean, told.size_bytes) if told.lean else None,
        worst_files=[_stored(inspection.filesystem, path) for path in worst_paths(inspection.filesystem, WORST)],
        files=_files(inspection.filesystem, owners(inspection.inventory)) if files else msgspec.UNSET,
    )


def _stored(filesystem: Filesystem, path: StoredPath) -> contract.StoredFile:
    layers = [filesystem.locate(entry_id)[0] for entry_id in sorted(path.hidden | path.live)]
    return contract.StoredFile(utf8(path.path), path.versions, path.hidden_bytes, path.live_bytes, layers)


def _notes(inspection: Inspection) -> Iterator[contract.Note]:
    yield from (contract.Note(None, utf8(note)) for note in inspection.notes)
    for unread in inspection.inventory.unread:
        text = f"the {unread.kind} packages are unknown from here on: {unread.reason}"
        yield contract.Note(unread.layer, utf8(text))


def _reclaimable(inspection: Inspection) -> contract.Reclaimable:
    of = figures(inspection.findings)
    return contract.Reclaimable(of.safe_bytes, of.trade_bytes, of.base_bytes)


def encode(report: contract.Report) -> bytes:
    """The report as indented JSON, ending with a newline."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def _image(inspection: Inspection) -> contract.Image:
    image = inspection.image
    return contract.Image(
        reference=utf8(image.reference),
        source=image.source,
        id=image.id,
        digest=image.digest,
        platform=utf8(str(image.config.platform)) if image.config.platform else None,
        created=_known(image.config.created),
        size_bytes=inspection.filesystem.ledger.total_bytes,
        compressed_bytes=image.compressed_bytes,
        layers=len(image.layers),
        base=_base(inspection.base) if inspection.base else None,
    )


def _base(base: Base) -> contract.Base:
    return contract.Base(_known(base.name), _known(base.digest), base.evidence, base.layers)


def _known(text: str | None) -> str | None:
    """Text of the image for JSON, where there is any."""
    return None if text is None else utf8(text)


def _dive(filesystem: Filesystem) -> contract.Dive:
    numbers = dive_numbers(filesystem.layers)
    return contract.Dive(numbers.efficiency_score, numbers.inefficient_bytes, numbers.user_wasted_percent)


def _layer(inspection: Inspection, index: int) -> contract.Layer:
    layer, totals = inspection.image.layers[index], inspection.totals_of(index)
    instruction = inspection.instruction_of(index)
    return contract.Layer(
        index=index,
        diff_id=layer.diff_id,
        digest=layer.digest,
        size_bytes=totals.size_bytes,
        compressed_bytes=layer.compressed_bytes,
        entries=contract.EntryCounts(totals.added, totals.modified, totals.deleted),
        live_bytes=totals.live_bytes,
        hidden_bytes=totals.hidden_bytes,
        hides=[contract.Hides(lower, size) for lower, size in sorted(totals.hides.items())],
        instruction=instruction.index if instruction else None,
    )


def _instruction(inspection: Inspection, step: Instruction) -> contract.Instruction:
    totals = inspection.totals_of(step.layer) if step.layer is not None else None
    nothing = 0 if step.empty else None
    return contract.Instruction(
        index=step.index,
        verb=step.verb,
        text=utf8(step.text),
        created=_known(step.created),
        layer=step.layer,
        size_bytes=totals.size_bytes if totals else nothing,
        live_bytes=totals.live_bytes if totals else nothing,
        from_base=step.from_base,
        dockerfile=_dockerfile(step.lines) if step.lines else None,
    )


def _dockerfile(lines: LineRange) -> contract.DockerfileLines:
    return contract.DockerfileLines(utf8(lines.path), lines.first, lines.last)


def _finding(inspection: Inspection, finding: Finding) -> contract.Finding:
    """A finding with its biggest files by name; `paths_total` says how many there are."""
    filesystem = inspection.filesystem
    biggest = heapq.nlargest(PATHS, finding.frees.items(), key=lambda item: item[1])
    making = (inspection.instruction_of(layer) for layer in finding.layers)
    return contract.Finding(
        rule=finding.rule,
        title=utf8(finding.title),
        severity=finding.severity,
        class_=finding.advice_class.value,
        bytes=finding.size_bytes,
        packages=[utf8(purl) for purl in finding.packages],
        paths=[utf8(filesystem.entry(entry_id).path) for entry_id, _ in biggest],
        paths_total=len(finding.frees),
        layers=list(finding.layers),
        instructions=[step.index for step in making if step],
        hidden_in=list(finding.hidden_in),
        fix=utf8(fix_text(finding, inspection)),
        remedy=_remedy(finding.remedy, finding_patch(finding.remedy, inspection)),
    )


def _remedy(remedy: Remedy, patch: FindingPatch | None) -> contract.Remedy:
    return contract.Remedy(
        kind=remedy.kind.value,
        instructions=list(remedy.instructions),
        command=remedy.command or None,
        keeps=[contract.Keep(utf8(keep.package), utf8(keep.reason)) for keep in remedy.keeps],
        saves_bytes=remedy.saves_bytes,
        doubts=[utf8(doubt) for doubt in remedy.doubts],
        patch=[contract.PatchLine(line.sign, utf8(line.text)) for line in patch.lines] if patch else [],
        replaces=_dockerfile(patch.replaces) if patch and patch.replaces else None,
        reconstructed=patch is not None and patch.reconstructed,
    )


def _package(inspection: Inspection, each: Installed) -> contract.Package:
    package = each.package
    return contract.Package(
        purl=utf8(package.purl),
        name=utf8(package.name),
        version=utf8(package.version),
        kind=package.kind,
        size_bytes=each.size_bytes,
        layer=each.layer,
        automatic=package.automatic,
        build_tool=package in inspection.tooling.verdicts,
    )


def _files(filesystem: Filesystem, owned: Mapping[int, Package]) -> list[contract.File]:
    files = []
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, kind in enumerate(entries.kinds):
            if kind >= Kind.WHITEOUT:
                continue
            hider = filesystem.hiders[start + row]
            package = owned.get(start + row)
            files.append(
                contract.File(
                    path=utf8(entries.paths[row]),
                    kind=KINDS[kind],
                    size_bytes=entries.sizes[row],
                    mode=entries.modes[row],
                    uid=entries.uids[row],
                    gid=entries.gids[row],
                    mtime=entries.mtimes[row],
                    link=utf8(entries.links[row]) if row in entries.links else None,
                    content=f"{entries.contents[row]:016x}" if kind == Kind.FILE else None,
                    layer=layer,
                    fate=FATES[filesystem.fates[start + row]],
                    hidden_by=None if hider == VISIBLE else hider,
                    package=utf8(package.purl) if package else None,
                )
            )
    return files
