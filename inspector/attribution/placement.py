"""Which lines of a Dockerfile made which entry of the history, or that they did not.

The image's own instructions are the last entries of its history, so both are followed from the end. All of the
Dockerfile must be there, in order; what is left in front is the base image's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from inspector.attribution.created_by import VERBS
from inspector.attribution.dockerfile import (
    SCRATCH,
    Dockerfile,
    DockerfileInstruction,
    Stage,
    parse_instruction,
    trigger,
)
from inspector.attribution.instructions import Instruction, LineRange
from inspector.attribution.matching import made_by
from inspector.attribution.syntax import LogicalLine, exec_form
from inspector.errors import BadDockerfile

QUOTED = 80
"""Characters of an instruction in a message; some are pages long."""

LAYER_VERBS = frozenset({"ADD", "COPY", "RUN"})


class Placement(Struct, frozen=True):
    """`written[i]` made history entry i; the first `base_entries` entries are the base image's.

    `base_name` is None where FROM names none for certain (variables), or where there is no base (`scratch`). `stages`
    are those of the Dockerfile that the image is made by, each FROM the one before.
    """

    dockerfile: Dockerfile
    stages: tuple[Stage, ...]
    written: tuple[DockerfileInstruction | None, ...]
    base_entries: int
    base_name: str | None
    from_scratch: bool

    @property
    def lines(self) -> tuple[LineRange | None, ...]:
        """The lines of each history entry."""
        return tuple(
            LineRange(self.dockerfile.path, each.first_line, each.last_line) if each else None for each in self.written
        )

    def stage_of(self, entry: int) -> Stage | None:
        """The stage with the instruction that made a history entry, None where it is not known."""
        written = self.written[entry]
        return next((stage for stage in self.stages if written in stage.instructions), None) if written else None

    def is_used_elsewhere(self, stage: Stage) -> bool:
        """Whether stages that are not this image's begin with the stage, or any takes files from it."""
        names = {(stage.name or "").lower(), str(self.dockerfile.stages.index(stage))} - {""}
        others = (other for other in self.dockerfile.stages if other not in self.stages)
        taken = re.compile(rf"--(?:mount=(?:\S*,)?)?from=(?:{'|'.join(map(re.escape, names))})(?:,\S*)?").fullmatch
        return any(other.base.lower() in names for other in others) or any(
            taken(flag.lower())
            for other in self.dockerfile.stages
            for written in other.instructions
            for flag in written.flags
        )


class Mismatch(Struct, frozen=True):
    """Why a Dockerfile cannot be the one that the image was built from."""

    reason: str


class _Expected(Struct, frozen=True):
    """An instruction that should be in the history; an optional one is not recorded by every builder."""

    written: DockerfileInstruction
    optional: bool


def place(
    dockerfile: Dockerfile, steps: Sequence[Instruction], target: str | None = None, shell: str | None = None
) -> Placement | Mismatch:
    """The lines of an image built from a stage (None: the last). `shell` is the config's SHELL, joined by spaces."""
    stage = dockerfile.stage(target)
    if stage is None:
        names = [other.name for other in dockerfile.stages if other.name]
        return Mismatch(f"it has no stage {target}" + (f", only {', '.join(names)}" if names else ""))
    found = _place_stage(dockerfile, stage, steps, shell)
    if isinstance(found, Placement) or target is not None:
        return found
    others = [
        other.name or str(number)
        for number, other in enumerate(dockerfile.stages[:-1])
        if any(written.verb in LAYER_VERBS for written in other.instructions)
        and isinstance(_place_stage(dockerfile, other, steps, shell), Placement)
    ]
    return Mismatch(f"{found.reason}; its stage {others[0]} does match") if len(others) == 1 else found


def _place_stage(
    dockerfile: Dockerfile, stage: Stage, steps: Sequence[Instruction], shell: str | None
) -> Placement | Mismatch:
    chain = _chain(dockerfile, stage)
    expected = list(_expected(dockerfile, chain, _keeps_layers_only(steps)))
    shells = {" ".join(exec_form(e.written.text) or ()) for e in expected if e.written.verb == "SHELL"}
    shells = {*shells, *((shell,) if shell else ())} - {""}
    found = _align(dockerfile.path, expected, steps, shells)
    if isinstance(found, Mismatch):
        # `docker build --label` of the classic builder adds an entry at the end
        labelled = bool(steps) and steps[-1].verb == "LABEL"
        other = _align(dockerfile.path, expected, steps[:-1], shells) if labelled else found
        if isinstance(other, Mismatch):
            return found
        found = other
    written, left = found
    root = chain[0]
    from_scratch = root.base.lower() == SCRATCH
    if from_scratch and left:
        return Mismatch(f"it begins with nothing (FROM scratch), the image with `{_brief(steps[left - 1].text)}`")
    return Placement(
        dockerfile=dockerfile,
        stages=tuple(chain),
        written=(*written, *[None] * (len(steps) - len(written))),
        base_entries=left - _triggers_run(steps[:left], shells),
        base_name=root.base if root.base_is_certain and not from_scratch else None,
        from_scratch=from_scratch,
    )


def _align(
    path: str, expected: Sequence[_Expected], steps: Sequence[Instruction], shells: set[str]
) -> tuple[list[DockerfileInstruction | None], int] | Mismatch:
    """What made each entry, and how many entries are left in front."""
    making: list[DockerfileInstruction | None] = [None] * len(steps)
    left = len(steps)
    for item in reversed(expected):
        written = item.written
        if left and made_by(steps[left - 1], written, shells):
            left -= 1
            making[left] = written
        elif not item.optional:
            there = (
                f"the image has `{_brief(steps[left - 1].text)}`" if left else "the image has no further instruction"
            )
            return Mismatch(f"{path}:{written.first_line} says `{_brief(str(written))}` where {there}")
    return making, left


def _chain(dockerfile: Dockerfile, stage: Stage) -> list[Stage]:
    """The stages that an image is built upon, itself last: a stage may be FROM an earlier one."""
    chain = [stage]
    while (parent := dockerfile.parent(chain[0])) is not None:
        chain.insert(0, parent)
    return chain


def _expected(dockerfile: Dockerfile, chain: Sequence[Stage], layers_only: bool) -> Iterator[_Expected]:
    """The instructions of the stages, each begun by what ONBUILD of the stage before tells it to run."""
    triggers: list[DockerfileInstruction] = []
    for stage in chain:
        # buildah runs none, since OCI configs have no place for them
        yield from (_Expected(written, True) for written in triggers)
        triggers = [trigger(w, dockerfile.path) for w in stage.instructions if w.verb == "ONBUILD"]
        for written in stage.instructions:
            optional = written.verb in ("ARG", "ONBUILD") or (layers_only and written.verb not in LAYER_VERBS)
            yield _Expected(written, optional)


def _keeps_layers_only(steps: Sequence[Instruction]) -> bool:
    """kaniko keeps no entry without a layer, and no dates."""
    return bool(steps) and steps[-1].created is None and not any(step.empty for step in steps)


def _triggers_run(steps: Sequence[Instruction], shells: set[str]) -> int:
    """How many of the last entries are what ONBUILD of the base image told this build to run."""
    triggers = [trigger for step in steps if step.verb == "ONBUILD" if (trigger := _recorded_trigger(step))]
    for count in range(len(triggers), 0, -1):
        last = steps[len(steps) - count :]
        if all(made_by(step, written, shells) for step, written in zip(last, triggers[-count:], strict=True)):
            return count
    return 0


def _recorded_trigger(step: Instruction) -> DockerfileInstruction | None:
    text = step.text.removeprefix("ONBUILD ")
    if text.partition(" ")[0] not in VERBS:
        return None
    try:
        return parse_instruction(LogicalLine(text, 0, 0), "")
    except BadDockerfile:
        return None


def _brief(text: str) -> str:
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"
