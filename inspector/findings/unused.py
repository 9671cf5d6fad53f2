"""Caches that a build fills and reads: from when on nothing needs them, neither a later RUN nor the running program."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from inspector.findings.finding import Subject
from inspector.findings.joining import join, last_user
from inspector.findings.promise import Removes
from inspector.findings.scripts import user_of
from inspector.layers.entries import Kind
from inspector.packages.removal.programs import Programs, command_words

WRITABLE = 0o200
"""The bit of a folder's mode without which only root can remove what is in it, as in Go's module cache."""


def runs_until_unused(
    subject: Subject, steps: Sequence[int], users: Sequence[str], removes: Removes
) -> tuple[int, ...]:
    """The RUNs at whose end a cache can be removed when they are one, by their indexes: those that filled it
    (`steps`) and those that may use it; nothing where that is not certain.

    `users` are commands that read the cache, `removes` tells of a path whether it would go.
    """
    if not steps or any(subject.instructions[index].verb != "RUN" for index in steps):
        return ()
    last = max(steps[-1], last_user(subject, steps[0], frozenset(users), cleans_lists=False))
    runs = (last,) if last == steps[0] else join(subject, steps[0], last)
    if not set(steps) <= set(runs) or subject.is_used_elsewhere(runs):
        return ()
    may_remove = user_of(subject.instructions, last) == "root" or _is_writable(subject, removes)
    needed = _is_linked_to(subject, removes) or _may_be_run(subject, users, removes)
    return runs if may_remove and not needed else ()


def _is_writable(subject: Subject, removes: Removes) -> bool:
    """Whether those who own the folders that would go may empty them."""
    return all(
        entries.modes[row] & WRITABLE
        for entries in subject.filesystem.layers
        for row, path in enumerate(entries.paths)
        if entries.kinds[row] == Kind.DIRECTORY and removes(path)
    )


def _is_linked_to(subject: Subject, removes: Removes) -> bool:
    """Whether a symlink that stays leads to what would go."""
    for entries in subject.filesystem.layers:
        for row, link in entries.links.items():
            path = entries.paths[row]
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), link)).lstrip("/")
            if entries.kinds[row] == Kind.SYMLINK and removes(target) and not removes(path):
                return True
    return False


def _may_be_run(subject: Subject, users: Sequence[str], removes: Removes) -> bool:
    """Whether what the image starts may read what would go: it is one of the users, names a file there, or is a script
    of the image's own, of which nobody knows what it starts."""
    run, paths = subject.evidence.run, subject.evidence.paths
    if any(posixpath.basename(word) in users or removes(word.strip("/")) for _, word in command_words(run)):
        return True
    for *_, way in Programs(paths, run).started():
        entry_id = paths.file(way[-1])
        assert entry_id is not None, "a way ends at a file"
        layer, row = subject.filesystem.locate(entry_id)
        if any(map(removes, way)) or (row in subject.scans[layer].facts.scripts and not subject.is_from_base(layer)):
            return True
    return False
