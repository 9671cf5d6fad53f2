"""Which small files a scan keeps whole: the one table that decides. A change here changes SCANNER_VERSION."""

from __future__ import annotations

import re
from collections.abc import Iterable

from inspector.globs import expand, matcher

SCANNER_VERSION = 6
"""Raised whenever a scan of the same layer would hold something else."""

MAX_CAPTURE = 96 << 20
"""Bytes of one file. rpm's database takes 80 kB a package, a thousand of which is plausible and more is not."""

MAX_CAPTURED = 128 << 20
"""Bytes of all captured files of a layer, which bounds the memory they take."""

CAPTURED: dict[str, tuple[str, ...]] = {
    # what the image calls itself, where programs look for their libraries, who exists
    "system": (
        "{etc,usr/lib}/os-release",
        "etc/ld.so.conf",
        "etc/ld.so.conf.d/?*.conf",
        "etc/ld-musl-?*.path",
        "etc/passwd",
        "etc/group",
    ),
    # packages, owners, marks
    "dpkg": (
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/**",
        "var/lib/dpkg/diversions",
        "var/lib/dpkg/info/?*.list",
        "var/lib/apt/extended_states",
    ),
    # what apt removes by itself
    "apt": ("etc/apt/apt.conf", "etc/apt/apt.conf.d/**"),
    "apk": ("{lib,usr/lib}/apk/db/installed", "etc/apk/world"),
    # packages, and why dnf and zypper installed them
    "rpm": (
        "{var/lib,usr/share,usr/lib/sysimage}/rpm/{Packages,Packages.db,rpmdb.sqlite}",
        "var/lib/rpmmanifest/container-manifest-2",
        "var/lib/dnf/history.sqlite",
        "usr/lib/sysimage/libdnf5/packages.toml",
        "var/lib/zypp/AutoInstalled",
    ),
    "pacman": ("var/lib/pacman/local/?*/{desc,files}",),
    "python": (
        "**/?*.dist-info/{METADATA,RECORD,REQUESTED}",
        "**/?*.egg-info/{PKG-INFO,installed-files.txt}",
        "**/?*.egg-info",
    ),
    # packages, what an application asks for, npm's marks
    "npm": ("**/package.json", "**/node_modules/.package-lock.json"),
    "gems": ("**/specifications/?*.gemspec", "**/specifications/default/?*.gemspec"),
    "composer": ("**/composer/installed.json", "**/composer.json"),
    "conda": ("**/conda-meta/?*.json",),
}
"""Globs (inspector/globs.py) by who reads the files."""

Named = dict[str, tuple[tuple[str, re.Pattern[str]], ...]]
"""(reader, its globs) by what a path is looked up by: its name, or the ending where globs leave the rest open."""


def _by_name(globs: Iterable[tuple[str, str]]) -> Named:
    grouped: dict[str, dict[str, list[str]]] = {}
    for reader, glob in globs:
        name = glob.rpartition("/")[2]
        key = name[name.rfind(".") :] if "*" in name else name
        grouped.setdefault(key, {}).setdefault(reader, []).append(glob)
    return {key: tuple((reader, matcher(own)) for reader, own in readers.items()) for key, readers in grouped.items()}


TAIL = 5
"""Characters at a path's end that tell most paths from those that are kept, for the price of one look-up."""

_GLOBS = [(reader, glob) for reader, globs in CAPTURED.items() for each in globs for glob in expand(each)]
_BELOW = {glob.removesuffix("**"): reader for reader, glob in _GLOBS if glob.endswith("/**")}
_FOLDERS = tuple(_BELOW)
_NAMED = _by_name((reader, glob) for reader, glob in _GLOBS if not glob.endswith("/**"))
_TAILS = frozenset((name if name.startswith(".") else f"/{name}")[-TAIL:] for name in _NAMED)


def reader_of(path: str) -> str:
    """Who reads the file at a path, empty where a scan does not keep it.

    Asked about every file: most are answered by their last letters.
    """
    if path[-TAIL:] in _TAILS:
        name = path.rpartition("/")[2]
        for reader, globs in _NAMED.get(name) or _NAMED.get(name[name.rfind(".") :]) or ():
            if globs.fullmatch(path):
                return reader
    if path.startswith(_FOLDERS):
        return next(reader for folder, reader in _BELOW.items() if path.startswith(folder))
    return ""
