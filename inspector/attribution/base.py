"""The image that an image is built upon: what is said of it, and how far its layers and instructions reach.

No single source says both its name and where it ends, so each clue is a claim, and the most reliable one wins. The
evidence names the claims that were used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from inspector.attribution.history_shape import boundary_by_shape
from inspector.attribution.instructions import Instruction
from inspector.attribution.placement import Placement
from inspector.attribution.provenance import Parent
from inspector.image.config import ImageConfig
from inspector.image.image import NamedImage

NAME = "org.opencontainers.image.base.name"
DIGEST = "org.opencontainers.image.base.digest"
"""OCI image-spec annotations.md, Pre-Defined Annotation Keys."""


class Base(Struct, frozen=True):
    """`layers` and `entries` are how many of the lowest layers and first history entries are the base's, if known."""

    name: str | None
    digest: str | None
    evidence: str
    layers: int | None
    entries: int | None


EVIDENCE = {
    "--base": "as --base says",
    "annotation": "as its annotations say",
    "provenance": "as the builder recorded",
    "Dockerfile": "as the Dockerfile says",
    "diff-ids": "an image here has the same layers",
    "label": "as a label says, perhaps the base's own",
    "history-shape": "guessed from its history",
}
"""What an evidence means, in words."""


class Clues(Struct, frozen=True):
    """What is known about the base from elsewhere. `asked` is the image that the user says it is."""

    annotations: Mapping[str, str]
    asked: NamedImage | None
    images: tuple[NamedImage, ...]
    parent: Parent | None
    placement: Placement | None


def find_base(config: ImageConfig, steps: Sequence[Instruction], clues: Clues) -> Base | None:
    """The base image by all clues together; None where there is none, or nothing is known of it."""
    if clues.placement is not None and clues.placement.from_scratch:
        return None
    claims = list(_claims(config, steps, clues))
    named = next((claim for claim in claims if claim.name is not None or claim.digest is not None), None)
    bounded = next((claim for claim in claims if claim.layers is not None), None)
    if named is None and bounded is None:
        return None
    layers = bounded.layers if bounded else None
    entries = next((c.entries for c in claims if c.entries is not None and c.layers == layers), None)
    return Base(
        name=named.name if named else None,
        digest=named.digest if named else None,
        evidence=", ".join(dict.fromkeys(claim.evidence for claim in (named, bounded) if claim)),
        layers=layers,
        entries=entries,
    )


def evidence_text(evidence: str) -> str:
    """The claims of a base's evidence in words: of two, one names the base, and the other tells where it ends."""
    named, _, bounded = evidence.partition(", ")
    text = EVIDENCE.get(named, named)
    return f"{text}; where it ends: {EVIDENCE.get(bounded, bounded)}" if bounded else text


def is_base_of(image: NamedImage, config: ImageConfig) -> bool:
    """Whether the image's layers are the lowest of this one, and something was added to it."""
    count = len(image.diff_ids)
    if not count or config.diff_ids[:count] != image.diff_ids:
        return False
    entries = _entries_of(image, config)
    return count < len(config.diff_ids) or (entries is not None and entries < len(config.history))


def _claims(config: ImageConfig, steps: Sequence[Instruction], clues: Clues) -> Iterator[Base]:
    """The most reliable first: verified, then recorded by the builder, then found, then inherited or guessed."""
    if clues.asked is not None and is_base_of(clues.asked, config):
        yield _claim(clues.asked, "--base", config)
    if NAME in clues.annotations or DIGEST in clues.annotations:
        yield Base(clues.annotations.get(NAME), clues.annotations.get(DIGEST), "annotation", None, None)
    if (parent := clues.parent) is not None:
        yield Base(parent.name, parent.digest, "provenance", parent.layers, None)
    if (placement := clues.placement) is not None:
        written, _, pinned = (placement.base_name or "").partition("@")
        layers = layers_before(steps, placement.base_entries)
        yield Base(written or None, pinned or None, "Dockerfile", layers, placement.base_entries)
    if (image := _local_base(config, steps, clues)) is not None:
        yield _claim(image, "diff-ids", config)
    name, digest = (config.run.labels.get(key) for key in (NAME, DIGEST))
    if name is not None or digest is not None:
        # a label is inherited, so it may name the base of the base
        yield Base(name, digest, "label", None, None)
    entries = boundary_by_shape(steps)
    if entries is not None:
        yield Base(None, None, "history-shape", layers_before(steps, entries), entries)


def _claim(image: NamedImage, evidence: str, config: ImageConfig) -> Base:
    name = image.names[0] if image.names else None
    return Base(name, image.digest, evidence, len(image.diff_ids), _entries_of(image, config))


def _local_base(config: ImageConfig, steps: Sequence[Instruction], clues: Clues) -> NamedImage | None:
    """The image with the most of our layers; of as many as the Dockerfile leaves to its base, where that is known."""
    fitting = [image for image in clues.images if is_base_of(image, config)]
    if clues.placement is not None:
        layers = layers_before(steps, clues.placement.base_entries)
        fitting = [image for image in fitting if layers is None or len(image.diff_ids) == layers]
    return max(fitting, key=lambda i: (len(i.diff_ids), _entries_of(i, config) or 0), default=None)


def _entries_of(image: NamedImage, config: ImageConfig) -> int | None:
    """How many entries of our history are the image's, None where its history is not the beginning of ours."""
    count = len(image.created_by)
    ours = tuple(entry.created_by for entry in config.history[:count])
    return count if count and ours == image.created_by else None


def layers_before(steps: Sequence[Instruction], entries: int) -> int | None:
    """How many layers the first entries of the history made, None where that is unknown."""
    making = [step for step in steps[:entries] if not step.empty]
    return len(making) if all(step.layer is not None for step in making) else None
