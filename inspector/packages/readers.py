"""The readers, in the order in which they may claim files: who comes first owns what several list.

The system's packages come first, for a file in /usr is dpkg's even if a Python module that dpkg installed lists it too.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from inspector.packages.databases import apk, dpkg, pacman
from inspector.packages.databases.rpm import reader as rpm
from inspector.packages.found import Reader
from inspector.packages.languages import composer, conda, embedded, gems, npm, python


class Manager(Struct, frozen=True):
    """A kind of packages by its purl type(s): which captured files tell of them, and how to read those."""

    name: str
    wants: Callable[[str], object]
    read: Reader


KINDS = (
    Manager("deb", dpkg.wants, dpkg.read),
    Manager("apk", apk.wants, apk.read),
    Manager("rpm", rpm.wants, rpm.read),
    Manager("alpm", pacman.wants, pacman.read),
    Manager("conda", conda.wants, conda.read),
    Manager("pypi", python.wants, python.read),
    Manager("gem", gems.wants, gems.read),
    Manager("composer", composer.wants, composer.read),
    Manager("npm", npm.wants, npm.read),
    Manager("golang, cargo or maven", embedded.wants, embedded.read),
)
