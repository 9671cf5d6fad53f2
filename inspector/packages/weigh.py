"""Bytes to packages: one pass over the entries of all layers, whatever is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind
from inspector.packages.claims import Claims


@dataclass(frozen=True, slots=True)
class Weights:
    """By number of package: entry ids, live bytes, paths. By number of step: bytes."""

    entries: list[list[int]]
    sizes: list[int]
    paths: list[list[str]]
    steps: list[int]


def weigh(
    filesystem: Filesystem,
    final: Claims,
    packages: int,
    brought: Mapping[int, Claims],
    hidden: Mapping[int, Claims],
    steps: int,
) -> Weights:
    """`final` are the claims on the final image; `brought` and `hidden` those of each layer's steps."""
    weights = Weights([[] for _ in range(packages)], [0] * packages, [[] for _ in range(packages)], [0] * steps)
    directory, whiteout = int(Kind.DIRECTORY), int(Kind.WHITEOUT)
    for layer, entries in enumerate(filesystem.layers):
        start, kinds, sizes, coming = filesystem.offsets[layer], entries.kinds, entries.sizes, brought.get(layer)
        leavers = filesystem.leavers[start : start + len(kinds)]
        for row, path in enumerate(entries.paths):
            kind = kinds[row]
            if kind == directory or kind >= whiteout:
                continue
            if coming is not None:
                step = coming.owner(path)
                if step is not None:
                    weights.steps[step] += sizes[row]
            leaver = leavers[row]
            if leaver == VISIBLE:
                owner = final.owner(path)
                if owner is not None:
                    weights.entries[owner].append(start + row)
                    weights.sizes[owner] += sizes[row]
                    if not final.is_derived(path):
                        weights.paths[owner].append(path)
            elif leaver in hidden and sizes[row] and filesystem.hiders[start + row] == leaver:
                step = hidden[leaver].owner(path)
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


def by_layer(claims: Iterable[tuple[int, int, Iterable[str], Iterable[str]]]) -> dict[int, Claims]:
    """Claims gathered by layer, from (layer, number, listed paths, folders)."""
    layers: dict[int, Claims] = {}
    for layer, number, listed, folders in claims:
        layers.setdefault(layer, Claims()).add(number, listed, folders)
    return layers
