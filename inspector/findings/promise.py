"""What a remedy frees, by carrying it out on the layers: joined RUNs make one layer, and its command removes files.

A file that a joined RUN wrote and a joined RUN hides is never stored. What a RUN outside of them writes again stays;
what came with the base image, or by a COPY, is only hidden by a command that removes it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection

from inspector.findings.finding import Subject
from inspector.findings.globs import matcher

_FIND = re.compile(r"find /(\S+) -type f -delete").fullmatch

Removes = Callable[[str], object]


def freed(
    subject: Subject, layers: Collection[int], command: str = "", gone: Collection[int] = frozenset()
) -> dict[int, int]:
    """Entry id → bytes that are gone when these layers are made by one RUN that ends with the command.

    `gone` are entries of which the caller knows that the command removes them (packages' files); paths that it removes
    by name (`rm`, `find -delete`) are read from it.
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


def removed_by(command: str) -> Removes:
    """Tells of a path whether the command removes it by name."""
    globs = []
    for part in command.split(" && "):
        if found := _FIND(part):
            globs.append(f"{found[1]}/**")
            continue
        try:
            program, *words = shlex.split(part) or [""]
        except ValueError:
            continue
        if program == "rm":
            paths = [word.removeprefix("/") for word in words if word.startswith("/")]
            globs += [glob for path in paths for glob in (path, f"{path}/**")]
    return matcher(globs).fullmatch
