"""Which rpm packages came only because another needed them: dnf 4's history, dnf 5's state, zypper's list."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping

from inspector.packages.databases.rpm.sqlite import rows
from inspector.packages.found import Files, text

DNF4 = "var/lib/dnf/history.sqlite"
DNF5 = "usr/lib/sysimage/libdnf5/packages.toml"
ZYPPER = "var/lib/zypp/AutoInstalled"

AUTOMATIC_4 = frozenset((1, 4))
"""libdnf's TransactionItemReason: DEPENDENCY and WEAK_DEPENDENCY."""
AUTOMATIC_5 = frozenset(("Dependency", "Weak Dependency"))

LAST_REASONS = """
    SELECT rpm.name, rpm.arch, trans_item.reason FROM trans_item JOIN rpm ON rpm.item_id = trans_item.item_id
    ORDER BY trans_item.id
"""


def reasons(files: Files) -> Callable[[str, str], bool | None]:
    """(name, architecture) → whether the package is automatic.

    None where nobody keeps such marks; a package that the keeper of marks does not know counts as asked for, as dnf and
    zypper treat it. Raises ValueError for a database that cannot be read.
    """
    if DNF5 in files:
        known = _dnf5(tomllib.loads(text(files[DNF5])))
        return lambda name, architecture: known.get(f"{name}.{architecture}") in AUTOMATIC_5
    if DNF4 in files:
        last = {(name, arch): reason for name, arch, reason in rows(files[DNF4], LAST_REASONS)}
        return lambda name, architecture: last.get((name, architecture)) in AUTOMATIC_4
    if ZYPPER in files:
        names = {line for line in text(files[ZYPPER]).splitlines() if line and not line.startswith("#")}
        return lambda name, architecture: name in names  # noqa: ARG005
    return lambda name, architecture: None  # noqa: ARG005


def _dnf5(document: Mapping[str, object]) -> dict[str, str]:
    """`[packages."name.arch"]` with a `reason` (libdnf5's system/state.cpp)."""
    packages = document.get("packages")
    if not isinstance(packages, dict):
        return {}
    return {name: str(entry.get("reason")) for name, entry in packages.items() if isinstance(entry, dict)}
