"""The straight line: a reference becomes an inspection, each stage a value made from the one before."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.attribution.instructions import Instruction, attribute
from inspector.errors import BadImage, BadLayer
from inspector.filesystem.stack import Filesystem, LayerTotals, stack_layers
from inspector.image.config import ImageConfig, parse_config
from inspector.image.digest import sha256_digest
from inspector.image.image import Image, ImageLayer
from inspector.image.platform import parse_platform
from inspector.layers.scan import LayerScan, scan_layer
from inspector.reference import parse_reference
from inspector.sources.protocol import Delivery, Source, Watch, ignore_progress
from inspector.sources.resolve import open_source


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything known about an image. `scans` and `filesystem` run parallel to `image.layers`."""

    image: Image
    scans: tuple[LayerScan, ...]
    filesystem: Filesystem
    instructions: tuple[Instruction, ...]

    def instruction_of(self, layer: int) -> Instruction | None:
        """The instruction that made a layer, None where it is unknown."""
        return next((step for step in self.instructions if step.layer == layer), None)

    def totals_of(self, layer: int) -> LayerTotals:
        return self.filesystem.totals[layer]


def inspect_image(reference: str, *, platform: str | None = None, watch: Watch = ignore_progress) -> Inspection:
    """Find, read and account for an image.

    `watch` is told the progress and may raise Cancelled to stop. Raises InspectorError for everything that is wrong
    with the reference, the place, or the image.
    """
    parsed = parse_reference(reference)
    source = open_source(parsed, parse_platform(platform) if platform else None)
    return inspect_source(source, reference, watch=watch)


def inspect_source(source: Source, reference: str, *, watch: Watch = ignore_progress) -> Inspection:
    """The line from an opened source on; closes it."""
    try:
        delivery = source.read(scan_layer, watch)
    finally:
        source.close()
    config = parse_config(delivery.config)
    _verify(config, delivery.scans)
    return Inspection(
        image=_image(reference, delivery, config),
        scans=delivery.scans,
        filesystem=stack_layers([scan.entries for scan in delivery.scans]),
        instructions=attribute(config),
    )


def _verify(config: ImageConfig, scans: tuple[LayerScan, ...]) -> None:
    """Every layer must be the one its config promises (OCI image-spec config.md, `rootfs.diff_ids`)."""
    if len(config.diff_ids) != len(scans):
        raise BadImage(f"the config names {len(config.diff_ids)} layers and the manifest {len(scans)}")
    for index, (diff_id, scan) in enumerate(zip(config.diff_ids, scans, strict=True)):
        if diff_id != scan.diff_id:
            raise BadLayer(
                f"layer {index} is not what the image promises: {scan.diff_id} instead of {diff_id}",
                "its data is damaged; pull or save the image again",
            )


def _image(reference: str, delivery: Delivery, config: ImageConfig) -> Image:
    layers = tuple(
        ImageLayer(
            index,
            scan.diff_id,
            scan.digest if scan.compression else None,
            scan.blob_bytes if scan.compression else None,
        )
        for index, scan in enumerate(delivery.scans)
    )
    return Image(
        reference,
        delivery.transport,
        sha256_digest(delivery.config),
        delivery.manifest_digest,
        config,
        layers,
    )
