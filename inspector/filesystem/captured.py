"""The captured files and the symlinks of an image, as they come and go from layer to layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from inspector.filesystem.stack import VISIBLE, Filesystem
from inspector.layers.entries import Kind
from inspector.layers.scan import LayerScan

Value = TypeVar("Value")


class Lifetime(Struct, Generic[Value], frozen=True):
    """What is at a path from layer `came` on, until layer `left` takes it away (VISIBLE: to the end)."""

    path: str
    value: Value
    came: int
    left: int


def captured_stays(filesystem: Filesystem, scans: Sequence[LayerScan]) -> list[Lifetime[bytes]]:
    """Every captured file of every layer that was ever visible."""
    stays = []
    for layer, scan in enumerate(scans):
        captured, kinds, start = scan.captured, scan.entries.kinds, filesystem.offsets[layer]
        if not captured:
            continue
        for row, path in enumerate(scan.entries.paths):
            if path in captured and kinds[row] == Kind.FILE and filesystem.leavers[start + row] != layer:
                stays.append(Lifetime(path, captured[path], layer, filesystem.leavers[start + row]))
    return stays


def link_stays(filesystem: Filesystem) -> list[Lifetime[str]]:
    """Every symlink that was ever visible, with its target as written."""
    stays = []
    for layer, entries in enumerate(filesystem.layers):
        start = filesystem.offsets[layer]
        for row, target in entries.links.items():
            if entries.kinds[row] == Kind.SYMLINK and filesystem.leavers[start + row] != layer:
                stays.append(Lifetime(entries.paths[row], target, layer, filesystem.leavers[start + row]))
    return stays


def visible_captured(filesystem: Filesystem, scans: Sequence[LayerScan]) -> dict[str, bytes]:
    """Path → bytes of the captured files in the final image."""
    return {stay.path: stay.value for stay in captured_stays(filesystem, scans) if stay.left == VISIBLE}


class Timeline(Generic[Value]):
    """What is at each path, advanced layer by layer: the work is that of the changes, not of paths times layers."""

    def __init__(self, stays: Iterable[Lifetime[Value]]) -> None:
        self._came: dict[int, list[Lifetime[Value]]] = {}
        self._left: dict[int, list[Lifetime[Value]]] = {}
        self._now: dict[str, Value] = {}
        for stay in stays:
            self._came.setdefault(stay.came, []).append(stay)
            if stay.left != VISIBLE:
                self._left.setdefault(stay.left, []).append(stay)

    @property
    def now(self) -> Mapping[str, Value]:
        """Path → what is there; the same mapping changes with each advance."""
        return self._now

    def advance(self, layer: int) -> bool:
        """Apply a layer, the one after the layer before; tells whether it changed anything."""
        left, came = self._left.get(layer, ()), self._came.get(layer, ())
        for stay in left:
            del self._now[stay.path]
        for stay in came:
            self._now[stay.path] = stay.value
        return bool(left or came)
