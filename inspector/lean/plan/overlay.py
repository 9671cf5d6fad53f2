"""Files of one image put upon another: what a build with COPY --from would make, without building it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from inspector.filesystem.stack import stack_layers
from inspector.findings.finding import Subject
from inspector.layers.entries import Entries, Kind
from inspector.layers.facts import Facts
from inspector.layers.scan import LayerScan
from inspector.packages.evidence import Evidence, gather

if TYPE_CHECKING:
    from inspector.image.run import RunConfiguration


def overlaid(
    under: tuple[LayerScan, ...], subject: Subject, entries: Collection[int], run: RunConfiguration
) -> Evidence:
    """The layers `under`, and upon them one with these entries of the subject, run as `run` says."""
    scans = (*under, layer_of(subject, entries))
    return gather(stack_layers([scan.entries for scan in scans]), scans, run)


def layer_of(subject: Subject, entries: Collection[int]) -> LayerScan:
    """The scan of a layer that holds these entries; hardlinks are files of their own in it."""
    filesystem = subject.filesystem
    made, facts, captured = Entries.empty(), Facts(), dict[str, bytes]()
    for entry_id in sorted(entries):
        shown = filesystem.entry(entry_id)
        source = filesystem.shares.get(entry_id, entry_id)
        layer, row = filesystem.locate(source)
        scan, number = subject.scans[layer], len(made)
        is_file = shown.kind in (Kind.FILE, Kind.HARDLINK)
        made.paths.append(shown.path)
        made.kinds.append(Kind.FILE if is_file else shown.kind)
        made.sizes.append(scan.entries.sizes[row] if is_file else 0)
        made.modes.append(shown.mode)
        made.uids.append(shown.uid)
        made.gids.append(shown.gid)
        made.mtimes.append(shown.mtime)
        made.contents.append(scan.entries.contents[row])
        if shown.kind == Kind.SYMLINK:
            made.links[number] = shown.link
        if row in scan.facts.elf:
            facts.elf[number] = scan.facts.elf[row]
        if row in scan.facts.scripts:
            facts.scripts[number] = scan.facts.scripts[row]
        if shown.path in scan.captured:
            captured[shown.path] = scan.captured[shown.path]
    return LayerScan("", 0, made, captured, facts)
