"""History entries paired with layers. Unknown stays unknown: a wrong blame is worse than none."""

from __future__ import annotations

from msgspec import Struct

from inspector.attribution.created_by import parse_created_by
from inspector.attribution.dockerfile import DockerfileInstruction
from inspector.attribution.syntax import words_of
from inspector.image.config import ImageConfig

BUILDKIT = "buildkit.dockerfile.v0"
"""The comment in the history of what BuildKit built."""


class LineRange(Struct, frozen=True):
    """Lines of a file, from 1, both included."""

    path: str
    first: int
    last: int


class Instruction(Struct, frozen=True):
    """One history entry. `layer` is the layer it made: None where it made none (`empty`), or where that is unknown.

    `from_base`, `lines` and `written` (as the Dockerfile has it) are None as long as they are unknown (origins.py).
    `faithful` tells whether `text` is what was run, and not a script of several lines folded into one, `buildkit`
    whether BuildKit ran it, by the comment that it writes.
    """

    index: int
    verb: str | None
    text: str
    created: str | None
    layer: int | None
    empty: bool
    from_base: bool | None = None
    lines: LineRange | None = None
    written: DockerfileInstruction | None = None
    faithful: bool = True
    buildkit: bool = False


def attribute(config: ImageConfig) -> tuple[Instruction, ...]:
    """The instructions of an image, in the order they ran, each with its layer.

    Entries not marked `empty_layer` belong to the layers in order (OCI image-spec config.md) when there are as many of
    them as layers. Otherwise (squashed, imported and committed, foreign tools) no pairing is known to be right.
    """
    making = [index for index, entry in enumerate(config.history) if not entry.empty_layer]
    layer_of = {index: layer for layer, index in enumerate(making)} if len(making) == len(config.diff_ids) else {}
    instructions = []
    for index, entry in enumerate(config.history):
        verb, text = parse_created_by(entry.created_by)
        layer = layer_of.get(index)
        instructions.append(
            Instruction(
                index,
                verb,
                text or entry.comment,
                entry.created,
                layer,
                entry.empty_layer,
                faithful=_is_faithful(entry.created_by),
                buildkit=entry.comment == BUILDKIT,
            )
        )
    return tuple(instructions)


def _is_faithful(created_by: str) -> bool:
    """Whether folding white space changes nothing: there are no lines, and quoted words have single spaces only."""
    text = created_by.strip()
    return "\n" not in text and not any(" ".join(word.split()) != word for word in words_of(text))
