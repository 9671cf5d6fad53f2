"""The inventory of an image: its packages with their bytes, and what each layer did to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from inspector.filesystem.captured import Lifetime, captured_stays, link_stays
from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.scan import LayerScan
from inspector.packages.claims import Claims, Links
from inspector.packages.distribution import distribution_of
from inspector.packages.found import Found
from inspector.packages.history import History, Step, history, identity
from inspector.packages.languages.embedded import BUILT
from inspector.packages.model import Installed, Inventory, LayerChange, Package
from inspector.packages.weigh import Steps, weigh

Value = TypeVar("Value")


def take_inventory(filesystem: Filesystem, scans: Sequence[LayerScan]) -> Inventory:
    """Read every package database of the image. Databases that cannot be read are told in `unread`."""
    stays = captured_stays(filesystem, scans)
    distribution = distribution_of(_visible(stays))
    told = history(stays, len(scans), distribution)
    if not told.steps:
        return Inventory((), (), distribution, told.unread)
    links = Links(_visible(link_stays(filesystem)))
    told = _without_parts(told, links)
    final = Claims()
    for number, found in enumerate(told.final):
        final.add(number, *_claims(found, links))
    came = {identity(step.after): number for number, step in enumerate(told.steps) if step.after}
    numbers = [came.get(identity(found)) for found in told.final]
    weights = weigh(filesystem, final, numbers, _claims_of_steps(told.steps, links))
    installed = [
        Installed(
            replace(found.package, paths=tuple(weights.paths[n])),
            weights.sizes[n],
            None if number is None else told.steps[number].layer,
            tuple(weights.entries[n]),
        )
        for n, (found, number) in enumerate(zip(told.final, numbers, strict=True))
    ]
    installed.sort(key=lambda each: (-each.size_bytes, each.package.kind, each.package.name, each.package.location))
    changes = tuple(_change(step, size) for step, size in zip(told.steps, weights.steps, strict=True))
    return Inventory(tuple(installed), changes, distribution, told.unread)


def owned_paths(inventory: Inventory) -> frozenset[str]:
    """Normalised paths that some package owns in the final image.

    Programs and jars that tell what they were built from are not among them: whoever made the image built or copied
    them, and can strip or leave them out.
    """
    return frozenset(
        path for each in inventory.installed if each.package.kind not in BUILT for path in each.package.paths
    )


def owners(inventory: Inventory) -> dict[int, Package]:
    """Entry id → the package whose bytes it holds."""
    return {entry: each.package for each in inventory.installed for entry in each.entries}


def _visible(stays: Iterable[Lifetime[Value]]) -> dict[str, Value]:
    return {stay.path: stay.value for stay in stays if stay.left == VISIBLE}


def _claims(found: Found, links: Links) -> tuple[Iterable[str], Iterable[str]]:
    """What a package lists and its folders, by the paths they really have."""
    return map(links.real, found.listed()), map(links.real, found.folders)


def _claims_of_steps(steps: Sequence[Step], links: Links) -> Steps:
    brought: dict[int, Claims] = {}
    hidden: dict[int, Claims] = {}
    for number, step in enumerate(steps):
        if step.after:
            brought.setdefault(step.layer, Claims()).add(number, *_claims(step.after, links))
        elif step.before:
            hidden.setdefault(step.layer, Claims()).add(number, *_claims(step.before, links))
    return Steps([step.layer for step in steps], brought, hidden)


def _without_parts(told: History, links: Links) -> History:
    """The history without packages that are parts of others: what another package owns the record of.

    So a Python module that dpkg installed is one package, the deb, and what setuptools vendors is setuptools.
    """
    ever = [step.after for step in told.steps if step.after]
    if not any(found.record for found in ever):
        return told
    claims = Claims()
    for number, found in enumerate(ever):
        claims.add(number, *_claims(found, links))

    def is_part(found: Found | None) -> bool:
        if found is None or not found.record:
            return False
        owner = claims.owner(links.real(found.record))
        if owner is None or _name(ever[owner]) == _name(found):
            return False
        return not (found.shared and ever[owner].shared)

    return History(
        tuple(found for found in told.final if not is_part(found)),
        tuple(step for step in told.steps if not (is_part(step.before) or is_part(step.after))),
        told.unread,
    )


def _name(found: Found) -> tuple[str, str]:
    return found.package.kind, found.package.name


def _change(step: Step, size: int) -> LayerChange:
    named = step.after or step.before
    assert named is not None, "a step has a package before or after it"
    package = named.package
    return LayerChange(
        layer=step.layer,
        kind=package.kind,
        name=package.name,
        before=step.before.package.version if step.before else None,
        after=step.after.package.version if step.after else None,
        architecture=package.architecture,
        location=package.location,
        size_bytes=size,
    )
