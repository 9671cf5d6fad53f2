"""Which small files a scan keeps whole: the one table that decides. A change here changes SCANNER_VERSION."""

from __future__ import annotations

import re
from fnmatch import translate

SCANNER_VERSION = 1
"""Raised whenever a scan of the same layer would hold something else."""

MAX_CAPTURE = 16 << 20
"""Bytes; a package database larger than this is not plausible, and memory is bounded by it."""

CAPTURED = (
    # what the image calls itself
    "etc/os-release",
    "usr/lib/os-release",
    # dpkg: packages, owners, marks
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/*",
    "var/lib/dpkg/diversions",
    "var/lib/dpkg/info/*.list",
    "var/lib/apt/extended_states",
    "etc/apt/apt.conf",
    "etc/apt/apt.conf.d/*",
    # apk
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "etc/apk/world",
)
"""Globs over normalised paths."""

wants = re.compile("|".join(translate(glob) for glob in CAPTURED)).match
"""Whether a scan keeps the file at a path."""
