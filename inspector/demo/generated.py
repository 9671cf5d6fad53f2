"""File content made up from the file's path: every path its own bytes, the same on every run."""

from __future__ import annotations

import hashlib

from inspector.demo.archive import Member

SCALE = 100
"""Real bytes for each byte of the demo. At a hundredth both images are built in a blink, while a C++ header
still has some dozens of bytes and the proportions stay those of the article."""

BINARY_PARTS = frozenset({"a", "node", "o", "so", "tgz"})
"""What stands between the dots of a binary file's name, where its mode does not tell it is a program."""


def generated(path: str, size: int, *, mode: int = 0o644) -> Member:
    """A file of `size` real bytes, scaled; text unless its name or mode says otherwise."""
    length = max(1, size // SCALE)
    name = path.rpartition("/")[2]
    if mode & 0o111 or BINARY_PARTS.intersection(name.split(".")[1:]):
        return Member(path, hashlib.shake_256(path.encode()).digest(length), mode=mode)
    digits = hashlib.shake_256(path.encode()).hexdigest(length // 2 + 1)
    return Member(path, f"{digits[: length - 1]}\n".encode(), mode=mode)


def spread(folder: str, names: str, size: int, *, mode: int = 0o644) -> tuple[Member, ...]:
    """Files of `folder` that share `size` real bytes unevenly, as files do; blanks separate their `names`."""
    paths = [f"{folder}/{name}" for name in names.split()]
    weights = [1 + hashlib.sha256(path.encode()).digest()[0] // 16 for path in paths]
    unit = size / sum(weights)
    return tuple(generated(path, round(weight * unit), mode=mode) for path, weight in zip(paths, weights, strict=True))
