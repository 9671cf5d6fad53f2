"""The straight line: a reference becomes an inspection, each stage a value made from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.attribution.instructions import Instruction, attribute
from inspector.errors import BadImage, BadLayer
from inspector.filesystem.captured import root_links, visible_captured
from inspector.filesystem.stack import Filesystem, LayerTotals, stack_layers
from inspector.findings.find import find
from inspector.findings.finding import Finding, Subject
from inspector.image.config import ImageConfig, parse_config
from inspector.image.digest import sha256_digest
from inspector.image.image import Image, ImageLayer
from inspector.image.platform import parse_platform
from inspector.layers.scan import LayerScan
from inspector.layers.scanner import AFRESH
from inspector.packages.owned import owned_paths
from inspector.reference import parse_reference
from inspector.sources.protocol import DeliveredLayer, Delivery, Options, Scanner, Source, Watch, ignore_progress
from inspector.sources.resolve import open_source


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything known about an image. `scans` and `filesystem` run parallel to `image.layers`."""

    image: Image
    scans: tuple[LayerScan, ...]
    filesystem: Filesystem
    instructions: tuple[Instruction, ...]
    findings: tuple[Finding, ...]

    def instruction_of(self, layer: int) -> Instruction | None:
        """The instruction that made a layer, None where it is unknown."""
        return next((step for step in self.instructions if step.layer == layer), None)

    def totals_of(self, layer: int) -> LayerTotals:
        return self.filesystem.totals[layer]


def inspect_image(
    reference: str,
    *,
    platform: str | None = None,
    insecure: bool = False,
    ignore: Sequence[str] = (),
    scanner: Scanner = AFRESH,
    watch: Watch = ignore_progress,
) -> Inspection:
    """Find, read and account for an image.

    `ignore` are globs of paths that no finding speaks of. `scanner` may know layers already (layers/cache.py).
    `watch` is told the progress and may raise Cancelled to stop. Raises InspectorError for everything that is wrong
    with the reference, the place, or the image.
    """
    parsed = parse_reference(reference)
    source = open_source(parsed, Options(parse_platform(platform) if platform else None, insecure))
    return inspect_source(source, reference, ignore=ignore, scanner=scanner, watch=watch)


def inspect_source(
    source: Source,
    reference: str,
    *,
    ignore: Sequence[str] = (),
    scanner: Scanner = AFRESH,
    watch: Watch = ignore_progress,
) -> Inspection:
    """The line from an opened source on; closes it."""
    try:
        delivery = source.read(scanner, watch)
    finally:
        source.close()
    config = parse_config(delivery.config)
    _verify(config, delivery.layers)
    scanner.keep(delivery.config)
    scans = tuple(layer.scan for layer in delivery.layers)
    filesystem = stack_layers([scan.entries for scan in scans])
    instructions = attribute(config)
    owned = owned_paths(visible_captured(filesystem, scans), root_links(filesystem))
    return Inspection(
        image=_image(reference, delivery, config),
        scans=scans,
        filesystem=filesystem,
        instructions=instructions,
        findings=find(Subject(filesystem, scans, instructions, owned), ignore),
    )


def _verify(config: ImageConfig, layers: tuple[DeliveredLayer, ...]) -> None:
    """Every layer must be the one its config promises (OCI image-spec config.md, `rootfs.diff_ids`)."""
    if len(config.diff_ids) != len(layers):
        raise BadImage(f"the config names {len(config.diff_ids)} layers and the manifest {len(layers)}")
    for index, (diff_id, layer) in enumerate(zip(config.diff_ids, layers, strict=True)):
        if diff_id != layer.scan.diff_id:
            raise BadLayer(
                f"layer {index} is not what the image promises: {layer.scan.diff_id} instead of {diff_id}",
                "its data is damaged; pull or save the image again",
            )


def _image(reference: str, delivery: Delivery, config: ImageConfig) -> Image:
    return Image(
        reference,
        delivery.transport,
        sha256_digest(delivery.config),
        delivery.manifest_digest,
        config,
        tuple(
            ImageLayer(index, layer.scan.diff_id, layer.digest, layer.compressed_bytes)
            for index, layer in enumerate(delivery.layers)
        ),
    )
