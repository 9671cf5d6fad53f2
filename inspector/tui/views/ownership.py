"""Whose a file is, and why that package is there, or was before a later layer removed it."""

from __future__ import annotations

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, stack_layers
from inspector.inspection import Inspection
from inspector.packages.inventory import take_inventory
from inspector.packages.model import Installed, Inventory, Package
from inspector.packages.why import Reasons
from inspector.safe_names import printable
from inspector.tui.instruction_words import MUTED, Part


class Owner(Struct, frozen=True):
    """A package that owns a file, and the chain of those that need it, up to one that was asked for."""

    installed: Installed
    chain: tuple[Package, ...]


def inventory_below(inspection: Inspection, below: int | None) -> Inventory:
    """The packages of the final image (None), or of the layers below one. Reads databases again: for a worker."""
    if below is None:
        return inspection.inventory
    scans = inspection.scans[:below]
    return take_inventory(stack_layers([scan.entries for scan in scans]), scans)


def owner_of(inspection: Inspection, entry_id: int) -> Owner | None:
    """The package that owns an entry, None where none does. For a worker.

    What a later layer removed or replaced is looked for among the packages that there were below that layer.
    """
    leaver = inspection.filesystem.leavers[entry_id]
    inventory = inventory_below(inspection, None if leaver == VISIBLE else leaver)
    installed = next((each for each in inventory.installed if entry_id in each.entries), None)
    return None if installed is None else Owner(installed, Reasons(inventory).why(installed.package))


def chain_words(package: Package | None, chain: tuple[Package, ...], *, from_base: bool) -> list[Part]:
    """Why a package is there: `cpp-12 ← gcc-12 ← gcc ← g++`."""
    if len(chain) > 1:
        return [" ← ".join(printable(each.name) for each in chain)]
    if from_base:
        return ["came with the base image"]
    if package is not None and package.automatic is False:
        return ["asked for by hand"]
    return [("nothing says why", MUTED)]


def owner_words(inspection: Inspection, owner: Owner | None) -> list[tuple[str, list[Part]]]:
    """Rows of a file's details: its package, and why that is there."""
    if owner is None:
        return [("package", [("of no package", MUTED)])]
    package, layer = owner.installed.package, owner.installed.layer
    from_base = layer is not None and inspection.is_from_base(layer)
    return [
        ("package", [printable(f"{package.name} {package.version}"), (f" ({package.kind})", MUTED)]),
        ("why", chain_words(package, owner.chain, from_base=from_base)),
    ]
