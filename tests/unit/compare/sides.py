"""Images in code, as the sides of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inspector.compare.comparison import Comparison, compare
from inspector.compare.side import Side, side_of
from inspector.demo.archive import Member, Step, tar_layer
from inspector.inspection import Inspection
from inspector.line import inspect_source
from tests.builders import BuiltImage

Layers = Sequence[Sequence[Member]]


def run(command: str, *members: Member) -> Step:
    return Step(f"RUN /bin/sh -c {command} # buildkit", tar_layer(members))


def inspection_of(
    steps: Sequence[Step],
    name: str = "test",
    *,
    config: Mapping[str, Any] | None = None,
    compressed: Sequence[int] = (),
) -> Inspection:
    return inspect_source(BuiltImage(steps, config, compressed), name)


def side(steps: Sequence[Step], name: str = "test", **more: Any) -> Side:
    return side_of(inspection_of(steps, name, **more))


def compared(a: Sequence[Step], b: Sequence[Step]) -> Comparison:
    return compare(side(a, "a"), side(b, "b"))


def of_layers(layers: Layers) -> list[Step]:
    """A RUN for each layer, numbered."""
    return [run(f"step-{number}", *members) for number, members in enumerate(layers)]
