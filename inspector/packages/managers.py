"""The package managers, in the order in which they may claim files: who comes first owns what several list.

The system's packages come first, for a file in /usr is dpkg's even if a Python module that dpkg installed lists it too.
"""

from __future__ import annotations

from collections.abc import Callable

from inspector.packages.databases import apk, dpkg, pacman
from inspector.packages.databases.rpm import reader as rpm
from inspector.packages.languages import composer, conda, embedded, gems, npm, python
from inspector.packages.removal.commands import NO_REMOVAL, RemovalCommand

MANAGERS = (
    dpkg.MANAGER,
    apk.MANAGER,
    rpm.MANAGER,
    pacman.MANAGER,
    conda.MANAGER,
    python.MANAGER,
    gems.MANAGER,
    composer.MANAGER,
    npm.MANAGER,
    embedded.MANAGER,
)

BY_KIND = {manager.kind: manager for manager in MANAGERS}
"""The managers by the purl type of their packages."""

REMOVALS = {manager.kind: manager.removal for manager in MANAGERS if manager.removal}
"""The commands of those that remove packages by name."""

REMOVAL_COMMANDS = (*REMOVALS.values(), rpm.DNF5_REMOVAL)
"""All that advice may be written with."""

WITHOUT_REMOVAL = ("microdnf", "yum", "zypper")
"""Other programs for rpm packages: they cannot mark what is to stay, or leave what came with a package."""


def removal_of(kind: str, way: Callable[[str], tuple[str, ...]]) -> RemovalCommand:
    """The command that removes packages of a kind from an image by their names, by the programs that it has; one that
    removes nothing where those have none. `way` leads to a program (Programs.way)."""
    removal = REMOVALS[kind]
    if kind != rpm.MANAGER.kind:
        return removal
    if found := way("dnf"):
        return rpm.DNF5_REMOVAL if found[-1].endswith("/dnf5") else removal
    return NO_REMOVAL if any(map(way, WITHOUT_REMOVAL)) else removal
