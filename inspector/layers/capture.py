"""Which small files a scan keeps whole: the one table that decides. A change here changes SCANNER_VERSION."""

from __future__ import annotations

import re

SCANNER_VERSION = 2
"""Raised whenever a scan of the same layer would hold something else."""

MAX_CAPTURE = 96 << 20
"""Bytes of one file. rpm's database takes 80 kB a package, a thousand of which is plausible and more is not."""

MAX_CAPTURED = 128 << 20
"""Bytes of all captured files of a layer, which bounds the memory they take."""

CAPTURED = (
    # what the image calls itself
    "etc/os-release",
    "usr/lib/os-release",
    # where programs look for their libraries
    "etc/ld.so.conf",
    "etc/ld.so.conf.d/*.conf",
    "etc/ld-musl-*.path",
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
    # rpm, and why dnf and zypper installed what
    "{var/lib,usr/share,usr/lib/sysimage}/rpm/{Packages,Packages.db,rpmdb.sqlite}",
    "var/lib/rpmmanifest/container-manifest-2",
    "var/lib/dnf/history.sqlite",
    "usr/lib/sysimage/libdnf5/packages.toml",
    "var/lib/zypp/AutoInstalled",
    # pacman
    "var/lib/pacman/local/*/{desc,files}",
    # Python
    "**/*.dist-info/{METADATA,RECORD,REQUESTED}",
    "**/*.egg-info/{PKG-INFO,installed-files.txt}",
    "**/*.egg-info",
    # Node: packages, what an application asks for, npm's marks
    "**/package.json",
    "**/node_modules/.package-lock.json",
    # Ruby, PHP, conda
    "**/specifications/*.gemspec",
    "**/specifications/default/*.gemspec",
    "**/composer/installed.json",
    "**/composer.json",
    "**/conda-meta/*.json",
)
"""Globs over normalised paths: `*` within a name, `**/` any folders or none, `{a,b}` either."""


def _expanded(glob: str) -> list[str]:
    braces = re.search(r"\{([^{}]*)\}", glob)
    if braces is None:
        return [glob]
    head, tail = glob[: braces.start()], glob[braces.end() :]
    return [path for choice in braces[1].split(",") for path in _expanded(f"{head}{choice}{tail}")]


def _regex(glob: str) -> str:
    return re.escape(glob).replace(r"\*\*/", "(?:.+/)?").replace(r"\*", "[^/]+")


_GLOBS = [glob for line in CAPTURED for glob in _expanded(line)]
_LAST = {glob.rpartition("/")[2] for glob in _GLOBS}
_NAMES = frozenset(last for last in _LAST if "*" not in last)
_SUFFIXES = tuple(last[1:] for last in _LAST if last.startswith("*") and last != "*")
_FOLDERS = frozenset(glob.rpartition("/")[0] for glob in _GLOBS if glob.endswith("/*"))
_is_captured = re.compile("|".join(map(_regex, _GLOBS)), re.DOTALL).fullmatch


def wants(path: str) -> bool:
    """Whether a scan keeps the file at a path. Asked about every file, so names that occur in no glob end it early."""
    folder, _, name = path.rpartition("/")
    if name in _NAMES or folder in _FOLDERS or name.endswith(_SUFFIXES):
        return _is_captured(path) is not None
    return False
