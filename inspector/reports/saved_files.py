"""The filesystem that a saved report tells with `--files`."""

from __future__ import annotations

from array import array
from urllib.parse import unquote

import msgspec

from inspector.errors import BadReport
from inspector.filesystem.ledger import MAX_BYTES, Fate, Ledger
from inspector.filesystem.stack import VISIBLE, Filesystem, LayerTotals
from inspector.layers.entries import Entries, Kind
from inspector.reports import contract

DAMAGED = "it is damaged"


def saved_filesystem(report: contract.Report) -> Filesystem | None:
    """Every entry with its fate, as far as `--files` saves it: no devices and attributes.

    A path is taken to be gone when its bytes are hidden, which is wrong only for a deleted name of a file that lives
    on under another. Raises BadReport for layers that the report does not have, and for numbers that no file can have.
    """
    if report.files is msgspec.UNSET:
        return None
    layers = [Entries.empty() for _ in report.layers]
    fates: list[list[Fate]] = [[] for _ in layers]
    hiders: list[list[int]] = [[] for _ in layers]
    total = 0
    for file in report.files:
        for layer in (file.layer, file.hidden_by or 0):
            if not 0 <= layer < len(layers):
                raise BadReport(f"the report names layer {layer} and has {len(layers)}", DAMAGED)
        total += file.size_bytes
        if file.size_bytes < 0 or total > MAX_BYTES:
            raise BadReport(f"the report names a file of {file.size_bytes} bytes, which is not plausible", DAMAGED)
        entries = layers[file.layer]
        entries.paths.append(file.path)
        entries.kinds.append(Kind[file.kind.upper()])
        if file.link is not None:
            entries.links[len(entries) - 1] = file.link
        for column, value in (
            (entries.sizes, file.size_bytes),
            (entries.modes, file.mode),
            (entries.uids, file.uid),
            (entries.gids, file.gid),
            (entries.mtimes, file.mtime),
            (entries.contents, int(file.content or "0", 16)),
        ):
            try:
                column.append(value)
            except OverflowError:
                raise BadReport(f"the report names a file with the impossible number {value}", DAMAGED) from None
        fates[file.layer].append(Fate[file.fate.upper()])
        hiders[file.layer].append(VISIBLE if file.hidden_by is None else file.hidden_by)
    return _stacked(report, layers, fates, hiders)


def _stacked(
    report: contract.Report, layers: list[Entries], fates: list[list[Fate]], hiders: list[list[int]]
) -> Filesystem:
    offsets, count = [], 0
    for entries in layers:
        offsets.append(count)
        count += len(entries)
    column = array("i", (hider for layer in hiders for hider in layer))
    return Filesystem(
        tuple(layers),
        tuple(offsets),
        bytearray(fate for layer in fates for fate in layer),
        column,
        column,
        {},
        tuple(
            LayerTotals(
                layer.size_bytes,
                layer.live_bytes,
                layer.entries.added,
                layer.entries.modified,
                layer.entries.deleted,
                {hides.layer: hides.bytes for hides in layer.hides},
            )
            for layer in report.layers
        ),
        saved_ledger(report.ledger),
    )


def saved_owners(report: contract.Report, filesystem: Filesystem) -> dict[int, str]:
    """Entry id → name of the package that owns it: rows count up within each layer."""
    owned, rows = {}, list(filesystem.offsets)
    for file in report.files or ():
        if file.package is not None:
            owned[rows[file.layer]] = _name(file.package)
        rows[file.layer] += 1
    return owned


def saved_ledger(ledger: contract.Ledger) -> Ledger:
    return Ledger(
        ledger.live_bytes,
        ledger.overwritten_bytes,
        ledger.recopied_bytes,
        ledger.deleted_bytes,
        ledger.deleted_tree_bytes,
    )


def _name(purl: str) -> str:
    """The name in a purl (`pkg:deb/debian/libc6@2.36?arch=amd64` → `libc6`)."""
    return unquote(purl.partition("?")[0].rpartition("@")[0].rpartition("/")[2])
