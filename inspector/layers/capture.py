"""Which small files a scan keeps whole: the one table that decides. A change here changes SCANNER_VERSION."""

from __future__ import annotations

import re

SCANNER_VERSION = 5
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


def _by_name(globs: list[str]) -> dict[str, re.Pattern[str]]:
    """The globs by what a path is looked up by: its name, or its name's ending where they leave the rest open."""
    grouped: dict[str, list[str]] = {}
    for glob in globs:
        name = glob.rpartition("/")[2]
        grouped.setdefault(name[name.rfind(".") :] if "*" in name else name, []).append(_regex(glob))
    return {name: re.compile("|".join(regexes), re.DOTALL) for name, regexes in grouped.items()}


TAIL = 5
"""Characters at a path's end that tell most paths from those that are kept, for the price of one look-up."""

_GLOBS = [glob for line in CAPTURED for glob in _expanded(line)]
_FOLDERS = tuple(glob.removesuffix("*") for glob in _GLOBS if glob.endswith("/*"))
_NAMED = _by_name([glob for glob in _GLOBS if not glob.endswith("/*")])
_TAILS = frozenset((name if name.startswith(".") else f"/{name}")[-TAIL:] for name in _NAMED)


def wants(path: str) -> bool:
    """Whether a scan keeps the file at a path. Asked about every file: most are answered by their last letters."""
    if path[-TAIL:] in _TAILS:
        name = path.rpartition("/")[2]
        globs = _NAMED.get(name) or _NAMED.get(name[name.rfind(".") :])
        if globs is not None and globs.fullmatch(path):
            return True
    return path.startswith(_FOLDERS)
