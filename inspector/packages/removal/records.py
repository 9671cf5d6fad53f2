"""What the package managers' own records of a package weigh: stanzas in files that grow and shrink with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from inspector.packages.databases.apk import DATABASES
from inspector.packages.databases.dpkg import EXTENDED_STATES, STATUS
from inspector.packages.model import Package

STATUS_OLD = "var/lib/dpkg/status-old"
"""The status before dpkg's last run, which knows the package too."""

_name = re.compile(rb"^(?:Package: |P:)(.+)$", re.MULTILINE).search
_architecture = re.compile(rb"^(?:Architecture: |A:)(.+)$", re.MULTILINE).search


def record_bytes(captured: Mapping[str, bytes], packages: Iterable[Package]) -> dict[Package, dict[str, int]]:
    """Package → path of a database → bytes of the package's stanza in it, the empty line behind it included."""
    wanted = {(each.name, each.architecture): each for each in packages}
    found: dict[Package, dict[str, int]] = {}
    for path in (STATUS, EXTENDED_STATES, *DATABASES):
        for stanza in captured.get(path, b"").split(b"\n\n"):
            name, architecture = _name(stanza), _architecture(stanza)
            if name is None or architecture is None:
                continue
            key = name[1].decode("utf-8", "surrogateescape"), architecture[1].decode("utf-8", "surrogateescape")
            package = wanted.get(key)
            if package is not None:
                sizes = found.setdefault(package, {})
                sizes[path] = len(stanza) + 2
                if path == STATUS:
                    sizes[STATUS_OLD] = len(stanza) + 2
    return found
