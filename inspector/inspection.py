"""An inspection: what a source delivered, accounted for, each stage a value made from the one before."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from inspector.attribution.base import Base
from inspector.attribution.instructions import Instruction
from inspector.attribution.origins import ImageContext, Recipe, trace
from inspector.attribution.owners import LayerOwner
from inspector.attribution.placement import Placement
from inspector.errors import BadLayer
from inspector.filesystem.captured import visible_captured
from inspector.filesystem.ledger import MAX_BYTES
from inspector.filesystem.stack import Filesystem, LayerTotals, stack_layers
from inspector.findings.find import find
from inspector.findings.finding import Finding, Subject
from inspector.image.config import ImageConfig, parse_config
from inspector.image.digest import sha256_digest
from inspector.image.image import Image, ImageLayer
from inspector.layers.scan import LayerScan
from inspector.packages.evidence import Evidence, gather
from inspector.packages.inventory import owned_paths
from inspector.packages.model import Inventory
from inspector.packages.paths import Paths
from inspector.packages.removal.tooling import Tooling, find_tooling, unchangeable_layers
from inspector.reading import ReadImage
from inspector.sources.protocol import SourceImage


class Inspection(Struct, frozen=True):
    """Everything known about an image. `scans`, `filesystem` and `owners` run parallel to `image.layers`.

    `notes` say what was asked for and is not so (another image's Dockerfile, another's base), and what is malformed.
    `placement` is the Dockerfile it was made by, None where none is known.
    """

    image: Image
    scans: tuple[LayerScan, ...]
    filesystem: Filesystem
    instructions: tuple[Instruction, ...]
    findings: tuple[Finding, ...]
    inventory: Inventory
    tooling: Tooling
    owners: tuple[LayerOwner, ...] = ()
    base: Base | None = None
    notes: tuple[str, ...] = ()
    placement: Placement | None = None

    def is_from_base(self, layer: int) -> bool:
        """Whether a layer is known to have come with the base image, where no change of the Dockerfile reaches it."""
        return self.owners[layer].is_base

    def instruction_of(self, layer: int) -> Instruction | None:
        """The instruction that made a layer, None where it is unknown."""
        return next((step for step in self.instructions if step.layer == layer), None)

    def totals_of(self, layer: int) -> LayerTotals:
        return self.filesystem.totals[layer]


def subject_of(inspection: Inspection) -> Subject:
    """The image as findings and plans see it."""
    captured = visible_captured(inspection.filesystem, inspection.scans)
    run = inspection.image.config.run
    paths = Paths(inspection.filesystem)
    evidence = Evidence(inspection.filesystem, inspection.scans, inspection.inventory, captured, paths, run)
    owned = owned_paths(inspection.inventory)
    return Subject(
        evidence,
        inspection.instructions,
        inspection.owners,
        owned,
        inspection.tooling,
        inspection.base,
        inspection.placement,
    )


def account(read: ReadImage, reference: str, recipe: Recipe, ignore: Sequence[str]) -> Inspection:
    """Account for an image. Raises BadImage for a config that is none, BadLayer for sizes that no image has."""
    config, scans = parse_config(read.image.config), read.scans
    _require_plausible(scans)
    filesystem = stack_layers([scan.entries for scan in scans])
    origins = trace(config, recipe, _context(read.image))
    evidence = gather(filesystem, scans, config.run)
    tooling = find_tooling(evidence, unchangeable_layers(origins.instructions, origins.owners))
    subject = Subject(
        evidence,
        origins.instructions,
        origins.owners,
        owned_paths(evidence.inventory),
        tooling,
        origins.base,
        origins.placement,
    )
    return Inspection(
        image=_image(reference, read.image, config),
        scans=scans,
        filesystem=filesystem,
        instructions=origins.instructions,
        findings=find(subject, ignore),
        inventory=evidence.inventory,
        tooling=tooling,
        owners=origins.owners,
        base=origins.base,
        notes=origins.notes,
        placement=origins.placement,
    )


def _context(image: SourceImage) -> ImageContext:
    digests = tuple(layer.digest for layer in image.layers)
    return ImageContext(digests, image.annotations, image.provenance, image.lower_images)


def _require_plausible(scans: Sequence[LayerScan]) -> None:
    """Raises BadLayer for the layer by which the sizes add up to more than a ledger holds."""
    total = 0
    for index, scan in enumerate(scans):
        total += scan.size_bytes
        if total > MAX_BYTES:
            raise BadLayer(
                f"layer {index} claims to hold {scan.size_bytes} bytes, which is not plausible", "the image is hostile"
            )


def _image(reference: str, image: SourceImage, config: ImageConfig) -> Image:
    return Image(
        reference,
        image.transport,
        sha256_digest(image.config),
        image.manifest_digest,
        config,
        tuple(
            ImageLayer(index, layer.diff_id, layer.digest, layer.compressed_bytes)
            for index, layer in enumerate(image.layers)
        ),
        image.annotations,
    )
