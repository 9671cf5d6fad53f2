"""Inventories of images made in code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inspector.demo.archive import Member
from inspector.filesystem.stack import Filesystem, stack_layers
from inspector.layers.scan import LayerScan
from inspector.packages.inventory import take_inventory
from inspector.packages.model import Distribution, Installed, Inventory, Package
from tests.builders import scan_of

Layer = Iterable[Member]
NOWHERE = Distribution()


def image_of(*layers: Layer) -> tuple[Filesystem, tuple[LayerScan, ...]]:
    scans = tuple(scan_of(layer) for layer in layers)
    return stack_layers([scan.entries for scan in scans]), scans


def inventory_of(*layers: Layer) -> Inventory:
    """What is known of the packages of these layers, lowest first."""
    return take_inventory(*image_of(*layers))


def files(contents: Mapping[str, str | bytes]) -> list[Member]:
    """Files by path and content."""
    return [Member(path, data.encode() if isinstance(data, str) else data) for path, data in contents.items()]


def named(inventory: Inventory) -> dict[str, Installed]:
    """By name; for images in which no two packages have the same."""
    found = {each.package.name: each for each in inventory.installed}
    assert len(found) == len(inventory.installed)
    return found


def by_name(packages: Iterable[Package]) -> dict[str, Package]:
    return {package.name: package for package in packages}


def changes(inventory: Inventory) -> list[tuple[int, str, str | None, str | None, int]]:
    """What the layers did: layer, name, version before and after, bytes."""
    return [(each.layer, each.name, each.before, each.after, each.size_bytes) for each in inventory.changes]


def dpkg_list(*paths: str) -> str:
    """A list of dpkg's info folder: with the folders, each after the one it is in."""
    folders = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 1)}
    return "".join(f"/{path}\n" for path in sorted({".", *folders, *paths}))


def stanza(name: str, version: str = "1", **fields: str) -> str:
    """A stanza of dpkg's status; `Pre_Depends` stands for Pre-Depends."""
    more = "".join(f"{field.replace('_', '-')}: {value}\n" for field, value in fields.items())
    status = "" if "Status" in fields else "Status: install ok installed\n"
    return f"Package: {name}\n{status}Architecture: amd64\nVersion: {version}\n{more}\n"
