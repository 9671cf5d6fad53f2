"""Two images compared. The total difference is the sum of its parts, to the byte:

- the rows' differences add up to that of the sizes, and so do those of the ledger's fates;
- the files' differences add up to that of the live bytes, and so do those of the packages and of what no package owns.
"""

from __future__ import annotations

from msgspec import Struct

from inspector.compare.align import LayerPair, align
from inspector.compare.files import FileChanges, compare_files
from inspector.compare.findings import FindingChanges, compare_findings
from inspector.compare.packages import PackageChange, compare_packages, unpackaged_bytes
from inspector.compare.settings import SettingChange, compare_settings
from inspector.compare.side import Side, Status, base_layers, total


class Delta(Struct, frozen=True):
    """`b` minus `a`, in bytes; None where a side does not know. `unpackaged_bytes` are live bytes of no package."""

    size_bytes: int
    compressed_bytes: int | None
    live_bytes: int
    hidden_bytes: int
    reclaimable_bytes: int
    unpackaged_bytes: int


class Cost(Struct, frozen=True):
    """What `b` costs those who have `a`.

    `new_bytes` is the size of the layers of `b` that `a` does not have, `pull_bytes` what must be pulled for them
    (compressed; None where it is unknown), `shared_bytes` the size of the layers that both have, and `storage_bytes`
    that of all layers of both, each once.
    """

    pull_bytes: int | None
    new_bytes: int
    shared_bytes: int
    storage_bytes: int


class BaseChange(Struct, frozen=True):
    """SAME: the same layers; CHANGED: another version of the image of that name; REPLACED: another image.

    `a` and `b` are what the bases are called.
    """

    status: Status
    a: str
    b: str


class Comparison(Struct, frozen=True):
    """`files`, `settings` and `base` are None where a side does not tell them, or nothing is known of a base."""

    a: Side
    b: Side
    delta: Delta
    cost: Cost
    base: BaseChange | None
    rows: tuple[LayerPair, ...]
    files: FileChanges | None
    packages: tuple[PackageChange, ...]
    findings: FindingChanges
    settings: tuple[SettingChange, ...] | None


def compare(a: Side, b: Side) -> Comparison:
    """What became of `a` in `b`."""
    rows = align(a.layers, b.layers)
    return Comparison(
        a,
        b,
        _delta(a, b),
        _cost(a, b),
        _base(a, b),
        rows,
        compare_files(a, b, rows),
        compare_packages(a, b, rows),
        compare_findings(a, b, rows),
        compare_settings(a, b),
    )


def _delta(a: Side, b: Side) -> Delta:
    before, after = a.compressed_bytes, b.compressed_bytes
    return Delta(
        b.size_bytes - a.size_bytes,
        None if before is None or after is None else after - before,
        b.ledger.live_bytes - a.ledger.live_bytes,
        b.ledger.hidden_bytes - a.ledger.hidden_bytes,
        b.reclaimable_bytes - a.reclaimable_bytes,
        unpackaged_bytes(b) - unpackaged_bytes(a),
    )


def _cost(a: Side, b: Side) -> Cost:
    """A layer that an image has twice is stored and pulled once."""
    there = {layer.diff_id: layer.size_bytes for layer in a.layers}
    new = {layer.diff_id: layer for layer in b.layers if layer.diff_id not in there}
    new_bytes = sum(layer.size_bytes for layer in new.values())
    return Cost(
        total(layer.compressed_bytes for layer in new.values()),
        new_bytes,
        sum({layer.diff_id: layer.size_bytes for layer in b.layers if layer.diff_id in there}.values()),
        sum(there.values()) + new_bytes,
    )


def _base(a: Side, b: Side) -> BaseChange | None:
    if a.base is None or b.base is None:
        return None
    names = [base.name or base.digest or "an unnamed image" for base in (a.base, b.base)]
    reach = base_layers(a.base), base_layers(b.base)
    if None in reach:
        same = names[0] == names[1] and a.base.digest == b.base.digest
    else:
        one, other = ([layer.diff_id for layer in side.layers[:end]] for side, end in zip((a, b), reach, strict=True))
        same = one == other
    if same:
        return BaseChange(Status.SAME, *names)
    same_name = a.base.name is not None and _repository(names[0]) == _repository(names[1])
    return BaseChange(Status.CHANGED if same_name else Status.REPLACED, *names)


def _repository(name: str) -> str:
    """`debian` of `docker.io/library/debian:12@sha256:…`."""
    return name.partition("@")[0].rpartition("/")[2].partition(":")[0]
