"""Images in code, as the sides of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inspector.compare.comparison import Comparison, compare
from inspector.compare.side import Side, side_of
from inspector.demo.archive import Member, Step, image_config, tar_layer
from inspector.inspection import Inspection
from inspector.line import inspect_source
from inspector.sources.protocol import DeliveredLayer, Delivery, Scanner, Watch

Layers = Sequence[Sequence[Member]]


class _Built:
    """A source that has its image in memory."""

    def __init__(self, steps: Sequence[Step], run: Mapping[str, Any] | None, compressed: Sequence[int | None]) -> None:
        self._steps, self._run, self._compressed = steps, run, compressed

    def read(self, scanner: Scanner, watch: Watch) -> Delivery:  # noqa: ARG002 (nothing to watch)
        scans = [scanner.scan([step.layer]).scan for step in self._steps if step.layer is not None]
        sizes = self._compressed or [None] * len(scans)
        config = image_config(self._steps, created="2026-01-01T00:00:00Z", run=self._run)
        layers = tuple(DeliveredLayer(scan, None, size) for scan, size in zip(scans, sizes, strict=True))
        return Delivery("test", config, None, layers)

    def close(self) -> None:
        pass


def run(command: str, *members: Member) -> Step:
    return Step(f"RUN /bin/sh -c {command} # buildkit", tar_layer(members))


def inspection_of(
    steps: Sequence[Step],
    name: str = "test",
    *,
    config: Mapping[str, Any] | None = None,
    compressed: Sequence[int] = (),
) -> Inspection:
    return inspect_source(_Built(steps, config, compressed), name)


def side(steps: Sequence[Step], name: str = "test", **more: Any) -> Side:
    return side_of(inspection_of(steps, name, **more))


def compared(a: Sequence[Step], b: Sequence[Step]) -> Comparison:
    return compare(side(a, "a"), side(b, "b"))


def of_layers(layers: Layers) -> list[Step]:
    """A RUN for each layer, numbered."""
    return [run(f"step-{number}", *members) for number, members in enumerate(layers)]
