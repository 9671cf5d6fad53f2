"""The build tooling of an image: the verdicts on its packages, and what could be removed of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from inspector.attribution.instructions import Instruction
from inspector.attribution.owners import LayerOwner
from inspector.packages.databases.apt_conf import apt_configuration
from inspector.packages.evidence import Evidence
from inspector.packages.model import Package
from inspector.packages.removal.leftovers import Leftovers, leftovers
from inspector.packages.removal.needs import Need, needed_packages
from inspector.packages.removal.records import record_bytes
from inspector.packages.removal.tools import Verdict, build_tools


class Tooling(Struct, frozen=True):
    """`verdicts` are the tools, `rescue` the packages that something outside of packages needs.

    `own` is what the image's own instructions could remove of what they brought, the base image's packages being there
    in any case; `everything` is what could go if the base image were another one. `records` are the bytes that the
    package manager's databases hold of the packages that could go, by path.
    """

    verdicts: Mapping[Package, Verdict] = {}
    rescue: Mapping[Package, Need] = {}
    own: tuple[Leftovers, ...] = ()
    everything: tuple[Leftovers, ...] = ()
    records: Mapping[Package, Mapping[str, int]] = {}

    @property
    def staying(self) -> dict[Package, str]:
        """The tools that the image's own instructions brought and that cannot go, each with what needs it."""
        return {tool: reason for leftover in self.own for tool, reason in leftover.staying.items()}


def unchangeable_layers(instructions: Iterable[Instruction], owners: Iterable[LayerOwner]) -> frozenset[int]:
    """The layers in which nothing can be removed where it was brought: the base image's, and those no RUN made."""
    made_otherwise = (step.layer for step in instructions if step.layer is not None and step.verb != "RUN")
    return frozenset(made_otherwise).union(layer for layer, owner in enumerate(owners) if owner.is_base)


def find_tooling(evidence: Evidence, unchangeable: Collection[int]) -> Tooling:
    """The tooling of an image in whose `unchangeable` layers no instruction of its own can remove anything."""
    installed, captured = evidence.inventory.installed, evidence.captured
    verdicts = build_tools(each.package for each in installed)
    if not verdicts:
        return Tooling()
    rescue = needed_packages(evidence)
    configuration = apt_configuration(captured)
    fixed = frozenset(each.package for each in installed if each.layer in unchangeable)
    own = leftovers(installed, verdicts, rescue, configuration, fixed)
    everything = leftovers(installed, verdicts, rescue, configuration) if fixed else own
    going = (package for leftover in everything for package in leftover.strict.removed | leftover.default.removed)
    return Tooling(verdicts, rescue, own, everything, record_bytes(captured, going))
