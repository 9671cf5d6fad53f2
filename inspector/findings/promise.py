"""What a remedy frees, by carrying it out on the layers: joined RUNs make one layer, and its command removes files.

A file that a joined RUN wrote and a joined RUN hides is never stored. What a RUN outside of them writes again stays;
what came with the base image, or by a COPY, is only hidden by a command that removes it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Mapping

from inspector.findings.finding import Subject
from inspector.findings.joining import LISTS
from inspector.globs import matcher

LIST_FILES = LISTS.removeprefix("/")

APT_CACHES = ("var/cache/apt/pkgcache.bin", "var/cache/apt/srcpkgcache.bin")

EMPTY_CACHE = 1_600_000
"""Bytes of each of apt's caches when there are no package lists (measured with apt 2.6 on amd64)."""

_FIND = re.compile(r"find /(\S+) -type f -exec rm -f '\{\}' \+").fullmatch
_FIND_FOLDERS = re.compile(r"find /(\S+) -depth -type d -name (\w+) -exec rm -rf '\{\}' \+").fullmatch

Removes = Callable[[str], object]


def freed(
    subject: Subject, layers: Collection[int], command: str = "", gone: Collection[int] = frozenset()
) -> dict[int, int]:
    """Entry id → bytes that are gone when these layers are made by one RUN that ends with the command.

    `gone` are entries of which the caller knows that the command removes them (packages' files); paths that it removes
    by name (`rm`, `find -exec rm`) are read from it.
    """
    filesystem, removes, frees = subject.filesystem, removed_by(command), dict[int, int]()
    made = frozenset(layers)
    for layer in made:
        entries, start = filesystem.layers[layer], filesystem.offsets[layer]
        for row, size in enumerate(entries.sizes):
            entry_id = start + row
            if size and (
                (filesystem.hiders[entry_id] in made and filesystem.hiders[entry_id] != layer)
                or entry_id in gone
                or removes(entries.paths[row])
            ):
                frees[entry_id] = size
    return frees


def shrunk_caches(subject: Subject, layers: Collection[int]) -> dict[int, int]:
    """Entry id → bytes that apt's caches lose when it purges something after the package lists were removed."""
    top, shrunk, lists = max(layers), dict[int, int](), False
    for entry_id in subject.filesystem.visible(top):
        layer, row = subject.filesystem.locate(entry_id)
        entries = subject.filesystem.layers[layer]
        path, size = entries.paths[row], entries.sizes[row]
        if path in APT_CACHES and layer in layers and size > EMPTY_CACHE:
            shrunk[entry_id] = size - EMPTY_CACHE
        lists |= size > 0 and path.startswith(LIST_FILES) and not path.endswith("/lock")
    return {} if lists else shrunk


def shrunk_later(subject: Subject, frees: Mapping[int, int]) -> dict[int, int]:
    """Entry id → bytes that apt's caches lose in later RUNs, where all package lists that they found are freed."""
    filesystem, shrunk = subject.filesystem, dict[int, int]()
    listed = {
        start + row
        for start, entries in zip(filesystem.offsets, filesystem.layers, strict=False)
        for row, path in enumerate(entries.paths)
        if path.startswith(LIST_FILES) and entries.sizes[row] and not path.endswith("/lock")
    }
    if not listed or not listed <= frees.keys():
        return {}
    last = max(filesystem.locate(each)[0] for each in listed)
    for step in subject.instructions:
        if step.verb != "RUN" or step.layer is None or step.layer <= last:
            continue
        start, entries = filesystem.offsets[step.layer], filesystem.layers[step.layer]
        caches = {start + row: entries.sizes[row] for row, path in enumerate(entries.paths) if path in APT_CACHES}
        # apt writes both when there is no list, and else the second only where lists changed
        least = EMPTY_CACHE * len(APT_CACHES) // max(len(caches), 1)
        shrunk |= {each: size - least for each, size in caches.items() if size > least}
    return shrunk


def removed_by(command: str) -> Removes:
    """Tells of a path whether the command removes it by name."""
    globs = []
    for part in command.split(" && "):
        if found := _FIND(part):
            globs.append(f"{found[1]}/**")
            continue
        if found := _FIND_FOLDERS(part):
            globs.append(f"{found[1]}/**/{found[2]}/**")
            continue
        try:
            program, *words = shlex.split(part) or [""]
        except ValueError:
            continue
        if program == "rm":
            paths = [word.removeprefix("/") for word in words if word.startswith("/")]
            globs += [glob for path in paths for glob in (path, f"{path}/**")]
    return matcher(globs).fullmatch


def names_paths(command: str) -> bool:
    """Whether a command removes by name alone, so that `removed_by` tells all that it removes."""
    return "$" not in command and all(part.startswith(("rm ", "find ")) for part in command.split(" && "))
