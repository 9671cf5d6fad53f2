"""What makes a root file system Debian's official slim image: its settings, and the files that they exclude.

After debuerreotype's minimizing-config and slimify, which make the official images; comments left out.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

_CLEAN = '"rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true";'

EXCLUDED = (
    "/usr/share/doc/*",
    "/usr/share/groff/*",
    "/usr/share/info/*",
    "/usr/share/linda/*",
    "/usr/share/lintian/overrides/*",
    "/usr/share/locale/*",
    "/usr/share/man/*",
)
INCLUDED = (
    "/usr/share/doc/*/copyright",
    "/usr/share/doc/kde/HTML/C/*",
    "/usr/share/gnome/help/*/C/*",
    "/usr/share/locale/all_languages",
    "/usr/share/locale/currency/*",
    "/usr/share/locale/l10n/*",
    "/usr/share/locale/languages",
    "/usr/share/locale/locale.alias",
    "/usr/share/omf/*/*-C.emf",
)
"""Patterns of dpkg(1), whose `*` goes beyond a slash; what is included wins."""

SETTINGS = {
    "etc/apt/apt.conf.d/docker-clean": f"DPkg::Post-Invoke {{ {_CLEAN} }};\nAPT::Update::Post-Invoke {{ {_CLEAN} }};\n"
    'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\n',
    "etc/apt/apt.conf.d/docker-gzip-indexes": 'Acquire::GzipIndexes "true";\n',
    "etc/apt/apt.conf.d/docker-no-languages": 'Acquire::Languages "none";\n',
    "etc/apt/apt.conf.d/docker-autoremove-suggests": 'Apt::AutoRemove::SuggestsImportant "false";\n',
    "etc/dpkg/dpkg.cfg.d/docker-apt-speedup": "force-unsafe-io\n",
    "etc/dpkg/dpkg.cfg.d/docker": "".join(
        [
            *(f"path-exclude {pattern}\n" for pattern in EXCLUDED),
            *(f"path-include {pattern}\n" for pattern in INCLUDED),
        ]
    ),
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
}

LEFTOVERS = ("var/log", "var/cache/apt", "var/cache/ldconfig", "var/lib/apt/lists")
"""Folders whose files debootstrap's own work left."""


def is_excluded(path: str) -> bool:
    """Whether dpkg of the slim image leaves out a file of this absolute path."""
    return any(fnmatchcase(path, each) for each in EXCLUDED) and not any(fnmatchcase(path, each) for each in INCLUDED)


def make_slim_root(root: Path) -> None:
    """Write the settings into a root file system, and delete what they exclude."""
    for name, text in SETTINGS.items():
        path = root / name
        path.write_text(text)
        path.chmod(0o755 if name.endswith("policy-rc.d") else 0o644)
    # children come before their folder, which is empty by then
    for path in sorted((root / "usr/share").rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if is_excluded(f"/{path.relative_to(root)}") and not any(path.iterdir()):
                path.rmdir()
        elif is_excluded(f"/{path.relative_to(root)}"):
            path.unlink()
    for folder in LEFTOVERS:
        for path in (root / folder).rglob("*"):
            if path.is_file():
                path.unlink()
