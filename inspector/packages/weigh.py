"""Bytes to packages: one pass over the entries of all layers, whatever is asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind
from inspector.packages.claims import Claims


class Weights(Struct, frozen=True):
    """By number of package: entry ids, live bytes, paths. By number of step: bytes."""

    entries: list[list[int]]
    sizes: list[int]
    paths: list[list[str]]
    steps: list[int]


class Steps(Struct, frozen=True):
    """The steps by number: `layers` of each; by layer the claims of what it brought, and of what it removed."""

    layers: list[int]
    brought: Mapping[int, Claims]
    hidden: Mapping[int, Claims]


def weigh(filesystem: Filesystem, final: Claims, came: Sequence[int | None], steps: Steps) -> Weights:
    """`final` are the claims on the final image, and `came` the step by which each of its packages came.

    The hot path: a million entries pass here. Whose a visible file is mostly tells what step brought it, too.
    """
    weights = Weights([[] for _ in came], [0] * len(came), [[] for _ in came], [0] * len(steps.layers))
    arrived: dict[int, dict[int, int]] = {}
    for number, step in enumerate(came):
        if step is not None:
            arrived.setdefault(steps.layers[step], {})[number] = step
    directory, whiteout = int(Kind.DIRECTORY), int(Kind.WHITEOUT)
    for layer, entries in enumerate(filesystem.layers):
        start, kinds, sizes, coming = filesystem.offsets[layer], entries.kinds, entries.sizes, steps.brought.get(layer)
        here = arrived.get(layer, {})
        leavers = filesystem.leavers[start : start + len(kinds)]
        for row, path in enumerate(entries.paths):
            kind = kinds[row]
            if kind == directory or kind >= whiteout:
                continue
            leaver, step = leavers[row], None
            if leaver == VISIBLE:
                owner = final.owner(path)
                if owner is not None:
                    step = here.get(owner)
                    weights.entries[owner].append(start + row)
                    weights.sizes[owner] += sizes[row]
                    if not (path.endswith(".pyc") and final.is_derived(path)):
                        weights.paths[owner].append(path)
            elif leaver in steps.hidden and sizes[row] and filesystem.hiders[start + row] == leaver:
                hiding = steps.hidden[leaver].owner(path)
                if hiding is not None:
                    weights.steps[hiding] += sizes[row]
            if step is None and coming is not None:
                step = coming.owner(path)
            if step is not None:
                weights.steps[step] += sizes[row]
    _weigh_at_links(filesystem, final, weights)
    _add_shared_paths(final, weights)
    return weights


def _weigh_at_links(filesystem: Filesystem, final: Claims, weights: Weights) -> None:
    """Bytes whose own path is gone, or nobody's, belong to the first owner of a hardlink to them."""
    taken = set()
    for link, file in filesystem.shares.items():
        if file in taken or filesystem.leavers[link] != VISIBLE:
            continue
        if filesystem.leavers[file] == VISIBLE and final.owner(filesystem.entry(file).path) is not None:
            continue
        owner = final.owner(filesystem.entry(link).path)
        if owner is not None:
            taken.add(file)
            weights.entries[owner].append(file)
            weights.sizes[owner] += filesystem.entry(file).size


def _add_shared_paths(final: Claims, weights: Weights) -> None:
    """A path that several packages list is among the paths of each, its bytes only the first one's."""
    there: set[str] = set()
    there.update(*weights.paths)
    for number, path in final.contested:
        if path in there:
            weights.paths[number].append(path)
