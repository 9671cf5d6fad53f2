"""The straight line: a reference becomes an inspection. Its image is found and read, and then accounted for."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.attribution.dockerfile import Dockerfile
from inspector.attribution.origins import NO_RECIPE, Recipe
from inspector.image.config import parse_config
from inspector.image.image import NamedImage
from inspector.image.platform import parse_platform
from inspector.inspection import Inspection, account
from inspector.layers.cache.scans import ScanCache
from inspector.reading import read_image
from inspector.reference import parse_reference
from inspector.sources.protocol import Options, Progress, ReadEvent, Source, Stage, Watch, ignore_progress
from inspector.sources.resolve import open_source


def inspect_image(
    reference: str,
    *,
    platform: str | None = None,
    insecure: bool = False,
    dockerfile: Dockerfile | None = None,
    target: str | None = None,
    base: str | None = None,
    ignore: Sequence[str] = (),
    cache: ScanCache | None = None,
    watch: Watch = ignore_progress,
) -> Inspection:
    """Find, read and account for an image.

    `dockerfile` and its stage `target` (None: the last) are what it was built from, `base` a reference to what upon.
    `ignore` are globs of paths that no finding speaks of. `cache` may know layers already.
    `watch` is told the progress and may raise Cancelled to stop. Raises InspectorError for everything that is wrong
    with the reference, the place, or the image.
    """
    parsed = parse_reference(reference)
    options = Options(parse_platform(platform) if platform else None, insecure)
    source = open_source(parsed, options, watch)
    try:
        recipe = Recipe(dockerfile, target, _named(base, options, cache, watch) if base else None)
    except BaseException:
        source.close()
        raise
    return inspect_source(source, reference, recipe=recipe, ignore=ignore, cache=cache, watch=watch)


def inspect_source(
    source: Source,
    reference: str,
    *,
    recipe: Recipe = NO_RECIPE,
    ignore: Sequence[str] = (),
    cache: ScanCache | None = None,
    watch: Watch = ignore_progress,
) -> Inspection:
    """The line from an opened source on; closes it."""
    try:
        read = read_image(source, cache, watch)
    finally:
        source.close()
    watch(Stage(f"accounting for {sum(len(scan.entries) for scan in read.scans)} entries"))
    return account(read, reference, recipe, ignore)


def _named(reference: str, options: Options, cache: ScanCache | None, watch: Watch) -> NamedImage:
    """The image of a reference, by what tells whether others are built upon it. Its layers are not told to `watch`."""

    def of_another(news: ReadEvent) -> None:
        if isinstance(news, Progress | Stage):
            watch(news)

    source = open_source(parse_reference(reference), options, watch)
    try:
        image = read_image(source, cache, of_another).image
    finally:
        source.close()
    config = parse_config(image.config)
    return NamedImage(
        (reference,),
        image.manifest_digest,
        config.diff_ids,
        tuple(entry.created_by for entry in config.history),
        triggers=bool(config.run.triggers),
    )
