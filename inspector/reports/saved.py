"""A saved JSON report, read back: what it tells of an image, and no more."""

from __future__ import annotations

from pathlib import Path

import msgspec

from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction, LineRange
from inspector.attribution.owners import layer_owners
from inspector.compare.side import Side, SideFinding, SideLayer, SidePackage
from inspector.errors import BadReport
from inspector.reports import contract
from inspector.reports.saved_files import saved_filesystem, saved_ledger, saved_owners

SOURCE = "report"
"""In place of a transport."""


def is_report(path: Path) -> bool:
    """Whether a file may be a report: a JSON object, which no image is."""
    try:
        if not path.is_file():  # reading a pipe would take from it
            return False
        with path.open("rb") as file:
            return file.read(64).lstrip()[:1] == b"{"
    except OSError:
        return False


def read_report(path: Path) -> contract.Report:
    """Raises BadReport for what cannot be read, or is no report of a version that is known."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadReport(f"cannot read {path}: {reason}", "check the path and its permissions") from None
    hint = "write one with `leaninspect IMAGE --json FILE`"
    try:
        schema = _header.decode(data).schema
        if (schema.url, schema.version) != (contract.URL, contract.VERSION):
            raise BadReport(f"{path} is of a kind or version that is not known: {schema.url} {schema.version}", hint)
        return _report.decode(data)
    except msgspec.DecodeError as error:
        raise BadReport(f"{path} is no leaninspect report: {error}", hint) from None


def saved_side(report: contract.Report, path: str) -> Side:
    """A saved report as a side of a comparison, named by its file.

    Raises BadReport when it contradicts itself: a layer is named that it does not have.
    """
    _check_layers(report)
    image, ledger = report.image, report.ledger
    base = image.base
    known_base = Base(base.name, base.digest, base.evidence, base.layers, None) if base else None
    steps = {step.layer: _step(step) for step in report.instructions if step.layer is not None}
    owners = layer_owners(len(report.layers), tuple(steps.values()), known_base)
    filesystem = saved_filesystem(report)
    return Side(
        reference=path,
        source=SOURCE,
        id=image.id,
        digest=image.digest,
        platform=image.platform,
        created=image.created,
        base=known_base,
        layers=tuple(
            SideLayer(
                layer.index,
                layer.diff_id,
                layer.size_bytes,
                layer.live_bytes,
                layer.compressed_bytes,
                steps.get(layer.index),
                owner.from_base,
            )
            for layer, owner in zip(report.layers, owners, strict=True)
        ),
        ledger=saved_ledger(ledger),
        reclaimable_bytes=report.reclaimable_bytes,
        packages=tuple(
            SidePackage(each.kind, each.name, each.version, each.purl, "", each.size_bytes, each.layer)
            for each in report.packages
        ),
        findings=tuple(
            SideFinding(
                each.rule,
                each.title,
                each.severity,
                each.bytes,
                tuple(each.layers),
                tuple(each.hidden_in),
                tuple(each.packages),
            )
            for each in report.findings
        ),
        filesystem=filesystem,
        exact=False,
        owners=saved_owners(report, filesystem) if filesystem else {},
    )


def _check_layers(report: contract.Report) -> None:
    """Raises BadReport unless the layers are numbered from 0 up and all that is told is told of one of them."""
    count = len(report.layers)
    named = {
        *(step.layer for step in report.instructions),
        *(package.layer for package in report.packages),
        *(layer for finding in report.findings for layer in (*finding.layers, *finding.hidden_in)),
        *(hides.layer for layer in report.layers for hides in layer.hides),
        *(layer for file in report.files or () for layer in (file.layer, file.hidden_by)),
    }
    strange = next((layer for layer in named if layer is not None and not 0 <= layer < count), None)
    if strange is not None:
        raise BadReport(f"the report names layer {strange} and has {count}", "it is damaged")
    if [layer.index for layer in report.layers] != list(range(count)):
        raise BadReport("the report does not number its layers from 0 up", "it is damaged")


class _Header(msgspec.Struct):
    schema: contract.Schema


_header, _report = msgspec.json.Decoder(_Header), msgspec.json.Decoder(contract.Report)


def _step(step: contract.Instruction) -> Instruction:
    lines = step.dockerfile
    return Instruction(
        step.index,
        step.verb,
        step.text,
        step.created,
        step.layer,
        False,
        step.from_base,
        LineRange(lines.path, lines.first_line, lines.last_line) if lines else None,
    )
