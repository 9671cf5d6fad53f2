"""The readers, in the order in which they may claim files: who comes first owns what several list.

The system's packages come first, for a file in /usr is dpkg's even if a Python module that dpkg installed lists it too.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from inspector.packages import apk, composer, conda, dpkg, embedded, gems, npm, pacman, python
from inspector.packages.found import Reader
from inspector.packages.rpm import reader as rpm


class Kind(Struct, frozen=True):
    """A kind of packages by its purl type(s): which captured files tell of them, and how to read those."""

    name: str
    wants: Callable[[str], object]
    read: Reader


KINDS = (
    Kind("deb", dpkg.wants, dpkg.read),
    Kind("apk", apk.wants, apk.read),
    Kind("rpm", rpm.wants, rpm.read),
    Kind("alpm", pacman.wants, pacman.read),
    Kind("conda", conda.wants, conda.read),
    Kind("pypi", python.wants, python.read),
    Kind("gem", gems.wants, gems.read),
    Kind("composer", composer.wants, composer.read),
    Kind("npm", npm.wants, npm.read),
    Kind("golang, cargo or maven", embedded.wants, embedded.read),
)
