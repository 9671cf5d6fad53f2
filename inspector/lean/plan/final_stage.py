"""A final stage: what is installed and copied upon a base image, what that weighs, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from inspector.lean.plan.copying import Carried
from inspector.lean.plan.installing import NOTHING, Installation
from inspector.lean.plan.model import Part
from inspector.lean.plan.pruning import Pruning
from inspector.lean.plan.stages import Setting, in_lines
from inspector.packages.model import Package
from inspector.sizes import human

MOST_NAMED = 4
"""Packages that a part of a size names."""


MOST_LAYERS = 80
"""Layers of a final stage at most: an engine takes 127, and the base has some."""


ROOT = ("", "root", "0", "0:0", "root:root")
"""What USER says where RUNs may do anything."""


class FinalStage(Struct, frozen=True):
    """What comes upon the base, in this order: `before` (accounts, what packages are installed from), packages, files.

    `pruning` is what the stage that builds does in the end, so that less is carried. `base` is what FROM says,
    `base_bytes` what that weighs. `linker_bytes` are those of the linker's cache, 0 where it need not be made anew.
    `early` and `late` are settings before and behind, `base_user` is the base's USER.
    """

    base: str
    base_bytes: int
    carried: Carried
    before: Carried = Carried()
    installation: Installation = NOTHING
    linker_bytes: int = 0
    early: tuple[Setting, ...] = ()
    late: tuple[Setting, ...] = ()
    base_user: str = ""
    pruning: Pruning = Pruning()

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the image will weigh, part by part."""
        found = [
            Part(f"base image {self.base}".strip(), self.base_bytes),
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
        """The instructions, by which files come from the stage of this name; None where there is a hindrance."""
        if self.hindrance(stage):
            return None
        made = list(self._layers(stage))
        if self.base_user not in ROOT and any(line.startswith("RUN ") for line in made):
            own = any(each.verb == "USER" for each in self.late)
            made = ["USER 0", *made, *([] if own else [f"USER {self.base_user}"])]
        early, late = ([line for each in settings for line in each.lines] for settings in (self.early, self.late))
        return [f"FROM {self.base}", *early, *made, *late]

    def hindrance(self, stage: str) -> str:
        """Why the instructions cannot be written, in words; empty where they can."""
        made = list(self._layers(stage))
        if not all(made) or not self.carried.is_shown:
            return "a path cannot be written in it"
        if len(made) > MOST_LAYERS:
            return f"its final stage would add {len(made)} layers, more than the {MOST_LAYERS} that fit on most bases"
        return ""

    def _layers(self, stage: str) -> Iterator[str]:
        """The RUNs and COPYs; an empty one for what no line can name."""
        yield from (copy.line(stage) for copy in self.before.copies)
        for command in (self.installation.command, self.carried.preparation()):
            if command:
                yield in_lines(command)
        yield from (copy.line(stage) for copy in self.carried.copies)
        if self.linker_bytes:
            yield "RUN ldconfig"

    def told(self) -> str:
        """What the stage does, in words."""
        done = [f"begin a final stage on {self.base or 'the same base image'}"]
        if self.installation.named:
            done.append(f"install {_named(self.installation.named)}")
        done.append(f"copy {human(self.carried.size_bytes)} of the application's files to it")
        return ", ".join(done)


def _named(packages: Sequence[Package]) -> str:
    names = [each.name for each in packages]
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")
