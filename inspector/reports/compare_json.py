"""A comparison as a report of its JSON contract."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from inspector import __version__
from inspector.compare.align import LayerPair
from inspector.compare.comparison import Comparison
from inspector.compare.files import FileChange, FileChanges
from inspector.compare.packages import PackageChange
from inspector.compare.side import Side, SideFinding, Status
from inspector.reports import compare_contract as contract
from inspector.reports.contract import Base, FileKind, Ledger, Tool
from inspector.safe_names import utf8


def encode_comparison(comparison: Comparison) -> bytes:
    """The report as indented JSON, ending with a newline."""
    return msgspec.json.format(msgspec.json.encode(to_comparison(comparison)), indent=2) + b"\n"


def to_comparison(comparison: Comparison) -> contract.Comparison:
    delta, cost, base = comparison.delta, comparison.cost, comparison.base
    return contract.Comparison(
        schema=contract.Schema(),
        tool=Tool("leaninspect", __version__),
        a=_image(comparison.a),
        b=_image(comparison.b),
        delta=contract.Delta(
            delta.size_bytes,
            delta.compressed_bytes,
            delta.live_bytes,
            delta.hidden_bytes,
            delta.reclaimable_bytes,
            delta.unpackaged_bytes,
            cost.pull_bytes,
        ),
        cost=contract.Cost(cost.new_bytes, cost.shared_bytes, cost.storage_bytes),
        base=contract.Base(_status(base.status), utf8(base.a), utf8(base.b)) if base else None,
        layers=[_layer(row) for row in comparison.rows],
        files=_files(comparison.files) if comparison.files else None,
        packages=[_package(change) for change in comparison.packages],
        findings=contract.Findings(
            new=[_finding(None, finding) for finding in comparison.findings.new],
            fixed=[_finding(finding, None) for finding in comparison.findings.fixed],
            kept=[_finding(each.a, each.b) for each in comparison.findings.kept],
        ),
        config=None
        if comparison.settings is None
        else [
            contract.Setting(utf8(each.name), _status(each.status), _known(each.a), _known(each.b))
            for each in comparison.settings
        ],
    )


def _status(status: Status) -> Any:
    """Of the statuses there are only those can occur that the contract names at this place."""
    return status.value


def _known(text: str | None) -> str | None:
    return None if text is None else utf8(text)


def _image(side: Side) -> contract.ComparedImage:
    ledger, base = side.ledger, side.base
    return contract.ComparedImage(
        reference=utf8(side.reference),
        source=side.source,
        id=side.id,
        digest=side.digest,
        platform=side.platform,
        created=side.created,
        size_bytes=side.size_bytes,
        compressed_bytes=side.compressed_bytes,
        layers=len(side.layers),
        base=Base(_known(base.name), base.digest, base.evidence, base.layers) if base else None,
        ledger=Ledger(
            total_bytes=ledger.total_bytes,
            live_bytes=ledger.live_bytes,
            overwritten_bytes=ledger.overwritten_bytes,
            recopied_bytes=ledger.recopied_bytes,
            deleted_bytes=ledger.deleted_bytes,
            deleted_tree_bytes=ledger.deleted_tree_bytes,
        ),
        reclaimable_bytes=side.reclaimable_bytes,
    )


def _layer(row: LayerPair) -> contract.Layer:
    return contract.Layer(
        status=_status(row.status),
        a=row.a.index if row.a else None,
        b=row.b.index if row.b else None,
        a_bytes=row.a.size_bytes if row.a else None,
        b_bytes=row.b.size_bytes if row.b else None,
        delta_bytes=row.delta_bytes,
        a_instruction=row.a.text or None if row.a else None,
        b_instruction=row.b.text or None if row.b else None,
    )


def _files(files: FileChanges) -> contract.Files:
    return contract.Files(
        added=files.count(Status.ADDED),
        removed=files.count(Status.REMOVED),
        changed=files.count(Status.CHANGED),
        moved=files.count(Status.MOVED),
        uncertain=files.uncertain,
        list=tuple(_file(change) for change in files.changes),
    )


def _file(change: FileChange) -> contract.File:
    return contract.File(
        path=utf8(change.path),
        status=_status(change.status),
        kind=cast("FileKind", change.kind.name.lower()),
        a_bytes=change.a_bytes,
        b_bytes=change.b_bytes,
        side=change.cause.side,
        layer=change.cause.layer,
        package=_known(change.package),
        differs=list(change.aspects),
        a_path=_known(change.a_path),
    )


def _package(change: PackageChange) -> contract.Package:
    a, b, cause = change.a, change.b, change.cause
    return contract.Package(
        name=utf8(change.name),
        kind=change.kind,
        status=_status(change.status),
        a_version=utf8(a.version) if a else None,
        b_version=utf8(b.version) if b else None,
        a_bytes=a.size_bytes if a else None,
        b_bytes=b.size_bytes if b else None,
        delta_bytes=change.delta_bytes,
        side=cause.side if cause else None,
        layer=cause.layer if cause else None,
    )


def _finding(a: SideFinding | None, b: SideFinding | None) -> contract.Finding:
    named = b or a
    assert named is not None, "a finding is on one side at least"
    before, after = (a.size_bytes if a else None), (b.size_bytes if b else None)
    return contract.Finding(named.rule, utf8(named.title), named.severity, before, after, (after or 0) - (before or 0))
