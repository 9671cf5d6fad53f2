"""What a package manager is to an inspection: what a scan keeps for it, how that is read, and how it removes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from inspector.packages.databases.apt_conf import AptConfiguration
from inspector.packages.found import Reader
from inspector.packages.removal.commands import RemovalCommand
from inspector.packages.removal.graph import Graph
from inspector.packages.removal.sweep import Ways, alone


class Manager(Struct, frozen=True):
    """One kind of packages, by its purl type(s).

    `captured` is its key in the table of captured files (layers/capture.py), `read` makes packages of those files.
    `of_system` tells whether it knows what all the system's packages need of each other. `runtimes` are the programs
    that run its packages, the first that is there. `removal` is its command, None where it has none that removes
    packages by name; `ways` is what goes with it. `prune` removes what only development needs,
    run in the folder whose `store` has the packages.
    """

    kind: str
    captured: str
    read: Reader
    of_system: bool = False
    runtimes: tuple[str, ...] = ()
    removal: RemovalCommand | None = None
    ways: Callable[[Graph, AptConfiguration], Ways] = alone
    prune: str = ""
    store: str = ""
