"""The package managers, in the order in which they may claim files: who comes first owns what several list.

The system's packages come first, for a file in /usr is dpkg's even if a Python module that dpkg installed lists it too.
"""

from __future__ import annotations

from inspector.packages.databases import apk, dpkg, pacman
from inspector.packages.databases.rpm import reader as rpm
from inspector.packages.languages import composer, conda, embedded, gems, npm, python

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
