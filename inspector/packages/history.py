"""Which packages come and go in which layer: each database read again after every layer that changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from msgspec import Struct

from inspector.filesystem.captured import Lifetime, Timeline
from inspector.layers.capture import reader_of
from inspector.packages.found import Found
from inspector.packages.manager import Manager
from inspector.packages.managers import MANAGERS
from inspector.packages.memo import Memo
from inspector.packages.model import Distribution, Unread


class Step(Struct, frozen=True):
    """A package that a layer added (no `before`), removed (no `after`), or replaced by another version."""

    layer: int
    before: Found | None
    after: Found | None


class History(Struct, frozen=True):
    """The packages of the final image in the order of their claims, and every step that led there."""

    final: tuple[Found, ...]
    steps: tuple[Step, ...]
    unread: tuple[Unread, ...]


def history(stays: Sequence[Lifetime[bytes]], layers: int, distribution: Distribution) -> History:
    """What the captured files say, layer after layer. A database that cannot be read counts as an empty one."""
    final: list[Found] = []
    steps: list[Step] = []
    unread: list[Unread] = []
    captured: dict[str, list[Lifetime[bytes]]] = {}
    for stay in stays:
        captured.setdefault(reader_of(stay.path), []).append(stay)
    for manager in MANAGERS:
        if own := captured.get(manager.captured):
            final += _follow(manager, own, layers, distribution, steps, unread)
    steps.sort(key=lambda step: step.layer)
    return History(tuple(final), tuple(steps), tuple(unread))


def _follow(
    manager: Manager,
    stays: Iterable[Lifetime[bytes]],
    layers: int,
    distribution: Distribution,
    steps: list[Step],
    unread: list[Unread],
) -> list[Found]:
    """One kind through all layers: notes the steps, gives what is there in the end."""
    timeline, memo = Timeline(stays), Memo()
    found: list[Found] = []
    for layer in range(layers):
        if not timeline.advance(layer):
            continue
        before = found
        try:
            found = list(manager.read(timeline.now, distribution, memo))
        except (ValueError, RecursionError) as problem:
            unread.append(Unread(manager.kind, layer, str(problem)))
            found = []
        steps += (Step(layer, old, new) for old, new in _differences(before, found))
    return found


def _differences(before: Iterable[Found], after: Iterable[Found]) -> Iterator[tuple[Found | None, Found | None]]:
    """Versions that went and versions that came; of one name they are paired."""
    old, new = ({identity(found): found for found in side} for side in (before, after))
    gone, come = (_by_name(one[key] for key in one if key not in other) for one, other in ((old, new), (new, old)))
    for name in sorted({*gone, *come}):
        yield from zip_longest(gone.get(name, ()), come.get(name, ()))


def identity(found: Found) -> tuple[str, str, str, str, str]:
    """What tells an installed package from all others."""
    package = found.package
    return package.kind, package.name, package.location, package.architecture, package.version


def _by_name(packages: Iterable[Found]) -> dict[tuple[str, str], list[Found]]:
    """By name and place; of several versions those of one architecture stay in order."""
    named: dict[tuple[str, str], list[Found]] = {}
    for found in packages:
        named.setdefault((found.package.name, found.package.location), []).append(found)
    return named
