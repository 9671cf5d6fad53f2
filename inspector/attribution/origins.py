"""Where each instruction comes from: its lines in the Dockerfile, and whether the base image brought it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from inspector.attribution.base import Base, Clues, find_base, is_base_of, layers_before
from inspector.attribution.dockerfile import Dockerfile, parse_dockerfile
from inspector.attribution.history_shape import is_gap
from inspector.attribution.instructions import Instruction, LineRange, attribute
from inspector.attribution.owners import LayerOwner, layer_owners
from inspector.attribution.placement import Mismatch, Placement, place
from inspector.attribution.provenance import Provenance, lines_by_layer, parent_image, parse_provenance
from inspector.errors import BadDockerfile
from inspector.image.archive_manifest import full_name
from inspector.image.config import ImageConfig
from inspector.image.image import NamedImage
from inspector.sizes import counted


class Recipe(Struct, frozen=True):
    """What the user says an image was built from: a Dockerfile, its stage (None: the last), its base image."""

    dockerfile: Dockerfile | None = None
    target: str | None = None
    base: NamedImage | None = None


NO_RECIPE = Recipe()
"""The user says nothing."""


class ImageContext(Struct, frozen=True):
    """What came with an image: digests of its blobs by layer, annotations, provenance (in-toto statements), and other
    images of the same engine whose layers it has."""

    digests: tuple[str | None, ...] = ()
    annotations: Mapping[str, str] | None = None
    provenance: tuple[bytes, ...] = ()
    images: tuple[NamedImage, ...] = ()


class Origins(Struct, frozen=True):
    """`owners` say of each layer whose it is, `notes` what a person must know: a Dockerfile or base image that is not
    this image's, and what of its configuration is malformed. `placement` is None where no Dockerfile is known."""

    instructions: tuple[Instruction, ...]
    owners: tuple[LayerOwner, ...]
    base: Base | None
    notes: tuple[str, ...]
    placement: Placement | None = None


def trace(config: ImageConfig, recipe: Recipe, around: ImageContext) -> Origins:
    """The instructions of an image with all that is known of where they come from."""
    steps = attribute(config)
    provenance = next(filter(None, map(parse_provenance, around.provenance)), None)
    placed = _placed(config, steps, recipe, provenance)
    notes = []
    if isinstance(placed, Placement) and (reason := _contradiction(config, steps, placed, recipe, around)):
        placed = Mismatch(reason)
    if isinstance(placed, Mismatch) and recipe.dockerfile is not None:
        notes.append(f"the Dockerfile does not match the image: {placed.reason}")
    if recipe.base is not None and not is_base_of(recipe.base, config):
        notes.append(_not_the_base(recipe.base, config))
    placement = placed if isinstance(placed, Placement) else None
    exact = lines_by_layer(provenance, around.digests) if provenance and recipe.dockerfile is None else {}
    parent = parent_image(provenance, around.digests) if provenance else None
    base = find_base(config, steps, Clues(around.annotations or {}, recipe.base, around.images, parent, placement))
    from_base = _from_base(steps, base, from_scratch=placement is not None and placement.from_scratch)
    traced = tuple(
        replace(
            step,
            from_base=from_base[index],
            lines=_lines(step, placement, exact),
            written=placement.written[index] if placement else None,
        )
        for index, step in enumerate(steps)
    )
    owners = layer_owners(len(config.diff_ids), traced, base)
    return Origins(traced, owners, base, (*notes, *config.run.malformed), placement)


def _placed(
    config: ImageConfig, steps: Sequence[Instruction], recipe: Recipe, provenance: Provenance | None
) -> Placement | Mismatch | None:
    """By the user's Dockerfile, else by the one that BuildKit kept, of which nobody need know if it does not fit."""
    joined = " ".join(config.run.shell) or None
    if recipe.dockerfile is not None:
        return place(recipe.dockerfile, steps, recipe.target, joined)
    if provenance is None or provenance.dockerfile is None:
        return None
    path, text = provenance.dockerfile
    try:
        return place(parse_dockerfile(text, path), steps, provenance.target, joined)
    except BadDockerfile:
        return None


def _contradiction(
    config: ImageConfig, steps: Sequence[Instruction], placement: Placement, recipe: Recipe, around: ImageContext
) -> str | None:
    """Why the placement cannot be: the base image, where it is known, has other layers than are left to it.

    A base with triggers (ONBUILD) may have fewer, since BuildKit does not say what they ran.
    """
    wanted = placement.base_name
    named = [i for i in around.images if wanted and any(full_name(name) == full_name(wanted) for name in i.names)]
    named = [recipe.base] if recipe.base else named
    layers = layers_before(steps, placement.base_entries)
    for base in named:
        has = len(base.diff_ids)
        if layers is None or not is_base_of(base, config) or has == layers or (base.triggers and has < layers):
            continue
        name = placement.base_name or next(iter(base.names), "the base image")
        return f"it leaves {counted(layers, 'layer')} to {name}, which has {has}"
    return None


def _not_the_base(image: NamedImage, config: ImageConfig) -> str:
    name = next(iter(image.names), "the image given")
    pairs = zip(image.diff_ids, config.diff_ids, strict=False)
    shared = next((index for index, (theirs, ours) in enumerate(pairs) if theirs != ours), None)
    if shared is None:
        return f"{name} is not the base of this image: it has as much in it, or more"
    return f"{name} is not the base of this image: they differ from layer {shared} on"


def _lines(step: Instruction, placement: Placement | None, exact: Mapping[int, LineRange]) -> LineRange | None:
    if step.layer is not None and step.layer in exact:
        return exact[step.layer]
    return placement.lines[step.index] if placement else None


def _from_base(steps: Sequence[Instruction], base: Base | None, *, from_scratch: bool) -> list[bool | None]:
    """For each entry whether it is the base's, None where that is unknown."""
    if from_scratch:
        return [False] * len(steps)
    if base is not None and base.entries is not None:
        return [step.index < base.entries for step in steps]
    if base is None or base.layers is None or all(step.layer is None for step in steps):
        return [None] * len(steps)
    return _by_layers(steps, base.layers)


def _by_layers(steps: Sequence[Instruction], layers: int) -> list[bool | None]:
    """Known layers settle it for all but the settings between them, which a gap in time may divide."""
    lower = [step.index for step in steps if step.layer is not None and step.layer < layers]
    upper = [step.index for step in steps if step.layer is not None and step.layer >= layers]
    sure = lower[-1] + 1 if lower else 0
    open_end = upper[0] if upper else len(steps)
    gaps = [i for i in range(max(sure, 1), min(open_end + 1, len(steps))) if is_gap(steps[i - 1], steps[i])]
    if sure == open_end:
        gaps = [sure]
    if len(gaps) == 1:
        return [step.index < gaps[0] for step in steps]
    return [True if step.index < sure else False if step.index >= open_end else None for step in steps]
