"""The files that say who exists in an image, carried to another stage: owners and USER may be names."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.filesystem.stack import Filesystem
from inspector.lean.plan.application import ACCOUNTS
from inspector.lean.plan.copying import Carried, Copy, bytes_of


def all_accounts(filesystem: Filesystem) -> Carried:
    """Users and groups, where a name must be found and nothing else is there; no passwords."""
    visible = ((each, filesystem.locate(each)) for each in filesystem.visible())
    return accounts(
        filesystem, (each for each, (layer, row) in visible if filesystem.layers[layer].paths[row] in ACCOUNTS[:2])
    )


def accounts(filesystem: Filesystem, entries: Iterable[int]) -> Carried:
    """These files, each with its owner: password files belong to a group of their own."""
    copies = []
    for entry_id in entries:
        entry = filesystem.entry(entry_id)
        copies.append(Copy((entry.path,), entry.path, entry.uid, entry.gid, bytes_of(filesystem, entry_id)))
    return Carried(tuple(sorted(copies, key=lambda copy: copy.target)))
