"""Whose a layer is: the base image's, or the user's own. Decided here once, for all who ask."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction


class Owner(StrEnum):
    """BASE came with the base image, where no change of the Dockerfile reaches; YOURS its instructions made."""

    BASE = "base"
    YOURS = "yours"
    UNKNOWN = "unknown"


class LayerOwner(Struct, frozen=True):
    """`evidence` names what it is known by, empty where it is not."""

    owner: Owner
    evidence: str = ""

    @property
    def is_base(self) -> bool:
        return self.owner is Owner.BASE

    @property
    def from_base(self) -> bool | None:
        """None where it is unknown."""
        return None if self.owner is Owner.UNKNOWN else self.is_base


def layer_owners(layers: int, steps: Sequence[Instruction], base: Base | None) -> tuple[LayerOwner, ...]:
    """The owner of each layer: by how many of them are known to be the base's, else by the instruction that made it.

    Layers are verified by their digests where instructions only count in pairs, so the former is believed first; it
    also holds where the history does not pair with the layers.
    """
    of_steps = {step.layer: step.from_base for step in steps if step.layer is not None}
    evidence = base.evidence if base else "Dockerfile"
    return tuple(_owner(layer, base, of_steps.get(layer), evidence) for layer in range(layers))


def _owner(layer: int, base: Base | None, from_base: bool | None, evidence: str) -> LayerOwner:
    if base is not None and base.layers is not None:
        from_base = layer < base.layers
    if from_base is None:
        return LayerOwner(Owner.UNKNOWN)
    return LayerOwner(Owner.BASE if from_base else Owner.YOURS, evidence)
