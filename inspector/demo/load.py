"""The demo images through the same line as every other image."""

from __future__ import annotations

from inspector.demo.article import fat_archive, lean_archive
from inspector.inspection import Inspection, inspect_source
from inspector.sources.docker_archive import ArchiveStream
from inspector.sources.protocol import Watch

ARCHIVES = {"fat": fat_archive, "lean": lean_archive}


def inspect_demo(which: str, watch: Watch) -> Inspection:
    """`fat` or `lean`, inspected."""
    source = ArchiveStream([ARCHIVES[which]()], "demo", None, None)
    return inspect_source(source, f"demo:{which}", watch=watch)
