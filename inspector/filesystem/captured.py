"""The captured files and the links that a person sees in the image."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind
from inspector.layers.scan import LayerScan


def visible_captured(filesystem: Filesystem, scans: Sequence[LayerScan], upto: int | None = None) -> dict[str, bytes]:
    """Path → bytes of the captured files in the image made of the layers up to and including `upto` (None: all)."""
    top = len(scans) - 1 if upto is None else upto
    found: dict[str, bytes] = {}
    for layer, scan in enumerate(scans[: top + 1]):
        if not scan.captured:
            continue
        start = filesystem.offsets[layer]
        for row, path in enumerate(scan.entries.paths):
            if path in scan.captured and scan.entries.kinds[row] == Kind.FILE:
                leaver = filesystem.leavers[start + row]
                if leaver == VISIBLE or leaver > top:
                    found[path] = scan.captured[path]
    return found


def root_links(filesystem: Filesystem) -> dict[str, str]:
    """Name → target of the symlinks in the root folder, such as `lib` → `usr/lib`."""
    links: dict[str, str] = {}
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, target in entries.links.items():
            path = entries.paths[row]
            if "/" not in path and entries.kinds[row] == Kind.SYMLINK and filesystem.leavers[start + row] == VISIBLE:
                links[path] = target
    return links
