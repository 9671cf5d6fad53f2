"""A final stage: what is installed and copied upon a base image, what that weighs, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from inspector.lean.plan.copying import Carried
from inspector.lean.plan.installing import NOTHING, Installation
from inspector.lean.plan.model import Part
from inspector.lean.plan.stages import Setting, in_lines
from inspector.packages.model import Package
from inspector.sizes import human

MOST_NAMED = 4
"""Packages that a part of a size names."""


MOST_LAYERS = 80
"""Layers of a final stage at most: an engine takes 127, and the base has some."""


class FinalStage(Struct, frozen=True):
    """What comes upon the base, in this order: `before` (accounts, what packages are installed from), packages, files.

    `base` is what FROM says, `base_bytes` what that weighs. `relinks` is whether the linker's cache must be made anew,
    whose bytes are `linker_bytes`. `early` and `late` are settings before and behind.
    """

    base: str
    base_bytes: int
    carried: Carried
    before: Carried = Carried()
    installation: Installation = NOTHING
    linker_bytes: int = 0
    early: tuple[Setting, ...] = ()
    late: tuple[Setting, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the image will weigh, part by part."""
        found = [
            Part(f"base image {self.base}", self.base_bytes),
            Part(f"packages {_named(self.installation.named)}", self.installation.size_bytes),
            Part("files of the application", self.carried.size_bytes),
            Part("accounts and what packages are installed from", self.before.size_bytes),
            Part("the linker's cache", self.linker_bytes),
        ]
        return tuple(part for part in found if part.size_bytes)

    @property
    def size_bytes(self) -> int:
        return sum(part.size_bytes for part in self.parts)

    def lines(self, stage: str) -> list[str] | None:
        """The instructions; None where one cannot be written."""
        lines = [f"FROM {self.base}", *(line for each in self.early for line in each.lines)]
        copied = [copy.line(stage) for copy in self.before.copies]
        if self.installation.command:
            copied.append(in_lines(self.installation.command))
        if preparation := self.carried.preparation():
            copied.append(in_lines(preparation))
        copied += [copy.line(stage) for copy in self.carried.copies]
        if self.linker_bytes:
            copied.append("RUN ldconfig")
        if not (all(copied) and self.carried.is_shown and len(copied) <= MOST_LAYERS):
            return None
        return [*lines, *copied, *(line for each in self.late for line in each.lines)]

    def told(self) -> str:
        """What the stage does, in words."""
        done = [f"begin a final stage on {self.base}"]
        if self.installation.named:
            done.append(f"install {_named(self.installation.named)}")
        done.append(f"copy {human(self.carried.size_bytes)} of the application's files to it")
        return ", ".join(done)


def _named(packages: Sequence[Package]) -> str:
    names = [each.name for each in packages]
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
